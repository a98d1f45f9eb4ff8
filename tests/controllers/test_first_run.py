"""The first minute of an empty installation."""

from __future__ import annotations

import asyncio
from typing import Any

import urls
from domain import first_run
from tables.events import Event
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_person


def form(**said: str) -> dict[str, str]:
    own = {"email": "sandra@example.org", "first_name": "Sandra", "last_name": "Weber"}
    return {"key": first_run.key()} | own | said


async def test_whoever_has_the_key_becomes_the_first_coordinator(browser: Browser) -> None:
    window = await browser(None)

    home = await window.get(urls.HOME)
    page = await window.get(urls.FIRST_RUN)
    taken = await window.post(urls.FIRST_RUN, data=form(), headers=HTMX)
    person = await Person.objects().where(Person.email == "sandra@example.org").first()

    assert home.headers["location"] == urls.FIRST_RUN and page.status_code == 200
    assert taken.headers["hx-redirect"] == urls.HOME
    assert person and person.is_coordinator and person.is_member
    assert (await window.get(urls.DESK)).status_code == 200
    assert [event.what for event in await Event.objects()] == ["person.coordinate"]


async def test_a_wrong_key_opens_nothing_and_keeps_what_was_typed(browser: Browser) -> None:
    window = await browser(None)

    for key in ("", "x" * 24, first_run.key()[:-1], "é" * 24):
        answer = await window.post(urls.FIRST_RUN, data=form(key=key), headers=HTMX)
        assert answer.status_code == 422 and 'id="key-error"' in answer.text
        assert 'value="Sandra"' in answer.text
    assert await Person.count() == 0


async def test_of_three_at_once_one_is_first(browser: Browser) -> None:
    windows = [await browser(None) for _ in range(3)]
    forms = [form(email=f"c{number}@example.org") for number in range(3)]
    pairs = zip(windows, forms, strict=True)

    answers = await asyncio.gather(
        *(window.post(urls.FIRST_RUN, data=each) for window, each in pairs)
    )

    assert sorted(answer.status_code for answer in answers) == [303, 404, 404]
    assert await Person.count() == 1


async def test_afterwards_it_is_not_there(coordinator: Person, browser: Browser) -> None:
    window = await browser(None)

    page = await window.get(urls.FIRST_RUN)
    taken = await window.post(urls.FIRST_RUN, data=form())

    assert page.status_code == taken.status_code == 404
    assert await Person.count() == 1


async def test_a_member_who_has_the_key_keeps_their_row(founded: Any, browser: Browser) -> None:
    member = await make_person("Sandra", "Weber", email="sandra@example.org")
    window = await browser(None)

    await window.post(urls.FIRST_RUN, data=form())
    [person] = await Person.objects()

    assert person.id == member.id and person.is_coordinator
