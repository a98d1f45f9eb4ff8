"""Who did what when: added to, and nothing else, whatever a statement tries."""

from __future__ import annotations

from typing import Any

import pytest

import clock
from tables import fixed
from tables.events import Event
from tables.people import Person
from tests.factories import make_person


async def told(by: Person) -> Event:
    event = Event(at=clock.now(), what="profile.refuse", noun="profile", about=7, by=by.id)
    event.why = "Sans suite."
    await event.save()
    return event


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events",
        "UPDATE events SET what = 'profile.release'",
        "UPDATE events SET about = 8",
        'UPDATE events SET "by" = NULL',
        "UPDATE events SET noun = 'person'",
        "UPDATE events SET at = '2020-01-01 00:00:00+00:00'",
        "DELETE FROM people",
        "UPDATE events SET id = id + 1000",
        "INSERT INTO events (id, at, what, noun, about, why_sealed)"
        " SELECT id, at, 'x', noun, about, '' FROM events WHERE true"
        " ON CONFLICT (id) DO UPDATE SET what = 'x'",
    ],
)
async def test_no_statement_changes_or_removes_one(founded: None, statement: str) -> None:
    event = await told(await make_person())

    with pytest.raises(Exception, match=fixed.SAID):
        await Event._meta.db.run_ddl(statement)

    [kept] = await Event.objects()
    assert (kept.id, kept.what, kept.about, kept.by) == (event.id, "profile.refuse", 7, event.by)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO events (id, at, what, noun, about, why_sealed)"
        " SELECT id, at, 'profile.release', noun, about, '' FROM events",
        "REPLACE INTO events (id, at, what, noun, about, why_sealed)"
        " SELECT id, at, 'profile.release', noun, about, '' FROM events",
        "UPDATE events SET rowid = 99",
        "UPDATE OR REPLACE events SET _rowid_ = 99",
        "UPDATE OR IGNORE events SET oid = 99",
    ],
)
async def test_nor_what_only_one_engine_knows(founded: None, database: Any, statement: str) -> None:
    event = await told(await make_person())
    expected = fixed.SAID if database.engine_type == "sqlite" else "syntax|does not exist"

    with pytest.raises(Exception, match=expected):
        await database.run_ddl(statement)

    [kept] = await Event.objects()
    assert (kept.id, kept.what, kept.why) == (event.id, "profile.refuse", "Sans suite.")


async def test_a_reason_is_never_added_afterwards(founded: None) -> None:
    event = await told(await make_person())
    await Event.update({Event.why_sealed: ""}).where(Event.id == event.id)

    with pytest.raises(Exception, match=fixed.SAID):
        await Event.update({Event.why_sealed: "x"}).where(Event.id == event.id)


async def test_they_cannot_be_emptied_at_once(founded: None, database: Any) -> None:
    """SQLite knows no TRUNCATE: there a DELETE without WHERE fires the trigger too."""
    await told(await make_person())
    if database.engine_type == "postgres":
        with pytest.raises(Exception, match=fixed.SAID):
            await database.run_ddl("TRUNCATE events CASCADE")
    assert await Event.count() == 1


async def test_an_internal_note_can_be_sealed_anew_and_forgotten(founded: None) -> None:
    event = await told(await make_person())

    await Event.update({Event.why_sealed: ""}).where(Event.id == event.id)

    [kept] = await Event.objects()
    assert kept.why == "" and kept.what == "profile.refuse"
