"""A report on the desk: who and when; its words on a page of their own, each reading kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

import clock
import urls
from domain import reports, typed_texts
from domain.deadlines import UNDO
from domain.reports import OPENABLE, Told
from tables.agreements import Agreement
from tables.contacts import Contact
from tables.events import Event
from tables.inquiries import Inquiry
from tables.letters import Letter
from tables.mentorships import Mentorship, State
from tables.notes import Note
from tables.people import Person
from tables.reports import Reading, Report
from tests.cast import HTMX, Browser
from tests.factories import make_inquiry, make_mentorship, make_person, new_key
from tests.moments import At

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
        page = await window.post(urls.report_deed(report, "reading"))
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
        assert (await window.post(urls.report_deed(report, "reading"))).status_code == 404
    assert await Reading.count() == 0


async def test_settled_it_leaves_the_desk(
    report: Report, coordinator: Person, browser: Browser
) -> None:
    settled: dict[Any, Any] = {Report.state: "settled", Report.settled_at: NOW - timedelta(days=1)}
    await Report.update(settled).where(Report.id == report.id)
    window = await browser(coordinator)

    assert "Signalements" not in (await window.get(urls.DESK)).text
    assert (await window.post(urls.report_deed(report, "reading"))).status_code == 404


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

    assert page.text.count("Concerne Claire Favre") == 49 and len(few) == len(many)


OWN, SHARED, LATER = "Pensé seul, un soir.", "Partagé, un matin.", "Écrit après coup."
LINE, GOAL = "Parlé du budget.", "Conduire sans crier."


async def opened_all(report: Report, mentor: Person, mentee: Person) -> None:
    """Each piece has its text from before, and one from after."""
    await Report.update({Report.opened: " ".join(OPENABLE)}).where(Report.id == report.id)
    before, after = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    for number, (author, words, is_shared, at) in enumerate(
        (
            (mentee, OWN, False, before),
            (mentor, SHARED, True, before),
            (mentor, "De la mentor seule.", False, before),
            (mentee, LATER, True, after),
        ),
        start=1,
    ):
        note = Note(mentorship=_pair(report), author=author.id, number=number, saved_at=at)
        note.is_shared, note.shared_at = is_shared, at if is_shared else None
        note.fields = typed_texts.pack(typed_texts.Text({"agenda": words}))
        await note.save()
    for number, (words, at) in enumerate(((LINE, before), (LATER, after)), start=1):
        contact = Contact(
            key=new_key(),
            mentorship=_pair(report),
            number=number,
            kind="phone",
            on=NOW.date(),
            by=mentor.id,
            logged_at=at,
        )
        contact.line = words
        await contact.save()
        version = Agreement(
            key=new_key(), mentorship=_pair(report), number=number, by=mentor.id, proposed_at=at
        )
        version.goals, version.form, version.frequency, version.length = (
            GOAL if words == LINE else words,
            "",
            "",
            "",
        )
        await version.save()
    await Inquiry.update({Inquiry.sent_at: before}, force=True)


def read_it(window: httpx.AsyncClient, report: Report, what: str) -> Any:
    return window.post(urls.report_deed(report, "reading"), data={"what": what})


async def test_each_piece_opens_by_its_own_tap(
    report: Report, mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    await opened_all(report, mentor, mentee)
    window = await browser(coordinator)
    told = {
        "request": PROBLEM,
        "own_notes": OWN,
        "shared_notes": SHARED,
        "agreement": GOAL,
        "contacts": LINE,
    }
    closed = await window.get(urls.report_deed(report))
    assert closed.status_code == 200 and await Reading.count() == 0
    assert not [words for words in told.values() if words in closed.text]

    for count, (what, words) in enumerate(told.items(), start=1):
        page = await read_it(window, report, what)
        assert page.status_code == 200 and words in page.text, what
        assert not [other for other in told.values() if other != words and other in page.text]
        assert LATER not in page.text and "De la mentor seule" not in page.text
        assert await Reading.count() == count
        assert await Event.count().where(Event.what == f"report.read_{what}") == 1


@pytest.mark.parametrize("what", [*OPENABLE[1:], "nonsense", "words_sealed", "state"])
async def test_what_was_not_opened_stays_closed(
    what: str, report: Report, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)

    assert (await read_it(window, report, what)).status_code == 404
    assert await Reading.count() == 0


async def test_settled_with_a_note_and_taken_back(
    report: Report, mentor: Person, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)
    await window.post(
        urls.report_deed(report, "settlement"), data={"note": "Parlé à Claire"}, headers=HTMX
    )
    row = await Report.objects().get(Report.id == report.id)
    [event] = await Event.objects().where(Event.what == "report.settle")
    assert row is not None and row.state == "settled" and row.settled_by == coordinator.id
    assert event.why == "Parlé à Claire" and event.by == coordinator.id
    assert await Letter.count().where(Letter.name == "report_noticed") == 0
    desk = (await window.get(urls.DESK)).text
    assert "signalement réglé" in desk and "Aucune décision en attente" in desk
    assert (await read_it(window, report, "words")).status_code == 404

    back = await window.post(urls.report_deed(report, "reopening"), headers=HTMX)

    assert back.status_code == 200 and "Le message" in back.text
    assert (await read_it(window, report, "words")).status_code == 200


async def test_whom_it_is_about_is_told_only_by_decision(
    report: Report, mentor: Person, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)
    told = Letter.name == "report_noticed"
    for times in (1, 2):  # taken back, it may be decided anew
        settled = await window.post(urls.report_deed(report, "settlement"), data={"tell": "1"})
        assert settled.status_code == 303
        [letter] = await Letter.objects().where(told)
        assert letter.address == mentor.email and letter.to == mentor.id
        assert letter.due > clock.milliseconds(clock.now() + timedelta(minutes=4))
        assert "remarques" not in letter.text and "David" not in letter.text
        if times == 1:
            await window.post(urls.report_deed(report, "reopening"))
            assert await Letter.count().where(told) == 0


async def test_no_undo_when_it_is_too_late(
    report: Report, coordinator: Person, browser: Browser, at: At
) -> None:
    window = await browser(coordinator)
    await window.post(urls.report_deed(report, "settlement"), data={"tell": "1"})
    await Letter.update({Letter.attempts: 1}).where(Letter.name == "report_noticed")
    gone = await window.post(urls.report_deed(report, "reopening"))
    at(clock.now() + UNDO)
    late = await window.post(urls.report_deed(report, "reopening"))

    assert (gone.status_code, late.status_code) == (409, 409)
    row = await Report.objects().get(Report.id == report.id)
    assert row is not None and row.state == "settled"


async def test_two_settle_at_once(report: Report, coordinator: Person, browser: Browser) -> None:
    other = await make_person("Marc", "Jost", is_coordinator=True)
    windows = [await browser(person) for person in (coordinator, other)]

    address = urls.report_deed(report, "settlement")
    answers = await asyncio.gather(*(each.post(address, data={"tell": "1"}) for each in windows))

    assert sorted(each.status_code for each in answers) == [303, 409]
    [second] = [each for each in answers if each.status_code == 409]
    assert "signalement réglé" in second.text
    assert await Event.count().where(Event.what == "report.settle") == 1
    assert await Letter.count().where(Letter.name == "report_noticed") == 1


async def test_a_note_too_long_stays_typed(
    report: Report, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)

    page = await window.post(
        urls.report_deed(report, "settlement"), data={"note": "y" * 1001, "tell": "1"}
    )

    assert page.status_code == 422 and "y" * 1001 in page.text
    row = await Report.objects().get(Report.id == report.id)
    assert row is not None and row.state == "waiting"


def _pair(report: Report) -> Mentorship:
    pair: Mentorship = report.mentorship
    return pair
