"""Candidatures: sent by a visitor, settled by the office without a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sealing
from domain import deadlines, history
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, Excluded, TooOften, UndoTooLate, insist
from mail import letters, outbox
from tables.applications import Application, State
from tables.barred import Barred
from tables.people import Person, Standing, by_email
from tables.profiles import Profile
from tables.transaction import hold_word, transaction

MOVES = {
    "accept": ((State.WAITING,), State.ACCEPTED),
    "refuse": ((State.WAITING,), State.REFUSED),
    "reopen": ((State.ACCEPTED, State.REFUSED), State.WAITING),
}
WAITING_AN_ADDRESS = 3  # more than that from one address is no candidature
PER_VISITOR = (10, timedelta(hours=1))  # a whole office may apply behind one connection


@dataclass(frozen=True)
class Candidate:
    key: str
    visitor: str
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
    application = _row(candidate, now)
    address = application.email
    async with transaction():
        await hold_word(address)
        await hold_word(application.visitor)
        if await Application.exists().where(Application.key == candidate.key):
            return
        await _insist_on_limit(application, now)
        if await _is_enough(address):
            return
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
        await letters.application_accepted(application, person, now, wait=deadlines.UNDO)


async def refuse(application: Application, *, by: Person, note: str, now: datetime) -> None:
    """The letter names no reason; the note is the office's own."""
    insist(may_settle(by))
    async with transaction():
        await _move(application, "refuse", by, note, now)
        await letters.application_refused(application, now, wait=deadlines.UNDO)


async def reopen(application: Application, *, by: Person, now: datetime) -> None:
    """Undo, as long as the letter hasn't left and nobody came in by it. Raises UndoTooLate."""
    insist(may_settle(by))
    async with transaction():
        await hold_word(application.email)
        if application.settled_at is None:
            raise AlreadySettled
        if not deadlines.is_undoable(application.settled_at, now):
            raise UndoTooLate
        if not await outbox.take_back(f"application:{application.id}:{application.state}"):
            raise UndoTooLate
        if application.state == State.ACCEPTED:
            await _unwelcomed(application)
        await _move(application, "reopen", by, application.note, now)


async def waiting() -> list[Application]:
    here = Application.state == State.WAITING
    return await Application.objects().where(here).order_by(Application.sent_at, Application.id)


async def _insist_on_limit(application: Application, now: datetime) -> None:
    most, within = PER_VISITOR
    from_here = Application.visitor == application.visitor
    if await Application.count().where(from_here & (Application.sent_at > now - within)) >= most:
        raise TooOften


async def _is_enough(address: str) -> bool:
    """Quietly: a refusal would tell a third person that this address has applied."""
    waiting = (Application.email == address) & (Application.state == State.WAITING)
    return bool(await Application.count().where(waiting) >= WAITING_AN_ADDRESS)


def _row(candidate: Candidate, now: datetime) -> Application:
    application = Application(
        key=candidate.key,
        visitor=sealing.keyed("visitor", candidate.visitor),
        email=by_email(candidate.email),
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
    is_settled = goal != State.WAITING
    values: dict[Any, Any] = {
        Application.state: goal,
        Application.settled_at: now if is_settled else None,
        Application.settled_by: by.id if is_settled else None,
        Application.note_sealed: application.note_sealed,
        Application.visitor: "",
    }
    here = (Application.id == application.id) & Application.state.is_in(list(origins))
    if not await Application.update(values).where(here).returning(Application.id):
        raise AlreadySettled
    application.state = goal
    application.settled_at, application.settled_by = values[Application.settled_at], by
    await history.record(f"application.{verb}", application, by, now, note)


async def _welcomed(application: Application, now: datetime) -> Person:
    """Somebody known stays who they are; accepting is not reinstating. Raises Excluded."""
    person = await Person.objects().where(Person.email == application.email).first()
    if person is not None and person.standing == Standing.EXCLUDED:
        raise Excluded
    if await Barred.holds(application.email):
        raise Excluded
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


async def _unwelcomed(application: Application) -> None:
    """Whom this acceptance made goes again; whom it found stays. Raises UndoTooLate, also when
    another acceptance has found them since."""
    made = (Person.email == application.email) & (Person.created_at == application.settled_at)
    person = await Person.objects().where(made).first()
    if person is not None:
        same = (Application.email == application.email) & (Application.id != application.id)
        if await Application.exists().where(same & (Application.state == State.ACCEPTED)):
            raise UndoTooLate
        unused = (Person.id == person.id) & (Person.standing == Standing.INVITED)
        if not await Person.delete().where(unused).returning(Person.id):
            raise UndoTooLate
        return
    owner = Profile.person.email == application.email
    begun = owner & (Profile.changed_at == application.settled_at)
    for row in await Profile.select(Profile.id).where(begun):
        await Profile.delete().where(Profile.id == row["id"])


async def _profile_begun(person: Person, now: datetime) -> None:
    if not await Profile.exists().where(Profile.person == person.id):
        profile = Profile(person=person.id, about_language=person.language, changed_at=now)
        await profile.save()
