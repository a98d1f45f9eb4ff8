"""The unit of work on either engine: one verb, wholly or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from tables.people import Person

_afterwards: ContextVar[list[Callable[[], None]] | None] = ContextVar("afterwards", default=None)


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """Immediate on SQLite; a savepoint when nested, so that an inner failure keeps nothing."""
    engine: Any = Person._meta.db
    outer = engine.current_transaction.get()
    if outer is not None:
        async with _savepoint(outer):
            yield
        return
    mark = _afterwards.set([])
    try:
        async with engine.transaction():
            yield
        done = _afterwards.get() or []
    finally:
        _afterwards.reset(mark)
    for act in done:
        act()


def afterwards(act: Callable[[], None]) -> None:
    """Once what was done is kept: at once outside a transaction, never after a rollback."""
    waiting = _afterwards.get()
    if waiting is None:
        act()
    else:
        waiting.append(act)


async def hold(person: Person) -> None:
    """Before a limit is counted: PostgreSQL lets others pass, SQLite has one writer anyway.

    A full FOR UPDATE would also stop whoever writes a row that only names the person (an event,
    a letter), and two who name each other would wait for each other.
    """
    engine: Any = Person._meta.db
    if engine.engine_type == "postgres":
        await Person.raw("SELECT id FROM people WHERE id = {} FOR NO KEY UPDATE", person.id)


async def hold_profile(person: Person) -> None:
    """The same for a mentor's availability, whoever the mentorships are with."""
    engine: Any = Person._meta.db
    if engine.engine_type == "postgres":
        query = "SELECT id FROM profiles WHERE person = {} FOR NO KEY UPDATE"
        await Person.raw(query, person.id)


async def hold_word(word: str) -> None:
    """The same for what is no row yet: an address, a visitor."""
    engine: Any = Person._meta.db
    if engine.engine_type == "postgres":
        await Person.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))", word)


@asynccontextmanager
async def _savepoint(outer: Any) -> AsyncIterator[None]:
    point = await outer.savepoint()
    waiting = _afterwards.get()
    before = len(waiting or ())
    try:
        yield
    except BaseException:
        if waiting:
            del waiting[before:]
        await point.rollback_to()
        raise
    await point.release()
