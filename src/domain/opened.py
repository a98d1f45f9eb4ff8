"""What the author of a report opened to the office, piece by piece, each reading kept first.

Only what was there when the report was sent: what is written later, nobody has opened.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import reports, typed_texts
from domain.note_prompts import MENTEE, MENTOR
from i18n import N_
from tables.agreements import Agreement
from tables.contacts import Contact
from tables.inquiries import Exchange, Inquiry
from tables.mentorships import Mentorship
from tables.notes import Note
from tables.people import Person
from tables.reports import Report


@dataclass(frozen=True)
class Passage:
    """`parts`: (French label, words), the label empty where the words need none."""

    author: str
    language: str
    at: datetime
    parts: Sequence[tuple[str, str]]
    number: int = 0


async def read(report: Report, what: str, *, by: Person, now: datetime) -> list[Passage]:
    """Raises Unseen for what isn't opened, before anything is fetched."""
    await reports.note_reading(report, what, by=by, now=now)
    if what == "words":
        author: Person = report.by
        return [Passage(author.name, author.language, report.sent_at, [("", report.words)])]
    return [passage for passage in await PIECES[what](report) if passage.parts]


async def _request(report: Report) -> list[Passage]:
    about: Person = report.about
    author: Person = report.by
    mentorship: Mentorship | None = await _pair(report)
    rows = Inquiry.visible_to(author).where(reports.between(author, about))
    if mentorship is not None:
        rows = rows.where(Inquiry.id == _number(mentorship.inquiry))
    found: list[Passage] = []
    for inquiry in await rows.where(Inquiry.sent_at <= report.sent_at).order_by(Inquiry.id):
        found += await _letters_of(inquiry, report.sent_at)
    return found


async def _letters_of(inquiry: Inquiry, until: datetime) -> list[Passage]:
    mentee: Person = inquiry.mentee
    mentor: Person = inquiry.mentor
    asked = (
        (N_("Problématique"), inquiry.problem),
        (N_("Vision"), inquiry.vision),
        (N_("Attentes"), inquiry.expectations),
    )
    found = [Passage(mentee.name, inquiry.language, inquiry.sent_at, _said(asked))]
    rows = Exchange.objects(Exchange.author).where(Exchange.inquiry == inquiry.id)
    for each in await rows.where(Exchange.said_at <= until).order_by(Exchange.id):
        author: Person = each.author
        said = _said([("", each.words)])
        found.append(Passage(author.name, author.language, each.said_at, said))
    replied: datetime | None = inquiry.settled_at
    if replied is not None and replied <= until:
        said = _said([("", inquiry.answer)])
        found.append(Passage(mentor.name, mentor.language, replied, said))
    return found


async def _own_notes(report: Report) -> list[Passage]:
    author: Person = report.by
    return await _notes(report, Note.author == author.id)


async def _shared_notes(report: Report) -> list[Passage]:
    return await _notes(report, Note.is_shared.eq(True) & (Note.shared_at <= report.sent_at))


async def _notes(report: Report, which: Any) -> list[Passage]:
    mentorship = await _pair(report)
    if mentorship is None:
        return []
    author: Person = report.by
    rows = Note.visible_to(author, mentorship).where(which & (Note.saved_at <= report.sent_at))
    return [_note(row, mentorship) for row in await rows]


def _note(row: Note, mentorship: Mentorship) -> Passage:
    author: Person = row.author
    prompts = MENTEE if mentorship.is_mentee(author) else MENTOR
    answers = typed_texts.unpack(row.fields).answers
    parts = [
        (prompt.label, answer)
        for prompt in prompts
        if isinstance(answer := answers.get(prompt.name), str) and answer
    ]
    return Passage(author.name, author.language, row.saved_at, parts, number=row.number)


async def _agreement(report: Report) -> list[Passage]:
    mentorship = await _pair(report)
    if mentorship is None:
        return []
    rows = Agreement.of(mentorship).where(Agreement.proposed_at <= report.sent_at)
    return [_version(row) for row in await rows]


def _version(row: Agreement) -> Passage:
    author: Person = row.by
    said = (
        (N_("Nos objectifs"), row.goals),
        (N_("Forme"), row.form),
        (N_("Fréquence"), row.frequency),
        (N_("Durée"), row.length),
    )
    return Passage(author.name, author.language, row.proposed_at, _said(said), number=row.number)


async def _contacts(report: Report) -> list[Passage]:
    mentorship = await _pair(report)
    if mentorship is None:
        return []
    untouched = Contact.corrected_at.is_null() | (Contact.corrected_at <= report.sent_at)
    rows = Contact.of(mentorship).where((Contact.logged_at <= report.sent_at) & untouched)
    return [_line(row) for row in await rows]


def _line(row: Contact) -> Passage:
    author: Person = row.by
    said = _said([("", row.line)])
    return Passage(author.name, author.language, row.logged_at, said, number=row.number)


async def _pair(report: Report) -> Mentorship | None:
    """Through its author's eyes: the office has none of its own."""
    author: Person = report.by
    number = _number(report.mentorship)
    if number is None:
        return None
    return await Mentorship.visible_to(author).where(Mentorship.id == number).first()


def _said(parts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [part for part in parts if part[1]]


def _number(row: Any) -> int | None:
    return row if row is None or isinstance(row, int) else row.id


PIECES: dict[str, Callable[[Report], Awaitable[list[Passage]]]] = {
    "request": _request,
    "own_notes": _own_notes,
    "shared_notes": _shared_notes,
    "agreement": _agreement,
    "contacts": _contacts,
}
