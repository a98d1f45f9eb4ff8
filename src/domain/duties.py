"""What the desk holds besides decisions: letters that failed, requests without an answer, pairs
gone quiet. There is nothing to decide: one of the office has seen it, for all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from domain import deadlines, history, inquiries, mentorships
from domain.permissions import may_settle
from domain.profiles import usual_hours
from domain.refusals import AlreadySettled, UndoTooLate, insist
from tables.events import Event
from tables.inquiries import Inquiry
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.mentorships import Mentorship
from tables.people import Person
from tables.transaction import hold_word, transaction

SHOWN = 100
NEWS = timedelta(days=30)  # how long a request without an answer stays in view
STILL_QUIET = timedelta(days=14)  # after the nudge
SEEN, UNSEEN, AGAIN = "acknowledge", "reconsider", "again"  # the last of these counts
TABLES: dict[str, Any] = {"letter": Letter, "inquiry": Inquiry, "mentorship": Mentorship}


@dataclass(frozen=True)
class Duty:
    """`row`: names and days, never a text. `settled_at`: it was seen, and can be unseen again."""

    noun: str
    number: int
    row: Any
    since: datetime
    settled_at: datetime | None = None
    settled_by: Person | None = None

    @property
    def id(self) -> str:
        return f"{self.noun}-{self.number}"

    @property
    def is_waiting(self) -> bool:
        return self.settled_at is None


async def duties(viewer: Person, now: datetime) -> list[Duty]:
    """Nobody handles what concerns themself."""
    found = [each for read in READERS.values() for each in await read(viewer, now)]
    return [each for each in await _with_deeds(found) if _is_shown(each, now)]


async def duty(noun: str, number: int, viewer: Person, now: datetime) -> Duty | None:
    """Seen ones too: who comes second is told."""
    reader = READERS.get(noun)
    found = [each for each in await reader(viewer, now) if each.number == number] if reader else []
    return next(iter(await _with_deeds(found)), None)


async def acknowledge(duty: Duty, *, by: Person, now: datetime) -> None:
    """By one coordinator for all. Raises AlreadySettled."""
    insist(may_settle(by))
    async with transaction():
        await hold_word(f"desk:{duty.id}")
        [current] = await _with_deeds([duty])
        if not current.is_waiting:
            raise AlreadySettled
        await _record(duty, SEEN, by, now)


async def reconsider(duty: Duty, *, by: Person, now: datetime) -> None:
    """Undo. Raises UndoTooLate."""
    insist(may_settle(by))
    async with transaction():
        await hold_word(f"desk:{duty.id}")
        [current] = await _with_deeds([duty])
        if current.settled_at is None:
            raise AlreadySettled
        if not deadlines.is_undoable(current.settled_at, now):
            raise UndoTooLate
        await _record(duty, UNSEEN, by, now)


async def _letters(_: Person, __: datetime) -> list[Duty]:
    """That one failed, to whom and why; never what it said."""
    failed = Letter.objects(Letter.to).where(Letter.state == LetterState.FAILED)
    rows = await failed.order_by(Letter.posted_at, Letter.id).limit(SHOWN)
    return [Duty("letter", row.id, row, row.posted_at) for row in rows]


async def _unanswered(viewer: Person, now: datetime) -> list[Duty]:
    """With how their mentors usually answer."""
    late = [row for row in await inquiries.overdue() if row["settled_at"] > now - NEWS]
    late = [row for row in late if viewer.id not in (row["mentee"], row["mentor"])]
    mentors = {row["mentor"] for row in late}
    in_time, hours = await inquiries.in_time(mentors), await usual_hours(mentors)
    return [
        Duty(
            "inquiry",
            row["id"],
            row | {"in_time": in_time[row["mentor"]], "usual_hours": hours.get(row["mentor"])},
            row["settled_at"],
        )
        for row in late
    ]


async def _quiet(viewer: Person, now: datetime) -> list[Duty]:
    """Nudged, and two weeks later still nothing: who, since when, how many contacts."""
    silent = mentorships.is_silent(now) & (Mentorship.nudged_at <= now - STILL_QUIET)
    others = (Mentorship.mentee != viewer.id) & (Mentorship.mentor != viewer.id)
    rows = await (
        Mentorship.select(
            Mentorship.id,
            Mentorship.contacts,
            Mentorship.quiet_since,
            Mentorship.nudged_at,
            Mentorship.mentee.first_name,
            Mentorship.mentee.last_name,
            Mentorship.mentor.first_name,
            Mentorship.mentor.last_name,
        )
        .where(silent & others)
        .order_by(Mentorship.nudged_at, Mentorship.id)
        .limit(SHOWN)
    )
    return [Duty("mentorship", row["id"], row, row["nudged_at"] + STILL_QUIET) for row in rows]


READERS: dict[str, Callable[[Person, datetime], Awaitable[list[Duty]]]] = {
    "letter": _letters,
    "inquiry": _unanswered,
    "mentorship": _quiet,
}


async def _with_deeds(found: list[Duty]) -> list[Duty]:
    """A later silence or another failure is a duty anew."""
    if not found:
        return []
    whats = [f"{noun}.{verb}" for noun in TABLES for verb in (SEEN, UNSEEN, AGAIN)]
    here = _about(found) & Event.what.is_in(whats)
    last = {
        (event.noun, event.about): event
        for event in await Event.objects(Event.by).where(here).order_by(Event.id)
    }
    return [_seen(each, last.get((each.noun, each.number))) for each in found]


def _about(found: list[Duty]) -> Any:
    """Noun by noun, as the index has them: else every event ever would be read."""
    numbers: dict[str, list[int]] = {}
    for each in found:
        numbers.setdefault(each.noun, []).append(each.number)
    each_noun: list[Any] = [
        (Event.noun == noun) & Event.about.is_in(several) for noun, several in numbers.items()
    ]
    return reduce(or_, each_noun)


def _seen(duty: Duty, last: Event | None) -> Duty:
    is_of_now = last is not None and last.what.endswith(SEEN) and last.at >= duty.since
    by: Any = last.by if last and is_of_now else None
    return replace(
        duty,
        settled_at=last.at if last and is_of_now else None,
        settled_by=by if isinstance(by, Person) and by.id else None,
    )


def _is_shown(duty: Duty, now: datetime) -> bool:
    return duty.settled_at is None or deadlines.is_undoable(duty.settled_at, now)


async def _record(duty: Duty, verb: str, by: Person, now: datetime) -> None:
    row = TABLES[duty.noun](id=duty.number, _ignore_missing=True)
    await history.record(f"{duty.noun}.{verb}", row, by, now)
