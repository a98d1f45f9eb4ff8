"""Events for the office: sifted, page by page, taken along; never what others told about one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

import clock
import urls
from domain import history
from tables.people import Person
from tables.reports import Report
from tests.cast import HTMX, Browser
from tests.factories import make_application, make_inquiry, make_mentorship, make_person


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


async def test_who_what_when_about_whom_and_why(
    window: httpx.AsyncClient, coordinator: Person, mentee: Person
) -> None:
    await history.record("person.exclude", mentee, coordinator, clock.now(), "Trois <plaintes>")

    text = (await window.get(urls.EVENTS)).text

    assert "Exclusion du programme" in text and "Trois &lt;plaintes&gt;" in text
    assert f'href="{urls.member(mentee)}">David Moser' in text
    assert f'href="{urls.member(coordinator)}">Sandra Weber' in text


async def test_rows_lead_to_their_people(
    window: httpx.AsyncClient, mentor: Person, mentee: Person
) -> None:
    now = clock.now()
    inquiry, pair = await make_inquiry(mentee, mentor), await make_mentorship(mentee, mentor)
    application = await make_application("Nora", "Keller")
    await history.record("inquiry.accept", inquiry, mentor, now)
    await history.record("mentorship.complete", pair, None, now)
    await history.record("application.refuse", application, None, now)

    text = (await window.get(urls.EVENTS)).text

    assert text.count(f'href="{urls.member(mentee)}">David Moser') == 2
    assert "Candidature refusée</strong>: Nora Keller" in text


async def test_sifted_by_kind_person_and_period(
    window: httpx.AsyncClient, coordinator: Person, mentor: Person, mentee: Person
) -> None:
    now = clock.now()
    inquiry = await make_inquiry(mentee, mentor)
    await history.record("inquiry.ask", inquiry, mentee, now - timedelta(days=3))
    await history.record("person.language", coordinator, coordinator, now)
    today = clock.day(now).isoformat()

    async def asked(**query: Any) -> tuple[bool, bool]:
        text = (await window.get(urls.events(**query), headers=HTMX)).text
        assert "<html" not in text
        return "Demande envoyée" in text, "Langue changée" in text

    assert await asked() == (True, True)
    assert await asked(kind="inquiry") == (True, False)
    assert await asked(kind="'; --") == (True, True)
    assert await asked(person=mentor.id) == (True, False)  # about them, by somebody else
    assert await asked(person=coordinator.id) == (False, True)
    assert await asked(q="claire fav") == (True, False)
    assert await asked(q="nobody at all") == (False, False)
    assert await asked(since=today) == (False, True)
    assert await asked(until=(clock.day(now) - timedelta(days=1)).isoformat()) == (True, False)
    assert await asked(person=99999999999, page="x", since="\0") == (True, True)


async def test_a_day_that_is_none_is_said_beside_its_field(window: httpx.AsyncClient) -> None:
    text = (await window.get(urls.events(since="31.02.2026"))).text

    assert 'value="31.02.2026"' in text and "Indiquez une date" in text


async def test_page_by_page(window: httpx.AsyncClient, mentee: Person) -> None:
    for _ in range(51):
        await history.record("person.language", mentee, mentee, clock.now())

    first = (await window.get(urls.EVENTS)).text
    last = (await window.get(urls.events(page=9))).text

    assert (first.count('<li id="event-'), last.count('<li id="event-')) == (50, 1)
    assert "51 événements" in first and urls.events(page=2) in first


async def test_taken_along_as_a_list_no_spreadsheet_reckons_with(
    window: httpx.AsyncClient, coordinator: Person, mentee: Person
) -> None:
    trick = await make_person("=cmd|'/C calc'!A0", "Sum")
    await history.record("person.note", trick, coordinator, clock.now(), "=1+1")
    await history.record("person.language", mentee, None, clock.now())

    answer = await window.get(urls.events("csv", kind="person"))
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))

    assert "attachment" in answer.headers["content-disposition"]
    told = ["Liste des événements téléchargée", "Langue changée", "Note interne ajoutée"]
    assert [row[2] for row in rows] == ["Quoi", *told]  # itself an event
    assert rows[3][3] == "'=cmd|'/C calc'!A0 Sum" and rows[3][4] == "'=1+1"


async def test_nobody_follows_what_others_told_about_themself(
    browser: Browser, coordinator: Person, mentee: Person
) -> None:
    report = Report(key="k" * 20, by=mentee.id, about=coordinator.id, sent_at=clock.now())
    await report.save()
    await history.record("report.send", report, mentee, clock.now())
    concerned = await browser(coordinator)
    other = await browser(await make_person("Martine", "Dubois", is_coordinator=True))

    # Also a filter's own name says «Signalements»: it is the line that counts.
    for address in (urls.EVENTS, urls.events(person=mentee.id), urls.events("csv")):
        assert "Signalement envoyé" not in (await concerned.get(address)).text
        assert "Signalement envoyé" in (await other.get(address)).text


async def test_as_many_questions_for_one_row_as_for_fifty(
    window: httpx.AsyncClient, mentor: Person, mentee: Person, queries: Callable[[], Any]
) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    await history.record("inquiry.ask", inquiry, mentee, clock.now())
    with queries() as few:
        await window.get(urls.EVENTS)
    for _ in range(49):
        other = await make_inquiry(await make_person("Ada", "Meier"), mentor)
        await history.record("inquiry.ask", other, mentee, clock.now())

    with queries() as many:
        await window.get(urls.EVENTS)

    assert len(few) == len(many)
