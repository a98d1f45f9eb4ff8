"""Saved searches, and words sought in vain, counted without the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import day
from domain.refusals import Unseen
from tables.people import Person
from tables.searches import SavedSearch, SoughtInVain
from tables.transaction import hold, hold_word, transaction

MOST_SAVED = 10


async def save(query: str, *, by: Person, now: datetime) -> SavedSearch:
    """The same search twice is once; the oldest makes room."""
    async with transaction():
        await hold(by)
        mine = await waiting_of(by)
        for search in mine:
            if search.query == query:
                return search
        if len(mine) >= MOST_SAVED:
            await mine[-1].remove()
        search = SavedSearch(person=by.id, query=query[:500], saved_at=now)
        await search.save()
        return search


async def waiting_of(person: Person) -> list[SavedSearch]:
    here = (SavedSearch.person == person.id) & SavedSearch.told_at.is_null()
    return await SavedSearch.objects().where(here).order_by(SavedSearch.id, ascending=False)


async def end(search_id: int, *, by: Person) -> None:
    """One's own; ended twice is ended. Raises Unseen for another's."""
    search = await SavedSearch.objects().where(SavedSearch.id == search_id).first()
    if search is None:
        return
    owner: int = search.person
    if owner != by.id:
        raise Unseen
    await search.remove()


async def count_in_vain(words: str, now: datetime) -> None:
    """For the office: what is sought and not offered. Folded words, no person."""
    words = words.strip()[:100]
    if not words:
        return
    async with transaction():
        await hold_word(f"in vain {words}")
        here = (SoughtInVain.words == words) & (SoughtInVain.day == day(now))
        counted: dict[Any, Any] = {SoughtInVain.times: SoughtInVain.times + 1}
        if not await SoughtInVain.update(counted).where(here).returning(SoughtInVain.id):
            await SoughtInVain(words=words, day=day(now)).save()
