"""Profiles: each verb in each state, and whose they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

import clock
from domain import deadlines, history, inquiries, profiles
from domain.inquiries import Proposal
from domain.refusals import (
    AlreadySettled,
    NormsFirst,
    NormsMissing,
    NotComplete,
    UndoTooLate,
    Unseen,
)
from mail import letters
from tables.events import Event
from tables.people import Person
from tables.profiles import Profile, ProfileQuestion, State
from tests.factories import make_inquiry, make_person, make_profile

Verb = Callable[[Profile, Person], Awaitable[None]]


async def hand_in(profile: Profile, by: Person) -> None:
    await profiles.hand_in(profile, by=by, now=clock.now())


async def take_back(profile: Profile, by: Person) -> None:
    await profiles.take_back(profile, by=by, now=clock.now())


async def release(profile: Profile, by: Person) -> None:
    await profiles.release(profile, by=by, note="", now=clock.now())


async def refuse(profile: Profile, by: Person) -> None:
    await profiles.refuse(profile, by=by, note="", now=clock.now())


async def ask(profile: Profile, by: Person) -> None:
    question, now = "Combien de personnes?", clock.now()
    await profiles.ask(profile, question=question, by=by, note="", now=now)


async def waive(profile: Profile, by: Person) -> None:
    await profiles.waive(profile, by=by, note="", now=clock.now())


async def reopen(profile: Profile, by: Person) -> None:
    await profiles.reopen(profile, by=by, now=clock.now())


OWN: dict[str, Verb] = {"hand_in": hand_in, "take_back": take_back}
OFFICE: dict[str, Verb] = {
    "ask": ask,
    "waive": waive,
    "release": release,
    "refuse": refuse,
    "reopen": reopen,
}
VERBS = OWN | OFFICE
PASSAGES = {verb: (verb,) for verb in VERBS} | {
    "hand_in": ("hand_in", "answer"),
    "reopen": ("reopen", "unask"),
}


async def brought(person: Person, state: State, by: Person) -> Profile:
    """As if it had come there a moment ago."""
    profile, now = await make_profile(person, state=state), clock.now()
    if state == State.RELEASED:
        await history.record("profile.release", profile, by, now)
        await letters.profile_released(person, now, wait=deadlines.UNDO)
    if state == State.REFUSED:
        await history.record("profile.refuse", profile, by, now)
        await letters.profile_refused(person, now, wait=deadlines.UNDO)
    if state == State.ASKED:
        await history.record("profile.ask", profile, by, now)
        asked = ProfileQuestion(profile=profile.id, asked_at=now)
        asked.question = "Combien de personnes?"
        await asked.save()
        await letters.profile_asked(person, asked, now, wait=deadlines.UNDO)
    return profile


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_acts_from_its_own_states_alone(
    verb: str, state: State, mentee: Person, coordinator: Person
) -> None:
    profile = await brought(mentee, state, coordinator)
    before = await Event.count()
    passages = [each for each in PASSAGES[verb] if state in profiles.MOVES[each][0]]
    by = mentee if verb in OWN else coordinator

    if passages:
        await VERBS[verb](profile, by)
    else:
        with pytest.raises((AlreadySettled, UndoTooLate)):
            await VERBS[verb](profile, by)
    row = await Profile.objects().get(Profile.id == profile.id)

    goals = [profiles.MOVES[each][1] for each in passages] or [state]
    deeds = [each["what"] for each in await Event.select(Event.what).order_by(Event.id)]
    assert row and [row.state] == goals
    assert deeds[before:] == [f"profile.{each}" for each in passages]


def test_every_passage_is_somebodys_verb() -> None:
    assert sorted(each for passages in PASSAGES.values() for each in passages) == sorted(
        profiles.MOVES
    )


@pytest.mark.parametrize("verb", VERBS)
async def test_the_stranger_may_do_nothing(verb: str, mentee: Person, stranger: Person) -> None:
    profile = await brought(mentee, State.HANDED_IN, stranger)

    with pytest.raises(Unseen):
        await VERBS[verb](profile, stranger)


@pytest.mark.parametrize("verb", OWN)
async def test_the_office_does_not_do_what_is_the_mentors(
    verb: str, mentee: Person, coordinator: Person
) -> None:
    profile = await brought(mentee, State.HANDED_IN, coordinator)

    with pytest.raises(Unseen):
        await VERBS[verb](profile, coordinator)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"about": ""}, ["about"]),
        ({"languages": ()}, ["languages"]),
        ({"kinds": (), "roles": ()}, ["kinds", "roles"]),
        ({"topics": ()}, ["topics"]),
        ({}, []),
    ],
)
async def test_what_is_missing_is_named(
    said: dict[str, object], missing: list[str], mentee: Person
) -> None:
    profile = await make_profile(mentee, state=State.DRAFT, **said)  # type: ignore[arg-type]

    assert profiles.missing(profile, await profiles.topics_of(profile)) == missing
    if missing:
        with pytest.raises(NotComplete):
            await hand_in(profile, mentee)


async def test_the_norms_come_first(founded: None) -> None:
    person = await make_person(has_accepted=False)
    profile = await make_profile(person, state=State.DRAFT)

    with pytest.raises(NormsFirst):
        await hand_in(profile, person)


async def test_a_profile_is_begun_once(mentee: Person) -> None:
    first = await profiles.begin(mentee, clock.now())
    second = await profiles.begin(mentee, clock.now())

    assert first.id == second.id and await Profile.count() == 1


async def test_room_for_one_more_frees_who_was_full(mentor: Person, mentee: Person) -> None:
    """The same as on the page of availability."""
    inquiry, now = await make_inquiry(mentee, mentor), clock.now()
    await inquiries.accept(inquiry, Proposal("Oui"), by=mentor, now=now)
    face = profiles.Face("Bonjour", 9, ("fr",), ("phone",), ("adviser",), ("mba",), capacity=2)
    busy = []

    for capacity in (1, 2, 1):
        profile = await profiles.of(mentor)
        assert profile is not None
        await profiles.write(profile, replace(face, capacity=capacity), by=mentor, now=now)
        await profile.refresh([Profile.is_busy])
        busy.append(profile.is_busy)

    assert busy == [True, False, True]


async def test_a_release_asks_for_the_norms_in_force(coordinator: Person) -> None:
    owner = await make_person(has_accepted=False)
    profile = await make_profile(owner, state=State.HANDED_IN)

    with pytest.raises(NormsMissing):
        await profiles.release(profile, by=coordinator, note="", now=clock.now())

    assert await Profile.exists().where(Profile.state == State.HANDED_IN)
