"""A mentorship's page: where the pair stands, and how to reach each other."""

from __future__ import annotations

from litestar import Controller, get
from litestar.di import NamedDependency

from domain import mentorships
from pages import Page
from tables.inquiries import Inquiry
from tables.mentorships import Mentorship
from tables.people import Person


class Mentorships(Controller):
    path = "/mentorships"

    @get()
    async def index(self, viewer: NamedDependency[Person]) -> Page:
        return Page("mentorships/index", nav="home", seen=await mentorships.seen_by(viewer))

    @get("/{mentorship_id:int}")
    async def show(
        self, mentorship: NamedDependency[Mentorship], viewer: NamedDependency[Person]
    ) -> Page:
        mentee: Person = mentorship.mentee
        mentor: Person = mentorship.mentor
        inquiry: Inquiry = mentorship.inquiry
        return Page(
            "mentorships/show",
            nav="home",
            mentorship=mentorship,
            inquiry=inquiry,
            is_mentee=mentee.id == viewer.id,
            other=mentor if mentee.id == viewer.id else mentee,
        )
