"""One's own account: paused with one tap, deleted after a typed word."""

from __future__ import annotations

import asyncio

import pytest

from domain import departures
from tables.people import Person, Standing
from tables.sessions import Session
from tests.cast import HTMX, Browser
from tests.factories import make_inquiry, make_mentorship


async def standing(person: Person) -> str:
    rows = await Person.select(Person.standing).where(Person.id == person.id)
    return str(rows[0]["standing"])


async def test_a_pause_is_on_every_page_until_the_return(mentor: Person, browser: Browser) -> None:
    client = await browser(mentor)
    assert 'action="/account/return"' not in (await client.get("/")).text

    assert (await client.post("/account/pause")).status_code == 303
    assert 'action="/account/return"' in (await client.get("/")).text
    assert "en pause" in (await client.get("/account")).text

    assert (await client.post("/account/return")).status_code == 303
    assert 'action="/account/return"' not in (await client.get("/")).text


async def test_a_paused_mentor_has_no_page(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    client = await browser(mentee)
    assert (await client.get(f"/mentors/{mentor.id}")).status_code == 200

    await (await browser(mentor)).post("/account/pause")
    assert (await client.get(f"/mentors/{mentor.id}")).status_code == 404


async def test_what_happens_is_told_before(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    await make_mentorship(mentee, mentor)
    await make_inquiry(mentee, mentor)
    page = await (await browser(mentee)).get("/account/deletion")

    assert "1 demande, 1 mentorat." in page.text


@pytest.mark.parametrize("word", ["", "EFFACE", "oui", "effacer\0x", "<script>", "x" * 500])
async def test_without_the_word_nothing_happens(
    mentee: Person, browser: Browser, word: str
) -> None:
    client = await browser(mentee)
    answer = await client.post("/account/deletion", data={"word": word})

    assert answer.status_code == 422 and "aria-invalid" in answer.text
    assert "<script>" not in answer.text
    assert await standing(mentee) == Standing.ACTIVE


@pytest.mark.parametrize("word", ["effacer", " EFFACER ", "«effacer»"])
async def test_with_the_word_the_account_is_gone(
    mentee: Person, browser: Browser, word: str
) -> None:
    client, elsewhere = await browser(mentee), await browser(mentee)
    answer = await client.post("/account/deletion", data={"word": word})

    assert answer.status_code == 303 and answer.headers["location"] == "/sign-in#left"
    assert await standing(mentee) == Standing.GONE
    assert not await Session.exists().where(Session.person == mentee.id)
    assert (await elsewhere.get("/account")).status_code == 303


async def test_a_double_tap_deletes_once(mentee: Person, browser: Browser) -> None:
    client = await browser(mentee)
    taps = (client.post("/account/deletion", data={"word": "effacer"}) for _ in range(2))
    answers = await asyncio.gather(*taps)

    assert {answer.status_code for answer in answers} <= {303, 409}
    assert await standing(mentee) == Standing.GONE


async def test_the_last_coordinator_is_told_why_not(coordinator: Person, browser: Browser) -> None:
    client = await browser(coordinator)
    assert 'id="deletion"' not in (await client.get("/account/deletion")).text

    answer = await client.post("/account/deletion", data={"word": "effacer"}, headers=HTMX)
    assert answer.status_code == 409
    assert await standing(coordinator) == Standing.ACTIVE


async def test_the_partner_still_reads_their_own_side(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await make_mentorship(mentee, mentor)
    inquiry = await make_inquiry(mentee, mentor)
    await departures.delete(by=mentee, now=pair.began_at)
    client = await browser(mentor)

    for path in ("/", "/mentorships", "/inquiries", f"/mentorships/{pair.id}"):
        page = await client.get(path)
        assert page.status_code == 200 and mentee.last_name not in page.text
        assert "gone:" not in page.text  # what stands in the place of an address
    page = await client.get(f"/inquiries/{inquiry.id}")
    assert page.status_code == 200 and "gone:" not in page.text
    assert (await client.get(f"/mentorships/{pair.id}/agreement")).status_code == 200
    assert (await client.get(f"/mentorships/{pair.id}/notes")).status_code == 200


async def test_the_account_shows_what_was_accepted_when(mentee: Person, browser: Browser) -> None:
    page = await (await browser(mentee)).get("/account")

    assert "Ce que j’ai accepté, et quand" in page.text and "Normes, version 1" in page.text


async def test_the_privacy_page_says_what_the_house_says(founded: None, browser: Browser) -> None:
    page = await (await browser(None)).get("/privacy")

    assert "12 mois après la fin" in page.text.replace("\N{NO-BREAK SPACE}", " ")
