"""A meeting's passages between states, and what becomes of the open ones when a pair has ended.

Below mentorships, which call them off, and meetings, which do all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain import history
from domain.refusals import AlreadySettled
from mail import meeting_letters as letters
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
