"""Ways out: an early end after a joint talk, leaving at once, closing what is complete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from controllers.providers import found
from domain import mentorships, reports
from domain.refusals import AlreadySettled, Refusal, WrongTalkDay
from domain.reports import OPENABLE
from forms.fields import Sent, new_key
from forms.mentorships import MOST_TOLD, EndProposal, Leaving
from i18n import gettext
from pages import Go, Page
from tables.mentorships import Mentorship
from tables.people import Person


class Endings(Controller):
    path = "/mentorships/{mentorship_id:int}"

    @get("/end")
    async def show(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        return await _page(mentorship, viewer, now)

    @post("/end/{deed:str}")
    async def end(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        deed: FromPath[str],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        perform = found(DEEDS.get(deed))
        try:
            return await perform(mentorship, viewer, sent, now)
        except AlreadySettled as refusal:
            return await _overtaken(mentorship, viewer, refusal, now)

    @post("/closing")
    async def close(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        try:
            await mentorships.close(mentorship, by=viewer, now=now)
        except AlreadySettled as refusal:
            return await _overtaken(mentorship, viewer, refusal, now)
        return _gone(mentorship, gettext("Votre mentorat est clos. Merci du chemin parcouru."))


async def _propose(
    mentorship: Mentorship, viewer: Person, sent: Sent, now: datetime
) -> Response[None]:
    form = EndProposal.read(sent)
    if form.talk_on is not None:
        try:
            await mentorships.propose_end(mentorship, form.talk_on, by=viewer, now=now)
        except WrongTalkDay as refusal:
            form.errors["talk_on"] = refusal.said
    if form.errors:
        return await _page(mentorship, viewer, now, 422, proposal=form)
    partner = mentorship.partner_of(viewer)
    said = gettext("%(name)s est averti·e de votre proposition.")
    return _gone(mentorship, said % {"name": partner.first_name})


async def _confirm(
    mentorship: Mentorship, viewer: Person, _: Sent, now: datetime
) -> Response[None]:
    await mentorships.confirm_end(mentorship, by=viewer, now=now)
    return _gone(mentorship, gettext("Votre mentorat a pris fin. Merci du chemin parcouru."))


async def _take_back(
    mentorship: Mentorship, viewer: Person, _: Sent, now: datetime
) -> Response[None]:
    await mentorships.take_back_end(mentorship, by=viewer, now=now)
    return _gone(mentorship, gettext("Votre proposition est retirée: le mentorat continue."))


async def _leave(
    mentorship: Mentorship, viewer: Person, sent: Sent, now: datetime
) -> Response[None]:
    form = Leaving.read(sent)
    if form.told is None:
        form.typed["key"] = form.typed["key"] if "key" not in form.errors else new_key()
        return await _page(mentorship, viewer, now, 422, leaving=form)
    await reports.leave(mentorship, form.told, by=viewer, now=now)
    said = gettext("Vous avez quitté ce mentorat.")
    if form.told.words:
        said = gettext("Vous avez quitté ce mentorat. Votre message est arrivé au secrétariat.")
    return _gone(mentorship, said)


DEEDS = {
    "proposal": _propose,
    "confirmation": _confirm,
    "withdrawal": _take_back,
    "leaving": _leave,
}


async def _page(
    mentorship: Mentorship,
    viewer: Person,
    now: datetime,
    status: int = 200,
    toast: str = "",
    proposal: EndProposal | None = None,
    leaving: Leaving | None = None,
) -> Page:
    report = await reports.own(mentorship, viewer)
    shown: dict[str, Any] = {
        "mentorship": mentorship,
        "other": mentorship.partner_of(viewer),
        "is_mine": _id(mentorship.ending_by) == viewer.id,
        "days": mentorships.talk_days(mentorship, now),
        "proposal": proposal or EndProposal(),
        "leaving": leaving or Leaving(typed={"key": new_key()}),
        "openable": OPENABLE,
        "most": MOST_TOLD,
        "report": report,
        "readings": await reports.readings_of(report) if report else [],
        "now": now,
    }
    return Page("mentorships/end", status=status, toast=toast, nav="home", **shown)


async def _overtaken(
    mentorship: Mentorship, viewer: Person, refusal: Refusal, now: datetime
) -> Page:
    """Somebody was first: told, and shown what is possible now."""
    rows = Mentorship.visible_to(viewer).where(Mentorship.id == mentorship.id)
    fresh = await rows.first() or mentorship
    return await _page(fresh, viewer, now, refusal.status, refusal.said)


def _gone(mentorship: Mentorship, said: str) -> Go:
    return Go(urls.mentorship(mentorship), toast=said)


def _id(person: Any) -> int | None:
    return person.id if isinstance(person, Person) else person
