"""A report on the desk: who and when; its words on a page of their own, each reading kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import urls
from domain import reports
from domain.reports import Told
from tables.events import Event
from tables.mentorships import Mentorship, State
from tables.people import Person
from tables.reports import Reading, Report
from tests.cast import HTMX, Browser
from tests.factories import make_inquiry, make_mentorship, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = "Des remarques déplacées.\n\n<script>alert(1)</script>"
PROBLEM = "Ce que seul mon mentor doit lire, et que personne d’autre ne lira."


@pytest.fixture
async def report(mentor: Person, mentee: Person) -> Report:
    inquiry = await make_inquiry(mentee, mentor, state="accepted", problem=PROBLEM)  # type: ignore[arg-type]
    pair = await make_mentorship(mentee, mentor, inquiry=inquiry, state=State.RUNNING)
    await reports.leave(pair, Told(new_key(), WORDS, ("request",)), by=mentee, now=NOW)
    made = await Report.objects().first()
    assert made is not None
    return made


async def test_on_the_desk_who_and_when(
    report: Report, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)

    for headers in ({}, HTMX):
        desk = await window.get(urls.DESK, headers=headers)
        assert "David Moser" in desk.text and "À propos du mentorat avec Claire Favre" in desk.text
        assert "remarques" not in desk.text
    assert "1 décision en attente" in (await window.get(urls.DESK)).text
    assert await Reading.count() == 0


async def test_opened_it_shows_its_words_and_no_others(
    report: Report, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)

    for times in (1, 2):
        page = await window.post(urls.report_reading(report))
        assert page.status_code == 200 and "Des remarques déplacées." in page.text
        assert "&lt;script&gt;" in page.text and "<script>alert" not in page.text
        assert PROBLEM not in page.text  # ticked or not: opening more comes with its own logging
        assert page.text.count("Sandra Weber") >= times
        assert await Reading.count() == times
    assert await Event.count().where(Event.what == "report.read_words") == 2
    own = await (await browser(mentee)).get(urls.mentorship(_pair(report), "end"))
    assert own.text.count("Lu par Sandra Weber") == 2


async def test_a_coordinator_it_is_about_sees_nothing(
    report: Report, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await Person.update({Person.is_coordinator: True}, force=True)
    for person in (mentor, mentee):
        window = await browser(person)
        assert "Signalements" not in (await window.get(urls.DESK)).text
        assert (await window.post(urls.report_reading(report))).status_code == 404
    assert await Reading.count() == 0


async def test_settled_it_leaves_the_desk(
    report: Report, coordinator: Person, browser: Browser
) -> None:
    await Report.update({Report.state: "settled"}).where(Report.id == report.id)
    window = await browser(coordinator)

    assert "Signalements" not in (await window.get(urls.DESK)).text
    assert (await window.post(urls.report_reading(report))).status_code == 404


async def test_as_many_questions_for_fifty(
    report: Report,
    mentor: Person,
    mentee: Person,
    coordinator: Person,
    browser: Browser,
    queries: Any,
) -> None:
    window = await browser(coordinator)
    with queries() as few:
        await window.get(urls.DESK)
    for _ in range(49):
        row = Report(key=new_key(), by=mentee.id, about=mentor.id, sent_at=NOW)
        await row.save()
    with queries() as many:
        page = await window.get(urls.DESK)

    assert page.text.count("À propos du mentorat") == 50 and len(few) == len(many)


def _pair(report: Report) -> Mentorship:
    pair: Mentorship = report.mentorship
    return pair
