"""The first minute of an empty installation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

import urls
from controllers.guards import PUBLIC
from controllers.sessions import device, entered
from domain import first_run, sessions
from domain.refusals import Unseen, WrongKey
from forms.fields import Sent
from forms.first_run import FirstCoordinator
from i18n import language
from pages import Page


class FirstRun(Controller):
    path = urls.FIRST_RUN
    opt = PUBLIC

    @get()
    async def show(self) -> Page:
        await _insist_on_nobody()
        return Page("sessions/first_run", form=FirstCoordinator())

    @post()
    async def take(
        self,
        request: Request[Any, Any, Any],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        await _insist_on_nobody()
        form = FirstCoordinator.read(sent)
        if not form.errors:
            try:
                person = await first_run.take(
                    form.key,
                    email=form.email,
                    first_name=form.first_name,
                    last_name=form.last_name,
                    language=language(),
                    now=now,
                )
                begun = await sessions.begin(person, device(request), now)
                return await entered(request, begun, now)
            except WrongKey as refusal:
                form.errors["key"] = refusal.said
        return Page("sessions/first_run", piece="sessions/_first_run", status=422, form=form)


async def _insist_on_nobody() -> None:
    """Once somebody coordinates this page isn't there, whatever is sent to it."""
    if not await first_run.is_open():
        raise Unseen
