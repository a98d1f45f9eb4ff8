"""Reports to the office (norm 9): their author's words, what they open, and each reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import history, mentorships
from domain.permissions import may_settle, may_take_part
from domain.refusals import AlreadySettled, insist
from tables.mentorships import Mentorship
from tables.people import Person
from tables.reports import Reading, Report, State
from tables.transaction import hold, transaction

# What an author may let the office read, besides their own words.
OPENABLE = ("request", "own_notes", "shared_notes", "agreement", "contacts")
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
            await _keep(mentorship, told, by, now)


async def waiting(viewer: Person) -> list[Report]:
    """On the desk of this coordinator: who and when. Nobody handles what concerns themself."""
    rows = Report.objects(Report.by, Report.about).where(_theirs(viewer))
    return await rows.order_by(Report.sent_at).limit(SHOWN)


async def count_waiting(viewer: Person) -> int:
    return int(await Report.count().where(_theirs(viewer)))


async def seen_on_desk(number: int, viewer: Person) -> Report | None:
    rows = Report.objects(Report.by, Report.about).where(_theirs(viewer))
    return await rows.where(Report.id == number).first()


async def read(report: Report, *, by: Person, now: datetime) -> str:
    """Its author's words, and no others. Each reading is kept and shown to the author."""
    insist(may_settle(by) and not _is_concerned(report, by))
    async with transaction():
        await Reading(report=report.id, reader=by.id, what="words", read_at=now).save()
        await history.record("report.read_words", report, by, now)
    return report.words


async def readings_of(report: Report) -> list[Reading]:
    rows = Reading.objects(Reading.reader).where(Reading.report == report.id)
    return await rows.order_by(Reading.id)


async def own(mentorship: Mentorship, viewer: Person) -> Report | None:
    """What the viewer told about this mentorship: the partner's is not theirs to know."""
    here = (Report.mentorship == mentorship.id) & (Report.by == viewer.id)
    return await Report.objects().where(here).order_by(Report.id, ascending=False).first()


async def _resent(mentorship: Mentorship, told: Told, by: Person) -> bool:
    """Raises AlreadySettled for a key that another report has."""
    sent = await Report.objects().where(Report.key == told.key).first()
    if sent is not None and (sent.by, sent.mentorship) != (by.id, mentorship.id):
        raise AlreadySettled
    return sent is not None


async def _keep(mentorship: Mentorship, told: Told, by: Person, now: datetime) -> None:
    report = Report(
        key=told.key,
        by=by.id,
        about=mentorship.partner_of(by).id,
        mentorship=mentorship.id,
        opened=" ".join(told.opened),
        sent_at=now,
    )
    report.words = told.words
    await report.save()
    await history.record("report.send", report, by, now)


def _theirs(viewer: Person) -> Any:
    others = (Report.by != viewer.id) & (Report.about != viewer.id)
    return (Report.state == State.WAITING) & others


def _is_concerned(report: Report, person: Person) -> bool:
    author: Person = report.by
    about: Person = report.about
    return person.id in (author.id, about.id)
