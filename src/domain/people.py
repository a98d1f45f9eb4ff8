"""Members: what they say of themselves, and what the office does for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain import history, house
from domain.deadlines import is_daytime
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, JustInvited, LastCoordinator, insist
from mail import member_letters as letters
from tables.office_notes import OfficeNote
from tables.people import Person, Standing
from tables.transaction import hold, hold_word, transaction

COORDINATORS = "coordinators"  # the word by which changes among them queue
HERE = (Standing.INVITED, Standing.ACTIVE)
HOUR = timedelta(hours=1)
TURN = timedelta(minutes=5)  # invitations leave evenly: so many in each
TURNS = HOUR // TURN
AT_ONCE = 25  # letters in one transaction
AGAIN = timedelta(minutes=10)  # between two invitations by hand


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
        await hold(person)
        insist(await is_still_member(person))  # a deletion a moment ago stays one
        person.first_name, person.last_name = first_name, last_name
        person.function, person.sector, person.canton = function, sector, canton
        await person.save(
            [Person.first_name, Person.last_name, Person.function, Person.sector, Person.canton]
        )
        await history.record("person.describe", person, person, now)


async def is_still_member(person: Person) -> bool:
    """As it is now, not as the session had it."""
    here = (Person.id == person.id) & (Person.standing == Standing.ACTIVE)
    return bool(await Person.exists().where(here))


async def is_paused(person: Person) -> bool:
    """As it is now."""
    here = (Person.id == person.id) & Person.paused_at.is_not_null()
    return bool(await Person.exists().where(here))


async def give_language(person: Person, language: str, *, by: Person, now: datetime) -> None:
    insist(may_settle(by))
    if language == person.language:
        return
    async with transaction():
        await speak(person, language)
        await history.record("person.language", person, by, now)


async def appoint(person: Person, *, by: Person, now: datetime) -> None:
    """Of the office from now on. Raises AlreadySettled."""
    insist(may_settle(by))
    async with transaction():
        await hold_word(COORDINATORS)
        await insist_still_settles(by)
        await _coordinate(person, True, by, now)


async def dismiss(person: Person, *, by: Person, now: datetime) -> None:
    """No longer of the office, perhaps oneself. Raises LastCoordinator, AlreadySettled."""
    insist(may_settle(by))
    async with transaction():
        await hold_word(COORDINATORS)
        await insist_still_settles(by)
        others = Person.is_coordinator.eq(True) & (Person.standing == Standing.ACTIVE)
        if not await Person.exists().where(others & (Person.id != person.id)):
            raise LastCoordinator
        await _coordinate(person, False, by, now)


async def note(person: Person, words: str, *, by: Person, now: datetime) -> None:
    """For the other coordinators. The same words right after each other are one note."""
    insist(may_settle(by))
    async with transaction():
        await hold(person)
        last = OfficeNote.objects().where(OfficeNote.person == person.id)
        earlier = await last.order_by(OfficeNote.id, ascending=False).first()
        if earlier is not None and earlier.by == by.id and earlier.words == words:
            return
        row = OfficeNote(person=person.id, by=by.id, noted_at=now)
        row.words = words
        await row.save()
        await history.record("person.note", person, by, now)


async def invite(person: Person, *, by: Person, now: datetime) -> None:
    """At once, again too. Raises JustInvited, AlreadySettled once they have come."""
    insist(may_settle(by))
    async with transaction():
        await hold(person)
        waits = Person.invited_at.is_null() | (Person.invited_at < now - AGAIN)
        here = (Person.id == person.id) & (Person.standing == Standing.INVITED)
        invited: dict[Any, Any] = {Person.invited_at: now, Person.invite_from: None}
        if not await Person.update(invited).where(here & waits).returning(Person.id):
            raise JustInvited if await Person.exists().where(here) else AlreadySettled
        person.invited_at, person.invite_from = now, None
        await history.record("person.invite", person, by, now)
        await letters.invitation(person, now)


async def invite_due(now: datetime) -> None:
    """Those whom a list brought: by day, evenly, never more an hour than the house wishes."""
    if not is_daytime(now) or not await Person.exists().where(Person.invite_from <= now):
        return
    come = (Person.invite_from <= now) & (Person.standing != Standing.INVITED)
    await Person.update({Person.invite_from: None}).where(come)
    an_hour = max(1, (await house.current()).invitations_an_hour)
    while await _invite_some(an_hour, now) == AT_ONCE:
        pass


async def _invite_some(an_hour: int, now: datetime) -> int:
    """Of several processes one counts at a time."""
    async with transaction():
        await hold_word("invitations")
        in_the_hour = await Person.count().where(Person.invited_at > now - HOUR)
        in_this_turn = await Person.count().where(Person.invited_at > now - TURN)
        room = min(an_hour - in_the_hour, -(-an_hour // TURNS) - in_this_turn, AT_ONCE)
        if room <= 0:
            return 0
        due = (Person.invite_from <= now) & (Person.standing == Standing.INVITED)
        waiting = Person.objects().where(due).order_by(Person.invite_from, Person.id)
        invited: dict[Any, Any] = {Person.invited_at: now, Person.invite_from: None}
        sent = 0
        for person in await waiting.limit(room):
            claimed = Person.update(invited).where(due & (Person.id == person.id))
            if await claimed.returning(Person.id):
                await letters.invitation(person, now)
                sent += 1
        return sent


async def _coordinate(person: Person, is_one: bool, by: Person, now: datetime) -> None:
    here = (Person.id == person.id) & Person.is_coordinator.ne(is_one)
    changed = Person.update({Person.is_coordinator: is_one})
    if not await changed.where(here & Person.standing.is_in(_here())).returning(Person.id):
        raise AlreadySettled
    person.is_coordinator = is_one
    await history.record("person.appoint" if is_one else "person.dismiss", person, by, now)


async def insist_still_settles(by: Person) -> None:
    """As it is now: of two who dismiss each other one was first."""
    fresh = await Person.objects().where(Person.id == by.id).first()
    insist(fresh is not None and may_settle(fresh))


def _here() -> list[str]:
    return [standing.value for standing in HERE]
