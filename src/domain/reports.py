"""Reports to the office (norm 9): their author's words, what they open, and each reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import deadlines, history, mentorships
from domain.permissions import may_report, may_settle, may_take_part
from domain.refusals import AlreadySettled, UndoTooLate, insist
from mail import outbox, report_letters
from tables.events import Event
from tables.inquiries import Inquiry
from tables.mentorships import Mentorship
from tables.people import Person, Standing
from tables.profiles import Profile
from tables.profiles import State as ProfileState
from tables.reports import Reading, Report, State
from tables.transaction import hold, transaction

# What an author may let the office read, besides their own words.
OPENABLE = ("request", "own_notes", "shared_notes", "agreement", "contacts")
# Without a mentorship there is nothing else between two people.
OPENABLE_ALONE = ("request",)
SHOWN = 50


@dataclass(frozen=True)
class Told:
    """As it was written; without words there is no report."""

    key: str
    words: str = ""
    opened: tuple[str, ...] = ()


async def leave(mentorship: Mentorship, told: Told, *, by: Person, now: datetime) -> None:
    """The quiet way out, with or without a word to the office; sent again it is the same one.

    The partner learns of the leaving alone. Where it has ended meanwhile the words still arrive.
    """
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        if await _resent(mentorship, told, by):
            return
        try:
            await mentorships.leave(mentorship, by=by, now=now)
        except AlreadySettled:
            if not told.words or not await mentorships.is_over(mentorship):
                raise
        if told.words:
            await _keep(mentorship, mentorship.partner_of(by), told, by, now)


async def send(
    about: Person, told: Told, *, by: Person, now: datetime, mentorship: Mentorship | None = None
) -> None:
    """At any time, and nothing else changes by it; sent again it is the same one."""
    insist(may_report(by, about))
    if mentorship is not None:
        insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(by)
        if not await _resent(mentorship, told, by):
            await _keep(mentorship, about, told, by, now)


async def reportable(number: int, viewer: Person) -> Person | None:
    """Whom the viewer has met here: somebody of the directory, or of a request of theirs."""
    here = (Person.id == number) & (Person.standing != Standing.GONE)
    person = await Person.objects().where(here & (Person.id != viewer.id)).first()
    if person is None or await has_asked(viewer, person):
        return person
    shown = (Profile.person == number) & (Profile.state == ProfileState.RELEASED)
    is_there = person.is_member and person.paused_at is None
    return person if is_there and await Profile.exists().where(shown) else None


async def has_asked(one: Person, other: Person) -> bool:
    """Either of them the other."""
    return bool(await Inquiry.exists().where(between(one, other)))


def between(one: Person, other: Person) -> Any:
    asked = (Inquiry.mentee == one.id) & (Inquiry.mentor == other.id)
    return asked | ((Inquiry.mentee == other.id) & (Inquiry.mentor == one.id))


async def has_reader(about: Person, author: Person) -> bool:
    """Somebody of the office whom it doesn't concern."""
    of_office = Person.is_coordinator.eq(True) & (Person.standing == Standing.ACTIVE)
    return bool(await Person.exists().where(of_office & Person.id.not_in([about.id, author.id])))


async def waiting(viewer: Person) -> list[Report]:
    """On the desk of this coordinator: who and when. Nobody handles what concerns themself."""
    rows = Report.objects(Report.by, Report.about).where(_theirs(viewer))
    return await rows.order_by(Report.sent_at).limit(SHOWN)


async def on_desk(viewer: Person, now: datetime) -> list[Report]:
    """With what was just settled, as long as that can be undone."""
    fresh = (Report.state == State.SETTLED) & (Report.settled_at > now - deadlines.UNDO)
    here = ((Report.state == State.WAITING) | fresh) & _not_concerned(viewer)
    rows = Report.objects(Report.by, Report.about, Report.settled_by).where(here)
    return await rows.order_by(Report.sent_at, Report.id).limit(SHOWN)


async def count_waiting(viewer: Person) -> int:
    return int(await Report.count().where(_theirs(viewer)))


async def seen_on_desk(number: int, viewer: Person) -> Report | None:
    rows = Report.objects(Report.by, Report.about).where(_theirs(viewer))
    return await rows.where(Report.id == number).first()


async def to_decide(number: int, viewer: Person) -> Report | None:
    """Settled ones too: who comes second is told."""
    here = (Report.id == number) & _not_concerned(viewer)
    rows = Report.objects(Report.by, Report.about, Report.mentorship, Report.settled_by)
    return await rows.where(here).first()


async def read(report: Report, *, by: Person, now: datetime) -> str:
    """Its author's words, and no others. Each reading is kept and shown to the author."""
    await note_reading(report, "words", by=by, now=now)
    return report.words


async def note_reading(report: Report, what: str, *, by: Person, now: datetime) -> None:
    """Before anything is shown. What isn't opened, or is settled, can't be read."""
    insist(may_settle(by) and not _is_concerned(report, by))
    insist(what == "words" or what in opened(report))
    async with transaction():
        waits = (Report.id == report.id) & (Report.state == State.WAITING)
        insist(await Report.exists().where(waits))
        await Reading(report=report.id, reader=by.id, what=what, read_at=now).save()
        await history.record(f"report.read_{what}", report, by, now)


def opened(report: Report) -> tuple[str, ...]:
    ticked = report.opened.split()
    return tuple(each for each in OPENABLE if each in ticked)


async def settle(
    report: Report, *, by: Person, note: str, now: datetime, is_told: bool = False
) -> None:
    """`is_told`: whom it is about hears a neutral word, which waits as long as the undo."""
    insist(may_settle(by) and not _is_concerned(report, by))
    async with transaction():
        settled: dict[Any, Any] = {
            Report.state: State.SETTLED,
            Report.settled_at: now,
            Report.settled_by: by.id,
        }
        waits = (Report.id == report.id) & (Report.state == State.WAITING)
        if not await Report.update(settled).where(waits).returning(Report.id):
            raise AlreadySettled
        await history.record("report.settle", report, by, now, why=note)
        if is_told:
            await report_letters.noticed(report, now, wait=deadlines.UNDO)
            await history.record("report.tell", report, by, now)


async def reopen(report: Report, *, by: Person, now: datetime) -> None:
    """Undo, as long as the letter hasn't left. Raises UndoTooLate."""
    insist(may_settle(by) and not _is_concerned(report, by))
    settled_at = report.settled_at
    if settled_at is None or not deadlines.is_undoable(settled_at, now):
        raise UndoTooLate
    async with transaction():
        told = (Event.what == "report.tell") & (Event.noun == "report")
        was_told = told & (Event.about == report.id) & (Event.at == settled_at)
        same = (Report.id == report.id) & (Report.settled_at == settled_at)
        open_again: dict[Any, Any] = {
            Report.state: State.WAITING,
            Report.settled_at: None,
            Report.settled_by: None,
        }
        if not await Report.update(open_again).where(same).returning(Report.id):
            raise AlreadySettled
        letters = await outbox.take_back(report_letters.key(report))
        if not letters and await Event.exists().where(was_told):
            raise UndoTooLate
        await history.record("report.reopen", report, by, now)


async def readings_of(report: Report) -> list[Reading]:
    rows = Reading.objects(Reading.reader).where(Reading.report == report.id)
    return await rows.order_by(Reading.id)


async def own_about(
    person: Person, viewer: Person, mentorship: Mentorship | None = None
) -> list[Report]:
    """What the viewer told about them, newest first; of one mentorship alone where it is given."""
    here: Any = (Report.by == viewer.id) & (Report.about == person.id)
    if mentorship is not None:
        here = here & (Report.mentorship == mentorship.id)
    return await Report.objects().where(here).order_by(Report.id, ascending=False).limit(SHOWN)


async def readings_of_all(rows: list[Report]) -> dict[int, list[Reading]]:
    """By report."""
    found: dict[int, list[Reading]] = {row.id: [] for row in rows}
    if rows:
        readings = Reading.objects(Reading.reader).where(Reading.report.is_in(list(found)))
        for each in await readings.order_by(Reading.id):
            found[each.report].append(each)
    return found


async def own(mentorship: Mentorship, viewer: Person) -> Report | None:
    """What the viewer told about this mentorship: the partner's is not theirs to know."""
    here = (Report.mentorship == mentorship.id) & (Report.by == viewer.id)
    return await Report.objects().where(here).order_by(Report.id, ascending=False).first()


async def _resent(mentorship: Mentorship | None, told: Told, by: Person) -> bool:
    """Raises AlreadySettled for a key that another report has."""
    sent = await Report.objects().where(Report.key == told.key).first()
    there = mentorship.id if mentorship else None
    if sent is not None and (sent.by, sent.mentorship) != (by.id, there):
        raise AlreadySettled
    return sent is not None


async def _keep(
    mentorship: Mentorship | None, about: Person, told: Told, by: Person, now: datetime
) -> None:
    allowed = OPENABLE if mentorship else OPENABLE_ALONE
    report = Report(
        key=told.key,
        by=by.id,
        about=about.id,
        mentorship=mentorship.id if mentorship else None,
        opened=" ".join(each for each in told.opened if each in allowed),
        sent_at=now,
    )
    report.words = told.words
    await report.save()
    await history.record("report.send", report, by, now)


def _theirs(viewer: Person) -> Any:
    return (Report.state == State.WAITING) & _not_concerned(viewer)


def _not_concerned(viewer: Person) -> Any:
    return (Report.by != viewer.id) & (Report.about != viewer.id)


def _is_concerned(report: Report, person: Person) -> bool:
    author: Person = report.by
    about: Person = report.about
    return person.id in (author.id, about.id)
