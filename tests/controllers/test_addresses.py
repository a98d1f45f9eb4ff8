"""Whether one's address changes: by the letter's link, and signed in."""

from __future__ import annotations

import asyncio
import html

import httpx
import pytest

import clock
import urls
from domain import addresses
from tables.address_changes import AddressChange
from tables.events import Event
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.domain.test_addresses import NEW, fresh, secret
from tests.factories import make_person


@pytest.fixture
async def change(mentee: Person, coordinator: Person) -> AddressChange:
    change = await addresses.give(mentee, NEW, by=coordinator, now=clock.now())
    assert change is not None
    return change


@pytest.fixture
async def nobody(browser: Browser) -> httpx.AsyncClient:
    return await browser(None)


def words(answer: httpx.Response) -> str:
    return html.unescape(answer.text)


async def test_the_page_shows_and_changes_nothing(
    change: AddressChange, nobody: httpx.AsyncClient, mentee: Person
) -> None:
    address = urls.address_change(await secret())

    first, second = await nobody.get(address), await nobody.get(address)

    assert first.status_code == second.status_code == 200
    assert "n•••@example.org" in words(first) and NEW not in words(first)
    assert mentee.name not in words(first) and mentee.email not in words(first)
    assert (await fresh(mentee)).email == mentee.email and await AddressChange.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("deed", "said", "is_moved"),
    [
        ("confirmation", "Votre adresse est changée", True),
        ("refusal", "Votre adresse reste la même", False),
    ],
)
async def test_decided_without_signing_in(
    deed: str,
    said: str,
    is_moved: bool,
    headers: dict[str, str],
    change: AddressChange,
    nobody: httpx.AsyncClient,
    mentee: Person,
) -> None:
    link = await secret()

    answer = await nobody.post(urls.address_change(link, deed), headers=headers)
    again = await nobody.post(urls.address_change(link, deed), headers=headers)
    other = "refusal" if is_moved else "confirmation"
    turned = await nobody.post(urls.address_change(link, other), headers=headers)
    page = await nobody.get(urls.address_change(link))

    assert answer.status_code == 200 and said in words(answer)
    assert answer.text.startswith("<!doctype html>") is not bool(headers)
    for late in (again, turned, page):
        assert late.status_code == 200 and "C’est déjà décidé" in words(late)
    assert (await fresh(mentee)).email == (NEW if is_moved else mentee.email)
    assert await Event.count().where(Event.what == "person.move") == int(is_moved)


async def test_its_readers_language(
    change: AddressChange, nobody: httpx.AsyncClient, mentee: Person
) -> None:
    await Person.update({Person.language: "de"}).where(Person.id == mentee.id)

    page = await nobody.get(urls.address_change(await secret()))

    assert 'lang="de"' in page.text and "Votre" not in words(page)


async def test_never_a_link_of_ours(nobody: httpx.AsyncClient) -> None:
    page = await nobody.get(urls.address_change("x" * 43))
    post = await nobody.post(urls.address_change("x" * 43, "confirmation"))

    assert (page.status_code, post.status_code) == (410, 410)


async def test_taken_meanwhile_is_said(
    change: AddressChange, nobody: httpx.AsyncClient, mentee: Person
) -> None:
    await make_person(email=NEW)

    answer = await nobody.post(urls.address_change(await secret(), "confirmation"), headers=HTMX)

    assert answer.status_code == 422 and "appartient déjà" in words(answer)
    assert 'id="address-keep"' in answer.text
    assert (await fresh(mentee)).email == mentee.email


async def test_signed_in_one_sees_it_and_keeps_ones_address(
    change: AddressChange, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    for page in (urls.HOME, urls.ACCOUNT):
        assert NEW in words(await window.get(page))

    kept = await window.post(urls.ADDRESS_REFUSAL, headers=HTMX)

    assert kept.status_code == 200 and NEW not in kept.text
    assert (await fresh(mentee)).email == mentee.email and await AddressChange.count() == 0
    for page in (urls.HOME, urls.ACCOUNT):
        assert NEW not in words(await window.get(page))
    assert (await window.post(urls.ADDRESS_REFUSAL)).status_code == 404


async def test_signed_in_one_changes_it_at_once_and_signs_in_anew(
    change: AddressChange, mentee: Person, browser: Browser
) -> None:
    window, other = await browser(mentee), await browser(mentee)

    answer = await window.post(urls.ADDRESS_CONFIRMATION)

    assert answer.status_code == 303 and answer.headers["location"].startswith(urls.SIGN_IN)
    assert (await fresh(mentee)).email == NEW
    for each in (window, other):
        assert (await each.get(urls.ACCOUNT)).status_code == 303


async def test_signed_in_too_it_is_said_that_somebody_has_it_by_now(
    change: AddressChange, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    await make_person(email=NEW)

    answer = await window.post(urls.ADDRESS_CONFIRMATION, follow_redirects=True)

    assert answer.status_code == 200 and "appartient déjà" in words(answer)
    assert answer.url.path == urls.ACCOUNT and 'id="address-keep"' in answer.text
    assert (await fresh(mentee)).email == mentee.email


async def test_without_a_change_there_is_nothing_to_decide(
    stranger: Person, change: AddressChange, browser: Browser
) -> None:
    window = await browser(stranger)

    for address in (urls.ADDRESS_CONFIRMATION, urls.ADDRESS_REFUSAL):
        assert (await window.post(address)).status_code == 404
    assert await AddressChange.count() == 1


async def test_a_double_tap(
    change: AddressChange, nobody: httpx.AsyncClient, mentee: Person
) -> None:
    link = urls.address_change(await secret(), "confirmation")

    answers = await asyncio.gather(*(nobody.post(link, headers=HTMX) for _ in range(3)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert sum("est changée" in words(answer) for answer in answers) == 1
    assert await Event.count().where(Event.what == "person.move") == 1
