"""A member tells the office, at any time: about a mentorship, about a person."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import clock
import urls
from domain import reports
from tables.letters import Letter
from tables.mentorships import Mentorship, State
from tables.people import Person, Standing
from tables.profiles import Profile
from tables.reports import Report
from tests.cast import Browser
from tests.factories import make_inquiry, make_mentorship, new_key

WORDS = "Des remarques déplacées, deux fois. <script>alert(1)</script>"


@pytest.fixture
async def pair(mentor: Person, mentee: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, state=State.RUNNING)


def form(**said: Any) -> dict[str, Any]:
    return {"key": new_key(), "words": WORDS} | said


async def only() -> Report:
    [report] = await Report.objects()
    return report


async def test_about_a_mentorship_that_goes_on(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    address = urls.mentorship(pair, "report")

    assert address in (await window.get(urls.mentorship(pair))).text
    sent = await window.post(address, data=form(opened=["request", "agreement", "nonsense"]))
    own = await window.get(address)

    report = await only()
    assert sent.status_code == 303 and sent.headers["location"] == address
    assert (report.by, report.about, report.mentorship) == (mentee.id, mentor.id, pair.id)
    assert report.opened == "request agreement" and report.words == WORDS
    assert "&lt;script&gt;" in own.text and "<script>alert" not in own.text
    assert "Personne ne l’a encore lu" in own.text
    [row] = await Mentorship.select(Mentorship.state).where(Mentorship.id == pair.id)
    assert row["state"] == State.RUNNING and await Letter.count() == 0


async def test_whoever_nobody_would_read_is_told_before(
    pair: Mentorship, mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    """What concerns a coordinator is read by another one: where there is none, it says so."""
    window, address = await browser(mentee), urls.mentorship(pair, "report")
    warning = "personne d’autre au secrétariat"
    read = (await window.get(address)).text
    await Person.update({Person.is_coordinator: False}).where(Person.id == coordinator.id)
    await Person.update({Person.is_coordinator: True}).where(Person.id == mentor.id)
    unread = (await window.get(address)).text

    assert warning not in read and warning in unread


async def test_after_the_end_too(pair: Mentorship, mentee: Person, browser: Browser) -> None:
    await Mentorship.update({Mentorship.state: State.CLOSED}).where(Mentorship.id == pair.id)
    window = await browser(mentee)

    assert urls.mentorship(pair, "report") in (await window.get(urls.mentorship(pair))).text
    await window.post(urls.mentorship(pair, "report"), data=form())

    assert (await only()).words == WORDS


async def test_the_partner_learns_nothing(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await (await browser(mentee)).post(urls.mentorship(pair, "report"), data=form())
    window = await browser(mentor)

    for address in (urls.mentorship(pair), urls.mentorship(pair, "report")):
        page = await window.get(address)
        assert page.status_code == 200 and "remarques" not in page.text


async def test_nobody_else_comes_near(
    pair: Mentorship, stranger: Person, coordinator: Person, browser: Browser
) -> None:
    address = urls.mentorship(pair, "report")
    for person in (stranger, coordinator):
        window = await browser(person)
        assert (await window.get(address)).status_code == 404
        assert (await window.post(address, data=form())).status_code == 404
    assert await Report.count() == 0


async def test_about_a_mentor(mentor: Person, mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)
    address = urls.person_report(mentor)

    assert address in (await window.get(urls.mentor(mentor))).text
    page = await window.get(address)
    await window.post(address, data=form(opened=["request", "own_notes"]))

    report = await only()
    assert 'name="opened"' not in page.text  # they never wrote to each other
    assert report.mentorship is None and report.opened == ""


async def test_about_whoever_asked(mentor: Person, mentee: Person, browser: Browser) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    window = await browser(mentor)
    address = urls.person_report(mentee)

    assert address in (await window.get(urls.inquiry(inquiry))).text
    assert 'value="request"' in (await window.get(address)).text
    await window.post(address, data=form(opened=["request", "own_notes"]))

    report = await only()
    assert report.about == mentee.id and report.opened == "request"


async def test_not_about_oneself_nor_about_whom_one_cannot_know(
    mentor: Person, mentee: Person, stranger: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    unknown = [urls.person_report(person) for person in (mentee, stranger, 999_999)]
    for address in unknown:
        assert (await window.get(address)).status_code == 404
        assert (await window.post(address, data=form())).status_code == 404
    ways: list[dict[Any, Any]] = [
        {Person.paused_at: clock.now()},
        {Person.standing: Standing.EXCLUDED},
    ]
    for hidden in ways:
        await Person.update(hidden).where(Person.id == mentor.id)
        assert (await window.get(urls.person_report(mentor))).status_code == 404
    await Person.update({Person.standing: Standing.ACTIVE, Person.paused_at: None}).where(
        Person.id == mentor.id
    )
    await Profile.update({Profile.state: "draft"}).where(Profile.person == mentor.id)
    assert (await window.get(urls.person_report(mentor))).status_code == 404
    assert await Report.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"words": ""}, {"words": "\x00"}, {"words": "x" * 2001}, {"key": ""}, {"key": "a b"}],
    ids=["nothing", "nul", "too long", "no key", "a wrong key"],
)
async def test_what_is_wrong_keeps_what_was_typed(
    wrong: dict[str, Any], pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    page = await window.post(
        urls.mentorship(pair, "report"), data=form(opened=["agreement"]) | wrong
    )

    assert page.status_code == 422 and 'value="agreement" checked' in page.text
    assert await Report.count() == 0
    if "key" in wrong:
        assert "Des remarques" in page.text


async def test_twice_is_once(pair: Mentorship, mentee: Person, browser: Browser) -> None:
    same, address = form(), urls.mentorship(pair, "report")
    windows = [await browser(mentee) for _ in "ab"]

    answers = await asyncio.gather(*(each.post(address, data=same) for each in windows))

    assert [each.status_code for each in answers] == [303, 303] and await Report.count() == 1


async def test_anothers_key_tells_nothing(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    same = form()
    await (await browser(mentee)).post(urls.mentorship(pair, "report"), data=same)

    other = await (await browser(mentor)).post(urls.mentorship(pair, "report"), data=same)

    assert other.status_code == 409 and await Report.count() == 1


async def test_who_read_what_is_shown(
    pair: Mentorship, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    address = urls.mentorship(pair, "report")
    window = await browser(mentee)
    await window.post(address, data=form(opened=["agreement"]))
    report = await reports.to_decide((await only()).id, coordinator)
    assert report is not None
    for what in ("words", "agreement"):
        await reports.note_reading(report, what, by=coordinator, now=clock.now())

    page = (await window.get(address)).text

    assert page.count("Lu par Sandra Weber") == 2 and ": votre message" in page
    assert ": la convention" in page
