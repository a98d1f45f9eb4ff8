"""A letter's states: waiting, sending as long as its lease lasts, sent or failed."""

from __future__ import annotations

import logging
import random
import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import clock
from mail import wording
from sealing import Unreadable
from tables.letters import Letter, State

log = logging.getLogger("mentorat.mail")

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
JITTER = 0.2  # letters put off together come back one by one
NOT_READY = timedelta(minutes=1)
LIMIT = timedelta(seconds=60)  # for one letter, all of the server's answers together
LEASE = timedelta(seconds=90)  # longer than the limit, or two would send the same letter
EMPTIED = {
    Letter.address_sealed: "",
    Letter.reply_to_sealed: "",
    Letter.unsubscribe_sealed: "",
    Letter.subject_sealed: "",
    Letter.text_sealed: "",
    Letter.html_sealed: "",
    Letter.calendar_sealed: "",
}


async def claim(now: datetime) -> Letter | None:
    """The most urgent one, by one statement; on PostgreSQL several senders pass each other."""
    engine: Any = Letter._meta.db
    skip = " FOR UPDATE SKIP LOCKED" if engine.engine_type == "postgres" else ""
    lease, moment = str(uuid.uuid4()), clock.milliseconds(now)
    claimed = await Letter.raw(
        "UPDATE letters SET state = 'sending', attempts = attempts + 1, lease = {}, due = {}"
        " WHERE id = (SELECT id FROM letters WHERE state IN ('waiting', 'sending') AND due <= {}"
        " AND (expires = 0 OR expires > {}) ORDER BY is_urgent DESC, due, id LIMIT 1"
        f"{skip}) RETURNING id",
        lease,
        clock.milliseconds(now + LEASE),
        moment,
        moment,
    )
    if not claimed:
        return None
    ours = (Letter.id == claimed[0]["id"]) & (Letter.lease == lease)
    return await Letter.objects(Letter.to).where(ours).first()


async def drop_expired(now: datetime) -> None:
    """A code after its life helps nobody; one on its way keeps its lease."""
    moment = clock.milliseconds(now)
    idle = (Letter.state == State.WAITING) | (
        (Letter.state == State.SENDING) & (Letter.due <= moment)
    )
    over = (Letter.expires > 0) & (Letter.expires <= moment)
    end: dict[Any, Any] = {Letter.state: State.FAILED, Letter.error: "expired", **EMPTIED}
    await Letter.update(end).where(idle & over)


async def sent(letter: Letter, now: datetime) -> None:
    done: dict[Any, Any] = {Letter.state: State.SENT, Letter.sent_at: now, Letter.error: ""}
    await _settle(letter, {**done, **EMPTIED})
    log.info("letter %s sent: %s", letter.id, letter.name)


async def put_off(letter: Letter, said: str, now: datetime) -> None:
    """Later again, until it was tried often enough."""
    if letter.attempts > len(PAUSES):
        await fail(letter, said)
        return
    pause = PAUSES[letter.attempts - 1] * random.uniform(1, 1 + JITTER)
    await _wait_until(letter, now + pause, said, letter.attempts)


async def put_back(letter: Letter, said: str, now: datetime) -> None:
    """The server or our settings failed, not the letter: its attempt doesn't count."""
    await _wait_until(letter, now + NOT_READY, said, letter.attempts - 1)
    log.error("no letters can be sent: %s", scrubbed(said, letter))


async def fail(letter: Letter, said: str) -> None:
    """For the office to see."""
    error = scrubbed(said, letter)
    await _settle(letter, {Letter.state: State.FAILED, Letter.error: error})
    log.warning("letter %s failed: %s: %s", letter.id, letter.name, error)


def scrubbed(said: str, letter: Letter) -> str:
    """The server's words without the reader: the office reads them, and the logs keep them."""
    for private in _private(letter):
        if len(private) > 2:
            said = re.sub(re.escape(private), "…", said, flags=re.IGNORECASE)
    return re.sub(r"\S+@\S+", "…", wording.flat(said))[:200]


async def _wait_until(letter: Letter, due: datetime, said: str, attempts: int) -> None:
    values: dict[Any, Any] = {
        Letter.state: State.WAITING,
        Letter.due: clock.milliseconds(due),
        Letter.attempts: attempts,
        Letter.error: scrubbed(said, letter),
    }
    await _settle(letter, values)


async def _settle(letter: Letter, values: dict[Any, Any]) -> None:
    """Only while the lease is ours: who was too slow doesn't undo the next one's work."""
    ours = (Letter.id == letter.id) & (Letter.lease == letter.lease)
    await Letter.update({**values, Letter.lease: ""}).where(ours)


def _private(letter: Letter) -> tuple[str, ...]:
    try:
        return letter.subject, letter.address, letter.address.partition("@")[0]
    except Unreadable:  # sealed under a key that was lost: then nobody could say it
        return ()
