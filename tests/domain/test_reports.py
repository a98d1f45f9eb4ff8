"""Leaving with or without a word to the office: sealed, read by few, each reading kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from domain import mentorships, reports
from domain.refusals import AlreadySettled, Unseen
from domain.reports import Told
from tables.events import Event
from tables.letters import Letter
from tables.mentorships import Mentorship, State
from tables.people import Person
from tables.reports import Reading, Report
from tests.factories import make_mentorship, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = "Des remarques déplacées, deux fois."


@pytest.fixture
async def pair(mentor: Person, mentee: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, state=State.RUNNING)


def told(words: str = WORDS, key: str = "") -> Told:
    return Told(key or new_key(), words, ("request", "agreement"))


async def state_of(mentorship: Mentorship) -> str:
    [row] = await Mentorship.select(Mentorship.state).where(Mentorship.id == mentorship.id)
    return str(row["state"])


async def gathered(*deeds: Any) -> list[Any]:
    return list(await asyncio.gather(*deeds, return_exceptions=True))


async def test_leaving_with_a_word_to_the_office(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await reports.leave(pair, told(), by=mentee, now=NOW)

    [report] = await Report.objects()
    assert (report.by, report.about, report.mentorship) == (mentee.id, mentor.id, pair.id)
    assert report.words == WORDS and report.opened == "request agreement"
    assert await state_of(pair) == State.ENDED_EARLY
    [letter] = await Letter.objects()
    assert letter.address == mentor.email and WORDS not in letter.text
    assert "secrétariat" not in letter.text  # the partner learns of the leaving alone
    assert WORDS not in str(await Report.raw("SELECT * FROM reports"))
    assert WORDS not in str(await Event.raw("SELECT * FROM events"))


async def test_leaving_without_a_word(pair: Mentorship, mentee: Person) -> None:
    await reports.leave(pair, told(""), by=mentee, now=NOW)

    assert await Report.count() == 0 and await state_of(pair) == State.ENDED_EARLY
    with pytest.raises(AlreadySettled):
        await reports.leave(pair, told(""), by=mentee, now=NOW)


async def test_a_resend_tells_once(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    same = told(key="the-key-of-one-form")
    outcomes = await gathered(*(reports.leave(pair, same, by=mentee, now=NOW) for _ in "ab"))

    assert outcomes == [None, None] and await Report.count() == 1
    with pytest.raises(AlreadySettled):
        await reports.leave(pair, same, by=mentor, now=NOW)


async def test_both_leave_at_once(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    outcomes = await gathered(
        reports.leave(pair, told(""), by=mentee, now=NOW),
        reports.leave(pair, told(""), by=mentor, now=NOW),
    )

    assert [type(each) for each in outcomes if each] == [AlreadySettled]


async def test_a_word_is_not_lost_where_the_other_was_first(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await mentorships.leave(pair, by=mentor, now=NOW)
    await reports.leave(pair, told(), by=mentee, now=NOW)

    assert await Report.count() == 1 and await Letter.count() == 1


async def test_what_is_complete_is_closed_not_left(pair: Mentorship, mentee: Person) -> None:
    await Mentorship.update({Mentorship.state: State.COMPLETED}).where(Mentorship.id == pair.id)

    with pytest.raises(AlreadySettled):
        await reports.leave(pair, told(), by=mentee, now=NOW)
    assert await Report.count() == 0


async def test_a_stranger_tells_nothing(pair: Mentorship, stranger: Person) -> None:
    with pytest.raises(Unseen):
        await reports.leave(pair, told(), by=stranger, now=NOW)
    assert await Report.count() == 0


async def test_each_reading_is_kept_and_shown(
    pair: Mentorship, mentor: Person, mentee: Person, coordinator: Person
) -> None:
    await reports.leave(pair, told(), by=mentee, now=NOW)
    [waiting] = await reports.waiting(coordinator)

    assert await reports.read(waiting, by=coordinator, now=NOW) == WORDS
    await reports.read(waiting, by=coordinator, now=NOW)

    readings = await reports.readings_of(waiting)
    assert [(each.reader.id, each.what) for each in readings] == [(coordinator.id, "words")] * 2
    assert await Event.count().where(Event.what == "report.read_words") == 2
    assert await reports.own(pair, mentee) is not None
    assert await reports.own(pair, mentor) is None


async def test_read_by_no_member_nor_by_whom_it_concerns(
    pair: Mentorship, mentor: Person, mentee: Person, stranger: Person, coordinator: Person
) -> None:
    await reports.leave(pair, told(), by=mentee, now=NOW)
    [waiting] = await reports.waiting(coordinator)
    people = Person.id.is_in([mentor.id, mentee.id])
    await Person.update({Person.is_coordinator: True}).where(people)

    for person in [*await Person.objects().where(people), stranger]:
        with pytest.raises(Unseen):
            await reports.read(waiting, by=person, now=NOW)
        if person.is_coordinator:
            assert await reports.waiting(person) == []
            assert await reports.seen_on_desk(waiting.id, person) is None
            assert await reports.count_waiting(person) == 0
    assert await Reading.count() == 0
