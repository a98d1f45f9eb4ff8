"""Kept mentors, and the wish to be told when one is free again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

import clock
import urls
from domain import availability, favourites, profiles
from tables.favourites import Favourite, FreeWish
from tables.letters import Letter
from tables.people import Person, Standing
from tables.profiles import Profile, State
from tests.cast import HTMX, Browser
from tests.factories import make_mentor

SCRIPT = "<script>alert(1)</script>"


async def test_a_mentor_is_kept_once_however_often_it_is_sent(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    sent = [window.post(urls.favourite(mentor), data={"kept": "1"}, headers=HTMX) for _ in range(4)]
    answers = await asyncio.gather(*sent)

    assert {answer.status_code for answer in answers} == {200}
    assert all('aria-pressed="true"' in answer.text for answer in answers)
    assert await Favourite.count() == 1
    assert "Claire Favre" in (await window.get(urls.FAVOURITES)).text


async def test_several_at_once_keep_and_await_once(mentor: Person, mentee: Person) -> None:
    now = clock.now()

    await asyncio.gather(*(favourites.keep(mentor, by=mentee, now=now) for _ in range(8)))
    await asyncio.gather(*(favourites.wish(mentor, by=mentee, now=now) for _ in range(8)))

    assert await Favourite.count() == 1 and await FreeWish.count() == 1


async def test_and_dropped_again_twice(mentor: Person, mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)
    await window.post(urls.favourite(mentor), data={"kept": "1"})

    for _ in range(2):
        answer = await window.post(urls.favourite(mentor), data={"kept": "0"}, headers=HTMX)
        assert answer.status_code == 200 and 'aria-pressed="false"' in answer.text

    assert await Favourite.count() == 0
    assert "Gardez ici" in (await window.get(urls.FAVOURITES)).text


async def test_without_htmx_one_comes_back_to_where_one_was(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    plain = await window.post(urls.favourite(mentor), data={"kept": "1"})
    back = await window.post(urls.favourite(mentor), data={"kept": "1", "next": urls.FAVOURITES})
    away = await window.post(urls.favourite(mentor), data={"kept": "1", "next": "//evil.example"})

    assert (plain.status_code, plain.headers["location"]) == (303, urls.mentor(mentor))
    assert back.headers["location"] == urls.FAVOURITES
    assert away.headers["location"] == urls.HOME


async def test_of_a_doubled_field_the_last_counts(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    await window.post(urls.favourite(mentor), data={"kept": ["0", "1"]})

    assert await Favourite.count() == 1


@pytest.mark.parametrize("fields", [{}, {"kept": ""}, {"kept": "2"}, {"kept": "1\0x"}])
async def test_without_a_wanted_state_nothing_changes(
    fields: dict[str, str], mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    for path in (urls.favourite(mentor), urls.free_wish(mentor)):
        answer = await window.post(path, data=fields, headers=HTMX)
        assert answer.status_code == 404

    assert await Favourite.count() == 0 and await FreeWish.count() == 0


async def test_a_wish_is_kept_told_once_and_gone(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    await _turn_busy(mentor)
    window = await browser(mentee)

    for _ in range(2):
        answer = await window.post(urls.free_wish(mentor), data={"wished": "1"}, headers=HTMX)
        assert answer.status_code == 200 and "Vous serez averti" in answer.text
    assert await FreeWish.count() == 1
    assert "Claire Favre" in (await window.get(urls.FAVOURITES)).text

    profile = await profiles.of(mentor)
    assert profile is not None
    await availability.turn_free(profile, by=mentor, now=clock.now())

    [letter] = await Letter.objects(Letter.to)
    assert letter.name == "free_again" and letter.to.id == mentee.id
    assert await FreeWish.count() == 0


async def test_a_wish_can_be_taken_back(mentor: Person, mentee: Person, browser: Browser) -> None:
    await _turn_busy(mentor)
    window = await browser(mentee)
    await window.post(urls.free_wish(mentor), data={"wished": "1"})

    answer = await window.post(
        urls.free_wish(mentor), data={"wished": "0", "next": urls.FAVOURITES}
    )

    assert answer.headers["location"] == urls.FAVOURITES
    assert await FreeWish.count() == 0


async def test_nobody_waits_for_who_is_free_already(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    """The page was open while the mentor came back."""
    window = await browser(mentee)

    answer = await window.post(urls.free_wish(mentor), data={"wished": "1"}, headers=HTMX)

    assert await FreeWish.count() == 0
    assert urls.ask(mentor) in answer.text and "Bonne nouvelle" in answer.text


async def test_nobody_keeps_or_awaits_themselves_or_who_isnt_there(
    mentor: Person, stranger: Person, browser: Browser
) -> None:
    await _turn_busy(mentor)
    hidden = await make_mentor("Not", "Yet", state=State.HANDED_IN)
    window = await browser(mentor)

    for person in (mentor, stranger, hidden, 999_999, 2**40):
        for path, field in ((urls.favourite(person), "kept"), (urls.free_wish(person), "wished")):
            answer = await window.post(path, data={field: "1"}, headers=HTMX)
            assert answer.status_code == 404

    assert await Favourite.count() == 0 and await FreeWish.count() == 0


async def test_each_sees_their_own_and_only_who_is_in_the_directory(
    mentor: Person, mentee: Person, stranger: Person, browser: Browser
) -> None:
    gone = await make_mentor("Gone", "Away")
    window = await browser(mentee)
    for person in (mentor, gone):
        await window.post(urls.favourite(person), data={"kept": "1"})
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == gone.id)

    mine = await window.get(urls.FAVOURITES)
    theirs = await (await browser(stranger)).get(urls.FAVOURITES)

    assert "Claire Favre" in mine.text and "Gone Away" not in mine.text
    assert "Claire Favre" not in theirs.text


async def test_no_address_and_no_markup_in_the_list(mentee: Person, browser: Browser) -> None:
    nasty = await make_mentor(f"A{SCRIPT}", SCRIPT, function=SCRIPT, email="secret@example.org")
    await _turn_busy(nasty)
    window = await browser(mentee)
    await window.post(urls.favourite(nasty), data={"kept": "1"})
    await window.post(urls.free_wish(nasty), data={"wished": "1"})

    page = await window.get(urls.FAVOURITES)

    assert "<script>" not in page.text and "alert(1)" in page.text
    assert "secret@example.org" not in page.text


async def test_the_list_asks_as_often_for_one_as_for_many(
    mentor: Person, mentee: Person, browser: Browser, queries: Callable[[], Any]
) -> None:
    window = await browser(mentee)
    counts = []
    for more in (1, 3):
        for number in range(more):
            person = await make_mentor(f"Mentor{more}{number}", "X")
            await _turn_busy(person)
            await window.post(urls.favourite(person), data={"kept": "1"})
            await window.post(urls.free_wish(person), data={"wished": "1"})
            words = {"query": f"q=zyxo{more}{number}"}
            await window.post(urls.SAVED_SEARCHES, data=words)
        await window.get(urls.FAVOURITES)
        with queries() as asked:
            page = await window.get(urls.FAVOURITES)
        counts.append(len(asked))

    assert len(re.findall('class="card hit"', page.text)) == 4
    assert len(re.findall('id="savedsearch-', page.text)) == 8  # each line and its button
    assert counts[0] == counts[1]


async def test_nobody_keeps_without_signing_in(mentor: Person, browser: Browser) -> None:
    window = await browser(None)

    for path, data in ((urls.favourite(mentor), {"kept": "1"}), (urls.free_wish(mentor), {})):
        assert (await window.post(path, data=data)).status_code == 303
        assert (await window.post(path, data=data, headers=HTMX)).status_code == 401
    assert (await window.get(urls.FAVOURITES)).status_code == 303
    assert await Favourite.count() == 0


async def _turn_busy(person: Person) -> None:
    await Profile.update({Profile.is_busy: True}).where(Profile.person == person.id)
