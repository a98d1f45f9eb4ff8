"""A meeting's passages between states, and what others bring about: an end, a contact by hand.

Below mentorships, which call meetings off, contacts, which may be one that was planned, and
meetings, which do all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import clock
from domain import history
from domain.refusals import AlreadySettled
from mail import meeting_letters as letters
from tables.contacts import Contact
from tables.meetings import OPEN, Meeting, State
from tables.mentorships import Mentorship
from tables.people import Person

MOVES = {
    "pick": ((State.PROPOSED,), State.PLANNED),
    "replace": ((State.PROPOSED,), State.CANCELLED),
    "move": ((State.PLANNED,), State.PLANNED),
    "cancel": (OPEN, State.CANCELLED),
    "note_held": ((State.PLANNED,), State.HELD),
    "note_missed": ((State.PLANNED,), State.NOT_HELD),
}


async def call_off(mentorship: Mentorship, now: datetime) -> None:
    """Inside the end's transaction: calendars follow. What has begun already took place or not:
    it is left as it is."""
    still_open = Meeting.of(mentorship).where(Meeting.state.is_in(list(OPEN)))
    for meeting in await still_open:
        if meeting.has_begun(now):
            continue
        was_planned = meeting.state == State.PLANNED
        meeting.sequence += was_planned
        await turn(meeting, "cancel", None, now, (Meeting.sequence,))
        if was_planned:
            await letters.cancelled(mentorship, meeting, None, now)


async def hold_by_hand(mentorship: Mentorship, contact: Contact, by: Person, now: datetime) -> None:
    """Inside the logging's transaction: whoever notes a contact when a meeting of that day has
    begun has noted the meeting, if perhaps in another form; after midnight their today is a day
    later."""
    planned = Meeting.of(mentorship).where(Meeting.state == State.PLANNED)
    begun = [each for each in await planned if each.has_begun(now)]
    for meeting in sorted(begun, key=lambda each: each.kind != contact.kind):
        later = contact.on - clock.day(meeting.starts_at)
        if not later or (later == timedelta(days=1) and meeting.kind == contact.kind):
            await turn(meeting, "note_held", by, now)
            await link(meeting, contact)
            return


async def link(meeting: Meeting, contact: Contact) -> None:
    """What a meeting counted as."""
    await Meeting.update({Meeting.contact: contact.id}).where(Meeting.id == meeting.id)


async def turn(
    meeting: Meeting, verb: str, by: Person | None, now: datetime, also: Sequence[Any] = ()
) -> None:
    """The only passage between states: whoever comes second finds no row, or a newer version.

    `also` are columns set on the row beforehand, kept in the same statement.
    """
    origins, goal = MOVES[verb]
    meeting.settled_at = None if goal in OPEN else now
    values: dict[Any, Any] = {column: getattr(meeting, column._meta.name) for column in also}
    values |= {
        Meeting.state: goal,
        Meeting.settled_at: meeting.settled_at,
        Meeting.version: Meeting.version + 1,
    }
    here = (Meeting.id == meeting.id) & Meeting.state.is_in(list(origins))
    unchanged = here & (Meeting.version == meeting.version)
    changed = await Meeting.update(values).where(unchanged).returning(Meeting.version)
    if not changed:
        raise AlreadySettled
    meeting.state, meeting.version = goal, changed[0]["version"]
    await history.record(f"meeting.{verb}", meeting, by, now)
