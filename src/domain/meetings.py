"""Meetings: proposed, picked, moved, called off; afterwards: did it take place?"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import clock
from domain import contacts, deadlines, history, mentorships
from domain.contacts import Talk
from domain.meeting_passages import MOVES as MOVES
from domain.meeting_passages import link, turn
from domain.one_by_one import alone
from domain.permissions import is_confirmable, may_pick, may_take_part
from domain.refusals import (
    AlreadySettled,
    DatePast,
    NotBegun,
    TooManyMeetings,
    Unseen,
    insist,
)
from mail import invitations
from mail import meeting_letters as letters
from settings import settings
from tables.contacts import Contact, Kind
from tables.meetings import OPEN, Meeting, State
from tables.mentorships import ALIVE, Mentorship
from tables.people import Person
from tables.transaction import hold, transaction

log = logging.getLogger("mentorat.meetings")

MOST = 3  # open ones of a pair
USUAL = 60  # minutes
DAY = timedelta(days=1)
ACCEPTANCE = "acceptance"  # the key of what an accepting mentor proposes


@dataclass(frozen=True)
class Plan:
    """What one would like: up to three moments, of which the other picks one. The key names the
    proposal: sent again, it is the same one."""

    key: str
    kind: Kind
    times: Sequence[datetime]
    minutes: int = USUAL
    place: str = ""


@dataclass(frozen=True)
class Change:
    starts_at: datetime
    kind: Kind
    minutes: int
    place: str


async def propose(
    mentorship: Mentorship, plan: Plan, *, by: Person, now: datetime, instead: Meeting | None = None
) -> Meeting:
    """`instead` of a proposal of either, which counts no more.

    Raises TooManyMeetings, DatePast, GoOnFirst, MentorshipOver; AlreadySettled where the earlier
    proposal was picked or dropped meanwhile.
    """
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        made = await _by_key(mentorship, plan.key)
        if made is not None:
            return made
        await mentorships.insist_alive(mentorship)
        if min(plan.times) <= now:
            raise DatePast
        if instead is not None:
            await turn(instead, "replace", by, now)
        if await Meeting.count().where(_open_of(mentorship)) >= MOST:
            raise TooManyMeetings(limit=MOST)
        meeting = await _kept(mentorship, plan, by, now)
        await mentorships.touch(mentorship)
        is_counter = instead is not None and _id(instead.by) != by.id
        await letters.proposed(mentorship, meeting, by, now, is_counter=is_counter)
    return meeting


async def propose_with_acceptance(
    mentorship: Mentorship, plan: Plan, *, by: Person, now: datetime
) -> None:
    """Inside the acceptance's transaction; its letter names the dates."""
    await _kept(mentorship, plan, by, now)


async def pick(meeting: Meeting, moment: datetime, *, by: Person, now: datetime) -> None:
    """One of the partner's dates: fixed, and in both calendars."""
    mentorship = await _pair_of(meeting, by)
    insist(may_pick(by, meeting))
    insist(moment in meeting.proposed)
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_alive(mentorship)
        if moment <= now:
            raise DatePast
        meeting.starts_at, meeting.reminded_at = moment, _needs_no_reminder(moment, now)
        await turn(meeting, "pick", by, now, (Meeting.starts_at, Meeting.reminded_at))
        await mentorships.touch(mentorship)
        await letters.planned(mentorship, meeting, now)


async def move(meeting: Meeting, change: Change, *, by: Person, now: datetime) -> None:
    """Another moment, or another place. `meeting` is the row that was shown: AlreadySettled if
    somebody changed it since. What says nothing new changes nothing."""
    mentorship = await _pair_of(meeting, by)
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_alive(mentorship)
        fresh = await _fresh(meeting)
        if fresh.state == State.PLANNED and _says(fresh, change):
            return
        if change.starts_at <= now:
            raise DatePast
        before: datetime = fresh.starts_at
        fresh.version = meeting.version
        _take(fresh, change, now)
        await turn(fresh, "move", by, now, CHANGED)
        await mentorships.touch(mentorship)
        await letters.moved(mentorship, fresh, by, before, now)


async def cancel(meeting: Meeting, *, by: Person, now: datetime) -> None:
    """By either: a proposal, one's own or the partner's, or what was planned."""
    mentorship = await _pair_of(meeting, by)
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_alive(mentorship)
        was_planned = meeting.state == State.PLANNED
        meeting.sequence += was_planned
        await turn(meeting, "cancel", by, now, (Meeting.sequence,))
        await mentorships.touch(mentorship)
        if was_planned:
            await letters.cancelled(mentorship, meeting, by, now)
        else:
            await letters.proposal_dropped(mentorship, meeting, by, now)


async def note_held(meeting: Meeting, *, by: Person, now: datetime) -> Contact:
    """Yes, it took place: that is a contact, perhaps one that was noted by hand too early.

    Raises NotBegun, GoOnFirst, MentorshipOver.
    """
    mentorship = await _begun(meeting, by, now)
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_alive(mentorship)
        # First the meeting: the fourth contact would find it still open.
        await turn(meeting, "note_held", by, now)
        contact = await _logged(meeting, mentorship, by, now)
        await link(meeting, contact)
        await mentorships.touch(mentorship)
    return contact


async def note_missed(meeting: Meeting, *, by: Person, now: datetime) -> None:
    """No: nothing is counted, and they plan anew when they like."""
    mentorship = await _begun(meeting, by, now)
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_alive(mentorship)
        await turn(meeting, "note_missed", by, now)
        await mentorships.touch(mentorship)


async def remind_due(now: datetime) -> None:
    """The morning before, to both, once."""
    soon = deadlines.morning_of(clock.day(now) + 2 * DAY)
    ahead = (Meeting.starts_at > now) & (Meeting.starts_at < soon)
    for meeting in await _pairs().where(_unreminded() & ahead):
        if _eve(meeting.starts_at) > now:
            continue
        with alone(log, "no reminder", meeting):
            async with transaction():
                if await _claim(meeting, Meeting.reminded_at, now):
                    await letters.reminder(meeting.mentorship, meeting, now)


async def ask_due(now: datetime) -> None:
    """The morning after, to both, once: did it take place?"""
    unasked = (Meeting.state == State.PLANNED) & Meeting.asked_at.is_null()
    for meeting in await _pairs().where(unasked & _is_alive() & (Meeting.starts_at <= now)):
        if deadlines.morning_of(clock.day(meeting.starts_at) + DAY) > now:
            continue
        with alone(log, "not asked", meeting):
            async with transaction():
                if await _claim(meeting, Meeting.asked_at, now):
                    await letters.outcome(meeting.mentorship, meeting, now)


async def of(mentorship: Mentorship) -> list[Meeting]:
    return await Meeting.of(mentorship)


async def invitation(meeting: Meeting, *, to: Person, now: datetime) -> str:
    """For one's own calendar, by hand. Only of what is planned."""
    mentorship = await _pair_of(meeting, to)
    insist(meeting.state == State.PLANNED)
    return await invitations.published(meeting, mentorship, to, now)


CHANGED: list[Any] = [
    Meeting.starts_at,
    Meeting.kind,
    Meeting.minutes,
    Meeting.place_sealed,
    Meeting.sequence,
    Meeting.reminded_at,
    Meeting.asked_at,
]


async def _by_key(mentorship: Mentorship, key: str) -> Meeting | None:
    return await Meeting.of(mentorship).where(Meeting.key == key).first()


async def _kept(mentorship: Mentorship, plan: Plan, by: Person, now: datetime) -> Meeting:
    times = sorted(moment.astimezone(UTC) for moment in plan.times)
    meeting = Meeting(
        key=plan.key,
        mentorship=mentorship.id,
        by=by.id,
        kind=plan.kind,
        times=" ".join(moment.isoformat() for moment in times),
        minutes=plan.minutes,
        uid=f"{uuid4().hex}@{settings().mail_domain}",
        proposed_at=now,
    )
    meeting.place = plan.place
    await meeting.save()
    await history.record("meeting.propose", meeting, by, now)
    return meeting


async def _begun(meeting: Meeting, by: Person, now: datetime) -> Mentorship:
    mentorship = await _pair_of(meeting, by)
    if meeting.state == State.PLANNED and not meeting.has_begun(now):
        raise NotBegun
    return mentorship


async def _logged(meeting: Meeting, mentorship: Mentorship, by: Person, now: datetime) -> Contact:
    talk = Talk(
        key=f"meeting-{meeting.id}",
        kind=Kind(meeting.kind),
        on=clock.day(meeting.starts_at),
        minutes=meeting.minutes,
    )
    early = await _noted_early(meeting, mentorship, talk)
    if early is None:
        return await contacts.log_held(mentorship, talk, by=by, now=now)
    if is_confirmable(by, early):
        await contacts.confirm(early, by=by, now=now, minutes=talk.minutes)
    return early


async def _noted_early(meeting: Meeting, mentorship: Mentorship, talk: Talk) -> Contact | None:
    """Of that day and kind, and no other meeting: they met before the hour, and one noted it."""
    others = Meeting.of(mentorship).where(Meeting.contact.is_not_null())
    taken = [each.contact for each in await others]
    alike = (Contact.on == talk.on) & (Contact.kind == talk.kind)
    rows = await Contact.of(mentorship).where(alike & (Contact.logged_at < meeting.starts_at))
    return next((each for each in rows if each.id not in taken), None)


async def _claim(meeting: Meeting, column: Any, now: datetime) -> bool:
    """Of several who tick, one; and not if the meeting was changed a moment ago."""
    same = (Meeting.id == meeting.id) & (Meeting.version == meeting.version)
    still = same & (Meeting.state == State.PLANNED) & column.is_null()
    return bool(await Meeting.update({column: now}).where(still).returning(Meeting.id))


async def _pair_of(meeting: Meeting, by: Person) -> Mentorship:
    rows = Mentorship.visible_to(by).where(Mentorship.id == _id(meeting.mentorship))
    mentorship = await rows.first()
    if mentorship is None or not may_take_part(by, mentorship):
        raise Unseen
    return mentorship


async def _fresh(meeting: Meeting) -> Meeting:
    """As it is now, under the pair's lock."""
    row = await Meeting.objects().where(Meeting.id == meeting.id).first()
    if row is None or row.state != State.PLANNED:
        raise AlreadySettled
    return row


def _says(meeting: Meeting, change: Change) -> bool:
    said = Change(meeting.starts_at, Kind(meeting.kind), meeting.minutes, meeting.place)
    return said == change


def _take(meeting: Meeting, change: Change, now: datetime) -> None:
    meeting.starts_at = change.starts_at.astimezone(UTC)
    meeting.kind, meeting.minutes = change.kind, change.minutes
    meeting.place = change.place
    meeting.sequence += 1
    meeting.reminded_at, meeting.asked_at = _needs_no_reminder(change.starts_at, now), None


def _needs_no_reminder(starts_at: datetime, now: datetime) -> datetime | None:
    """Planned less than a day before, or later than that morning: it is remembered anyway."""
    return now if _eve(starts_at) <= now or starts_at - now < DAY else None


def _eve(starts_at: datetime) -> datetime:
    return deadlines.morning_of(clock.day(starts_at) - DAY)


def _open_of(mentorship: Mentorship) -> Any:
    return (Meeting.mentorship == mentorship.id) & Meeting.state.is_in(list(OPEN))


def _unreminded() -> Any:
    return (Meeting.state == State.PLANNED) & Meeting.reminded_at.is_null() & _is_alive()


def _is_alive() -> Any:
    return Meeting.mentorship.state.is_in(list(ALIVE))


def _pairs() -> Any:
    pair: Any = Meeting.mentorship
    return Meeting.objects(pair, pair.mentee, pair.mentor)


def _id(row: Any) -> int:
    return int(row if isinstance(row, int) else row.id)
