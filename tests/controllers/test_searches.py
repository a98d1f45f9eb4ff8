"""Saved searches: kept, told exactly once, ended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import urls
from domain import searches
from mail import letters
from search.facets import Query
from tables.letters import Letter
from tables.links import Link
from tables.people import Person, Standing
from tables.searches import SavedSearch
from tests.cast import HTMX, Browser
from tests.factories import make_mentor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
QUERY = "q=apiculture&canton=JU"


async def test_a_search_is_saved_once_and_taken_back(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    for _ in range(3):
        answer = await window.post(urls.SAVED_SEARCHES, data={"query": QUERY}, headers=HTMX)
        assert answer.status_code == 200 and "C’est noté" in answer.text
    [search] = await SavedSearch.objects()
    assert search.query == QUERY
    assert "C’est noté" in (await window.get(f"{urls.MENTORS}?{QUERY}")).text

    for _ in range(2):
        ended = await window.post(urls.end_search(search), data={"query": QUERY}, headers=HTMX)
        assert ended.status_code == 200 and "M’écrire quand" in ended.text
    assert await SavedSearch.count() == 0


async def test_sent_twice_at_once_it_is_saved_once(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    sent = [window.post(urls.SAVED_SEARCHES, data={"query": QUERY}) for _ in range(4)]
    answers = await asyncio.gather(*sent)

    assert {answer.headers["location"] for answer in answers} == {f"{urls.MENTORS}?{QUERY}"}
    assert await SavedSearch.count() == 1


async def test_what_finds_somebody_is_shown_rather_than_saved(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.post(urls.SAVED_SEARCHES, data={"query": "q=banque"}, headers=HTMX)

    assert answer.headers["hx-redirect"] == "/mentors?q=banque"
    assert await SavedSearch.count() == 0


async def test_the_list_ends_a_search_and_takes_that_back(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    await window.post(urls.SAVED_SEARCHES, data={"query": QUERY})
    [search] = await SavedSearch.objects()

    page = await window.get(urls.FAVOURITES)
    ended = await window.post(urls.end_search(search), data={"at": "list"}, headers=HTMX)
    again = await window.post(
        urls.SAVED_SEARCHES, data={"at": "list", "query": QUERY}, headers=HTMX
    )

    assert "«apiculture», Jura" in page.text
    assert "Recherche terminée" in ended.text and "Annuler" in ended.text
    assert "«apiculture», Jura" in again.text and await SavedSearch.count() == 1
    plain = await window.post(urls.end_search(search), data={"at": "list"})
    assert (plain.status_code, plain.headers["location"]) == (303, urls.FAVOURITES)


async def test_nobody_ends_anothers_search(
    mentor: Person, mentee: Person, stranger: Person, browser: Browser
) -> None:
    await (await browser(mentee)).post(urls.SAVED_SEARCHES, data={"query": QUERY})
    [search] = await SavedSearch.objects()
    window = await browser(stranger)

    for sent in ({"at": "list"}, {"query": QUERY}):
        answer = await window.post(urls.end_search(search), data=sent, headers=HTMX)
        never = await window.post(urls.end_search(search.id + 1), data=sent, headers=HTMX)
        assert (answer.status_code, answer.text) == (never.status_code, never.text)
    beyond = await window.post(urls.end_search(2**40), data={"at": "list"}, headers=HTMX)

    assert beyond.status_code == 404
    assert "apiculture" not in (await window.get(urls.FAVOURITES)).text
    assert await SavedSearch.count() == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("q=%00%01zyxo%00", "q=zyxo"),
        ("q=zyxo&page=7&free=0&evil=1", "q=zyxo"),
        ("canton=JU&canton=JU&canton=nowhere&q=zyxo", "q=zyxo&canton=JU"),
        ("q=<script>alert(1)</script>", "q=%3Cscript%3Ealert%281%29%3C%2Fscript%3E"),
    ],
)
async def test_a_query_is_kept_in_its_one_form(
    sent: str, kept: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.post(urls.SAVED_SEARCHES, data={"query": sent}, headers=HTMX)
    page = await window.get(urls.FAVOURITES)

    [search] = await SavedSearch.objects()
    assert answer.status_code == 200 and search.query == kept
    assert "<script>" not in answer.text + page.text


async def test_too_long_is_refused_and_said(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.post(urls.SAVED_SEARCHES, data={"query": "q=" + "é" * 100}, headers=HTMX)

    assert answer.status_code == 422 and "trop longue" in answer.text
    assert await SavedSearch.count() == 0


async def test_the_oldest_makes_room(mentor: Person, mentee: Person) -> None:
    for number in range(12):
        await searches.save(Query(words=f"zyxo{number}"), by=mentee, now=NOW)

    kept = [search.query for search in await searches.waiting_of(mentee)]

    assert kept == [f"q=zyxo{number}" for number in reversed(range(2, 12))]


async def test_missing_fields_save_nothing(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    """Everybody fits an empty search."""
    window = await browser(mentee)

    answer = await window.post(urls.SAVED_SEARCHES, data={})

    assert (answer.status_code, answer.headers["location"]) == (303, urls.MENTORS)
    assert await SavedSearch.count() == 0


async def test_an_address_and_its_query_are_two_ways_to_say_the_same() -> None:
    query = Query(
        words="à & b=c",
        topics=("leadership",),
        roles=("adviser",),
        languages=("de", "fr"),
        cantons=("VD",),
        kinds=("phone",),
        free=True,
    )

    assert searches.query_of(searches.text_of(query)) == query
    assert searches.fields_of(Query(page=3)) == {"page": 3}


async def test_one_letter_once_somebody_fits_however_often_the_clock_ticks(
    mentor: Person, mentee: Person
) -> None:
    await searches.save(Query(words="apiculture"), by=mentee, now=NOW)

    await searches.tell_fitting(NOW)
    assert await Letter.count() == 0
    await make_mentor("Anne", "Berger", function="Responsable apiculture")
    for hours in range(3):
        await searches.tell_fitting(NOW + timedelta(hours=hours))

    [letter], [link] = await Letter.objects(Letter.to), await Link.objects()
    [search] = await SavedSearch.objects()
    assert letter.name == "search_fits" and letter.to.id == mentee.id
    assert (link.purpose, link.about) == ("end_search", search.id)
    assert search.told_at == NOW


async def test_several_clocks_side_by_side_tell_once(mentor: Person, mentee: Person) -> None:
    for words in ("Claire", "banque"):
        await SavedSearch(person=mentee.id, query=f"q={words}", saved_at=NOW).save()

    await asyncio.gather(*(searches.tell_fitting(NOW) for _ in range(5)))

    assert await Letter.count() == 2 and await Link.count() == 2


async def test_a_letter_that_fails_is_told_at_the_next_tick(
    mentor: Person, mentee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim, link and letter are one deed."""
    await SavedSearch(person=mentee.id, query="q=Claire", saved_at=NOW).save()

    async def break_down(*_: Any) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(letters, "search_fits", break_down)
        with pytest.raises(OSError):
            await searches.tell_fitting(NOW)
    assert await Link.count() == 0
    await searches.tell_fitting(NOW)

    assert await Letter.count() == 1


async def test_who_was_excluded_is_told_nothing_and_nobody_fits_themselves(
    mentor: Person, mentee: Person
) -> None:
    await SavedSearch(person=mentee.id, query="q=Claire", saved_at=NOW).save()
    await SavedSearch(person=mentor.id, query="q=Claire", saved_at=NOW).save()
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentee.id)

    await searches.tell_fitting(NOW)

    assert await Letter.count() == 0


async def test_nobody_saves_without_signing_in(browser: Browser) -> None:
    window = await browser(None)

    assert (await window.post(urls.SAVED_SEARCHES, data={"query": QUERY})).status_code == 303
    for path in (urls.SAVED_SEARCHES, urls.end_search(1), urls.SOUGHT_IN_VAIN):
        assert (await window.post(path, data={}, headers=HTMX)).status_code == 401
    assert await SavedSearch.count() == 0
