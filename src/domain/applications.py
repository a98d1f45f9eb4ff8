"""Candidatures: sent by a visitor, settled by the office without a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import history
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, TooOften, insist
from mail import letters
from tables.applications import Application, State
from tables.people import Person, Standing, by_email
from tables.profiles import Profile
from tables.transaction import hold_word, transaction

MOVES = {
    "accept": ((State.WAITING,), State.ACCEPTED),
    "refuse": ((State.WAITING,), State.REFUSED),
}
WAITING_AN_ADDRESS = 3  # more than that from one address is no candidature


@dataclass(frozen=True)
class Candidate:
    key: str
    email: str
    first_name: str
    last_name: str
    language: str
    as_mentor: bool
    as_mentee: bool
    words: str
    ticked: tuple[str, ...]


async def send(candidate: Candidate, now: datetime) -> None:
    """The answer never tells whether an address is known; a resend is the same candidature."""
    address = by_email(candidate.email)
    async with transaction():
        await hold_word(address)
        if await Application.exists().where(Application.key == candidate.key):
            return
        here = (Application.email == address) & (Application.state == State.WAITING)
        if await Application.count().where(here) >= WAITING_AN_ADDRESS:
            raise TooOften
        application = _row(candidate, address, now)
        await application.save()
        await history.record("application.send", application, None, now)
        person = await Person.objects().where(Person.email == address).first()
        if person is not None and person.standing != Standing.EXCLUDED:
            await letters.application_known(person, now)
        else:
            await letters.application_received(application, now)


async def accept(application: Application, *, by: Person, note: str, now: datetime) -> None:
    insist(may_settle(by))
    async with transaction():
        await hold_word(application.email)
        await _move(application, "accept", by, note, now)
        person = await _welcomed(application, now)
        if application.as_mentor:
            await _profile_begun(person, now)
        await letters.application_accepted(application, person, now)


async def refuse(application: Application, *, by: Person, note: str, now: datetime) -> None:
    """The letter names no reason; the note is the office's own."""
    insist(may_settle(by))
    async with transaction():
        await _move(application, "refuse", by, note, now)
        await letters.application_refused(application, now)


async def waiting() -> list[Application]:
    here = Application.state == State.WAITING
    return await Application.objects().where(here).order_by(Application.sent_at, Application.id)


def _row(candidate: Candidate, address: str, now: datetime) -> Application:
    application = Application(
        key=candidate.key,
        email=address,
        first_name=candidate.first_name,
        last_name=candidate.last_name,
        language=candidate.language,
        as_mentor=candidate.as_mentor,
        as_mentee=candidate.as_mentee,
        ticked=" ".join(candidate.ticked),
        sent_at=now,
    )
    application.words = candidate.words
    return application


async def _move(application: Application, verb: str, by: Person, note: str, now: datetime) -> None:
    """The only passage between states: whoever comes second finds no row to change."""
    origins, goal = MOVES[verb]
    application.note = note
    values: dict[Any, Any] = {
        Application.state: goal,
        Application.settled_at: now,
        Application.settled_by: by.id,
        Application.note_sealed: application.note_sealed,
    }
    here = (Application.id == application.id) & Application.state.is_in(list(origins))
    if not await Application.update(values).where(here).returning(Application.id):
        raise AlreadySettled
    application.state = goal
    await history.record(f"application.{verb}", application, by, now, note)


async def _welcomed(application: Application, now: datetime) -> Person:
    """Somebody known stays who they are, also when excluded: accepting is not reinstating."""
    person = await Person.objects().where(Person.email == application.email).first()
    if person is None:
        person = Person(
            email=application.email,
            first_name=application.first_name,
            last_name=application.last_name,
            language=application.language,
            created_at=now,
        )
        await person.save()
    return person


async def _profile_begun(person: Person, now: datetime) -> None:
    if not await Profile.exists().where(Profile.person == person.id):
        profile = Profile(person=person.id, about_language=person.language, changed_at=now)
        await profile.save()
