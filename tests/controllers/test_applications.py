"""Candidatures: sent once, limited, and silent about who is known."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

import clock
import urls
from domain.applications import PER_VISITOR, WAITING_AN_ADDRESS
from tables.applications import Application
from tables.letters import Letter
from tables.people import Person, Standing
from tests.cast import HTMX, Browser
from tests.factories import make_person, new_key
from tests.moments import At


def form(**said: Any) -> dict[str, Any]:
    return {
        "key": new_key(),
        "first_name": "Nora",
        "last_name": "Keller",
        "email": "nora.keller@example.org",
        "parts": ["mentee"],
        "words": "Je reprends une équipe en janvier.",
        "checked": ["question", "experience", "no-such-check"],
    } | said


async def test_a_candidature_is_kept_confirmed_and_thanked_for(browser: Browser) -> None:
    window = await browser(None)

    page = await window.get(urls.APPLY)
    sent = await window.post(urls.APPLY, data=form(parts=["mentee", "mentor"]), headers=HTMX)
    thanks = await window.get(sent.headers["hx-redirect"])
    [application], [letter] = await Application.objects(), await Letter.objects()

    assert page.status_code == 200 and re.search(r'name="key" value="[\w-]{16,}"', page.text)
    assert sent.status_code == 204 and "profil de mentor" in thanks.text
    assert application.words == "Je reprends une équipe en janvier."
    assert "reprends" not in application.words_sealed
    assert application.as_mentor and application.as_mentee
    assert application.ticked.split() == ["experience", "question"]
    assert letter.name == "application_received" and letter.address == "nora.keller@example.org"


async def test_without_a_script_it_ends_at_the_same_page(browser: Browser) -> None:
    window = await browser(None)

    sent = await window.post(urls.APPLY, data=form())

    assert sent.status_code == 303 and sent.headers["location"] == urls.APPLICATION_SENT


async def test_sent_twice_or_five_times_at_once_it_is_one_candidature(browser: Browser) -> None:
    window, twice = await browser(None), form()

    answers = await asyncio.gather(*(window.post(urls.APPLY, data=twice) for _ in range(5)))

    assert [answer.status_code for answer in answers] == [303] * 5
    assert await Application.count() == 1 and await Letter.count() == 1


async def test_nobody_learns_whose_address_is_known(mentee: Person, browser: Browser) -> None:
    gone = await make_person("Ugo", "Neri", standing=Standing.EXCLUDED)
    addresses = [mentee.email.upper(), "nobody@example.org", gone.email]
    window = await browser(None)

    answers = [await window.post(urls.APPLY, data=form(email=each)) for each in addresses]
    pages = [await window.get(answer.headers["location"]) for answer in answers]
    letters = await Letter.select(Letter.name).order_by(Letter.id)

    assert len({(each.status_code, each.headers["location"]) for each in answers}) == 1
    assert len({each.text for each in pages}) == 1
    assert [each["name"] for each in letters] == [
        "application_known",
        "application_received",
        "application_received",
    ]


async def test_an_address_that_applies_again_and_again_is_quietly_enough(
    browser: Browser,
) -> None:
    """A refusal would tell a third person that this address has applied before."""
    window = await browser(None)

    answers = [await window.post(urls.APPLY, data=form()) for _ in range(WAITING_AN_ADDRESS + 2)]

    assert {answer.status_code for answer in answers} == {303}
    assert await Application.count() == await Letter.count() == WAITING_AN_ADDRESS


async def test_one_visitor_applies_ten_times_an_hour_also_at_once(browser: Browser, at: At) -> None:
    window, now = await browser(None), clock.now()
    at(now)
    most, within = PER_VISITOR
    forms = [form(email=f"somebody.{number}@example.org") for number in range(most + 3)]

    answers = await asyncio.gather(*(window.post(urls.APPLY, data=each) for each in forms))
    piece = await window.post(urls.APPLY, data=form(), headers=HTMX)
    at(now + within + timedelta(seconds=1))
    later = await window.post(urls.APPLY, data=form())

    assert sorted(answer.status_code for answer in answers) == [303] * most + [429] * 3
    assert piece.status_code == 429 and 'hx-target="#application"' in piece.text
    assert "Nora" in piece.text and later.status_code == 303


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"first_name": " \u200b "}, "first_name"),
        ({"last_name": "x" * 81}, "last_name"),
        ({"email": "nora@example"}, "email"),
        ({"parts": ["boss"]}, "parts"),
        ({"words": "x" * 2001}, "words"),
        ({"key": "short"}, "key"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_kept(
    said: dict[str, Any], wrong: str, browser: Browser
) -> None:
    window = await browser(None)

    piece = await window.post(urls.APPLY, data=form(**said), headers=HTMX)
    page = await window.post(urls.APPLY, data=form(**said))

    assert piece.status_code == page.status_code == 422
    assert "<html" not in piece.text and "<html" in page.text
    assert (f'id="{wrong}-error"' in piece.text) or wrong == "key"
    assert 'value="Keller"' in piece.text or wrong == "last_name"
    assert await Application.count() == 0


async def test_nothing_slips_into_a_header_or_breaks_a_row(browser: Browser) -> None:
    window = await browser(None)
    name = "Nora\r\nBcc: everybody@example.org\x00\u202e"

    sent = await window.post(urls.APPLY, data=form(first_name=name, words="a\x00b\ud7ffc"))
    [application], [letter] = await Application.objects(), await Letter.objects()

    assert sent.status_code == 303
    assert application.first_name == "Nora Bcc: everybody@example.org"
    assert application.words == "ab\ud7ffc"
    assert "\n" not in letter.subject and "everybody" not in letter.text


async def test_of_doubled_fields_the_last_one_counts(browser: Browser) -> None:
    window = await browser(None)

    sent = await window.post(urls.APPLY, data=form(first_name=["Anna", "Nora"]))
    [application] = await Application.objects()

    assert sent.status_code == 303 and application.first_name == "Nora"


async def test_ten_megabytes_get_a_page_that_says_too_long(browser: Browser) -> None:
    window = await browser(None)
    large = form(words="x" * 10_000_000)

    with_header = await window.post(urls.APPLY, data=large)
    window.headers.pop("x-csrftoken")
    without = await window.post(urls.APPLY, data=large, headers={"accept-language": "fr"})

    assert with_header.status_code == without.status_code == 413
    assert "trop long" in with_header.text and "<html" in with_header.text
    assert await Application.count() == 0


async def test_a_member_needs_no_candidature(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    assert (await window.get(urls.APPLY)).headers["location"] == urls.ACCOUNT
