"""A pair's page is live: what one does, the other's open page shows; nothing else is sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

import urls
from domain import contacts
from domain.contacts import Talk
from tables.contacts import Kind
from tables.mentorships import Mentorship, State
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.domain.test_journeys import TABLE, Way
from tests.domain.test_journeys import made as brought_to
from tests.factories import make_mentorship, new_key
from tests.moments import At

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
async def pair(mentor: Person, mentee: Person, at: At) -> Mentorship:
    at(NOW)
    return await make_mentorship(mentee, mentor, began_at=NOW - timedelta(days=60))


def news_in(page: httpx.Response) -> str:
    """Where the page asks from now on."""
    found = re.search(r'id="journey" hx-get="([^"]+)"', page.text)
    assert found is not None
    return found[1].replace("&amp;", "&")


MAIN = re.compile(r'class="btn(?: primary)?"')


def talk(day: int = 23) -> Talk:
    return Talk(new_key(), Kind.PHONE, date(2026, 11, day))


async def test_no_news_is_an_empty_answer(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    for who in (mentor, mentee):
        window = await browser(who)
        address = news_in(await window.get(urls.mentorship(pair)))

        for _ in range(2):
            answer = await window.get(address, headers=HTMX)
            assert (answer.status_code, answer.content) == (204, b"")


async def test_what_the_partner_did_is_news_once(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentor)
    address = news_in(await window.get(urls.mentorship(pair)))
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)

    logged = await window.get(address, headers=HTMX)
    quiet = await window.get(news_in(logged), headers=HTMX)
    await contacts.correct(contact, talk(20), by=mentee, now=NOW + timedelta(minutes=1))
    corrected = await window.get(news_in(logged), headers=HTMX)
    still = await window.get(news_in(corrected), headers=HTMX)

    assert logged.status_code == 200 and "<html" not in logged.text
    assert logged.text.lstrip().startswith('<div class="with-aside" id="journey"')
    assert "noté par David" in logged.text and "corrigé par" not in logged.text
    assert corrected.status_code == 200 and "corrigé par David" in corrected.text
    assert quiet.status_code == still.status_code == 204


async def test_every_deed_of_a_contact_is_news(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    address = news_in(await window.get(urls.mentorship(pair)))
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)

    for deed in (
        contacts.confirm(contact, by=mentor, now=NOW),
        contacts.correct(contact, talk(20), by=mentor, now=NOW + timedelta(minutes=1)),
        contacts.log(pair, talk(19), by=mentor, now=NOW),
    ):
        address = news_in(await window.get(address, headers=HTMX))
        assert (await window.get(address, headers=HTMX)).status_code == 204
        await deed
        assert (await window.get(address, headers=HTMX)).status_code == 200


async def test_ones_own_deed_is_no_news(pair: Mentorship, mentee: Person, browser: Browser) -> None:
    """The answer to it already names what was seen."""
    window = await browser(mentee)

    answer = await window.post(
        urls.mentorship(pair, "contacts"),
        data={"key": new_key(), "kind": "phone"},
        headers=HTMX,
    )

    assert (await window.get(news_in(answer), headers=HTMX)).status_code == 204


async def test_asked_by_many_windows_at_once(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    windows = [await browser(who) for who in (mentor, mentee, mentor, mentee)]
    address = news_in(await windows[0].get(urls.mentorship(pair)))
    await contacts.log(pair, talk(), by=mentee, now=NOW)

    answers = await asyncio.gather(*(each.get(address, headers=HTMX) for each in windows))

    assert [answer.status_code for answer in answers] == [200] * 4


@pytest.mark.parametrize("seen", ["", "?seen=", "?seen=seven", "?seen=-1", "?seen=%00&seen=x"])
async def test_whoever_names_nothing_gets_the_page_as_it_is(
    seen: str, pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.get(urls.mentorship(pair, "news") + seen, headers=HTMX)

    assert answer.status_code == 200 and 'id="journey"' in answer.text


async def test_news_are_the_pairs_own(
    pair: Mentorship, stranger: Person, coordinator: Person, browser: Browser
) -> None:
    for who, status in ((stranger, 404), (coordinator, 404), (None, 401)):
        window = await browser(who)
        answer = await window.get(urls.mentorship(pair, "news") + "?poll=1", headers=HTMX)
        assert answer.status_code == status and "journey" not in answer.text
        assert "hx-redirect" not in answer.headers  # a poll leads nobody away from what they type


async def test_no_news_cost_next_to_nothing(
    pair: Mentorship, mentee: Person, browser: Browser, queries: Callable[[], Any]
) -> None:
    window = await browser(mentee)
    page = await window.get(urls.mentorship(pair))
    await window.get(news_in(page), headers=HTMX)

    with queries() as for_all:
        await window.get(urls.mentorship(pair))
    with queries() as for_nothing:
        await window.get(news_in(page), headers=HTMX)

    assert len(for_nothing) <= 3 < len(for_all)


@pytest.mark.parametrize(("state", "way"), [row[:2] for row in TABLE])
async def test_one_main_button_for_the_next_step(
    state: State, way: Way, mentor: Person, mentee: Person, browser: Browser, at: At
) -> None:
    """Where something is to be done, and nowhere else on the page."""
    at(NOW)
    pair = await brought_to(state, mentee, mentor)
    await way(pair)

    for who in (mentee, mentor):
        page = (await (await browser(who)).get(urls.mentorship(pair))).text
        step, _, further = page.partition('id="next"')[2].partition("</section>")
        assert len(MAIN.findall(step)) <= 1
        assert MAIN.findall(further) == []


async def test_folded_parts_are_as_the_address_says(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    """What app.js writes there: the page that is loaded again or found in the history."""
    window, page = await browser(mentee), urls.mentorship(pair)
    folded = re.compile(r'id="ways-out"[^>]*data-fold="ways-out"( open)?>')

    for query, opened in (("", False), ("?open=ways-out", True), ("?open=x,ways-out", True)):
        found = folded.search((await window.get(page + query)).text)
        assert found is not None and bool(found[1]) == opened
    elsewhere = await window.get(page + "?open=%3Cscript%3E&open=ways-outer")
    assert elsewhere.status_code == 200 and "<script>&" not in elsewhere.text


async def test_the_mentors_profile_is_linked_while_it_is_there(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window, page, profile = await browser(mentee), urls.mentorship(pair), urls.mentor(mentor)

    assert f'href="{profile}"' in (await window.get(page)).text
    await Person.update({Person.paused_at: NOW}).where(Person.id == mentor.id)
    assert f'href="{profile}"' not in (await window.get(page)).text
    assert (await window.get(profile)).status_code == 404
