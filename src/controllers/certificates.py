"""A certificate of participation, to print."""

from __future__ import annotations

from litestar import Controller, get
from litestar.di import NamedDependency

import urls
from domain import certificates, contacts
from domain.refusals import insist
from pages import Page
from tables.mentorships import Mentorship
from tables.people import Person


class Certificates(Controller):
    path = f"{urls.MENTORSHIPS}/{{mentorship_id:int}}/certificate"

    @get()
    async def show(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
    ) -> Page:
        """For either, once the mentorship is officially over."""
        insist(mentorship.is_official)
        return Page(
            "certificates/show",
            nav="home",
            mentorship=mentorship,
            other=mentorship.partner_of(viewer),
            is_mentee=mentorship.is_mentee(viewer),
            certificate=certificates.certified(mentorship, await contacts.of(mentorship)),
        )
