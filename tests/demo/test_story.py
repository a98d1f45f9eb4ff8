"""The story on both engines: everybody is there, in every state, in their own words."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

import clock
from demo import people, story
from demo.people import told
from domain import deadlines, documents, house, inquiries, profiles, searches
from search import find
from tables.applications import Application
from tables.documents import Document
from tables.drafts import Draft
from tables.events import Event
from tables.favourites import Favourite, FreeWish
from tables.inquiries import OPEN, Exchange, Inquiry
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.mentorships import Mentorship
from tables.mentorships import State as MentorshipState
from tables.people import Person
from tables.profiles import Profile
from tables.profiles import State as ProfileState
from tables.reports import Report
from tables.searches import SavedSearch, SoughtInVain
from tables.sessions import Session

EDITION = 7


@pytest.fixture
async def now(database: Any) -> Any:
    """When the story was told."""
    now = clock.now()
    await story.tell(now, EDITION)
    return now


async def test_the_whole_story(now: Any) -> None:
    """In one go, because telling it takes a while."""
    await everybody_is_there()
    await every_state_is_there()
    await a_report_waits_and_opens_what_its_author_ticked()
    await words_are_those_of_the_files()
    await papers_lie_beside_the_profiles()
    await nothing_waits_to_be_sent(now)
    await history_is_in_order(now)
    await the_clock_finds_nothing_to_do(now)
    await some_are_busy_and_some_searches_wait(now)


async def everybody_is_there() -> None:
    rows = await Profile.objects(Profile.person)
    states = Counter(profile.state for profile in rows)
    assert len(rows) == len(told("mentors")["mentor"]) == 65
    asked = len([cv for cv in told("cvs")["cv"] if "question" in cv])
    waiting = {ProfileState.HANDED_IN: 4 - asked, ProfileState.ASKED: asked}
    assert asked and states == waiting | {ProfileState.RELEASED: 61}
    assert await Person.count() == 65 + len(told("mentees")["mentee"]) + 1
    assert await Person.count().where(Person.is_coordinator.eq(True)) == 1
    assert await Application.count() == len(told("applications")["application"])
    assert not await Session.exists()
    assert (await house.current()).contact == people.address("office")


async def every_state_is_there() -> None:
    rows = await Inquiry.select(Inquiry.state, Inquiry.mentee)
    assert {row["state"] for row in rows} == {state.value for state in InquiryState}
    open_ones = Counter(row["mentee"] for row in rows if row["state"] in OPEN)
    assert max(open_ones.values()) <= (await house.current()).open_limit
    rows = await Mentorship.select(Mentorship.state)
    assert {row["state"] for row in rows} == {state.value for state in MentorshipState}
    wanted = Counter(inquiry["state"] for inquiry in told("inquiries")["inquiry"])
    assert Counter([row["state"] for row in await Inquiry.select(Inquiry.state)]) == wanted


async def a_report_waits_and_opens_what_its_author_ticked() -> None:
    journeys = told("journeys")["journey"]
    [written] = [report for journey in journeys for report in journey.get("report", ())]
    [report] = await Report.objects(Report.by, Report.about)
    assert (report.by.last_name, report.about.last_name) == ("Aeschbacher", "Zbinden")
    assert (report.state, report.words, report.opened) == ("waiting", written["words"], "contacts")


async def words_are_those_of_the_files() -> None:
    for number, written in enumerate(told("inquiries")["inquiry"]):
        rows = Inquiry.objects(Inquiry.mentee, Inquiry.mentor)
        inquiry = await rows.where(Inquiry.key == f"demo-inquiry-{number:04}").first()
        assert inquiry is not None
        assert inquiry.state == written["state"]
        assert inquiry.mentee.email == people.address(written["mentee"])
        assert inquiry.mentor.email == people.address(written["mentor"])
        for name in ("problem", "vision", "expectations", "answer"):
            assert getattr(inquiry, name) == written[name]
        exchanges = await Exchange.objects().where(Exchange.inquiry == inquiry.id)
        said = [written["question"]] if "question" in written else []
        assert [exchange.words for exchange in exchanges] == said
        mentorship = await Mentorship.objects().where(Mentorship.inquiry == inquiry.id).first()
        if mentorship is not None:
            assert mentorship.contacts == len(written.get("contacts", ()))
    words = {application["words"] for application in told("applications")["application"]}
    assert {application.words for application in await Application.objects()} == words
    abouts = {mentor["about"] for mentor in told("mentors")["mentor"]}
    assert {profile.about for profile in await Profile.objects()} == abouts


async def papers_lie_beside_the_profiles() -> None:
    for written in told("cvs")["cv"]:
        [owner] = await Person.objects().where(Person.email == people.address(written["mentor"]))
        cv = await documents.of(owner)
        assert cv and cv.name == written["file"] and cv.drawn == cv.pages
        profile = await profiles.of(owner)
        assert profile and profile.handed_in_at > cv.uploaded_at
        asked = (await profiles.questions_of([profile.id]))[profile.id]
        said = [written["question"]["text"]] if "question" in written else []
        assert [each.question for each in asked] == said
    pages = [row["pages"] for row in await Document.select(Document.pages)]
    assert sorted(pages) == [1, 1, 2]


async def nothing_waits_to_be_sent(now: Any) -> None:
    letters = await Letter.objects()
    assert {letter.state for letter in letters} == {LetterState.SENT.value}
    recent = [letter for letter in letters if letter.posted_at > now - story.READABLE]
    assert len(recent) > 20
    assert all(letter.subject and letter.text and letter.html for letter in recent)
    assert not any(letter.text_sealed for letter in letters if letter not in recent)


async def history_is_in_order(now: Any) -> None:
    events = await Event.select(Event.at, Event.what, Event.about).order_by(Event.id)
    moments = [event["at"] for event in events]
    assert moments == sorted(moments)
    assert moments[-1] == now
    assert (events[-1]["what"], events[-1]["about"]) == (story.MADE, EDITION)
    replied = Inquiry.select(Inquiry.sent_at, Inquiry.replied_at)
    for row in await replied.where(Inquiry.replied_at.is_not_null()):
        assert row["sent_at"] < row["replied_at"] < now
    waiting = await Inquiry.objects().where(Inquiry.state == InquiryState.WAITING)
    for inquiry in waiting:
        due = deadlines.latest_due(inquiry.waiting_since, [3, 7, 10], now)
        assert inquiry.reminded == due


async def the_clock_finds_nothing_to_do(now: Any) -> None:
    before = await Letter.count()
    await inquiries.remind_due(now)
    await inquiries.release_due(now)
    await searches.tell_fitting(now)
    assert await Letter.count() == before


async def some_are_busy_and_some_searches_wait(now: Any) -> None:
    busy = await Profile.select(Profile.busy_reason, Profile.busy_until).where(
        Profile.is_busy.eq(True)
    )
    assert {row["busy_reason"] for row in busy} == {"by_hand", "capacity"}
    days = {mentor["busy_days"] for mentor in told("mentors")["mentor"] if "busy_days" in mentor}
    until = {clock.day(now) + timedelta(days=some) for some in days}
    assert {row["busy_until"] for row in busy} - {None} == until
    assert await Profile.count().where(Profile.usual_hours.is_not_null()) > 15
    traces = told("traces")
    assert await SavedSearch.count() == len(traces["saved_search"])
    assert await Favourite.count() == len(traces["favourite"])
    assert await FreeWish.count() == len(traces["wish"])
    assert [draft.fields[:2] for draft in await Draft.objects()] == ['{"']
    nadia = await Person.objects().where(Person.email == people.address("nadia-rochat")).first()
    assert nadia is not None
    for row in await SoughtInVain.select(SoughtInVain.words):
        query = find.Query(words=row["words"])
        assert (await find.find(query, nadia, "fr", clock.day(now))).total == 0
