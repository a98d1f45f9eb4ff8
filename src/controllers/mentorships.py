"""A mentorship's page: the whole way, what was agreed, what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from controllers.journey import journey
from domain import mentorships
from pages import Page
from tables.mentorships import Mentorship
from tables.people import Person


class Mentorships(Controller):
    path = "/mentorships"

    @get()
    async def index(self, viewer: NamedDependency[Person]) -> Page:
        return Page("mentorships/index", nav="home", seen=await mentorships.seen_by(viewer))

    @get("/{mentorship_id:int}")
    async def show(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        context = await journey(mentorship, viewer, now)
        return Page("mentorships/show", piece="mentorships/_journey", nav="home", **context)

    @get("/{mentorship_id:int}/news")
    async def news(
        self,
        request: Request[Any, Any, Any],
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Asked every few seconds by the open page: nothing, unless the partner did something."""
        if request.query_params.get("seen") == str(mentorship.version):
            return Response(None, status_code=204)
        context = await journey(mentorship, viewer, now)
        return Page("mentorships/show", piece="mentorships/_journey", nav="home", **context)
