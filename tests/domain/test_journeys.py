"""The next step of each of the two, in every state: one, the right one, and nobody is pressed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

import clock
from domain import contacts, deadlines, journeys, meetings, mentorships
from domain.contacts import Talk
from domain.journeys import Step
from domain.meetings import Plan
from tables.contacts import Kind
from tables.meetings import Meeting
from tables.mentorships import OVER, Mentorship, Question, State
from tables.people import Person
from tests.factories import make_evaluation, make_meeting, make_mentorship, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST, GO_ON = Question.FIRST_TALK, Question.CONTINUE

Way = Callable[[Mentorship], Awaitable[object]]


async def _propose(pair: Mentorship) -> Meeting:
    plan = Plan(new_key(), Kind.PHONE, [NOW + DAY])
    return await meetings.propose(pair, plan, by=pair.mentee, now=NOW)


async def _plan(pair: Mentorship) -> None:
    await make_meeting(pair, starts_at=NOW + DAY)


async def _hold(pair: Mentorship) -> None:
    await make_meeting(pair, starts_at=NOW - timedelta(minutes=5))


async def _meet(pair: Mentorship) -> None:
    talk = Talk(new_key(), Kind.PHONE, clock.day(NOW))
    await contacts.log(pair, talk, by=pair.mentor, now=NOW)


def _meet_and_say(is_yes: bool, *further: Way) -> Way:
    async def said(pair: Mentorship) -> None:
        await _meet(pair)
        await mentorships.say(pair, FIRST, is_yes=is_yes, by=pair.mentee, now=NOW)
        for way in further:
            await way(pair)

    return said


async def _end(pair: Mentorship) -> None:
    await _hold(pair)
    await mentorships.propose_end(pair, clock.day(NOW), by=pair.mentee, now=NOW)


async def _wish(pair: Mentorship) -> None:
    await mentorships.say(pair, GO_ON, is_yes=True, by=pair.mentee, now=NOW)


async def _refuse(pair: Mentorship) -> None:
    await _wish(pair)
    await mentorships.say(pair, GO_ON, is_yes=False, by=pair.mentor, now=NOW)


async def _evaluate(pair: Mentorship) -> None:
    await make_evaluation(pair, pair.mentor)


async def _wish_and_evaluate(pair: Mentorship) -> None:
    await _wish(pair)
    await _evaluate(pair)


async def _ask_later(pair: Mentorship) -> None:
    asked = Mentorship.update({Mentorship.asked_later_at: NOW})
    await asked.where(Mentorship.id == pair.id)


async def _nothing(pair: Mentorship) -> None:
    """As it is."""


TABLE: list[tuple[State, Way, Step, Step]] = [  # the mentee's, the mentor's
    (State.BEGINNING, _nothing, Step.PLAN, Step.PLAN),
    (State.BEGINNING, _propose, Step.AWAIT_TIME, Step.PICK_TIME),
    (State.BEGINNING, _plan, Step.PREPARE, Step.PREPARE),
    (State.BEGINNING, _hold, Step.TOOK_PLACE, Step.TOOK_PLACE),
    (State.BEGINNING, _meet, Step.SAY_WORD, Step.SAY_WORD),
    (State.BEGINNING, _meet_and_say(True), Step.PLAN, Step.SAY_WORD),
    (State.BEGINNING, _meet_and_say(False), Step.AWAIT_WORD, Step.SAY_WORD),
    (State.BEGINNING, _meet_and_say(False, _propose), Step.AWAIT_WORD, Step.SAY_WORD),
    (State.BEGINNING, _meet_and_say(False, _plan), Step.PREPARE, Step.SAY_WORD),
    (State.BEGINNING, _end, Step.AWAIT_END, Step.ANSWER_END),
    (State.RUNNING, _nothing, Step.PLAN, Step.PLAN),
    (State.RUNNING, _propose, Step.AWAIT_TIME, Step.PICK_TIME),
    (State.RUNNING, _end, Step.AWAIT_END, Step.ANSWER_END),
    (State.COMPLETED, _nothing, Step.EVALUATE, Step.EVALUATE),
    (State.COMPLETED, _evaluate, Step.EVALUATE, Step.REST),
    (State.COMPLETED, _wish, Step.EVALUATE, Step.ANSWER_CONTINUE),
    (State.COMPLETED, _wish_and_evaluate, Step.EVALUATE, Step.ANSWER_CONTINUE),
    (State.COMPLETED, _refuse, Step.EVALUATE, Step.EVALUATE),
    (State.COMPLETED, _ask_later, Step.LATER, Step.LATER),
    (State.CONTINUING, _nothing, Step.PLAN, Step.PLAN),
    (State.CONTINUING, _plan, Step.PREPARE, Step.PREPARE),
    (State.CLOSED, _nothing, Step.EVALUATE, Step.EVALUATE),
    (State.CLOSED, _evaluate, Step.EVALUATE, Step.REST),
    (State.CLOSED, _ask_later, Step.LATER, Step.LATER),
    (State.ENDED_EARLY, _nothing, Step.EVALUATE, Step.EVALUATE),
    (State.NOT_PURSUED, _nothing, Step.REST, Step.REST),
]


def test_every_state_and_every_step_is_tried() -> None:
    assert {row[0] for row in TABLE} == set(State)
    assert {step for row in TABLE for step in row[2:]} == set(Step)


@pytest.mark.parametrize(("state", "way", "mentees", "mentors"), TABLE)
async def test_the_next_step(
    state: State, way: Way, mentees: Step, mentors: Step, mentor: Person, mentee: Person
) -> None:
    pair = await made(state, mentee, mentor)

    await way(pair)

    seen = [await journeys.seen_by(each, await _fresh(pair), NOW) for each in (mentee, mentor)]
    assert [journey.step for journey in seen] == [mentees, mentors]


async def test_a_blind_word_goes_no_further_than_the_domain(mentor: Person, mentee: Person) -> None:
    pair = await make_mentorship(mentee, mentor, began_at=NOW - 10 * DAY, contacts=1)
    await mentorships.say(pair, FIRST, is_yes=False, by=mentee, now=NOW)

    seen = await journeys.seen_by(mentor, pair, NOW)

    by = deadlines.answer_by(NOW, 7)
    assert seen.words == [] and seen.blind == {FIRST: by}
    assert [word.is_yes for word in (await journeys.seen_by(mentor, pair, by)).words] == [False]
    assert [word.is_yes for word in (await journeys.seen_by(mentee, pair, NOW)).words] == [False]


async def made(state: State, mentee: Person, mentor: Person) -> Mentorship:
    official = state in (State.COMPLETED, State.CONTINUING, State.CLOSED)
    return await make_mentorship(
        mentee,
        mentor,
        state=state,
        began_at=NOW - 10 * DAY,
        contacts=4 if official else 0,
        completed_at=NOW - DAY if official else None,
        ended_at=NOW - DAY if state in OVER else None,
    )


async def _fresh(pair: Mentorship) -> Mentorship:
    row = await Mentorship.visible_to(pair.mentee).where(Mentorship.id == pair.id).first()
    assert row is not None
    return row
