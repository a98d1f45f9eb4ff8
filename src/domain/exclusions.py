"""Excluded without a reason (norm 1): at once, everywhere, and not back under the same address."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from domain import addresses, history, inquiries, mentorships, people, sessions
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, Excluded, NotYourOwn, insist
from formats.plain import mailbox
from mail import member_letters as letters
from mail import outbox
from tables.applications import Application
from tables.barred import Barred
from tables.mentorships import OVER, Mentorship
from tables.people import Person, Standing
from tables.transaction import hold, hold_word, transaction

MOVES = {
    "exclude": ((Standing.INVITED, Standing.ACTIVE), Standing.EXCLUDED),
    "reinstate": ((Standing.EXCLUDED,), Standing.ACTIVE),
    "reinstate_as_invited": ((Standing.EXCLUDED,), Standing.INVITED),
}


async def exclude(person: Person, *, by: Person, note: str, now: datetime) -> None:
    """Ends what runs, with a neutral word to the others. For good: nothing of it is undone by
    `reinstate`. Raises NotYourOwn, AlreadySettled."""
    insist(may_settle(by))
    if person.id == by.id:
        raise NotYourOwn
    others = await inquiries.others_instead_of(person, now)
    async with transaction():
        await hold_word(people.COORDINATORS)
        await people.insist_still_settles(by)
        await hold_word(person.email)  # an application from there waits for its turn
        await hold_pairs(person)
        await _move(person, "exclude", by, note, now)
        await sessions.shut_out(person, now)
        await addresses.drop(person, now)
        await outbox.drop_waiting(person)
        await inquiries.part_from(person, others, by=by, now=now)
        await mentorships.part_from(person, by=by, now=now)
        await _bar(person.email, now)
        await letters.excluded(person, now)


async def reinstate(person: Person, *, by: Person, note: str, now: datetime) -> None:
    """May come in again; what ended stays ended. Raises AlreadySettled."""
    insist(may_settle(by))
    async with transaction():
        verb = "reinstate" if person.joined_at else "reinstate_as_invited"
        await _move(person, verb, by, note, now)
        await Barred.delete().where(Barred.hashed.is_in(Barred.hashes(person.email)))
        await letters.reinstated(person, now)


async def readmit(application: Application, *, by: Person, now: datetime) -> None:
    """Whose data is gone by now can't be reinstated: their address is admitted again, and the
    application settled like any other. Raises AlreadySettled; Excluded while they are there."""
    insist(may_settle(by))
    async with transaction():
        await hold_word(application.email)
        if await excluded_among([application.email]):
            raise Excluded
        barred = Barred.delete().where(Barred.hashed.is_in(Barred.hashes(application.email)))
        if not await barred.returning(Barred.id):
            raise AlreadySettled
        await history.record("application.readmit", application, by, now)


async def is_barred(address: str) -> bool:
    return await Barred.holds(address)


async def barred_among(addresses: Collection[str]) -> set[str]:
    """Of many: who is barred are few, so that they are read whole."""
    hashes = {row["hashed"] for row in await Barred.select(Barred.hashed)}
    if not hashes:
        return set()
    return {address for address in addresses if not hashes.isdisjoint(Barred.hashes(address))}


async def excluded_among(addresses: Collection[str]) -> dict[str, Person]:
    """By address, however it is written. They are few, and read whole."""
    mailboxes = {mailbox(address): address for address in addresses}
    rows = await Person.objects().where(Person.standing == Standing.EXCLUDED)
    return {mailboxes[mailbox(row.email)]: row for row in rows if mailbox(row.email) in mailboxes}


async def hold_pairs(person: Person) -> None:
    """Each pair is held by its mentee."""
    mine = (Mentorship.mentor == person.id) & Mentorship.state.not_in(list(OVER))
    rows = await Mentorship.select(Mentorship.mentee).where(mine)
    numbers = {person.id, *(row["mentee"] for row in rows)}
    for each in await Person.objects().where(Person.id.is_in(list(numbers))).order_by(Person.id):
        await hold(each)


async def _bar(address: str, now: datetime) -> None:
    row = Barred(hashed=Barred.hashes(address)[0], since=now)
    row.address = address
    await Barred.insert(row).on_conflict(target=Barred.hashed, action="DO NOTHING")


async def _move(person: Person, verb: str, by: Person, note: str, now: datetime) -> None:
    """The only passage: whoever comes second finds no row to change."""
    origins, goal = MOVES[verb]
    values: dict[Any, Any] = {
        Person.standing: goal,
        Person.is_coordinator: False,
        Person.invite_from: None,
    }
    here = (Person.id == person.id) & Person.standing.is_in(list(origins))
    moved = await Person.update(values).where(here).returning(Person.email)
    if not moved:
        raise AlreadySettled
    person.standing, person.is_coordinator = goal, False
    person.email = moved[0]["email"]  # somebody may have changed it a moment ago
    await history.record(f"person.{verb}", person, by, now, note)
