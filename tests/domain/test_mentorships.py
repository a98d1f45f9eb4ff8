"""Mentorships: words of both, the official end, ends before it, silence; each step once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain import availability, deadlines, journeys, mentorships
from domain.journeys import Step
from domain.refusals import AlreadySettled, MentorshipOver, Refusal, Unseen, WrongTalkDay
from mail import mentorship_letters
from tables.events import Event
from tables.letters import Letter
from tables.meetings import State as MeetingState
from tables.mentorships import OVER, RUNNING, Mentorship, Question, State, Word
from tables.people import Person, Standing
from tables.profiles import Profile
from tables.transaction import transaction
from tests.factories import (
    make_evaluation,
    make_meeting,
    make_mentor,
    make_mentorship,
    make_person,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TALK = date(2026, 11, 26)
DAY = timedelta(days=1)
FIRST, GO_ON = Question.FIRST_TALK, Question.CONTINUE


@pytest.fixture
async def pair(mentor: Person, mentee: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, began_at=NOW - 10 * DAY)


async def fresh(mentorship: Mentorship) -> Mentorship:
    mentee: Person = mentorship.mentee
    found = await Mentorship.visible_to(mentee).where(Mentorship.id == mentorship.id).first()
    assert found is not None
    return found


async def brought_to(mentorship: Mentorship, state: State) -> Mentorship:
    values: dict[Any, Any] = {Mentorship.state: state}
    if state in (State.COMPLETED, State.CONTINUING, State.CLOSED):
        values |= {Mentorship.contacts: 4, Mentorship.completed_at: NOW - DAY}
    if state in OVER:
        values |= {Mentorship.ended_at: NOW - DAY}
    await Mentorship.update(values).where(Mentorship.id == mentorship.id)
    return await fresh(mentorship)


async def say(mentorship: Mentorship, question: Question, by: Person, is_yes: bool = True) -> None:
    await mentorships.say(mentorship, question, is_yes=is_yes, by=by, now=NOW)


async def letters() -> dict[str, int]:
    names = [row["name"] for row in await Letter.select(Letter.name)]
    return {name: names.count(name) for name in sorted(set(names))}


async def events() -> list[str]:
    return [row["what"] for row in await Event.select(Event.what).order_by(Event.id)]


async def at_once(*deeds: Awaitable[Any]) -> list[Any]:
    return list(await asyncio.gather(*deeds, return_exceptions=True))


def one_won(outcomes: list[Any]) -> bool:
    lost = [each for each in outcomes if isinstance(each, Exception)]
    return len(lost) == len(outcomes) - 1 and all(isinstance(each, Refusal) for each in lost)


# Every verb in every state

COMPLETE = "complete"
Verb = Callable[[Mentorship, Person, Person], Awaitable[Any]]


async def _count(mentorship: Mentorship, mentee: Person, mentor: Person) -> None:
    async with transaction():
        for _ in range(4):
            await mentorships.count_contact(mentorship, mentee, NOW)


async def _end(mentorship: Mentorship, mentee: Person, mentor: Person) -> None:
    await mentorships.propose_end(mentorship, TALK, by=mentee, now=NOW)
    await mentorships.confirm_end(mentorship, by=mentor, now=NOW)


async def _go_on(mentorship: Mentorship, mentee: Person, mentor: Person) -> None:
    await say(mentorship, FIRST, mentee)
    await say(mentorship, FIRST, mentor)


async def _not_pursue(mentorship: Mentorship, mentee: Person, mentor: Person) -> None:
    await say(mentorship, FIRST, mentee)
    await say(mentorship, FIRST, mentor, is_yes=False)


async def _continue(mentorship: Mentorship, mentee: Person, mentor: Person) -> None:
    await say(mentorship, GO_ON, mentee)
    await say(mentorship, GO_ON, mentor)


async def _close(mentorship: Mentorship, mentee: Person, mentor: Person) -> None:
    await mentorships.close(mentorship, by=mentee, now=NOW)


async def _leave(mentorship: Mentorship, mentee: Person, mentor: Person) -> None:
    await mentorships.leave(mentorship, by=mentor, now=NOW)


VERBS: dict[str, Verb] = {
    "go_on": _go_on,
    "not_pursue": _not_pursue,
    "complete": _count,
    "continue": _continue,
    "close": _close,
    "end_early": _end,
    "leave": _leave,
}


PARTING = {"part": RUNNING, "part_late": (State.COMPLETED, State.CONTINUING)}


def test_every_verb_is_tried() -> None:
    assert VERBS.keys() | PARTING.keys() == mentorships.MOVES.keys()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", State)
async def test_each_verb_in_each_state(
    verb: str, state: State, pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    here = await brought_to(pair, state)
    origins, goal = mentorships.MOVES[verb]
    already = await letters()

    try:
        await VERBS[verb](here, mentee, mentor)
    except Refusal as refusal:
        assert refusal.status == 409 and state not in origins
        assert (await fresh(pair)).state == state
        assert await letters() == already
        return
    # Contacts go on being counted where the pair goes on.
    stays = verb == COMPLETE and state == State.CONTINUING
    assert state in origins or stays
    assert (await fresh(pair)).state == (state if stays else goal)
    assert (f"mentorship.{verb}" in await events()) != stays


@pytest.mark.parametrize("state", State)
async def test_whoever_is_no_longer_there_leaves_nothing_alive(
    state: State, pair: Mentorship, mentor: Person
) -> None:
    await brought_to(pair, state)
    verb = next((verb for verb, origins in PARTING.items() if state in origins), None)

    async with transaction():
        await mentorships.part_from(mentor, by=None, now=NOW)

    goal = mentorships.MOVES[verb][1] if verb else state
    assert (await fresh(pair)).state == goal and (state in OVER) == (verb is None)


# The word of each


async def test_both_yes_move_on(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    await say(pair, FIRST, mentee)
    assert (await fresh(pair)).state == State.BEGINNING
    assert await letters() == {"word_said": 1}

    await say(pair, FIRST, mentor)

    assert (await fresh(pair)).state == State.RUNNING
    assert await letters() == {"word_said": 1, "mentorship_running": 1}
    [letter] = await Letter.objects().where(Letter.name == "mentorship_running")
    assert letter.address == mentee.email  # who spoke last has just read it


@pytest.mark.parametrize("first", [True, False])
async def test_one_no_ends_it_without_a_stain(
    first: bool, pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    async with transaction():
        await availability.weigh(mentor, NOW)
    await say(pair, FIRST, mentee, is_yes=first)
    await say(pair, FIRST, mentor, is_yes=not first)

    assert (await fresh(pair)).state == State.NOT_PURSUED
    assert await letters() == {"word_said": 1, "mentorship_not_pursued": 2}
    to = {row["to"] for row in await Letter.select().where(Letter.name != "word_said")}
    assert to == {mentee.id, mentor.id}
    profile = await Profile.objects().where(Profile.person == mentor.id).first()
    assert profile is not None and not profile.is_busy
    journey = await journeys.seen_by(mentee, await fresh(pair), NOW)
    assert journey.step == Step.REST  # no evaluation is asked


async def test_a_word_may_change_until_it_counts(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await say(pair, FIRST, mentee, is_yes=False)
    [before] = await Word.objects()
    seen = (await fresh(pair)).version
    await mentorships.say(pair, FIRST, is_yes=True, by=mentee, now=NOW + DAY)

    [word] = await Word.objects()
    assert word.is_yes and word.reveal_by == before.reveal_by
    assert (await fresh(pair)).version == seen  # a change of mind shows nowhere
    assert await letters() == {"word_said": 1}

    await say(pair, FIRST, mentor)
    with pytest.raises(AlreadySettled):
        await say(pair, FIRST, mentee, is_yes=False)


async def test_the_partners_word_stays_unseen(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await say(pair, FIRST, mentee, is_yes=False)
    [word] = await Word.objects()
    words = [word]
    by: datetime = word.reveal_by

    assert by == deadlines.answer_by(NOW, 7)
    assert mentorships.is_shown(word, words, mentee, NOW)
    assert not mentorships.is_shown(word, words, mentor, NOW)
    assert not mentorships.is_shown(word, words, mentor, by - timedelta(seconds=1))
    assert mentorships.is_shown(word, words, mentor, by)
    journey = await journeys.seen_by(mentor, await fresh(pair), NOW)
    assert journey.has_spoken(FIRST) and journey.heard(FIRST) is None
    assert journey.said(FIRST) is None


async def test_a_no_left_alone_counts_after_its_days(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await say(pair, FIRST, mentee, is_yes=False)
    due = deadlines.answer_by(NOW, 7)

    await mentorships.reveal_due(due - timedelta(seconds=1))
    assert (await fresh(pair)).state == State.BEGINNING
    for _ in range(2):
        await mentorships.reveal_due(due)

    assert (await fresh(pair)).state == State.NOT_PURSUED
    assert await letters() == {"word_said": 1, "mentorship_not_pursued": 2}


async def test_a_yes_left_alone_only_shows(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await say(pair, FIRST, mentee)
    due = deadlines.answer_by(NOW, 7)
    await mentorships.reveal_due(due)

    journey = await journeys.seen_by(mentor, await fresh(pair), due)
    heard = journey.heard(FIRST)
    assert journey.mentorship.state == State.BEGINNING and heard is not None and heard.is_yes


async def test_a_wish_to_continue_is_told_when_it_is_one(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    done = await brought_to(pair, State.COMPLETED)

    await say(done, GO_ON, mentee, is_yes=False)
    assert await letters() == {}  # a no wishes nothing
    await say(done, GO_ON, mentee)
    await mentorships.say(done, GO_ON, is_yes=True, by=mentee, now=NOW + DAY)
    assert await letters() == {"continue_wished": 1}  # nobody is pressed to answer
    await say(done, GO_ON, mentor, is_yes=False)
    await mentorships.say(done, GO_ON, is_yes=True, by=mentee, now=NOW + DAY)
    assert [word.person for word in await Word.objects()] == [mentee.id]  # the question is open

    assert await letters() == {"continue_wished": 2}  # asking again is fine, once a day
    assert (await fresh(pair)).state == State.COMPLETED
    await mentorships.say(done, GO_ON, is_yes=True, by=mentor, now=NOW + DAY)
    assert (await fresh(pair)).state == State.CONTINUING
    quiet: datetime = (await fresh(pair)).quiet_since
    assert quiet == NOW + DAY


async def test_a_no_is_no_wish_to_answer(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    """Once the viewer has evaluated: the page must not claim a wish nobody has."""
    done = await brought_to(pair, State.COMPLETED)
    await make_evaluation(done, mentor, sent_at=NOW)
    await say(done, GO_ON, mentee, is_yes=False)
    assert (await journeys.seen_by(mentor, done, NOW)).step == Step.REST

    await say(done, GO_ON, mentee)

    assert (await journeys.seen_by(mentor, done, NOW)).step == Step.ANSWER_CONTINUE


# The official end


async def test_the_fourth_contact_makes_room(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    async with transaction():
        await availability.weigh(mentor, NOW)
    profile = await Profile.objects().where(Profile.person == mentor.id).first()
    assert profile is not None and profile.is_busy

    await _count(pair, mentee, mentor)

    profile = await Profile.objects().where(Profile.person == mentor.id).first()
    assert profile is not None and not profile.is_busy
    assert await letters() == {"mentorship_completed": 2}


# An early end


async def test_an_end_is_proposed_and_confirmed(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await mentorships.propose_end(pair, TALK, by=mentee, now=NOW)
    half = await fresh(pair)
    assert half.state == State.BEGINNING and half.ending_due == deadlines.answer_by(NOW, 7)

    with pytest.raises(AlreadySettled):  # by oneself it needs no confirming
        await mentorships.confirm_end(half, by=mentee, now=NOW)
    await mentorships.confirm_end(half, by=mentor, now=NOW)

    over = await fresh(pair)
    assert over.state == State.ENDED_EARLY and over.ended_at == NOW and over.ending_due is None
    assert await letters() == {"end_proposed": 1, "mentorship_ended_early": 2}


async def test_it_ends_by_silence_never_before_the_talk(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    talk_on = date(2026, 12, 20)
    await mentorships.propose_end(pair, talk_on, by=mentee, now=NOW)
    due = deadlines.evening_of(talk_on)

    await mentorships.end_due(NOW + 8 * DAY)
    assert (await fresh(pair)).state == State.BEGINNING
    for _ in range(2):
        await mentorships.end_due(due)

    assert (await fresh(pair)).state == State.ENDED_EARLY
    assert await letters() == {"end_proposed": 1, "mentorship_ended_early": 2}


async def test_whoever_proposed_takes_it_back(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await mentorships.propose_end(pair, TALK, by=mentee, now=NOW)
    with pytest.raises(AlreadySettled):
        await mentorships.take_back_end(pair, by=mentor, now=NOW)

    await mentorships.take_back_end(pair, by=mentee, now=NOW)

    with pytest.raises(AlreadySettled):
        await mentorships.confirm_end(pair, by=mentor, now=NOW)
    await mentorships.end_due(NOW + 30 * DAY)
    assert (await fresh(pair)).state == State.BEGINNING
    assert await letters() == {"end_proposed": 1, "end_taken_back": 1}
    await mentorships.propose_end(pair, TALK, by=mentor, now=NOW + DAY)
    assert (await letters())["end_proposed"] == 2


@pytest.mark.parametrize("talk_on", [date(2026, 11, 12), date(2027, 1, 23), date(1900, 1, 1)])
async def test_the_talk_lies_within_the_mentorship_and_two_months(
    talk_on: date, pair: Mentorship, mentee: Person
) -> None:
    with pytest.raises(WrongTalkDay):
        await mentorships.propose_end(pair, talk_on, by=mentee, now=NOW)
    for edge in (date(2026, 11, 13), date(2027, 1, 22)):
        await mentorships.propose_end(pair, edge, by=mentee, now=NOW)
        await mentorships.take_back_end(pair, by=mentee, now=NOW)


async def test_leaving_is_quiet(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    await mentorships.propose_end(pair, TALK, by=mentor, now=NOW)
    await mentorships.leave(pair, by=mentee, now=NOW)

    assert (await fresh(pair)).state == State.ENDED_EARLY
    [letter] = await Letter.objects().where(Letter.name == "mentorship_left")
    assert letter.address == mentor.email
    await mentorships.end_due(NOW + 30 * DAY)
    assert await letters() == {"end_proposed": 1, "mentorship_left": 1}


@pytest.mark.parametrize("state", OVER)
async def test_over_is_over(state: State, pair: Mentorship, mentor: Person, mentee: Person) -> None:
    over = await brought_to(pair, state)
    for question in Question:
        with pytest.raises(MentorshipOver):
            await say(over, question, mentee)
    with pytest.raises(AlreadySettled):
        await mentorships.propose_end(over, TALK, by=mentor, now=NOW)


async def test_nobody_else_takes_part(pair: Mentorship, stranger: Person, mentor: Person) -> None:
    mentor.standing = Standing.EXCLUDED
    for person in (stranger, mentor):
        for verb in (mentorships.leave, mentorships.close, mentorships.confirm_end):
            with pytest.raises(Unseen):
                await verb(pair, by=person, now=NOW)
        with pytest.raises(Unseen):
            await say(pair, FIRST, person)
        with pytest.raises(Unseen):
            await mentorships.propose_end(pair, TALK, by=person, now=NOW)
        with pytest.raises(Unseen):
            await mentorships.take_back_end(pair, by=person, now=NOW)


# Two at once


async def test_two_words_at_once_are_both_heard(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    outcomes = await at_once(say(pair, FIRST, mentee), say(await fresh(pair), FIRST, mentor))

    assert outcomes == [None, None]
    assert (await fresh(pair)).state == State.RUNNING
    assert await letters() == {"word_said": 1, "mentorship_running": 1}


async def test_one_person_in_two_windows_has_one_word(pair: Mentorship, mentee: Person) -> None:
    outcomes = await at_once(*(say(pair, FIRST, mentee, is_yes=yes) for yes in (True, False)))

    assert outcomes == [None, None]
    assert await Word.count() == 1 and await letters() == {"word_said": 1}


@pytest.mark.parametrize("verb", ["propose", "confirm", "take_back", "leave", "close", "mixed"])
async def test_of_two_at_once_one_is_told(
    verb: str, pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    if verb == "close":
        await brought_to(pair, State.COMPLETED)
    if verb in ("confirm", "take_back", "mixed"):
        await mentorships.propose_end(pair, TALK, by=mentee, now=NOW)
    one, two = await fresh(pair), await fresh(pair)
    deeds = {
        "propose": lambda: (
            mentorships.propose_end(one, TALK, by=mentee, now=NOW),
            mentorships.propose_end(two, TALK, by=mentor, now=NOW),
        ),
        "confirm": lambda: (
            mentorships.confirm_end(one, by=mentor, now=NOW),
            mentorships.confirm_end(two, by=mentor, now=NOW),
        ),
        "take_back": lambda: (
            mentorships.take_back_end(one, by=mentee, now=NOW),
            mentorships.take_back_end(two, by=mentee, now=NOW),
        ),
        "leave": lambda: (
            mentorships.leave(one, by=mentee, now=NOW),
            mentorships.leave(two, by=mentor, now=NOW),
        ),
        "close": lambda: (
            mentorships.close(one, by=mentee, now=NOW),
            mentorships.close(two, by=mentor, now=NOW),
        ),
        "mixed": lambda: (
            mentorships.take_back_end(one, by=mentee, now=NOW),
            mentorships.confirm_end(two, by=mentor, now=NOW),
        ),
    }

    outcomes = await at_once(*deeds[verb]())

    assert one_won(outcomes), outcomes
    assert sum((await letters()).values()) <= 3


async def test_two_pairs_of_one_mentor_that_end_at_once_make_room(
    pair: Mentorship, mentor: Person, mentee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would count the other as still running."""
    count = availability.running_with

    async def slowly(person: Person) -> int:
        counted = await count(person)
        await asyncio.sleep(0.2)
        return counted

    monkeypatch.setattr(availability, "running_with", slowly)
    other = await make_mentorship(await make_person("Tom", "Ammann"), mentor, began_at=NOW)
    async with transaction():
        await availability.weigh(mentor, NOW)

    outcomes = await at_once(
        mentorships.leave(pair, by=mentor, now=NOW), mentorships.leave(other, by=mentor, now=NOW)
    )

    profile = await Profile.objects().where(Profile.person == mentor.id).first()
    assert outcomes == [None, None] and profile is not None and not profile.is_busy


# Silence


async def quiet_pair(
    mentor: Person, state: State = State.RUNNING, days: int = 35, **more: Any
) -> Mentorship:
    mentee = await make_person("Paula", "Mettler")
    since = NOW - timedelta(days=days)
    return await make_mentorship(mentee, mentor, state=state, began_at=since, **more)


async def test_a_silence_is_nudged_once(mentor: Person) -> None:
    quiet = await quiet_pair(mentor)
    await quiet_pair(mentor, days=34)

    await mentorships.nudge_due(NOW)
    await mentorships.nudge_due(NOW + 5 * DAY / 24)
    assert await letters() == {"mentorship_nudge": 2}
    async with transaction():
        await mentorships.count_contact(quiet, mentor, NOW + DAY)
    await mentorships.nudge_due(NOW + DAY)
    nudged = await Letter.count().where(Letter.thread == f"mentorship-{quiet.id}")
    assert nudged == 2

    await mentorships.nudge_due(NOW + 40 * DAY)
    nudged = await Letter.count().where(Letter.thread == f"mentorship-{quiet.id}")
    assert nudged == 4  # another silence


async def test_no_nudge_by_night_nor_to_those_who_part(mentor: Person) -> None:
    for state in (State.COMPLETED, *OVER):
        await quiet_pair(mentor, state)
    await quiet_pair(mentor, ending_due=NOW + DAY)
    await mentorships.nudge_due(NOW)
    assert await letters() == {}

    await quiet_pair(mentor, State.CONTINUING)
    await mentorships.nudge_due(NOW.replace(hour=2))
    assert await letters() == {}
    await mentorships.nudge_due(NOW)
    assert await letters() == {"mentorship_nudge": 2}


@pytest.mark.parametrize(
    ("days", "meeting", "is_silent"),
    [
        (3, MeetingState.PLANNED, False),
        (-1, MeetingState.PLANNED, False),  # both were asked that morning how it went
        (-8, MeetingState.PLANNED, True),  # and never said
        (3, MeetingState.PROPOSED, True),
        (3, MeetingState.CANCELLED, True),
        (-1, MeetingState.NOT_HELD, True),
    ],
)
async def test_who_has_fixed_a_meeting_is_not_silent(
    days: int, meeting: MeetingState, is_silent: bool, mentor: Person
) -> None:
    await make_meeting(await quiet_pair(mentor), starts_at=NOW + days * DAY, state=meeting)

    await mentorships.nudge_due(NOW)

    assert await letters() == ({"mentorship_nudge": 2} if is_silent else {})


async def test_a_row_that_fails_holds_up_nobody(
    mentor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await quiet_pair(mentor)
    await quiet_pair(mentor)
    told = mentorship_letters.nudge

    async def failing(mentorship: Mentorship, now: datetime) -> None:
        if mentorship.id == broken.id:
            raise RuntimeError
        await told(mentorship, now)

    monkeypatch.setattr(mentorship_letters, "nudge", failing)
    await mentorships.nudge_due(NOW)

    assert await letters() == {"mentorship_nudge": 2}
    assert (await fresh(broken)).nudged_at is None  # and again next time


SOURCE = Path(__file__).parents[2] / "src"
TICK = """
import asyncio, sys
from datetime import datetime
import piccolo_conf
from domain import mentorships

async def tick(now):
    await piccolo_conf.DB.start_connection_pool()
    for _ in range(3):
        await mentorships.nudge_due(now)
        await mentorships.reveal_due(now)
        await mentorships.end_due(now)
    await piccolo_conf.DB.close_connection_pool()

asyncio.run(tick(datetime.fromisoformat(sys.argv[1])))
"""


async def test_two_processes_do_each_step_once(database_url: str, founded: None) -> None:
    mentor = await make_mentor("Ruth", "Amstutz", capacity=9)
    for _ in range(3):
        await quiet_pair(mentor)
        silent = await quiet_pair(mentor, State.BEGINNING, days=20)
        mentee: Person = silent.mentee
        week_ago = NOW - 8 * DAY
        await mentorships.say(silent, FIRST, is_yes=False, by=mentee, now=week_ago)
        parting = await quiet_pair(mentor, days=20)
        await mentorships.propose_end(parting, date(2026, 11, 15), by=mentor, now=week_ago)
    await Letter.delete(force=True)

    environ = os.environ | {"DATABASE_URL": database_url, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", TICK, NOW.isoformat()]
    running = [await asyncio.create_subprocess_exec(*command, env=environ) for _ in range(2)]
    async with asyncio.timeout(60):
        assert [await process.wait() for process in running] == [0, 0]

    assert await letters() == {
        "mentorship_ended_early": 6,
        "mentorship_not_pursued": 6,
        "mentorship_nudge": 6,
    }
    assert await Mentorship.count().where(Mentorship.state.is_in(list(RUNNING))) == 3
