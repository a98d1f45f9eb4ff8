"""Sessions and sign-ins as rows: only hashes, few writes, forgotten in time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

import clock
import sealing
from domain import sessions
from domain.sessions import Asking
from tables.events import Event
from tables.letters import Letter
from tables.people import Person, Standing
from tables.sessions import Session, SignIn
from tests.factories import make_person

VISITOR = "192.0.2.7"


def asking(address: str) -> Asking:
    return Asking(address, "a browser's secret", VISITOR, "/mentors", "fr")


async def test_no_secret_lies_in_the_tables(mentee: Person) -> None:
    now = clock.now()

    begun = await sessions.begin(mentee, "Firefox", now)
    await sessions.ask(asking(mentee.email), now)
    [letter] = await Letter.objects()
    code, link = re.search(r"\d{6}", letter.subject), re.search(r"/link/(\S+)", letter.text)
    rows = str(await Session.select()) + str(await SignIn.select()) + str(await Letter.select())

    assert code and link
    for secret in (begun.token, code[0], link[1], "a browser's secret", VISITOR, mentee.email):
        assert not re.search(rf"(?<![0-9a-zA-Z]){re.escape(secret)}(?![0-9a-zA-Z])", rows)


async def test_a_codes_hash_depends_on_its_browser(mentee: Person) -> None:
    assert not sealing.is_keyed(
        sealing.keyed(sessions.CODE, "123456", "one"), sessions.CODE, "123456", "other"
    )


async def test_being_seen_is_written_every_ten_minutes_at_most(
    mentee: Person, queries: Any
) -> None:
    now = clock.now()
    token = (await sessions.begin(mentee, "", now)).token

    with queries() as asked:
        for minutes in (1, 5, 9):
            assert await sessions.recognise(token, now + timedelta(minutes=minutes))
    await sessions.recognise(token, now + timedelta(minutes=11))
    [session] = await Session.objects()

    assert not any("UPDATE" in statement for statement in asked) and len(asked) == 3
    assert session.seen_at == now + timedelta(minutes=11)


async def test_a_busy_coordinator_is_not_sent_out(coordinator: Person) -> None:
    now = clock.now()
    token = (await sessions.begin(coordinator, "", now)).token

    for hours in (11, 22, 33):
        assert await sessions.recognise(token, now + timedelta(hours=hours))
    assert await sessions.recognise(token, now + timedelta(hours=46)) is None


async def test_a_foreign_token_is_nobodys(mentee: Person) -> None:
    now = clock.now()
    await sessions.begin(mentee, "", now)
    [session] = await Session.objects()

    for token in ("", "é", session.hashed):
        assert await sessions.recognise(token, now) is None


async def test_old_ones_are_forgotten(mentee: Person) -> None:
    now = clock.now()
    await sessions.begin(mentee, "", now - timedelta(days=31))
    kept = await sessions.begin(mentee, "", now)
    await sessions.ask(asking("old@example.org"), now - timedelta(days=3))
    await sessions.ask(asking("new@example.org"), now)

    await sessions.forget_old(now)

    assert await Session.count() == await SignIn.count() == 1
    assert await sessions.recognise(kept.token, now)


async def test_all_sessions_of_one_person_end(mentee: Person, stranger: Person) -> None:
    now = clock.now()
    for person in (mentee, mentee, stranger):
        await sessions.begin(person, "", now)

    await sessions.end_all(mentee)
    [left] = await Session.objects()

    assert left.person == stranger.id


@pytest.mark.usefixtures("founded")
async def test_who_is_excluded_meanwhile_does_not_join() -> None:
    now, invited = clock.now(), await make_person(standing=Standing.INVITED)
    excluded: dict[Any, Any] = {Person.standing: Standing.EXCLUDED}
    await Person.update(excluded).where(Person.id == invited.id)

    token = (await sessions.begin(invited, "", now)).token

    assert await Person.exists().where(Person.standing == Standing.EXCLUDED)
    assert await sessions.recognise(token, now) is None


@pytest.mark.usefixtures("founded")
async def test_whoever_comes_in_twice_at_once_joins_once() -> None:
    now, invited = clock.now(), await make_person(standing=Standing.INVITED)
    again = await Person.objects().get(Person.id == invited.id)
    assert again is not None

    for person in (invited, again):
        await sessions.begin(person, "", now)

    assert await Event.count().where(Event.what == "person.join") == 1
