"""Meetings of a mentorship: proposed on a page of their own, picked, moved, called off, told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from clock import ZURICH
from controllers.contacts import told
from controllers.journey import journey, overtaken
from controllers.providers import found, number
from domain import meetings, mentorships
from domain.permissions import is_movable
from domain.refusals import (
    AlreadySettled,
    DatePast,
    GoOnFirst,
    MentorshipOver,
    NotBegun,
    TooManyMeetings,
)
from forms.fields import Sent, new_key
from forms.meetings import KINDS, LENGTHS, Dates, Moved, moment_in, version_in
from i18n import gettext
from pages import Answer, Go, Page, Region
from tables.inquiries import Inquiry
from tables.meetings import Meeting
from tables.mentorships import Mentorship
from tables.people import Person

CALENDAR = "text/calendar"
DATES = Region("#meeting-form", "outerHTML", "meetings/_dates")
LATE = (AlreadySettled, DatePast, GoOnFirst, MentorshipOver, NotBegun)


async def meeting(meeting_id: FromPath[int], mentorship: NamedDependency[Mentorship]) -> Meeting:
    """The mentorship came through the viewer."""
    return found(await Meeting.of(mentorship).where(Meeting.id == number(meeting_id)).first())


class Meetings(Controller):
    path = "/mentorships/{mentorship_id:int}/meetings"
    dependencies = {"meeting": Provide(meeting)}

    @get()
    async def show(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
        request: Request[Any, Any, Any],
    ) -> Page:
        """`instead`: the number of a proposal that is answered by another one."""
        await mentorships.insist_alive(mentorship)
        replaced = await _proposal(request.query_params.get("instead", ""), mentorship)
        form = Dates.begun(new_key(), _usual_kind(mentorship), replaced)
        return _proposing(mentorship, viewer, replaced, form, now)

    @post()
    async def propose(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Dates.read(sent, now)
        replaced = await _proposal(sent.one("instead"), mentorship)
        status = 422
        if form.plan is not None:
            try:
                await meetings.propose(mentorship, form.plan, by=viewer, now=now, instead=replaced)
            except TooManyMeetings as refusal:
                # Beside the form, so that nothing typed is lost.
                status, form.errors["form"] = refusal.status, refusal.said
            except LATE as refusal:
                return await overtaken(mentorship, viewer, now, refusal)
            else:
                said = gettext("Vos dates sont parties.")
                return Go(urls.mentorship(mentorship), toast=said)
        if "key" in form.errors:
            form.typed["key"] = new_key()
        return _proposing(mentorship, viewer, replaced, form, now, status)

    @post("/{meeting_id:int}/choice")
    async def pick(
        self,
        mentorship: NamedDependency[Mentorship],
        meeting: NamedDependency[Meeting],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        try:
            await meetings.pick(meeting, found(moment_in(sent)), by=viewer, now=now)
        except LATE as refusal:
            return await overtaken(mentorship, viewer, now, refusal)
        said = gettext("C’est fixé. L’invitation pour votre agenda arrive par e-mail.")
        return await _done(mentorship, viewer, now, said)

    @get("/{meeting_id:int}/move")
    async def show_move(
        self,
        mentorship: NamedDependency[Mentorship],
        meeting: NamedDependency[Meeting],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        await mentorships.insist_alive(mentorship)
        if not is_movable(viewer, meeting):
            raise AlreadySettled
        return _moving(mentorship, viewer, meeting, Moved.of(meeting), now)

    @post("/{meeting_id:int}/move")
    async def move(
        self,
        mentorship: NamedDependency[Mentorship],
        meeting: NamedDependency[Meeting],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Moved.read(sent, now)
        if form.change is None and not is_movable(viewer, meeting):
            return await overtaken(mentorship, viewer, now, AlreadySettled())
        if form.change is None:
            return _moving(mentorship, viewer, meeting, form, now, 422)
        meeting.version = form.version or meeting.version
        try:
            await meetings.move(meeting, form.change, by=viewer, now=now)
        except LATE as refusal:
            return await overtaken(mentorship, viewer, now, refusal)
        said = gettext("C’est modifié. Les deux agendas suivent par e-mail.")
        return Go(urls.mentorship(mentorship), toast=said)

    @post("/{meeting_id:int}/cancellation")
    async def cancel(
        self,
        mentorship: NamedDependency[Mentorship],
        meeting: NamedDependency[Meeting],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        said = _called_off(meeting, viewer, mentorship)
        meeting.version = version_in(sent) or meeting.version
        try:
            await meetings.cancel(meeting, by=viewer, now=now)
        except LATE as refusal:
            return await overtaken(mentorship, viewer, now, refusal)
        return await _done(mentorship, viewer, now, said)

    @post("/{meeting_id:int}/outcome")
    async def tell(
        self,
        mentorship: NamedDependency[Mentorship],
        meeting: NamedDependency[Meeting],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Did it take place? `held`: 1 or 0."""
        answer = found(ANSWERS.get(sent.one("held")))
        try:
            said = await answer(meeting, viewer, now)
        except LATE as refusal:
            return await overtaken(mentorship, viewer, now, refusal)
        return await _done(mentorship, viewer, now, said)

    @get("/{meeting_id:int}/invitation.ics")
    async def invite(
        self,
        meeting: NamedDependency[Meeting],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[bytes]:
        """Shown, not attached: phones then offer to put it into the calendar."""
        calendar = await meetings.invitation(meeting, to=viewer, now=now)
        headers = {"Content-Disposition": 'inline; filename="invitation.ics"'}
        return Response(calendar.encode(), media_type=CALENDAR, headers=headers)


async def _held(meeting: Meeting, viewer: Person, now: datetime) -> str:
    contact = await meetings.note_held(meeting, by=viewer, now=now)
    is_new = contact.logged_at == now
    return told(contact) if is_new else gettext("C’est noté: ce contact y était déjà.")


async def _missed(meeting: Meeting, viewer: Person, now: datetime) -> str:
    await meetings.note_missed(meeting, by=viewer, now=now)
    return gettext("C’est noté. Proposez d’autres dates quand vous voulez.")


ANSWERS = {"1": _held, "0": _missed}


def _called_off(meeting: Meeting, viewer: Person, mentorship: Mentorship) -> str:
    name = mentorship.partner_of(viewer).first_name
    return gettext("C’est annulé. %(name)s est averti·e.") % {"name": name}


async def _done(mentorship: Mentorship, viewer: Person, now: datetime, said: str) -> Answer:
    """What comes next takes the place of what was pressed, and the focus."""
    context = await journey(mentorship, viewer, now, is_next_focused=True)
    instead = urls.mentorship(mentorship)
    return Answer("mentorships/_journey", instead=instead, toast=said, **context)


async def _proposal(written: str, mentorship: Mentorship) -> Meeting | None:
    """Of this pair; whether it is still open, the verb says."""
    if not written:
        return None
    is_number = written.isascii() and written.isdigit() and len(written) < 10
    rows = Meeting.of(mentorship).where(Meeting.id == (int(written) if is_number else 0))
    return found(await rows.first())


def _proposing(
    mentorship: Mentorship,
    viewer: Person,
    replaced: Meeting | None,
    form: Dates,
    now: datetime,
    status: int = 200,
) -> Page:
    return Page(
        "meetings/propose",
        piece=DATES.template,
        status=status,
        also=[DATES] if status == 409 else [],
        toast=form.error("form"),
        nav="home",
        mentorship=mentorship,
        other=mentorship.partner_of(viewer),
        replaced=replaced,
        now=now,
        **_choices(form, now),
    )


def _moving(
    mentorship: Mentorship,
    viewer: Person,
    meeting: Meeting,
    form: Moved,
    now: datetime,
    status: int = 200,
) -> Page:
    return Page(
        "meetings/move",
        piece="meetings/_move",
        status=status,
        nav="home",
        mentorship=mentorship,
        other=mentorship.partner_of(viewer),
        meeting=meeting,
        **_choices(form, now),
    )


def _choices(form: Dates | Moved, now: datetime) -> dict[str, Any]:
    """What meetings/_terms.html needs."""
    soonest = f"{now.astimezone(ZURICH):%Y-%m-%dT%H:%M}"
    return {"form": form, "kinds": KINDS, "lengths": LENGTHS, "soonest": soonest}


def _usual_kind(mentorship: Mentorship) -> str:
    """As the mentor wished it, else the mentee."""
    inquiry: Inquiry = mentorship.inquiry
    return str(inquiry.proposed_kind or (*inquiry.wished, "")[0])
