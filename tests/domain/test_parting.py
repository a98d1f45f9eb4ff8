"""After the end: both asked once months later, each answers once, each thanks once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import parting
from domain.refusals import AlreadySettled, NotYetEvaluable, Unseen
from mail import evaluation_letters
from tables.evaluations import Later, Thanks
from tables.events import Event
from tables.letters import Letter
from tables.mentorships import Mentorship, State
from tables.people import Person, Standing
from tests.factories import make_mentorship, make_person

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=90)
LATELY = NOW - timedelta(days=89)


async def ended(mentee: Person, mentor: Person, **more: Any) -> Mentorship:
    usual: dict[str, Any] = {"state": State.COMPLETED, "contacts": 4, "completed_at": LONG_AGO}
    return await make_mentorship(mentee, mentor, **usual | more)


async def letters(name: str) -> int:
    return int(await Letter.count().where(Letter.name == name))


@pytest.mark.parametrize(
    ("told", "is_asked"),
    [
        ({}, True),
        ({"completed_at": LATELY}, False),
        ({"state": State.CONTINUING}, True),
        ({"state": State.CLOSED, "ended_at": LATELY}, True),
        ({"state": State.CLOSED, "completed_at": LATELY, "ended_at": LATELY}, False),
        ({"state": State.ENDED_EARLY, "completed_at": None, "ended_at": LONG_AGO}, True),
        ({"state": State.ENDED_EARLY, "completed_at": None, "ended_at": LATELY}, False),
        ({"state": State.NOT_PURSUED, "completed_at": None, "ended_at": LONG_AGO}, False),
        ({"state": State.RUNNING, "completed_at": None}, False),
        ({"asked_later_at": LONG_AGO}, False),
    ],
)
async def test_both_are_asked_when_the_days_are_over(
    told: dict[str, Any], is_asked: bool, mentor: Person, mentee: Person
) -> None:
    await ended(mentee, mentor, **told)

    await parting.ask_later_due(NOW)

    assert await letters("asked_later") == (2 if is_asked else 0)


async def test_once_however_often_and_wherever_it_runs(mentor: Person, mentee: Person) -> None:
    pair = await ended(mentee, mentor)

    await parting.ask_later_due(NOW.replace(day=2, hour=2))  # nobody is woken
    untold = await letters("asked_later")
    await asyncio.gather(*(parting.ask_later_due(NOW) for _ in range(2)))
    await parting.ask_later_due(NOW + timedelta(days=1))

    [row] = await Mentorship.objects()
    assert untold == 0 and await letters("asked_later") == 2
    assert row.asked_later_at == NOW and row.version > pair.version
    assert await Event.count().where(Event.what == "mentorship.ask_later") == 1


async def test_one_that_fails_holds_up_nobody(
    mentor: Person, mentee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = await ended(await make_person(), mentor)
    good, ask = await ended(mentee, mentor), evaluation_letters.asked_later

    async def fails_once(mentorship: Mentorship, now: datetime) -> None:
        if mentorship.id == bad.id:
            raise RuntimeError("no room")
        await ask(mentorship, now)

    monkeypatch.setattr(evaluation_letters, "asked_later", fails_once)
    await parting.ask_later_due(NOW)

    asked = {row.id: row.asked_later_at for row in await Mentorship.objects()}
    assert asked == {bad.id: None, good.id: NOW}


async def test_an_answer_stays(mentor: Person, mentee: Person, stranger: Person) -> None:
    pair = await ended(mentee, mentor, asked_later_at=NOW)

    await parting.answer_later(pair, "mostly", by=mentee, now=NOW)
    await parting.answer_later(pair, "mostly", by=mentee, now=NOW)
    with pytest.raises(AlreadySettled):
        await parting.answer_later(pair, "no", by=mentee, now=NOW)
    with pytest.raises(Unseen):
        await parting.answer_later(pair, "yes", by=stranger, now=NOW)
    await parting.answer_later(pair, "no", by=mentor, now=NOW)

    answers = {row.person: row.answer for row in await Later.objects()}
    assert answers == {mentee.id: "mostly", mentor.id: "no"}


async def test_nobody_answers_before_being_asked(mentor: Person, mentee: Person) -> None:
    pair = await ended(mentee, mentor)

    with pytest.raises(Unseen):
        await parting.answer_later(pair, "yes", by=mentee, now=NOW)


async def test_two_answers_at_once(mentor: Person, mentee: Person) -> None:
    pair = await ended(mentee, mentor, asked_later_at=NOW)

    sent = [parting.answer_later(pair, each, by=mentee, now=NOW) for each in ("yes", "no")]
    results = await asyncio.gather(*sent, return_exceptions=True)

    assert sorted(type(each).__name__ for each in results) == ["AlreadySettled", "NoneType"]
    assert await Later.count() == 1


async def test_thanks_are_a_letter_that_is_answered_to_its_author(
    mentor: Person, mentee: Person
) -> None:
    pair = await ended(mentee, mentor)

    await parting.thank(pair, "Merci pour tout.\n\nÀ bientôt!", by=mentee, now=NOW)
    await parting.thank(pair, "Merci pour tout.\n\nÀ bientôt!", by=mentee, now=NOW)
    with pytest.raises(AlreadySettled):
        await parting.thank(pair, "Encore", by=mentee, now=NOW)

    [letter] = await Letter.objects()
    [row] = await Thanks.select()
    assert letter.to == mentor.id and letter.reply_to == mentee.email
    assert "> Merci pour tout.\n>\n> À bientôt!" in letter.text
    assert "Merci pour tout" not in str(row.values()) and "Merci pour" not in letter.subject
    assert await Event.count().where(Event.what == "thanks.send") == 1


async def test_two_thanks_at_once(mentor: Person, mentee: Person) -> None:
    pair = await ended(mentee, mentor)

    sent = [parting.thank(pair, each, by=mentee, now=NOW) for each in ("Un", "Deux")]
    both = [parting.thank(pair, "Danke", by=mentor, now=NOW) for _ in range(2)]
    results = await asyncio.gather(*sent, *both, return_exceptions=True)

    assert [type(each).__name__ for each in results].count("AlreadySettled") == 1
    assert [type(each).__name__ for each in results].count("NoneType") == 3
    assert await Thanks.count() == 2 and await Letter.count() == 2


@pytest.mark.parametrize(
    ("state", "refusal"), [(State.RUNNING, NotYetEvaluable), (State.NOT_PURSUED, Unseen)]
)
async def test_thanks_come_at_the_end(
    state: State, refusal: type[Exception], mentor: Person, mentee: Person
) -> None:
    pair = await ended(mentee, mentor, state=state, completed_at=None)

    with pytest.raises(refusal):
        await parting.thank(pair, "Merci", by=mentee, now=NOW)

    assert await Thanks.count() == 0


async def test_nobody_thanks_who_left_or_whom_it_does_not_concern(
    mentor: Person, mentee: Person, stranger: Person
) -> None:
    pair = await ended(mentee, mentor)
    with pytest.raises(Unseen):
        await parting.thank(pair, "Merci", by=stranger, now=NOW)
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentor.id)
    [pair] = await Mentorship.visible_to(mentee)

    with pytest.raises(Unseen):
        await parting.thank(pair, "Merci", by=mentee, now=NOW)

    assert await Letter.count() == 0
