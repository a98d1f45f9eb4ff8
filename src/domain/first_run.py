"""The first minute: whoever reads the log becomes the first coordinator."""

from __future__ import annotations

from datetime import datetime

import sealing
from domain import history
from domain.refusals import Unseen, WrongKey
from tables.barred import Barred
from tables.people import Person, Standing, by_email
from tables.transaction import hold_word, transaction


async def is_open() -> bool:
    """As long as nobody coordinates."""
    return not await Person.exists().where(Person.is_coordinator.eq(True))


def key() -> str:
    """Made from the installation's key, so that every replica prints the same one."""
    return sealing.keyed("first run")[:24]


async def take(
    given: str, *, email: str, first_name: str, last_name: str, language: str, now: datetime
) -> Person:
    """Raises WrongKey, and Unseen once somebody coordinates."""
    if not sealing.same(given.strip(), key()):
        raise WrongKey
    async with transaction():
        await hold_word("first run")
        if not await is_open():
            raise Unseen
        return await coordinator(email, first_name, last_name, language, now)


async def coordinator(
    email: str, first_name: str, last_name: str, language: str, now: datetime
) -> Person:
    """A new coordinator, or somebody known who becomes one: also the way back after a lock-out."""
    async with transaction():
        address = by_email(email)
        person = await Person.objects().where(Person.email == address).first()
        if person is None:
            person = Person(email=address, created_at=now, language=language)
        person.first_name = first_name or person.first_name
        person.last_name = last_name or person.last_name
        person.is_coordinator = True
        person.standing = Standing.ACTIVE
        person.joined_at = person.joined_at or now
        await person.save()
        await Barred.delete().where(Barred.hashed.is_in(Barred.hashes(address)))
        await history.record("person.coordinate", person, None, now)
        return person
