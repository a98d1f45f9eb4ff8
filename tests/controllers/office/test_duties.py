"""On the desk, nothing to decide: failed letters, silent pairs, requests without an answer."""

from __future__ import annotations

import asyncio
import html
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

import clock
import urls
from domain.deadlines import UNDO
from domain.duties import STILL_QUIET, Duty
from tables.events import Event
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.mentorships import Mentorship, State
from tables.people import Person
from tables.profiles import State as ProfileState
from tests.cast import HTMX, Browser
from tests.factories import (
    make_application,
    make_evaluation,
    make_inquiry,
    make_letter,
    make_meeting,
    make_mentorship,
    make_person,
    make_profile,
)
from tests.moments import At

VU = " : vu"


async def silent(mentee: Person, mentor: Person, days: int, **more: Any) -> Mentorship:
    """Nudged so many days ago, after 35 of silence."""
    nudged = clock.now() - timedelta(days=days)
    told: dict[str, Any] = {
        "state": State.RUNNING,
        "contacts": 2,
        "nudged_at": nudged,
        "quiet_since": nudged - timedelta(days=35),
    }
    return await make_mentorship(mentee, mentor, **(told | more))


def deed(noun: str, row: Any, name: str) -> str:
    return urls.duty_deed(Duty(noun, row.id, row, clock.now()), name)


async def shown(window: httpx.AsyncClient) -> str:
    return html.unescape((await window.get(urls.DESK)).text)


async def of_each(mentor: Person, mentee: Person) -> dict[str, Any]:
    now = clock.now()
    return {
        "letter": await make_letter(mentee, posted_at=now - timedelta(days=2)),
        "inquiry": await make_inquiry(
            mentee,
            mentor,
            state=InquiryState.RELEASED,
            sent_at=now - timedelta(days=17),
            settled_at=now - timedelta(days=3),
        ),
        "mentorship": await silent(mentee, mentor, 18),
    }


async def test_an_open_desk_never_reads_every_event(
    mentor: Person,
    mentee: Person,
    coordinator: Person,
    browser: Browser,
    database: Any,
    queries: Any,
) -> None:
    """It asks twice a minute; of years there are many. How SQLite goes about it, told by itself."""
    if database.engine_type != "sqlite":
        pytest.skip("PostgreSQL decides by how many rows there are")
    await of_each(mentor, mentee)
    await make_profile(await make_person(), state=ProfileState.HANDED_IN)
    window = await browser(coordinator)

    with queries() as asked:
        await window.get(f"{urls.DESK}?poll=1", headers=HTMX)
    about = {each for each in asked if 'FROM "events"' in each}
    plans = [await database.run_ddl(f"EXPLAIN QUERY PLAN {each}") for each in about]

    assert len(plans) == 3
    assert [row["detail"] for plan in plans for row in plan if "SCAN" in row["detail"]] == []


async def test_one_list_the_oldest_duty_first(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    rows = await of_each(mentor, mentee)
    now = clock.now()
    await make_application("Ada", sent_at=now - timedelta(days=9))
    word = await make_evaluation(
        rows["mentorship"], mentee, to_office="Merci.", sent_at=now - timedelta(days=1)
    )
    page = await shown(await browser(coordinator))

    ids = ["application-1", *(f"{noun}-{rows[noun].id}" for noun in ("mentorship", "inquiry"))]
    ids += [f"letter-{rows['letter'].id}", f"evaluation-{word.id}"]
    places = [page.find(f'<li class="desk-item" id="{each}"') for each in ids[1:]]
    assert -1 not in places and places == sorted(places)
    assert page.index("Ada") < places[0] and page.count('<ul class="desk-list"') == 1
    assert "5 décisions en attente" in page and "2 sur 4" in page


@pytest.mark.parametrize(
    "more",
    [
        {"nudged_at": None},
        {"state": State.CLOSED},
        {"nudged_at": "now"},
        {"ending_due": "now"},
    ],
    ids=["not nudged", "closed", "just nudged", "ending"],
)
async def test_not_every_silence_is_a_duty(
    more: dict[str, Any], mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    told = {name: clock.now() if value == "now" else value for name, value in more.items()}
    await silent(mentee, mentor, 40, **told)

    assert "Tout est décidé" in await shown(await browser(coordinator))


async def test_who_has_fixed_a_meeting_since_is_no_duty(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    await make_meeting(await silent(mentee, mentor, 18))

    assert "Tout est décidé" in await shown(await browser(coordinator))


@pytest.mark.parametrize("noun", ["letter", "inquiry", "mentorship"])
async def test_seen_with_one_tap_and_taken_back(
    noun: str, mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    row = (await of_each(mentor, mentee))[noun]
    window = await browser(coordinator)

    seen = await window.post(deed(noun, row, "reading"), headers=HTMX)
    page = await shown(window)

    assert seen.status_code == 200 and 'id="desk"' in seen.text and "autofocus" in seen.text
    assert page.count(VU) == 1 and "par Sandra Weber" in page
    assert "2 décisions en attente" in page
    [event] = await Event.objects().where(Event.what == f"{noun}.acknowledge")
    assert (event.about, event.by, event.noun) == (row.id, coordinator.id, noun)

    back = await window.post(deed(noun, row, "reopening"))
    page = await shown(window)

    assert back.status_code == 303 and VU not in page and "3 décisions en attente" in page


@pytest.mark.parametrize("noun", ["letter", "inquiry", "mentorship"])
async def test_two_see_it_at_once(
    noun: str, mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    row = (await of_each(mentor, mentee))[noun]
    other = await make_person("Marc", "Jost", is_coordinator=True)
    windows = [await browser(person) for person in (coordinator, other)]

    answers = await asyncio.gather(*(each.post(deed(noun, row, "reading")) for each in windows))

    assert sorted(each.status_code for each in answers) == [303, 409]
    [second] = [each for each in answers if each.status_code == 409]
    [event] = await Event.objects().where(Event.what == f"{noun}.acknowledge")
    first = coordinator if event.by == coordinator.id else other
    assert f"par {first.name}" in second.text


async def test_the_undo_ends_after_a_while(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser, at: At
) -> None:
    pair = (await of_each(mentor, mentee))["mentorship"]
    window = await browser(coordinator)
    never = await window.post(deed("mentorship", pair, "reopening"))
    await window.post(deed("mentorship", pair, "reading"))
    at(clock.now() + UNDO)

    late = await window.post(deed("mentorship", pair, "reopening"))

    assert (never.status_code, late.status_code) == (409, 409)
    assert "Mentorat silencieux" not in await shown(window)


async def test_another_silence_is_another_duty(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser, at: At
) -> None:
    pair = await silent(mentee, mentor, 18)
    window = await browser(coordinator)
    await window.post(deed("mentorship", pair, "reading"))
    later: datetime = clock.now() + timedelta(days=60)
    nudged: dict[Any, Any] = {Mentorship.nudged_at: later - STILL_QUIET}
    await Mentorship.update(nudged).where(Mentorship.id == pair.id)
    at(later)

    assert "Mentorat silencieux" in await shown(await browser(coordinator))


async def test_a_letter_that_fails_again_is_there_again(
    mentee: Person, coordinator: Person, browser: Browser
) -> None:
    letter = await make_letter(mentee)
    letter.text, letter.address = "Bien à vous", mentee.email
    await letter.save()
    window = await browser(coordinator)
    await window.post(deed("letter", letter, "reading"))
    await window.post(urls.letter_again(letter))
    await Letter.update({Letter.state: LetterState.FAILED}).where(Letter.id == letter.id)

    page = await shown(window)

    assert "Message non remis" in page and VU not in page


async def test_nobody_handles_what_concerns_themself(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    rows = await of_each(mentor, mentee)
    await Person.update({Person.is_coordinator: True}).where(Person.id == mentor.id)
    window = await browser(mentor)
    page = await shown(window)

    assert "Mentorat silencieux" not in page and "restée sans réponse" not in page
    for noun in ("inquiry", "mentorship"):
        answer = await window.post(deed(noun, rows[noun], "reading"))
        assert answer.status_code == 404


async def test_what_is_no_duty_is_not_there(
    mentor: Person, mentee: Person, stranger: Person, coordinator: Person, browser: Browser
) -> None:
    pair = await silent(mentee, mentor, 1)
    late = await silent(mentee, await make_person(), 30)
    window = await browser(coordinator)
    for noun, row in (("mentorship", pair), ("person", pair), ("letter", late)):
        assert (await window.post(deed(noun, row, "reading"))).status_code == 404
    for person in (stranger, mentee):
        window = await browser(person)
        assert (await window.post(deed("mentorship", late, "reading"))).status_code == 404
    assert await Event.count() == 0


async def test_an_empty_desk_shows_the_week(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    now = clock.now()
    await make_inquiry(mentee, mentor)
    await make_inquiry(
        mentee,
        await make_person(),
        state=InquiryState.ACCEPTED,
        replied_at=now,
        sent_at=now - timedelta(days=9),
    )
    page = await shown(await browser(coordinator))

    assert "Tout est décidé" in page
    assert "1 nouvelle demande" in page and "1 réponse" in page
    assert "0 contact noté" in page and "0 mentorat commencé" in page
    await make_application()
    assert "nouvelle demande" not in await shown(await browser(coordinator))


async def test_as_many_questions_for_fifty(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser, queries: Any
) -> None:
    window = await browser(coordinator)
    counted = []
    for many in (1, 15):
        for _ in range(many):
            await of_each(mentor, await make_person())
        with queries() as asked:
            await window.get(urls.DESK)
        counted.append(len(asked))

    assert counted[0] == counted[1]
