"""Agreements: proposed, countered, accepted, followed; every version kept, nothing overtaken."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import agreements, mentorships
from domain.agreements import GOALS, LONGEST, Terms
from domain.refusals import (
    AlreadySettled,
    AnotherVersion,
    GoOnFirst,
    MentorshipOver,
    Refusal,
    Unseen,
)
from tables.agreements import Agreement, State
from tables.events import Event
from tables.letters import Letter
from tables.mentorships import OVER, Mentorship
from tables.mentorships import State as Stage
from tables.people import Person
from tests.factories import make_inquiry, make_mentorship, make_person, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TERMS = Terms(
    goals=("Mener mon premier entretien d’évaluation", "Dire non"),
    kinds=("phone",),
    form="D’abord en personne",
    frequency="Une heure par mois",
    roles=("adviser",),
    length="Quatre contacts",
)
OTHERS = replace(TERMS, goals=("Dire non",), kinds=("phone", "video"), frequency="Le mardi")


@pytest.fixture
async def pair(mentor: Person, mentee: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor)


async def propose(
    mentorship: Mentorship, by: Person, base: int = 0, terms: Terms = TERMS, key: str = ""
) -> Agreement:
    key = key or new_key()
    return await agreements.propose(mentorship, terms, key=key, base=base, by=by, now=NOW)


async def accept(mentorship: Mentorship, number: int, by: Person) -> None:
    await agreements.accept(mentorship, number, by=by, now=NOW)


async def states(mentorship: Mentorship) -> list[str]:
    return [each.state for each in await agreements.of(mentorship)]


async def letters() -> list[tuple[str, str]]:
    rows = await Letter.objects().order_by(Letter.id)
    return [(row.name.removeprefix("agreement_"), row.address) for row in rows]


async def brought_to(mentorship: Mentorship, state: Stage) -> None:
    await Mentorship.update({Mentorship.state: state}).where(Mentorship.id == mentorship.id)


async def test_one_proposes_the_other_accepts(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    made = await propose(pair, mentee)
    assert (made.number, made.state) == (1, State.PROPOSED)
    await accept(pair, 1, mentor)

    [kept] = await agreements.of(pair)
    assert kept.state == State.ACCEPTED and kept.accepted_at == NOW
    assert Terms.of(kept) == TERMS
    assert await letters() == [("proposed", mentor.email), ("accepted", mentee.email)]


async def test_a_counter_proposal_replaces_and_keeps(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await propose(pair, mentee)
    await propose(pair, mentor, base=1, terms=OTHERS)
    await accept(pair, 2, mentee)

    versions = await agreements.of(pair)
    assert [each.state for each in versions] == [State.REPLACED, State.ACCEPTED]
    assert [Terms.of(each) for each in versions] == [TERMS, OTHERS]
    assert await letters() == [
        ("proposed", mentor.email),
        ("countered", mentee.email),
        ("accepted", mentor.email),
    ]


async def test_one_may_think_again_before_the_answer(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await propose(pair, mentee)
    await propose(pair, mentee, base=1, terms=OTHERS)

    assert await states(pair) == [State.REPLACED, State.PROPOSED]
    assert await letters() == [("proposed", mentor.email)] * 2  # not «countered»: nobody answered
    with pytest.raises(AnotherVersion):
        await accept(pair, 1, mentor)


async def test_what_was_accepted_holds_until_the_next_is(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await propose(pair, mentee)
    await accept(pair, 1, mentor)
    await propose(pair, mentor, base=1, terms=OTHERS)
    versions = await agreements.of(pair)
    in_force, waiting = agreements.in_force(versions), agreements.awaiting(versions)
    assert in_force is not None and in_force.number == 1
    assert waiting is not None and waiting.number == 2

    await accept(pair, 2, mentee)

    assert await states(pair) == [State.REPLACED, State.ACCEPTED]
    first = (await agreements.of(pair))[0]
    assert first.accepted_at == NOW  # who accepted it when is not forgotten
    recorded = [row["what"] for row in await Event.select(Event.what).order_by(Event.id)]
    assert recorded == [
        "agreement.propose",
        "agreement.accept",
        "agreement.propose",
        "agreement.accept",
        "agreement.supersede",
    ]


async def test_by_the_other_only(
    pair: Mentorship, mentor: Person, mentee: Person, stranger: Person
) -> None:
    await propose(pair, mentee)

    for person, number in ((mentee, 1), (stranger, 1), (mentor, 2), (mentor, 0)):
        with pytest.raises(Unseen):
            await accept(pair, number, person)
    with pytest.raises(Unseen):
        await propose(pair, stranger, base=1)
    assert await states(pair) == [State.PROPOSED]


async def test_a_resend_is_the_same_version(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    made = await propose(pair, mentee, key="one-key-of-one-form")
    await accept(pair, 1, mentor)
    again = await propose(pair, mentee, key="one-key-of-one-form")

    assert again.id == made.id and await states(pair) == [State.ACCEPTED]
    with pytest.raises(Unseen):
        await propose(pair, mentor, base=1, key="one-key-of-one-form")


@pytest.mark.parametrize("base", [0, 2, 5])
async def test_a_form_that_did_not_see_the_last_version(
    base: int, pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await propose(pair, mentee)

    with pytest.raises(AnotherVersion):
        await propose(pair, mentor, base=base, terms=OTHERS)
    assert await states(pair) == [State.PROPOSED]


@pytest.mark.parametrize("stage", [Stage.COMPLETED, *OVER])
async def test_nothing_changes_where_nothing_lives(
    stage: Stage, pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await propose(pair, mentee)
    await brought_to(pair, stage)
    expected: type[Refusal] = GoOnFirst if stage == Stage.COMPLETED else MentorshipOver

    with pytest.raises(expected):
        await propose(pair, mentor, base=1)
    with pytest.raises(expected):
        await accept(pair, 1, mentor)
    versions = await agreements.of(pair)
    assert [each.state for each in versions] == [State.PROPOSED]
    fresh = await Mentorship.visible_to(mentor).where(Mentorship.id == pair.id).first()
    assert fresh is not None and not agreements.is_acceptable(versions[0], mentor, fresh)


async def test_every_deed_is_noticed_by_the_partners_page(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await propose(pair, mentee)
    await accept(pair, 1, mentor)

    [row] = await Mentorship.select(Mentorship.version).where(Mentorship.id == pair.id)
    assert row["version"] == 3


# Two at once


async def gathered(*deeds: Any) -> list[Any]:
    return list(await asyncio.gather(*deeds, return_exceptions=True))


async def test_two_first_proposals_at_once(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    outcomes = await gathered(propose(pair, mentee), propose(pair, mentor, terms=OTHERS))

    assert sorted(type(each).__name__ for each in outcomes) == ["Agreement", "AnotherVersion"]
    assert await states(pair) == [State.PROPOSED] and len(await letters()) == 1


async def test_two_acceptances_at_once(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    await propose(pair, mentee)

    outcomes = await gathered(accept(pair, 1, mentor), accept(pair, 1, mentor))

    assert [each for each in outcomes if each is None] == [None]
    assert any(isinstance(each, AlreadySettled) for each in outcomes)
    assert len(await letters()) == 2


async def test_accepted_and_reworked_at_once(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    """Whoever is first: the acceptance is never of another version than the one that was read."""
    await propose(pair, mentee)

    outcomes = await gathered(accept(pair, 1, mentor), propose(pair, mentee, base=1, terms=OTHERS))

    first, second = await states(pair)
    if isinstance(outcomes[0], AnotherVersion):
        assert (first, second) == (State.REPLACED, State.PROPOSED)
    else:
        assert (first, second) == (State.ACCEPTED, State.PROPOSED)


async def test_the_same_form_sent_twice_at_once(pair: Mentorship, mentee: Person) -> None:
    one, two = await gathered(*(propose(pair, mentee, key="twice-the-same-key") for _ in "ab"))

    assert one.id == two.id and await states(pair) == [State.PROPOSED]


async def test_ended_and_proposed_at_once(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    outcomes = await gathered(mentorships.leave(pair, by=mentor, now=NOW), propose(pair, mentee))

    assert outcomes[0] is None
    assert isinstance(outcomes[1], (Agreement, MentorshipOver))


# Before anything was proposed


async def test_the_request_is_where_one_starts(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(
        mentee,
        mentor,
        state="accepted",  # type: ignore[arg-type]
        kinds=("phone", "video"),
        expectations="- Un regard franc.\n\n• Des exemples vécus.\n" + "Une phrase. " * 40,
    )
    pair = await make_mentorship(mentee, mentor, inquiry=inquiry)

    terms = await agreements.first_terms(pair, "Quatre contacts")

    assert terms.goals[:3] == ("Un regard franc.", "Des exemples vécus.", "Une phrase.")
    assert len(terms.goals) == GOALS and terms.kinds == ("phone", "video")
    assert terms.roles == ("adviser", "companion") and terms.length == "Quatre contacts"


@pytest.mark.parametrize("text", ["a" * 2000, "mot " * 500, "x" * 201, "\n" * 50 + "à", ""])
async def test_whatever_was_expected_fits(text: str, mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor, state="accepted", expectations=text)  # type: ignore[arg-type]
    pair = await make_mentorship(mentee, mentor, inquiry=inquiry)

    goals = (await agreements.first_terms(pair, "")).goals

    assert all(0 < len(goal) <= LONGEST for goal in goals) and len(goals) <= GOALS
    assert bool(goals) == bool(text.strip())


async def test_of_a_mentor_without_a_profile(mentee: Person) -> None:
    pair = await make_mentorship(mentee, await make_person("Otto", "Graf"))

    assert (await agreements.first_terms(pair, "")).roles == ()


async def test_what_is_written_is_sealed(pair: Mentorship, mentee: Person) -> None:
    await propose(pair, mentee)

    rows = await Agreement.raw("SELECT * FROM agreements")
    letter_rows = await Letter.objects()
    for text in (TERMS.goals[0], TERMS.form, TERMS.frequency, TERMS.length):
        assert text not in str(rows)
        assert all(text not in row.text and text not in row.subject for row in letter_rows)


async def test_fifty_versions_are_one_question(
    pair: Mentorship, mentee: Person, queries: Any
) -> None:
    for number in range(2):
        await propose(pair, mentee, base=number)
    with queries() as few:
        await agreements.of(pair)
    for number in range(2, 50):
        row = Agreement(
            key=new_key(),
            mentorship=pair.id,
            number=number + 1,
            by=mentee.id,
            proposed_at=NOW + timedelta(minutes=number),
        )
        await row.save()
    with queries() as many:
        assert len(await agreements.of(pair)) == 50

    assert len(few) == len(many) == 1
