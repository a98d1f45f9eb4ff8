"""A member reports a person or a mentorship, at any time, and sees who has read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import members_only
from controllers.providers import found, number
from domain import reports
from domain.reports import OPENABLE, OPENABLE_ALONE
from forms.fields import Sent, new_key
from forms.reports import MOST_TOLD, Telling
from i18n import gettext
from pages import Go, Page
from tables.mentorships import Mentorship
from tables.people import Person

PAIR, PERSON = "/mentorships/{mentorship_id:int}/report", "/mentors/{mentor_id:int}/report"


@dataclass(frozen=True)
class Matter:
    """Whom and what it is about, and what the viewer can open to the office."""

    about: Person
    mentorship: Mentorship | None
    openable: tuple[str, ...]
    address: str
    back: str


async def _of_pair(
    mentorship: NamedDependency[Mentorship], viewer: NamedDependency[Person]
) -> Matter:
    return Matter(
        about=mentorship.partner_of(viewer),
        mentorship=mentorship,
        openable=OPENABLE,
        address=urls.mentorship(mentorship, "report"),
        back=urls.mentorship(mentorship),
    )


async def _of_person(mentor_id: FromPath[int], viewer: NamedDependency[Person]) -> Matter:
    about = found(await reports.reportable(number(mentor_id), viewer))
    has_asked = await reports.has_asked(viewer, about)
    return Matter(
        about=about,
        mentorship=None,
        openable=OPENABLE_ALONE if has_asked else (),
        address=urls.person_report(about),
        back=urls.INQUIRIES if has_asked else urls.mentor(about),
    )


class Reports(Controller):
    guards = [members_only]

    @get(PAIR, dependencies={"matter": Provide(_of_pair)})
    async def on_pair(
        self, matter: NamedDependency[Matter], viewer: NamedDependency[Person]
    ) -> Page:
        return await _page(matter, viewer)

    @get(PERSON, dependencies={"matter": Provide(_of_person)})
    async def on_person(
        self, matter: NamedDependency[Matter], viewer: NamedDependency[Person]
    ) -> Page:
        return await _page(matter, viewer)

    @post(PAIR, dependencies={"matter": Provide(_of_pair)})
    async def tell_pair(
        self,
        matter: NamedDependency[Matter],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        return await _told(matter, viewer, sent, now)

    @post(PERSON, dependencies={"matter": Provide(_of_person)})
    async def tell_person(
        self,
        matter: NamedDependency[Matter],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        return await _told(matter, viewer, sent, now)


async def _told(matter: Matter, viewer: Person, sent: Sent, now: datetime) -> Response[None]:
    form = Telling.read(sent, matter.openable)
    if form.told is None:
        if "key" in form.errors:
            form.typed["key"] = new_key()
        return await _page(matter, viewer, form)
    await reports.send(matter.about, form.told, by=viewer, now=now, mentorship=matter.mentorship)
    return Go(matter.address, toast=gettext("Votre message est arrivé au secrétariat."))


async def _page(matter: Matter, viewer: Person, form: Telling | None = None) -> Page:
    own = await reports.own_about(matter.about, viewer, matter.mentorship)
    return Page(
        "reports/tell",
        status=422 if form else 200,
        nav="home" if matter.mentorship else "mentors",
        matter=matter,
        other=matter.about,
        form=form or Telling(typed={"key": new_key()}),
        own=own,
        has_reader=await reports.has_reader(matter.about, viewer),
        readings=await reports.readings_of_all(own),
        most=MOST_TOLD,
    )
