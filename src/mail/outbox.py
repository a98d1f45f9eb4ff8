"""Letters as rows: posted with the deed that caused them, sent at least once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Protocol

import clock
import i18n
import urls
from mail import leases, sentences, smtp, wording
from mail.message import NotAnAddress, Outgoing, compose, new_message_id
from mail.smtp import Deferred, Refused, Unready
from mail.wording import Wording
from tables.house import House
from tables.letters import Letter, State
from tables.people import Person, Standing
from tables.transaction import afterwards

log = logging.getLogger("mentorat.mail")

POLL = 10.0  # seconds: what other processes posted, and what waits for its next attempt
REST = 30.0  # seconds without a server
# Nothing is missed without them: not for whoever pauses.
CAN_WAIT = {"asked_later", "mentorship_nudge"}


@dataclass(frozen=True)
class Stranger:
    """Somebody we write to who is no member (yet). No name: it might be anything."""

    email: str
    language: str


@dataclass(frozen=True)
class Sender:
    """The house, as its letters name it."""

    name: str
    contact: str
    address: str


@dataclass(frozen=True)
class Round:
    sent: int
    ready: bool


class Transport(Protocol):
    async def send(self, message: EmailMessage) -> str: ...
    async def close(self) -> None: ...


_awake: asyncio.Event | None = None


async def post(
    name: str,
    key: str,
    to: Person | Stranger,
    now: datetime,
    *,
    thread: str = "",
    reply_to: str = "",
    unsubscribe: str = "",
    urgent: bool = False,
    life: timedelta | None = None,
    wait: timedelta = timedelta(),
    calendar: str = "",
    **words: Any,
) -> None:
    """In the caller's transaction; the same event twice is one letter.

    `life`: after it, better no letter than this one. `wait`: as long as the deed can be undone.
    `calendar`: an invitation that goes along (formats/ics.py).
    """
    if isinstance(to, Person) and not _reads(to, name):
        return
    with i18n.speaking(to.language):
        spoken = i18n.language()
        house, own = await sender(spoken), await sentences.own(name, spoken)
        written = wording.render(name, own, house=house, reader=to, **words)
    letter = Letter(
        key=key,
        name=name,
        to=to.id if isinstance(to, Person) else None,
        language=spoken,
        thread=thread,
        message_id=new_message_id(),
        is_urgent=urgent,
        due=clock.milliseconds(now + wait),
        expires=clock.milliseconds(now + life) if life else 0,
        posted_at=now,
    )
    letter.reply_to, letter.unsubscribe, letter.calendar = reply_to, unsubscribe, calendar
    await _insert(letter, written, to.email)


async def post_trial(
    name: str, key: str, to: Person, language: str, now: datetime, written: Wording
) -> bool:
    """What the office sends to itself, in the language it looks at: before all that waits."""
    letter = Letter(
        key=key,
        name=name,
        to=to.id,
        language=language,
        message_id=new_message_id(),
        is_urgent=True,
        due=clock.milliseconds(now),
        posted_at=now,
    )
    return await _insert(letter, written, to.email)


async def take_back(key: str) -> list[int | None]:
    """For an undo: whose letters of this event were still untouched, and are gone now."""
    ours = (Letter.key == key) | Letter.key.like(f"{key}:%")
    untouched = (Letter.state == State.WAITING) & (Letter.attempts == 0)
    taken = await Letter.delete().where(ours & untouched).returning(Letter.to)
    return [letter["to"] for letter in taken]


async def drop_waiting(person: Person) -> None:
    """Of whoever is to hear no more of what happens here."""
    theirs = (Letter.to == person.id) & (Letter.state == State.WAITING)
    await Letter.delete().where(theirs)


async def readdress(person: Person) -> None:
    """What waits goes to where its reader is now; a code for the old address goes nowhere."""
    theirs = (Letter.to == person.id) & (Letter.state == State.WAITING)
    await Letter.delete().where(theirs & Letter.is_urgent.eq(True))
    for letter in await Letter.objects().where(theirs):
        letter.address = person.email
        here = (Letter.id == letter.id) & (Letter.state == State.WAITING)
        await Letter.update({Letter.address_sealed: letter.address_sealed}).where(here)


async def try_again(letter: Letter, now: datetime) -> bool:
    """For the office: a failed one once more, to the address its reader has by now."""
    reader = await Person.objects().where(Person.id == letter.to).first()
    letter.address = reader.email if reader else letter.address
    again: dict[Any, Any] = {
        Letter.state: State.WAITING,
        Letter.attempts: 0,
        Letter.due: clock.milliseconds(now),
        Letter.address_sealed: letter.address_sealed,
        Letter.error: "",
    }
    whole = (Letter.state == State.FAILED) & (Letter.text_sealed != "")
    here = (Letter.id == letter.id) & whole
    afterwards(wake)
    return bool(await Letter.update(again).where(here).returning(Letter.id))


def wake() -> None:
    """The worker of this process, if it has one."""
    if _awake:
        _awake.set()


async def work(stop: asyncio.Event, transport: Transport | None = None) -> None:
    """Until stopped; the letter on its way is finished first."""
    global _awake
    way = smtp.server() if transport is None else transport
    if way is None:  # letters wait until there are settings
        await stop.wait()
        return
    _awake = asyncio.Event()
    while not stop.is_set():
        _awake.clear()
        ready = await _one_round(way, stop)
        waiting = (stop, _awake) if ready else (stop,)
        await _first_of(*waiting, seconds=POLL if ready else REST)


async def deliver_due(
    now: datetime, transport: Transport, stop: asyncio.Event | None = None
) -> Round:
    """All that is due, urgent ones first; each is claimed just before it is sent."""
    moment, sent = _from(now), 0
    await leases.drop_expired(now)
    try:
        while not (stop and stop.is_set()) and (letter := await leases.claim(moment())):
            try:
                sent += await _deliver(letter, transport, moment)
            except Unready as trouble:
                await leases.put_back(letter, trouble.said, moment())
                return Round(sent, ready=False)
    finally:
        await transport.close()
    return Round(sent, ready=True)


async def _insert(letter: Letter, written: Wording, address: str) -> bool:
    """Whether this event is a new one."""
    letter.address = address
    letter.subject, letter.text, letter.html = written.subject, written.text, written.html
    once = Letter.insert(letter).on_conflict(target=Letter.key, action="DO NOTHING")
    is_new = bool(await once.returning(Letter.id))
    afterwards(wake)
    return is_new


async def _one_round(way: Transport, stop: asyncio.Event) -> bool:
    try:
        return (await deliver_due(clock.now(), way, stop)).ready
    except Exception as error:  # the database is away: that must not end the worker
        log.error("outbox: %s", type(error).__name__)
        return False


async def _deliver(letter: Letter, transport: Transport, moment: Callable[[], datetime]) -> bool:
    try:
        async with asyncio.timeout(leases.LIMIT.total_seconds()):
            await transport.send(await _message(letter, moment()))
    except Unready:
        raise
    except Refused as refusal:
        await leases.fail(letter, refusal.said)
    except NotAnAddress:
        await leases.fail(letter, "not an address")
    except Deferred as delay:
        await leases.put_off(letter, delay.said, moment())
    except Exception as error:  # one letter that can't be written must not hold the others
        await leases.put_off(letter, type(error).__name__, moment())
    else:
        await leases.sent(letter, moment())
        return True
    return False


async def _message(letter: Letter, now: datetime) -> EmailMessage:
    reader: Person | None = letter.to
    house = await sender(letter.language)
    outgoing = Outgoing(
        message_id=letter.message_id,
        address=letter.address,
        language=letter.language,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        house=house.name,
        name=wording.flat(reader.name) if reader and reader.id else "",
        thread=letter.thread,
        reply_to=letter.reply_to,
        unsubscribe=letter.unsubscribe,
        calendar=letter.calendar,
    )
    return compose(outgoing, now)


def _reads(person: Person, name: str) -> bool:
    """A deleted account has no address; a pause is a rest."""
    if person.standing == Standing.GONE:
        return False
    return person.paused_at is None or name not in CAN_WAIT


async def sender(language: str) -> Sender:
    house = await House.objects().first()
    address = urls.absolute("/")
    if house is None:
        return Sender("Mentorat", "", address)
    return Sender(house.name_in(language), house.contact, address)


def _from(now: datetime) -> Callable[[], datetime]:
    """The time as the round goes on, without another reader of the clock."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    return lambda: now + timedelta(seconds=loop.time() - began)


async def _first_of(*events: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
