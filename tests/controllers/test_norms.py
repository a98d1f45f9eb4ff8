"""The norms: read by everybody, accepted version by version."""

from __future__ import annotations

import asyncio

import pytest

import clock
import urls
from domain import norms
from tables.events import Event
from tables.norms import Acceptance, NormsVersion
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import accept_norms, make_person


async def newcomer() -> Person:
    return await make_person("Nina", "Neuhaus", has_accepted=False)


async def publish(number: int) -> NormsVersion:
    version = NormsVersion(number=number, text_fr="# Nouvelles", published_at=clock.now())
    await version.save()
    return version


async def test_everybody_may_read_them_and_nobody_unknown_accepts(browser: Browser) -> None:
    window = await browser(None)

    page = await window.get(urls.NORMS)
    accepted = await window.post(urls.NORMS_ACCEPTANCE, data={"version": "1"})

    assert page.status_code == 200 and "Les dix normes" in page.text
    assert urls.NORMS_ACCEPTANCE not in page.text
    assert accepted.headers["location"] == "/sign-in?next=%2F"
    assert await Acceptance.count() == 0


async def test_a_member_accepts_once_and_goes_on(founded: None, browser: Browser) -> None:
    person = await newcomer()
    window = await browser(person)

    page = await window.get(urls.NORMS, params={"next": urls.PROFILE})
    said = {"version": "1", "next": urls.PROFILE}
    answers = await asyncio.gather(
        *(window.post(urls.NORMS_ACCEPTANCE, data=said) for _ in range(8))
    )
    after = await window.get(urls.NORMS)

    assert f'value="{urls.PROFILE}"' in page.text
    assert {answer.headers["location"] for answer in answers} == {urls.PROFILE}
    assert await Acceptance.count() == 1 and await norms.has_accepted(person)
    assert [event.what for event in await Event.objects()] == ["norms.accept"]
    assert urls.NORMS_ACCEPTANCE not in after.text and "Acceptées le" in after.text


async def test_a_version_that_changed_meanwhile_is_shown_first(
    founded: None, browser: Browser
) -> None:
    person = await newcomer()
    window = await browser(person)

    await publish(2)
    late = await window.post(urls.NORMS_ACCEPTANCE, data={"version": "1"})

    assert late.status_code == 409 and "Nouvelles" in late.text
    assert not await norms.has_accepted(person)


async def test_a_new_version_asks_again(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    await publish(2)
    page = await window.get(urls.NORMS)

    assert urls.NORMS_ACCEPTANCE in page.text and not await norms.has_accepted(mentee)


async def test_a_language_without_a_text_gets_the_french_one_and_is_told(
    mentee: Person, browser: Browser
) -> None:
    """`lang` says so to screen readers."""
    await publish(2)
    await Person.update({Person.language: "de"}).where(Person.id == mentee.id)
    window = await browser(mentee)

    page = await window.get(urls.NORMS)

    assert 'lang="fr"' in page.text or '<html lang="fr"' in page.text


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_who_has_not_accepted_reads_them_before_searching(
    headers: dict[str, str], mentor: Person, browser: Browser
) -> None:
    person = await newcomer()
    window = await browser(person)

    for address in (f"{urls.MENTORS}?q=conduite", urls.mentor(mentor)):
        here = {"HX-Current-URL": f"http://localhost:8000{address}"}
        answer = await window.get(address, headers=headers | here)
        onward = answer.headers["hx-redirect" if headers else "location"]
        assert onward == urls.with_query(urls.NORMS, next=address)
        assert "Claire" not in answer.text
    await accept_norms(person)

    assert (await window.get(urls.mentor(mentor))).status_code == 200
