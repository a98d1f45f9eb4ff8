"""Looking back: once each, blind until both have or the days are over; the office's own word."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

import clock
from domain import evaluations
from domain.deadlines import UNDO
from domain.evaluations import ANSWERS, LEAST_COUNTED, PROCESS, Answers
from domain.refusals import AlreadySettled, NotYetEvaluable, Refusal, UndoTooLate, Unseen
from mail import evaluation_letters
from tables.agreements import Agreement
from tables.evaluations import Evaluation, Later
from tables.events import Event
from tables.letters import Letter
from tables.mentorships import Mentorship, State
from tables.people import Person, Standing
from tests.factories import make_evaluation, make_mentorship, make_person, new_key

WORD = "Vos questions m’ont ouvert les yeux."
BLIND = timedelta(days=15)  # more than the house's fourteen


def said(to_partner: str = WORD, **more: Any) -> Answers:
    values = {"key": new_key(), "process": ("yes", "mostly", "", "no"), "to_partner": to_partner}
    return Answers(**values | more)


async def ended(mentee: Person, mentor: Person, state: State = State.COMPLETED) -> Mentorship:
    now = clock.now()
    official = state in (State.COMPLETED, State.CONTINUING, State.CLOSED)
    over = state in (State.CLOSED, State.ENDED_EARLY, State.NOT_PURSUED)
    return await make_mentorship(
        mentee,
        mentor,
        state=state,
        contacts=4 if official else 1,
        completed_at=now if official else None,
        ended_at=now if over else None,
    )


async def letters_to(person: Person) -> list[str]:
    rows = Letter.select(Letter.name).where(Letter.to == person.id)
    return [row["name"] for row in await rows.order_by(Letter.id)]


async def word_for(viewer: Person, mentorship: Mentorship, now: Any) -> str:
    return (await evaluations.seen_by(viewer, mentorship, now)).shown.word


@pytest.mark.parametrize("state", State)
async def test_each_end_may_be_looked_back_at(state: State, mentor: Person, mentee: Person) -> None:
    pair, now = await ended(mentee, mentor, state), clock.now()
    refusals: dict[State, type[Refusal]] = {
        State.BEGINNING: NotYetEvaluable,
        State.RUNNING: NotYetEvaluable,
        State.NOT_PURSUED: Unseen,
    }

    if state in refusals:
        with pytest.raises(refusals[state]):
            await evaluations.send(pair, said(), by=mentee, now=now)
    else:
        await evaluations.send(pair, said(), by=mentee, now=now)

    assert await Evaluation.count() == (state not in refusals)
    assert await Event.exists().where(Event.what == "evaluation.send") == (state not in refusals)


async def test_sent_again_it_is_the_same_one(mentor: Person, mentee: Person) -> None:
    pair, now, once = await ended(mentee, mentor), clock.now(), said()

    first = await evaluations.send(pair, once, by=mentee, now=now)
    again = await evaluations.send(pair, once, by=mentee, now=now)
    with pytest.raises(AlreadySettled):
        await evaluations.send(pair, said("Autre chose"), by=mentee, now=now)

    [row] = await Evaluation.objects()
    assert first.id == again.id == row.id and row.to_partner == WORD


async def test_a_stranger_finds_nothing(mentor: Person, mentee: Person, stranger: Person) -> None:
    pair = await ended(mentee, mentor)

    with pytest.raises(Unseen):
        await evaluations.send(pair, said(), by=stranger, now=clock.now())

    assert await Evaluation.count() == 0


async def test_the_word_stays_blind_until_both_have_answered(
    mentor: Person, mentee: Person
) -> None:
    pair, now = await ended(mentee, mentor), clock.now()

    await evaluations.send(pair, said("De David"), by=mentee, now=now)
    early = await word_for(mentor, pair, now)
    seen = await evaluations.seen_by(mentor, pair, now)
    told_early = await letters_to(mentor)
    await evaluations.send(pair, said("De Claire"), by=mentor, now=now)

    assert early == "" and told_early == []
    assert seen.shown.has_partner_sent and seen.shown.mine is None
    assert await word_for(mentor, pair, now) == "De David"
    assert await word_for(mentee, pair, now) == "De Claire"
    # The second reads it on the page that follows.
    assert await letters_to(mentee) == ["evaluation_revealed"] and await letters_to(mentor) == []
    assert all(row.revealed_at is not None for row in await Evaluation.objects())


async def test_the_days_over_it_is_shown_and_told_once(mentor: Person, mentee: Person) -> None:
    pair, now = await ended(mentee, mentor), clock.now()
    sent = await evaluations.send(pair, said(), by=mentee, now=now)
    before, after = sent.reveal_by - timedelta(minutes=1), sent.reveal_by
    version = pair.version

    await evaluations.reveal_due(before)
    unseen, untold = await word_for(mentor, pair, before), await letters_to(mentor)
    await asyncio.gather(*(evaluations.reveal_due(after) for _ in range(2)))
    await evaluations.reveal_due(after + timedelta(days=1))

    assert unseen == "" and untold == []
    assert await word_for(mentor, pair, after) == WORD
    assert await letters_to(mentor) == ["evaluation_revealed"] and await letters_to(mentee) == []
    [pair_now], [row] = await Mentorship.objects(), await Evaluation.objects()
    assert pair_now.version == version + 1 and row.revealed_at == after

    # The other may still answer: read at once, and no second letter about the first word.
    await evaluations.send(pair, said("Tard"), by=mentor, now=after + BLIND)
    assert await word_for(mentee, pair, after + BLIND) == "Tard"
    assert await letters_to(mentee) == ["evaluation_revealed"]
    assert await letters_to(mentor) == ["evaluation_revealed"]


async def test_no_word_is_no_news(mentor: Person, mentee: Person) -> None:
    pair, now = await ended(mentee, mentor), clock.now()

    await evaluations.send(pair, said(""), by=mentee, now=now)
    await evaluations.reveal_due(now + BLIND)
    await evaluations.send(pair, said(""), by=mentor, now=now + BLIND)

    assert await Letter.count() == 0


async def test_who_left_the_association_hears_no_more(mentor: Person, mentee: Person) -> None:
    pair, now = await ended(mentee, mentor), clock.now()
    await evaluations.send(pair, said(), by=mentee, now=now)
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentor.id)

    await evaluations.reveal_due(now + BLIND)

    assert await Letter.count() == 0


async def test_one_that_fails_holds_up_nobody(
    mentor: Person, mentee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, tell = clock.now(), evaluation_letters.word_revealed
    bad = await ended(await make_person(), mentor)
    good = await ended(mentee, mentor)
    for pair in (bad, good):
        await make_evaluation(pair, pair.mentee, to_partner=WORD)

    async def fails_once(mentorship: Mentorship, author: Person, now: Any) -> None:
        if mentorship.id == bad.id:
            raise RuntimeError("no room")
        await tell(mentorship, author, now)

    monkeypatch.setattr(evaluation_letters, "word_revealed", fails_once)
    await evaluations.reveal_due(now + BLIND)
    monkeypatch.undo()

    revealed = {row.mentorship: row.revealed_at for row in await Evaluation.objects()}
    assert revealed[bad.id] is None and revealed[good.id] is not None
    await evaluations.reveal_due(now + BLIND)
    assert await letters_to(mentor) == ["evaluation_revealed"] * 2


@pytest.mark.parametrize("who", ["one", "both"])
async def test_two_at_once(who: str, mentor: Person, mentee: Person) -> None:
    pair, now = await ended(mentee, mentor), clock.now()
    authors = (mentee, mentee) if who == "one" else (mentee, mentor)

    sent = [evaluations.send(pair, said(each.first_name), by=each, now=now) for each in authors]
    results = await asyncio.gather(*sent, return_exceptions=True)

    refused = [each for each in results if isinstance(each, BaseException)]
    rows = await Evaluation.count()
    if who == "one":
        assert rows == 1 and [type(each) for each in refused] == [AlreadySettled]
    else:
        assert rows == 2 and refused == []
        assert await Letter.count() == 1 and await word_for(mentor, pair, now) == "David"
        assert await word_for(mentee, pair, now) == "Claire"


async def test_the_answer_and_the_clock_at_once(mentor: Person, mentee: Person) -> None:
    pair, now = await ended(mentee, mentor), clock.now()
    await evaluations.send(pair, said("De David"), by=mentee, now=now)
    late = now + BLIND

    await asyncio.gather(
        evaluations.reveal_due(late),
        evaluations.send(pair, said("De Claire"), by=mentor, now=late),
        evaluations.reveal_due(late),
    )

    assert await letters_to(mentee) == ["evaluation_revealed"]
    assert (await letters_to(mentor)).count("evaluation_revealed") <= 1


async def test_what_is_shown_holds_nothing_of_the_partners_but_the_word(
    mentor: Person, mentee: Person
) -> None:
    pair, now = await ended(mentee, mentor), clock.now()
    await make_evaluation(
        pair, mentee, to_partner="Le mot", to_office="Le secret", goals="Le but", results="no"
    )
    for moment in (now, now + BLIND):
        seen = await evaluations.seen_by(mentor, pair, moment)
        held = repr(seen) + "".join(str(vars(part)) for part in (seen, seen.shown))

        assert seen.shown.mine is None
        assert "Le secret" not in held and "Le but" not in held
        assert ("Le mot" in held) == (moment != now)


async def test_text_at_rest_is_sealed(mentor: Person, mentee: Person) -> None:
    pair = await ended(mentee, mentor)
    await evaluations.send(
        pair, said(to_office="Pour Sandra", goals=("Déléguer",)), by=mentee, now=clock.now()
    )

    [row] = await Evaluation.select()
    kept = str(row.values())
    assert WORD not in kept and "Pour Sandra" not in kept and "Déléguer" not in kept


# Which goals are judged


def agreement(number: int, goals: str, is_accepted: bool = True) -> Agreement:
    accepted_at = clock.now() if is_accepted else None
    row = Agreement(number=number, accepted_at=accepted_at, _ignore_missing=True)
    row.goals = goals
    return row


def test_the_goals_are_those_last_accepted_or_those_the_form_showed() -> None:
    versions = [agreement(1, "a"), agreement(2, "b\n\n c "), agreement(3, "d", is_accepted=False)]

    assert evaluations.goals_of(evaluations.judged(versions)) == ("b", "c")
    assert evaluations.goals_of(evaluations.judged(versions, 1)) == ("a",)
    assert evaluations.goals_of(evaluations.judged(versions, 3)) == ("b", "c")
    assert evaluations.goals_of(evaluations.judged([], 1)) == ()
    many = "\n".join(f"Goal {number}" for number in range(50))
    assert len(evaluations.goals_of(evaluations.judged([agreement(1, many)]))) == 20


async def test_many_goals_fit(mentor: Person, mentee: Person) -> None:
    pair, goals = await ended(mentee, mentor), tuple(f"Goal {each}" for each in range(20))
    every = [key for side in (True, False) for key, _ in evaluations.benefits_for(side, "fr")]
    company = [key for key, _ in evaluations.benefits_for_company("fr")]

    await evaluations.send(
        pair,
        said(
            goals=goals, results=("mostly",) * 20, process=("mostly",) * 4,
            benefits=tuple(every + company),
        ),
        by=mentee,
        now=clock.now(),
    )  # fmt: skip

    [row] = await Evaluation.objects()
    assert row.goals.splitlines() == list(goals) and row.results.split() == ["mostly"] * 20


# The word for the office


async def test_a_word_for_the_office_is_read_once_for_all(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    pair, now = await ended(mentee, mentor), clock.now()
    other = await make_person("Marc", "Jost", is_coordinator=True)
    await make_evaluation(pair, mentee, to_office="Plus de mentors au Tessin, svp.")
    await make_evaluation(pair, mentor, to_partner="Rien pour vous")
    [word] = await evaluations.awaiting_office(coordinator, now)

    marks = [evaluations.mark_read(word, by=each, now=now) for each in (coordinator, other)]
    results = await asyncio.gather(*marks, return_exceptions=True)

    assert (word.author, word.partner, word.is_mentee) == (mentee.name, mentor.name, True)
    assert word.words == "Plus de mentors au Tessin, svp."
    assert sorted(type(each).__name__ for each in results) == ["AlreadySettled", "NoneType"]
    assert await Event.count().where(Event.what == "evaluation.read") == 1
    [still] = await evaluations.awaiting_office(other, now + UNDO - timedelta(seconds=1))
    assert still.read_at == now
    assert await evaluations.awaiting_office(other, now + UNDO) == []

    with pytest.raises(UndoTooLate):
        await evaluations.mark_unread(still, by=other, now=now + UNDO)
    back = [evaluations.mark_unread(still, by=other, now=now) for _ in range(2)]
    results = await asyncio.gather(*back, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["AlreadySettled", "NoneType"]
    [again] = await evaluations.awaiting_office(other, now)
    assert again.read_at is None


async def test_nobody_else_marks_it(mentor: Person, mentee: Person, coordinator: Person) -> None:
    pair, now = await ended(mentee, mentor), clock.now()
    await make_evaluation(pair, mentee, to_office="Un mot")
    [word] = await evaluations.awaiting_office(coordinator, now)

    with pytest.raises(Unseen):
        await evaluations.mark_read(word, by=mentor, now=now)


async def test_coordinators_read_nothing_about_their_own_mentorship(
    coordinator: Person, mentor: Person, mentee: Person
) -> None:
    now = clock.now()
    own = await ended(coordinator, mentor)
    theirs = await make_evaluation(own, mentor, to_office="Difficile avec Sandra")
    await make_evaluation(await ended(mentee, mentor), mentee, to_office="Un autre")
    other = await make_person("Marc", "Jost", is_coordinator=True)

    assert [each.words for each in await evaluations.awaiting_office(coordinator, now)] == [
        "Un autre"
    ]
    assert await evaluations.office_word(theirs.id, coordinator) is None
    assert await evaluations.office_word(theirs.id, other) is not None


async def test_the_query_for_the_office_names_nothing_else(
    mentor: Person, mentee: Person, coordinator: Person, queries: Any
) -> None:
    pair = await ended(mentee, mentor)
    await make_evaluation(pair, mentee, to_office="Un mot", to_partner=WORD)

    with queries() as asked:
        await evaluations.awaiting_office(coordinator, clock.now())

    assert len(asked) == 1
    for column in ("to_partner", "process", "results", "goals", "benefits"):
        assert column not in asked[0]


# Figures


def rows(count: int, process: str = "yes no - partly", **more: Any) -> list[Evaluation]:
    said: dict[str, Any] = {"process": process, "sent_at": clock.now()} | more
    return [Evaluation(**said, _ignore_missing=True) for _ in range(count)]


def laters(*answers: str) -> list[Later]:
    return [Later(answer=answer, _ignore_missing=True) for answer in answers]


NONE: Sequence[Evaluation] = ()


def test_four_answers_tell_nothing() -> None:
    four = rows(2, results="yes yes yes", benefits="open-doors")
    counted = evaluations.figures(four, rows(2, results="no no"), laters(*["yes"] * 4))

    assert counted.answers is None and counted.results is None and counted.later is None
    assert all(each is None for each in [*counted.process.values(), *counted.benefits.values()])


def test_five_tell_each_of_what_was_asked() -> None:
    both = (
        rows(3, benefits="open-doors shared-knowledge", results="yes partly"),
        rows(2, benefits="new-contacts shared-knowledge", results="-"),
    )
    counted = evaluations.figures(*both, laters(*["yes"] * 4, "no"))

    assert counted.answers == 5
    assert counted.process["direction"] == {"yes": 5, "mostly": 0, "partly": 0, "no": 0}
    assert counted.process["trust"] is None  # skipped by all
    assert counted.results is None  # three people judged six goals
    assert counted.benefits["shared-knowledge"] == 5
    assert counted.benefits["open-doors"] is None and counted.benefits["new-contacts"] is None
    assert counted.later == {"yes": 4, "mostly": 0, "partly": 0, "no": 1}


def test_goals_count_by_people_not_by_goals() -> None:
    counted = evaluations.figures(rows(LEAST_COUNTED, results="yes - mostly"), NONE)

    assert counted.results == {"yes": 5, "mostly": 5, "partly": 0, "no": 0}
    assert counted.benefits["open-doors"] == 0 and counted.benefits["fresh-look"] is None


def test_nothing_unknown_is_counted() -> None:
    nine = rows(9, process="yes <b>"), rows(9, process="")
    counted = evaluations.figures(*nine, laters(*["?"] * 9))

    assert counted.process["direction"] == {**dict.fromkeys(ANSWERS, 0), "yes": 5}
    assert [counted.process[name] for name in list(PROCESS)[1:]] == [None] * 3
    assert counted.later is None


def test_whatever_is_compared_differs_by_five_people_or_by_none() -> None:
    """One more answer, or one month less: nobody's own answer is the difference."""
    told = [
        evaluations.figures(rows(count, process="yes yes yes yes", benefits="open-doors"), NONE)
        for count in range(13)
    ]

    assert [each.answers for each in told] == [None] * 5 + [5] * 5 + [10] * 3
    assert [each.benefits["open-doors"] for each in told][4:11] == [None] + [5] * 5 + [10]
    direction = [each.process["direction"] for each in told]
    assert direction[5] == direction[9] != direction[10]
