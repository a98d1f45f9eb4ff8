"""What happened here, for the office: who, what, when, about whom; never a private text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import i18n
from clock import ZURICH
from domain import history, letter_words
from domain.event_words import KINDS
from domain.permissions import may_settle
from domain.refusals import insist
from search import members
from tables.agreements import Agreement
from tables.applications import Application
from tables.contacts import Contact
from tables.evaluations import Evaluation, Later, Thanks
from tables.events import Event
from tables.inquiries import Inquiry
from tables.meetings import Meeting
from tables.mentorships import Mentorship
from tables.notes import Note
from tables.people import Person
from tables.profiles import Profile
from tables.reports import Report
from tables.wordings import Wording

A_PAGE = 50
AT_ONCE = 1000  # of an export
MOST_PEOPLE = 25  # whose name fits the words typed
# How a row leads to its people.
PAIRS: dict[str, Any] = {"inquiry": Inquiry, "mentorship": Mentorship}
WITHIN: dict[str, Any] = {
    "agreement": Agreement,
    "contact": Contact,
    "evaluation": Evaluation,
    "later": Later,
    "meeting": Meeting,
    "note": Note,
    "thanks": Thanks,
}


@dataclass(frozen=True)
class Query:
    """`person`: by them or about them. `words`: part of a name, where no person is given."""

    kind: str = ""
    person: int = 0
    words: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1

    @property
    def is_sifted(self) -> bool:
        return replace(self, page=1) != Query()


@dataclass(frozen=True)
class About:
    """One of the people a row is about; an applicant may be no member."""

    name: str
    id: int = 0


@dataclass(frozen=True)
class Told:
    event: Event
    by: Person | None
    about: Sequence[About]


@dataclass(frozen=True)
class Found:
    query: Query
    told: Sequence[Told]
    total: int
    person: Person | None = None

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // A_PAGE))


async def find(query: Query, *, by: Person) -> Found:
    insist(may_settle(by))
    kept = await _sifted(query, by)
    total = int(await Event.count().where(kept))
    query = replace(query, page=min(query.page, max(1, -(-total // A_PAGE))))
    rows = await _newest(kept, A_PAGE, (query.page - 1) * A_PAGE)
    person = await Person.objects().where(Person.id == query.person).first()
    return Found(query, await _told(rows), total, person)


async def every(query: Query, *, by: Person, now: datetime) -> AsyncIterator[Told]:
    """For an export, in batches: the newest first, as on the page."""
    insist(may_settle(by))
    kept = await _sifted(query, by)
    await history.record("person.export_events", by, by, now)
    before: Any = None
    while rows := await _newest(kept if before is None else kept & (Event.id < before), AT_ONCE):
        for told in await _told(rows):
            yield told
        before = rows[-1].id


async def _newest(kept: Any, limit: int, offset: int = 0) -> list[Event]:
    rows = Event.objects(Event.by).where(kept).order_by(Event.id, ascending=False)
    return await rows.limit(limit).offset(offset)


async def _sifted(query: Query, viewer: Person) -> Any:
    kept: Any = Event.id > 0
    if query.kind in KINDS:
        kept &= Event.what.like(f"{query.kind}.%")
    if query.since:
        kept &= Event.at >= _midnight(query.since)
    if query.until:
        kept &= Event.at < _midnight(query.until + timedelta(days=1))
    if query.person or query.words:
        kept &= await _concerning(await _people(query))
    hidden = await _numbers(Report, Report.about == viewer.id)
    if hidden:  # nobody follows here what others told about themself
        kept &= (Event.noun != "report") | Event.about.not_in(hidden)
    return kept


async def _people(query: Query) -> list[int]:
    if query.person:
        return [query.person]
    found = await members.find(members.Query(words=query.words))
    return [hit.id for hit in found.hits[:MOST_PEOPLE]]


async def _concerning(people: list[int]) -> Any:
    """By one of them, or about a row of theirs."""
    if not people:
        return Event.id < 0
    theirs: Any = Event.by.is_in(people) | _rows("person", people)
    numbers = {
        "profile": await _numbers(Profile, Profile.person.is_in(people)),
        "report": await _numbers(Report, Report.about.is_in(people)),
    }
    for noun, pair in PAIRS.items():
        numbers[noun] = await _numbers(pair, pair.mentee.is_in(people) | pair.mentor.is_in(people))
    if numbers["mentorship"]:
        for noun, table in WITHIN.items():
            numbers[noun] = await _numbers(table, table.mentorship.is_in(numbers["mentorship"]))
    for noun, found in numbers.items():
        if found:
            theirs |= _rows(noun, found)
    return theirs


def _rows(noun: str, numbers: list[int]) -> Any:
    return (Event.noun == noun) & Event.about.is_in(numbers)


async def _numbers(table: Any, where: Any) -> list[int]:
    return [row["id"] for row in await table.select(table.id).where(where)]


async def _told(rows: Sequence[Event]) -> list[Told]:
    """A question for each kind of row, however many rows there are."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.noun, set()).add(row.about)
    about = {noun: await _about(noun, sorted(numbers)) for noun, numbers in wanted.items()}
    return [
        Told(row, row.by if row.by and row.by.id else None, about[row.noun].get(row.about, ()))
        for row in rows
    ]


async def _about(noun: str, numbers: list[int]) -> dict[int, Sequence[About]]:
    if noun == "person":
        rows = await _names(Person, "", numbers)
    elif noun == "application":
        return {
            row["id"]: (About(f"{row['first_name']} {row['last_name']}".strip()),)
            for row in await Application.select(
                Application.id, Application.first_name, Application.last_name
            ).where(Application.id.is_in(numbers))
        }
    elif noun == "wording":
        columns = (Wording.id, Wording.name, Wording.language)
        texts = await Wording.select(*columns).where(Wording.id.is_in(numbers))
        return {row["id"]: (About(_text(row)),) for row in texts}
    elif noun == "profile":
        rows = await _names(Profile, "person", numbers)
    elif noun == "report":
        rows = await _names(Report, "about", numbers)
    elif noun in PAIRS:
        rows = await _names(PAIRS[noun], "mentee mentor", numbers)
    elif noun in WITHIN:
        rows = await _names(WITHIN[noun], "mentorship.mentee mentorship.mentor", numbers)
    else:
        return {}
    return rows


async def _names(table: Any, ways: str, numbers: list[int]) -> dict[int, Sequence[About]]:
    """`ways`: from a row of the table to its people; none: it is one itself."""
    people = [_along(table, way) for way in ways.split()] or [table]
    columns = [
        column
        for number, each in enumerate(people)
        for column in (
            each.id.as_alias(f"id{number}"),
            each.first_name.as_alias(f"first{number}"),
            each.last_name.as_alias(f"last{number}"),
        )
    ]
    rows = await table.select(table.id.as_alias("row"), *columns).where(table.id.is_in(numbers))
    return {row["row"]: tuple(_people_of(row, len(people))) for row in rows}


def _along(table: Any, way: str) -> Any:
    for step in way.split("."):
        table = getattr(table, step)
    return table


def _people_of(row: dict[str, Any], count: int) -> Iterable[About]:
    for number in range(count):
        name = f"{row[f'first{number}']} {row[f'last{number}']}".strip()
        if row[f"id{number}"]:
            yield About(name, row[f"id{number}"])


def _text(row: dict[str, Any]) -> str:
    return f"{letter_words.title(row['name'])} ({i18n.own_name(row['language'])})"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZURICH)
