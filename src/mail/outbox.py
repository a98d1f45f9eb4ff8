"""Letters as rows: posted with the deed that caused them, sent at least once."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Protocol

import clock
import i18n
import urls
from mail import smtp, wording
from mail.smtp import Deferred, Outgoing, Refused, Trouble, Unready
from sealing import Unreadable
from tables.house import House
from tables.letters import Letter, State
from tables.people import Person
from tables.transaction import afterwards

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
JITTER = 0.2
NOT_READY = timedelta(minutes=1)  # nothing was tried: no attempt is counted
LIMIT = timedelta(seconds=60)  # for one letter, all of the server's answers together
LEASE = timedelta(seconds=90)  # longer than the limit, or two would send the same letter
POLL = 10.0  # seconds: what other processes posted, and what waits for its next attempt
REST = 30.0  # seconds without a server
EMPTIED = {
    Letter.address_sealed: "",
    Letter.reply_to_sealed: "",
    Letter.unsubscribe_sealed: "",
    Letter.subject_sealed: "",
    Letter.text_sealed: "",
    Letter.html_sealed: "",
}


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
    **words: Any,
) -> None:
    """In the caller's transaction; the same event twice is one letter.

    `life`: after it, better no letter than this one. `wait`: as long as the deed can be undone.
    """
    with i18n.speaking(to.language):
        spoken = i18n.language()
        house = await _house(spoken)
        written = wording.render(name, house=house, reader=to, **words)
    letter = Letter(
        key=key,
        name=name,
        to=to.id if isinstance(to, Person) else None,
        language=spoken,
        thread=thread,
        message_id=smtp.new_message_id(),
        is_urgent=urgent,
        due=clock.milliseconds(now + wait),
        expires=clock.milliseconds(now + life) if life else 0,
        posted_at=now,
    )
    letter.address, letter.reply_to, letter.unsubscribe = to.email, reply_to, unsubscribe
    letter.subject, letter.text, letter.html = written.subject, written.text, written.html
    await Letter.insert(letter).on_conflict(target=Letter.key, action="DO NOTHING")
    afterwards(wake)


async def take_back(key: str) -> bool:
    """For an undo: true if the event's letter was still untouched, and is gone now."""
    ours = (Letter.key == key) | Letter.key.like(f"{key}:%")
    untouched = (Letter.state == State.WAITING) & (Letter.attempts == 0)
    return bool(await Letter.delete().where(ours & untouched).returning(Letter.id))


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
    way = transport or smtp.server()
    if way is None:
        log.warning("no SMTP settings: letters wait")
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
    await _drop_expired(now)
    try:
        while not (stop and stop.is_set()) and (letter := await claim(moment())):
            try:
                sent += await _deliver(letter, transport, moment)
            except Unready as trouble:
                await _put_back(letter, trouble, moment())
                log.error("outbox: not ready: %s", _scrubbed(trouble.said, letter))
                return Round(sent, ready=False)
    finally:
        await transport.close()
    return Round(sent, ready=True)


async def claim(now: datetime) -> Letter | None:
    """One statement; on PostgreSQL several senders pass each other."""
    engine: Any = Letter._meta.db
    skip = " FOR UPDATE SKIP LOCKED" if engine.engine_type == "postgres" else ""
    lease, moment = str(uuid.uuid4()), clock.milliseconds(now)
    claimed = await Letter.raw(
        "UPDATE letters SET state = 'sending', attempts = attempts + 1, lease = {}, due = {}"
        " WHERE id = (SELECT id FROM letters WHERE state IN ('waiting', 'sending') AND due <= {}"
        " AND (expires = 0 OR expires > {}) ORDER BY is_urgent DESC, due, id LIMIT 1"
        f"{skip}) RETURNING id",
        lease,
        moment + int(LEASE.total_seconds() * 1000),
        moment,
        moment,
    )
    if not claimed:
        return None
    ours = (Letter.id == claimed[0]["id"]) & (Letter.lease == lease)
    return await Letter.objects(Letter.to).where(ours).first()


async def _one_round(way: Transport, stop: asyncio.Event) -> bool:
    try:
        return (await deliver_due(clock.now(), way, stop)).ready
    except Exception as error:  # the database is away: that must not end the worker
        log.error("outbox: %s", type(error).__name__)
        return False


async def _deliver(letter: Letter, transport: Transport, moment: Callable[[], datetime]) -> bool:
    try:
        async with asyncio.timeout(LIMIT.total_seconds()):
            await transport.send(await _message(letter, moment()))
    except Unready:
        raise
    except Refused as refusal:
        await _fail(letter, refusal.said)
    except Deferred as delay:
        await _put_off(letter, delay.said, moment())
    except TimeoutError:
        await transport.close()
        await _put_off(letter, "no answer in time", moment())
    except Exception as error:  # one letter that can't be written must not hold the others
        await _put_off(letter, type(error).__name__, moment())
    else:
        await _settle(letter, {Letter.state: State.SENT, Letter.sent_at: moment(), **EMPTIED})
        log.info("letter %s sent: %s", letter.id, letter.name)
        return True
    return False


async def _message(letter: Letter, now: datetime) -> EmailMessage:
    reader: Person | None = letter.to
    house = await _house(letter.language)
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
    )
    return smtp.message(outgoing, now)


async def _put_off(letter: Letter, said: str, now: datetime) -> None:
    if letter.attempts > len(PAUSES):
        await _fail(letter, said)
        return
    pause = PAUSES[letter.attempts - 1] * random.uniform(1, 1 + JITTER)
    await _wait_until(letter, now + pause, said, letter.attempts)


async def _put_back(letter: Letter, trouble: Trouble, now: datetime) -> None:
    """Not the letter's fault: it was not tried."""
    await _wait_until(letter, now + NOT_READY, trouble.said, letter.attempts - 1)


async def _wait_until(letter: Letter, due: datetime, said: str, attempts: int) -> None:
    await _settle(
        letter,
        {
            Letter.state: State.WAITING,
            Letter.due: clock.milliseconds(due),
            Letter.attempts: attempts,
            Letter.error: _scrubbed(said, letter),
        },
    )


async def _fail(letter: Letter, said: str) -> None:
    error = _scrubbed(said, letter)
    await _settle(letter, {Letter.state: State.FAILED, Letter.error: error})
    log.warning("letter %s failed: %s: %s", letter.id, letter.name, error)


async def _settle(letter: Letter, values: dict[Any, Any]) -> None:
    """Only while the lease is ours: who was too slow doesn't undo the next one's work."""
    ours = (Letter.id == letter.id) & (Letter.lease == letter.lease)
    await Letter.update({**values, Letter.lease: ""}).where(ours)


async def _drop_expired(now: datetime) -> None:
    """A code after its life helps nobody. One that is being sent has its lease first."""
    moment = clock.milliseconds(now)
    idle = (Letter.state == State.WAITING) | (
        (Letter.state == State.SENDING) & (Letter.due <= moment)
    )
    over = (Letter.expires > 0) & (Letter.expires <= moment)
    end: dict[Any, Any] = {Letter.state: State.FAILED, Letter.error: "expired", **EMPTIED}
    await Letter.update(end).where(idle & over)


def _scrubbed(said: str, letter: Letter) -> str:
    """The server's words without the reader: the office reads them, and the logs keep them."""
    for private in _private(letter):
        if len(private) > 2:
            said = re.sub(re.escape(private), "…", said, flags=re.IGNORECASE)
    return re.sub(r"\S+@\S+", "…", wording.flat(said))[:200]


def _private(letter: Letter) -> tuple[str, ...]:
    try:
        return letter.subject, letter.address, letter.address.partition("@")[0]
    except Unreadable:  # sealed under a key that was lost: then nobody could say it
        return ()


async def _house(language: str) -> Sender:
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
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*waits, return_exceptions=True)
