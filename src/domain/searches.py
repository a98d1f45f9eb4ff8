"""Saved searches, and words sought in vain, counted without the person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from clock import day
from domain import links
from domain.refusals import LinkVoid, SearchTooLong, Unseen, insist
from mail import letters
from search import facets, find, index
from search.facets import Chip, Query
from search.words import split
from tables.links import Link
from tables.people import Person, Standing
from tables.searches import SavedSearch, SoughtInVain
from tables.transaction import hold, hold_word, transaction

MOST_SAVED = 10
MOST_QUERY = 500  # characters of the column
MOST_WORDS = 100
MOST_KEYS = 50  # of one filter; the address is anybody's to write
MOST_PAGE = 10_000
LEAST_LETTERS, MOST_LETTERS = 3, 60  # of words worth counting when they find nobody
MOST_IN_VAIN = 20  # counted of one person and day: nobody fills the office's list
NAMED = 5  # mentors in the letter
LINK_LIFE = timedelta(days=365)
# The address's names and the query's.
FILTERS = {
    "topic": "topics",
    "role": "roles",
    "language": "languages",
    "canton": "cantons",
    "kind": "kinds",
}


def query_of(text: str) -> Query:
    """From the search window's address; whatever stands there, a query comes out."""
    fields = parse_qs(text, errors="replace")
    keys: dict[str, Any] = {
        name: tuple(dict.fromkeys(fields.get(field, ())))[:MOST_KEYS]
        for field, name in FILTERS.items()
    }
    return Query(
        words=_clean(" ".join(fields.get("q", ()))),
        free=fields.get("free", [""])[-1] == "1",
        page=_number(fields.get("page", ["1"])[-1]),
        **keys,
    )


def fields_of(query: Query) -> dict[str, Any]:
    """For the address, without what is empty, always in the same order."""
    fields: dict[str, Any] = {"q": query.words}
    fields |= {field: list(query.on(name)) for field, name in FILTERS.items()}
    fields |= {"free": "1" if query.free else "", "page": query.page if query.page > 1 else ""}
    return {name: value for name, value in fields.items() if value}


def text_of(query: Query) -> str:
    """As it is saved: the address's own query, from the first page."""
    return urlencode(fields_of(replace(query, page=1)), doseq=True)


async def save(query: Query, *, by: Person, now: datetime) -> SavedSearch:
    """The same search twice is once; the oldest makes room. Raises SearchTooLong."""
    insist(by.is_member)
    text = text_of(query)
    if len(text) > MOST_QUERY:
        raise SearchTooLong
    async with transaction():
        await hold(by)
        known = await waiting_for(query, by)
        if known is not None:
            return known
        mine = await waiting_of(by)
        if len(mine) >= MOST_SAVED:
            await mine[-1].remove()
        search = SavedSearch(person=by.id, query=text, saved_at=now)
        await search.save()
        return search


async def waiting_of(person: Person) -> list[SavedSearch]:
    here = (SavedSearch.person == person.id) & SavedSearch.told_at.is_null()
    return await SavedSearch.objects().where(here).order_by(SavedSearch.id, ascending=False)


async def described(
    searches: Sequence[SavedSearch], language: str
) -> list[tuple[SavedSearch, Query, list[Chip]]]:
    """Each with its words and the names of its filters."""
    here = await index.fresh()
    queries = [facets.known(query_of(search.query), here) for search in searches]
    return [
        (search, query, facets.chips(query, here, language))
        for search, query in zip(searches, queries, strict=True)
    ]


async def waiting_for(query: Query, person: Person) -> SavedSearch | None:
    """The same search, if it is saved."""
    here = (SavedSearch.person == person.id) & (SavedSearch.query == text_of(query))
    return await SavedSearch.objects().where(here & SavedSearch.told_at.is_null()).first()


async def end(search_id: int, *, by: Person) -> SavedSearch | None:
    """One's own; ended twice is ended, and another's looks as if it never was."""
    own = (SavedSearch.id == search_id) & (SavedSearch.person == by.id)
    search = await SavedSearch.objects().where(own).first()
    if search is not None:
        await search.remove()
    return search


async def by_end_link(secret: str) -> Link:
    """From the letter, spent or not. Raises Unseen."""
    link = await links.look(secret, links.END_SEARCH)
    if link is None:
        raise Unseen
    return link


async def end_by_link(link: Link, now: datetime) -> None:
    """One click in a mail program; twice is once. After its one letter a search tells no more, so
    a link too old to be spent has nothing left to end."""
    owner: Person = link.person
    async with transaction():
        try:
            await links.spend(link, now)
        except LinkVoid:
            return
        here = (SavedSearch.id == link.about) & (SavedSearch.person == owner.id)
        await SavedSearch.delete().where(here)


async def tell_fitting(now: datetime) -> None:
    """By the clock: one letter a saved search, once somebody fits."""
    untold = SavedSearch.told_at.is_null() & (SavedSearch.person.standing == Standing.ACTIVE)
    here = untold & SavedSearch.person.paused_at.is_null()
    searches = SavedSearch.objects(SavedSearch.person).where(here)
    for search in await searches.order_by(SavedSearch.id):
        fitting = await _fitting(search, now)
        if fitting:
            await _tell(search, fitting, now)


async def count_in_vain(words: str, *, by: Person, now: datetime) -> None:
    """For the office: what is sought and not offered. Folded words, no person."""
    words, today = " ".join(split(words))[:MOST_LETTERS].strip(), day(now)
    if len(words) < LEAST_LETTERS or _is_enough(by, today):
        return
    async with transaction():
        await hold_word(f"in vain {words}")
        here = (SoughtInVain.words == words) & (SoughtInVain.day == today)
        counted: dict[Any, Any] = {SoughtInVain.times: SoughtInVain.times + 1}
        if not await SoughtInVain.update(counted).where(here).returning(SoughtInVain.id):
            await SoughtInVain(words=words, day=today).save()


def forget() -> None:
    """For tests."""
    _sought.clear()


async def _fitting(search: SavedSearch, now: datetime) -> list[Person]:
    reader: Person = search.person
    found = await find.find(query_of(search.query), reader, reader.language, day(now))
    wanted = [hit.id for hit in found.hits[:NAMED]]
    if not wanted:
        return []
    people = {person.id: person for person in await Person.objects().where(Person.id.is_in(wanted))}
    return [people[number] for number in wanted if number in people]


async def _tell(search: SavedSearch, mentors: Sequence[Person], now: datetime) -> None:
    """Whoever claims the row tells: the job may run twice, and in several processes."""
    reader: Person = search.person
    untold = (SavedSearch.id == search.id) & SavedSearch.told_at.is_null()
    async with transaction():
        claimed = SavedSearch.update({SavedSearch.told_at: now}).where(untold)
        if await claimed.returning(SavedSearch.id):
            secret = await links.make(links.END_SEARCH, reader, search.id, now + LINK_LIFE)
            await letters.search_fits(reader, search, mentors, letters.end_search_link(secret), now)


_sought: dict[date, Counter[int]] = {}


def _is_enough(person: Person, today: date) -> bool:
    """How often, never what; in this process alone and until its next day, so that nothing is kept
    that tells who sought. Several processes or a restart let through a little more."""
    if today not in _sought:
        _sought.clear()
        _sought[today] = Counter()
    _sought[today][person.id] += 1
    return _sought[today][person.id] > MOST_IN_VAIN


def _clean(words: str) -> str:
    """On one line, without what nobody sees."""
    seen = "".join(sign if sign.isprintable() else " " for sign in words)
    return " ".join(seen.split())[:MOST_WORDS].strip()


def _number(written: str) -> int:
    is_one = written.isascii() and written.isdigit() and len(written) < 9
    return min(max(1, int(written)), MOST_PAGE) if is_one else 1
