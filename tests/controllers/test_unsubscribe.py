"""The link that ends letters: GET shows, POST acts, also from a mail program."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

import clock
import urls
from domain import links, searches
from mail import letters
from tables.links import Link
from tables.people import Person
from tables.searches import SavedSearch
from tests.cast import HOST, HTMX, Browser, built

NOW = clock.now()
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def search(mentee: Person) -> SavedSearch:
    search = SavedSearch(person=mentee.id, query="q=Claire", saved_at=NOW)
    await search.save()
    return search


@pytest.fixture
async def path(search: SavedSearch, mentee: Person) -> str:
    until = NOW + timedelta(days=3650)
    return urls.unsubscribe(await links.make(links.END_SEARCH, mentee, search.id, until))


async def test_looking_changes_nothing(path: str, browser: Browser) -> None:
    window = await browser(None)

    for _ in range(2):
        page = await window.get(path)
        assert page.status_code == 200 and "Ne plus m’écrire" in page.text

    assert await SavedSearch.count() == 1


async def test_pressing_ends_it_and_twice_is_once(path: str, browser: Browser) -> None:
    window = await browser(None)

    for _ in range(2):
        answer = await window.post(path)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    live = await window.post(path, headers=HTMX)
    page = await window.get(path)

    assert await SavedSearch.count() == 0
    assert "C’est fait" in page.text and "C’est fait" in live.text
    assert "Ne plus m’écrire" not in page.text and "<html" not in live.text


async def test_a_mail_program_ends_it_without_cookies(path: str) -> None:
    transport = httpx.ASGITransport(app=built())  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as program:
        for _ in range(2):
            answer = await program.post(path, data=ONE_CLICK)
            assert answer.status_code == 200 and "C’est fait" in answer.text
        files = {"List-Unsubscribe": (None, "One-Click")}  # multipart, as RFC 8058 allows
        assert (await program.post(path, files=files)).status_code == 200
        assert (await program.post(path)).status_code == 303

    assert await SavedSearch.count() == 0


async def test_only_that_search_of_that_person_ends(
    path: str, mentee: Person, stranger: Person, browser: Browser
) -> None:
    other = SavedSearch(person=mentee.id, query="q=banque", saved_at=NOW)
    await other.save()
    theirs = SavedSearch(person=stranger.id, query="q=Claire", saved_at=NOW)
    await theirs.save()

    await (await browser(None)).post(path, data=ONE_CLICK)

    assert {row.id for row in await SavedSearch.objects()} == {other.id, theirs.id}


async def test_the_letters_own_link_leads_here(
    search: SavedSearch, mentor: Person, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def tell(*words: object) -> None:
        told.append(str(words[3]))

    monkeypatch.setattr(letters, "search_fits", tell)
    await searches.tell_fitting(NOW)
    page = await (await browser(None)).get(told[0])

    assert page.status_code == 200 and "Ne plus m’écrire" in page.text


@pytest.mark.parametrize("secret", ["unknown", "x" * 500, "%00", "<script>alert(1)</script>"])
async def test_an_unknown_link_isnt_found(secret: str, path: str, browser: Browser) -> None:
    window = await browser(None)

    for answer in (
        await window.get(urls.unsubscribe(secret)),
        await window.post(urls.unsubscribe(secret), data=ONE_CLICK),
    ):
        assert answer.status_code == 404 and "<script>alert" not in answer.text
    assert await SavedSearch.count() == 1


async def test_a_link_for_something_else_ends_nothing(
    search: SavedSearch, mentee: Person, browser: Browser
) -> None:
    secret = await links.make(links.ANSWER, mentee, search.id, NOW + timedelta(days=3650))

    answer = await (await browser(None)).post(urls.unsubscribe(secret), data=ONE_CLICK)

    assert answer.status_code == 404 and await SavedSearch.count() == 1


async def test_an_old_link_says_that_nothing_comes_any_more(path: str, browser: Browser) -> None:
    await Link.update({Link.expires_at: NOW - timedelta(days=365)}, force=True)
    window = await browser(None)

    page = await window.get(path)
    answer = await window.post(path, data=ONE_CLICK)

    assert "C’est fait" in page.text and answer.status_code == 200


async def test_a_number_that_became_anothers_ends_nothing(
    mentee: Person, stranger: Person, browser: Browser
) -> None:
    theirs = SavedSearch(person=stranger.id, query="q=Claire", saved_at=NOW)
    await theirs.save()
    secret = await links.make(links.END_SEARCH, mentee, theirs.id, NOW + timedelta(days=3650))

    answer = await (await browser(None)).post(urls.unsubscribe(secret), data=ONE_CLICK)

    assert answer.status_code == 200 and await SavedSearch.count() == 1
