"""Candidatures: each verb in each state, and who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import clock
from domain import applications, deadlines
from domain.refusals import AlreadySettled, Excluded, UndoTooLate, Unseen
from mail import letters
from tables.applications import Application, State
from tables.events import Event
from tables.letters import Letter
from tables.people import Person, Standing
from tests.factories import make_application, make_person

Verb = Callable[[Application, Person], Awaitable[None]]


async def accept(application: Application, by: Person) -> None:
    await applications.accept(application, by=by, note="", now=clock.now())


async def refuse(application: Application, by: Person) -> None:
    await applications.refuse(application, by=by, note="", now=clock.now())


async def reopen(application: Application, by: Person) -> None:
    await applications.reopen(application, by=by, now=clock.now())


VERBS: dict[str, Verb] = {"accept": accept, "refuse": refuse, "reopen": reopen}


async def settled(state: State) -> Application:
    """As if somebody had brought it there a moment ago."""
    now = clock.now()
    application = await make_application()
    if state == State.REFUSED:
        await letters.application_refused(application, now, wait=deadlines.UNDO)
    elif state == State.ACCEPTED:
        person = Person(email=application.email, created_at=now)
        await person.save()
        await letters.application_accepted(application, person, now, wait=deadlines.UNDO)
    if state != State.WAITING:
        application.state, application.settled_at = state, now
        await application.save()
    return application


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_acts_from_its_own_states_alone(
    verb: str, state: State, coordinator: Person
) -> None:
    application = await settled(state)
    posted = await Letter.count()
    origins, goal = applications.MOVES[verb]

    if state in origins:
        await VERBS[verb](application, coordinator)
    else:
        with pytest.raises((AlreadySettled, UndoTooLate)):
            await VERBS[verb](application, coordinator)
    row = await Application.objects().get(Application.id == application.id)

    assert row and row.state == (goal if state in origins else state)
    assert await Event.count() == (state in origins)
    assert (await Letter.count() == posted) == (state not in origins)


@pytest.mark.parametrize("verb", VERBS)
async def test_the_stranger_may_do_nothing(verb: str, stranger: Person) -> None:
    application = await settled(State.WAITING if verb != "reopen" else State.REFUSED)

    with pytest.raises(Unseen):
        await VERBS[verb](application, stranger)

    assert await Event.count() == 0


async def test_a_coordinator_who_was_excluded_may_do_nothing(coordinator: Person) -> None:
    application = await make_application()
    coordinator.standing = "excluded"

    with pytest.raises(Unseen):
        await accept(application, coordinator)


async def test_a_settled_candidature_forgets_where_it_came_from(
    founded: Any, coordinator: Person
) -> None:
    candidate = applications.Candidate(
        key="key-of-one-candidature",
        visitor="192.0.2.7",
        email="nora@example.org",
        first_name="Nora",
        last_name="Keller",
        language="fr",
        as_mentor=False,
        as_mentee=True,
        words="",
        ticked=(),
    )
    await applications.send(candidate, clock.now())
    [before] = await Application.objects()

    await refuse(before, coordinator)
    [after] = await Application.objects()

    assert "192.0.2.7" not in before.visitor and len(before.visitor) == 64
    assert after.visitor == ""


async def test_who_is_welcome_by_another_candidature_stays(coordinator: Person) -> None:
    first, second = [await make_application(email="nora@example.org") for _ in range(2)]
    for application in (first, second):
        await accept(application, coordinator)

    with pytest.raises(UndoTooLate):
        await reopen(first, coordinator)
    stayed = await Person.exists().where(Person.email == first.email)
    for application in (second, first):
        await reopen(application, coordinator)

    assert stayed and not await Person.exists().where(Person.email == first.email)
    assert await Application.count().where(Application.state == State.WAITING) == 2


async def test_who_is_excluded_is_not_welcomed(coordinator: Person) -> None:
    gone = await make_person(standing=Standing.EXCLUDED)
    application = await make_application(email=gone.email)

    with pytest.raises(Excluded):
        await accept(application, coordinator)

    assert await Application.exists().where(Application.state == State.WAITING)
    assert await Letter.count() == 0
