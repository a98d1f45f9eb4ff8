"""Members: how a person comes to be one."""

from __future__ import annotations

from datetime import datetime

from domain import history
from tables.people import Person
from tables.transaction import transaction


async def speak(person: Person, language: str) -> None:
    """The language of their pages and letters."""
    await Person.update({Person.language: language}).where(Person.id == person.id)
    person.language = language


async def describe(
    person: Person,
    *,
    first_name: str,
    last_name: str,
    function: str,
    sector: str,
    canton: str,
    now: datetime,
) -> None:
    """What a member says of themself; asked once, used on every card."""
    async with transaction():
        person.first_name, person.last_name = first_name, last_name
        person.function, person.sector, person.canton = function, sector, canton
        await person.save(
            [Person.first_name, Person.last_name, Person.function, Person.sector, Person.canton]
        )
        await history.record("person.describe", person, person, now)
