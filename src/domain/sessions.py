"""Signing in by e-mail: a code where one asked, a link for the letter's reader."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sealing
from domain import history, house
from domain.refusals import CodeSpent, LinkVoid, TooOften, Unseen, WrongCode
from mail import letters
from tables.people import Person, Standing, by_email
from tables.sessions import Session, SignIn
from tables.transaction import hold_word, transaction

LIFE = timedelta(minutes=15)
TRIES = 5
CODE = "code"  # the purpose of its hash
# Letters an address may be sent, and askings of one visitor, each within a time. For an address
# one visitor alone gets half of them: else any stranger could shut its owner out for a day.
PER_ADDRESS = ((6, timedelta(minutes=15)), (20, timedelta(days=1)))
PER_VISITOR = ((20, timedelta(hours=1)),)
PER_VISITOR_AND_ADDRESS = ((3, timedelta(minutes=15)), (10, timedelta(days=1)))
IDLE_OFFICE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Begun:
    """What the browser gets: the secret, a readable mark, and until when."""

    token: str
    mark: str
    expires_at: datetime
    onward: str


@dataclass(frozen=True)
class Asking:
    """Who asks to sign in, from where, and what they wanted to see."""

    address: str
    browser: str
    visitor: str
    onward: str
    language: str


async def ask(asking: Asking, now: datetime) -> None:
    """Known or not, the same work and the same answer. Raises TooOften."""
    address = by_email(asking.address)
    request = SignIn(
        browser=sealing.hashed(asking.browser),
        address=sealing.keyed("address", address),
        visitor=sealing.keyed("visitor", asking.visitor),
        onward=asking.onward[:300],
        asked_at=now,
        expires_at=now + LIFE,
    )
    code, secret = f"{secrets.randbelow(10**6):06}", sealing.token()
    # Tied to the browser that asked: a code overheard is worth nothing elsewhere.
    request.code = sealing.keyed(CODE, code, request.browser)
    request.link = sealing.hashed(secret)
    async with transaction():
        await hold_word(request.address)
        await hold_word(request.visitor)
        await _insist_on_limits(request, now)
        await _void_older(request, now)
        person = await Person.objects().where(Person.email == address).first()
        if person is None or person.standing == Standing.EXCLUDED:
            await request.save()
            await letters.sign_in_unknown(address, asking.language, now)
            return
        request.person = person.id
        await request.save()
        await letters.sign_in(person, code, letters.sign_in_link(secret), now)


async def by_code(browser: str, code: str, device: str, now: datetime) -> Begun:
    """Raises WrongCode; CodeSpent after five wrong ones, fifteen minutes, or once used."""
    here = SignIn.browser == sealing.hashed(browser)
    request = await SignIn.objects().where(here).order_by(SignIn.id, ascending=False).first()
    if request is None or not await _counted(request, now):
        raise CodeSpent
    right = sealing.is_keyed(request.code, CODE, code, request.browser)
    if not right or request.person is None:
        raise CodeSpent if request.tries + 1 >= TRIES else WrongCode
    return await _used(request, device, now)


async def look(secret: str, now: datetime) -> SignIn | None:
    """What a sign-in letter's link shows before its button: nothing is used up."""
    here = (SignIn.link == sealing.hashed(secret)) & SignIn.used_at.is_null()
    return await SignIn.objects().where(here & (SignIn.expires_at > now)).first()


async def by_link(secret: str, device: str, now: datetime) -> Begun:
    request = await look(secret, now)
    if request is None or request.person is None:
        raise LinkVoid
    return await _used(request, device, now)


async def begin(person: Person, device: str, now: datetime, onward: str = "/") -> Begun:
    """A new secret each time: one planted before is worth nothing."""
    token, mark = sealing.token(), secrets.token_urlsafe(8)
    days = (await house.current()).session_days
    session = Session(
        hashed=sealing.hashed(token),
        person=person.id,
        mark=mark,
        device=device[:80],
        started_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=days),
    )
    async with transaction():
        await session.save()
        if person.standing == Standing.INVITED:
            await _join(person, now)
    return Begun(token, mark, session.expires_at, onward)


async def _join(person: Person, now: datetime) -> None:
    """Once, and not over an exclusion of a moment ago."""
    invited = (Person.id == person.id) & (Person.standing == Standing.INVITED)
    values: dict[Any, Any] = {Person.standing: Standing.ACTIVE, Person.joined_at: now}
    if await Person.update(values).where(invited).returning(Person.id):
        person.standing, person.joined_at = Standing.ACTIVE, now
        await history.record("person.join", person, person, now)


async def recognise(token: str, now: datetime) -> Session | None:
    """Its person comes along. One query; a write at most every ten minutes."""
    here = (Session.hashed == sealing.hashed(token)) & (Session.expires_at > now)
    session = await Session.objects(Session.person).where(here).first()
    if session is None:
        return None
    person: Person = session.person
    seen: datetime = session.seen_at
    if not person.is_member or (person.is_coordinator and now - seen > IDLE_OFFICE):
        return None
    if now - seen > SEEN_EVERY:
        await Session.update({Session.seen_at: now}).where(Session.id == session.id)
    return session


async def open_ones(person: Person, now: datetime) -> list[Session]:
    here = (Session.person == person.id) & (Session.expires_at > now)
    return await Session.objects().where(here).order_by(Session.seen_at, ascending=False)


async def end(session_id: int, *, by: Person) -> None:
    """One's own. Raises Unseen for another's."""
    own = (Session.id == session_id) & (Session.person == by.id)
    if not await Session.delete().where(own).returning(Session.id):
        raise Unseen


async def end_this(token: str) -> None:
    await Session.delete().where(Session.hashed == sealing.hashed(token))


async def end_all(person: Person) -> None:
    await Session.delete().where(Session.person == person.id)


async def shut_out(person: Person, now: datetime) -> None:
    """Out of every session, and no code or link that is on its way lets in."""
    await end_all(person)
    unused = (SignIn.person == person.id) & SignIn.used_at.is_null()
    await SignIn.update({SignIn.used_at: now}).where(unused)


async def forget_old(now: datetime) -> None:
    await Session.delete().where(Session.expires_at < now)
    await SignIn.delete().where(SignIn.asked_at < now - timedelta(days=2))


async def _insist_on_limits(request: SignIn, now: datetime) -> None:
    address, visitor = SignIn.address == request.address, SignIn.visitor == request.visitor
    limits = (
        (address, PER_ADDRESS),
        (visitor, PER_VISITOR),
        (address & visitor, PER_VISITOR_AND_ADDRESS),
    )
    for here, several in limits:
        for most, within in several:
            if await SignIn.count().where(here & (SignIn.asked_at > now - within)) >= most:
                raise TooOften


async def _void_older(request: SignIn, now: datetime) -> None:
    """This browser's: who asks in another one mustn't void the code its owner is typing."""
    older = (SignIn.browser == request.browser) & SignIn.used_at.is_null()
    await SignIn.update({SignIn.used_at: now}).where(older)


async def _counted(request: SignIn, now: datetime) -> bool:
    """A try costs one of five before it is looked at, however many come at once."""
    alive = SignIn.used_at.is_null() & (SignIn.expires_at > now) & (SignIn.tries < TRIES)
    counted: dict[Any, Any] = {SignIn.tries: SignIn.tries + 1}
    here = (SignIn.id == request.id) & alive
    return bool(await SignIn.update(counted).where(here).returning(SignIn.id))


async def _used(request: SignIn, device: str, now: datetime) -> Begun:
    unused = (SignIn.id == request.id) & SignIn.used_at.is_null()
    async with transaction():
        if not await SignIn.update({SignIn.used_at: now}).where(unused).returning(SignIn.id):
            raise LinkVoid
        person = await Person.objects().get(Person.id == request.person)
        if person is None or person.standing == Standing.EXCLUDED:
            raise LinkVoid
        return await begin(person, device, now, request.onward)
