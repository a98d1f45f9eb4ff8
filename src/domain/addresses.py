"""Another e-mail address for a member. It opens all they have, so it isn't the office's alone to
say: whoever has come before is asked at the address they have."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from domain import history, links, people, sessions
from domain.permissions import may_move, may_settle
from domain.refusals import AddressBarred, AddressTaken, AlreadySettled, LinkVoid, insist
from mail import member_letters as letters
from mail import outbox
from tables.address_changes import AddressChange
from tables.barred import Barred
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.links import Link
from tables.people import Person, Standing, by_email
from tables.transaction import hold, hold_word, transaction

WAIT = timedelta(days=3)  # to object; also over a long weekend without mail
ON_ITS_WAY = timedelta(hours=1)  # a letter may be, without the time to object being shorter
LINK_LIFE = timedelta(days=30)  # afterwards its page no longer tells what became of it


async def of(person: Person) -> AddressChange | None:
    return await AddressChange.objects().where(AddressChange.person == person.id).first()


async def give(person: Person, address: str, *, by: Person, now: datetime) -> AddressChange | None:
    """At once for whoever hasn't come yet. Others are asked, and it waits: that is returned. A
    second address takes the place of the first.

    Raises AddressTaken, AddressBarred; AlreadySettled where it was changed meanwhile.
    """
    insist(may_settle(by))
    before, after = person.email, by_email(address)
    if after == before:
        return None
    async with transaction():
        await hold_word(after)
        await hold(person)
        await _insist_on_free(after)
        fresh = await Person.objects().where(Person.id == person.id).first()
        if fresh is None or fresh.email != before:
            raise AlreadySettled
        if fresh.standing == Standing.INVITED:
            await _move(fresh, after, by, now)
            return None
        if not fresh.is_member:
            raise AlreadySettled
        return await _ask(fresh, after, by, now)


async def make(change: AddressChange, *, by: Person, now: datetime) -> None:
    """Without waiting: its owner says that it is right. Raises AlreadySettled, AddressTaken,
    AddressBarred."""
    insist(may_move(by, change))
    await _make(change, by, now)


async def stop(change: AddressChange, *, by: Person, now: datetime) -> None:
    """By its owner or by the office. Raises AlreadySettled."""
    insist(may_settle(by) or may_move(by, change))
    async with transaction():
        person = await _taken(change, now)
        await history.record("person.stop_move", person, by, now)


async def by_link(secret: str, now: datetime) -> tuple[Link, AddressChange | None]:
    """From the letter to the address they have; the second is there while it may be decided.
    Raises LinkVoid for what was never a link of ours."""
    link = await links.look(secret, links.ADDRESS)
    if link is None:
        raise LinkVoid
    if not links.is_alive(link, now):
        return link, None
    return link, await AddressChange.objects().where(AddressChange.id == link.about).first()


async def make_due(now: datetime) -> None:
    """What nobody stopped in time. One that isn't possible any more is dropped."""
    for change in await AddressChange.objects().where(AddressChange.due_at <= now):
        if not await _had_time(change, now):
            continue
        with suppress(AlreadySettled):  # by another process, or by its owner
            try:
                await _make(change, None, now)
            except (AddressTaken, AddressBarred):
                await _give_up(change, now)


async def drop(person: Person, now: datetime) -> None:
    """Of whoever leaves, within the deed that ends what they have."""
    await AddressChange.delete().where(AddressChange.person == person.id)
    await links.void_all_of(person, links.ADDRESS, now)


async def _had_time(change: AddressChange, now: datetime) -> bool:
    """Not while the mail server is away; a mailbox that is no more can't object."""
    person_id: int = change.person
    here = (Letter.to == person_id) & (Letter.name == letters.ASKED)
    letter = await Letter.objects().where(here).order_by(Letter.id, ascending=False).first()
    if letter is None or letter.state == LetterState.FAILED:
        return True
    return letter.sent_at is not None and letter.sent_at <= now - WAIT + ON_ITS_WAY


async def _give_up(change: AddressChange, now: datetime) -> None:
    async with transaction():
        person = await _taken(change, now)
        await history.record("person.drop_move", person, None, now)


async def _insist_on_free(address: str) -> None:
    if await Barred.holds(address):
        raise AddressBarred
    if await Person.exists().where(Person.email == address):
        raise AddressTaken


async def _ask(person: Person, address: str, by: Person, now: datetime) -> AddressChange:
    await drop(person, now)
    change = AddressChange(
        person=person.id, email=address, asked_by=by.id, asked_at=now, due_at=now + WAIT
    )
    await change.save()
    secret = await links.make(links.ADDRESS, person, change.id, now + LINK_LIFE)
    await history.record("person.ask_move", person, by, now)
    await letters.address_asked(person, change, secret, now)
    return change


async def _make(change: AddressChange, by: Person | None, now: datetime) -> None:
    async with transaction():
        await hold_word(change.email)
        person = await _taken(change, now)
        await _insist_on_free(change.email)
        await _move(person, change.email, by, now)


async def _taken(change: AddressChange, now: datetime) -> Person:
    """The only way to end one: whoever comes second finds none. The person as they are now."""
    person_id: int = change.person
    person = await Person.objects().where(Person.id == person_id).first()
    if person is None:
        raise AlreadySettled
    await hold(person)
    # The address too: SQLite gives a number again once its row is gone.
    here = (AddressChange.id == change.id) & (AddressChange.email == change.email)
    if not await AddressChange.delete().where(here).returning(AddressChange.id):
        raise AlreadySettled
    await links.void_all_of(person, links.ADDRESS, now)
    return person


async def _move(person: Person, address: str, by: Person | None, now: datetime) -> None:
    """Told to the old and the new one. Whoever is signed in or holds a code or a link is out."""
    before = person.email
    here = (Person.id == person.id) & (Person.email == before)
    standing = Person.standing.is_in([each.value for each in people.HERE])
    moved = Person.update({Person.email: address}).where(here & standing)
    if not await moved.returning(Person.id):
        raise AlreadySettled
    person.email = address
    await sessions.shut_out(person, now)
    await links.void_all_of(person, links.ANSWER, now)
    await outbox.readdress(person)
    await history.record("person.move", person, by, now)
    await letters.address_changed(person, before, now)
