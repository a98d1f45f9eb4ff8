"""Is all well? Settings, database, key, mail: in words, without secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import piccolo_conf
import sealing
from mail import smtp
from running import upgrade
from settings import KEY_FILE, settings
from tables.house import House
from tables.letters import Letter, State
from tables.people import Person

Say = Callable[[str], None]


async def examine(say: Say) -> int:
    """0 when all is well, 1 otherwise."""
    say(f"address    {settings().base_url}")
    # Behind a proxy that isn't named all visitors share its address, and its limits.
    say(f"proxies    trusted: {settings().trusted_proxies}")
    findings = [await _database(say), await _key(say), await _people(say), await _mail(say)]
    return 0 if all(findings) else 1


async def _database(say: Say) -> bool:
    engine: Any = piccolo_conf.DB
    try:
        waiting = await upgrade.pending()
    except Exception as error:
        say(f"database   OUT OF REACH: {type(error).__name__}")
        return False
    kind = await engine.describe()
    if engine.engine_type == "postgres":
        kind += f" at {urlsplit(settings().database_url).hostname}"
    say(f"database   {kind}, " + (f"{len(waiting)} upgrades pending" if waiting else "up to date"))
    return True


async def _key(say: Say) -> bool:
    """Only looked at: the first start makes one, the doctor doesn't."""
    file, probe = settings().data / KEY_FILE, await _probe()
    where = "from SECRET_KEY" if settings().keys else f"in {file}"
    if not settings().keys and not file.exists():
        found = "MISSING: put it back as" if probe else "made at the first start:"
        say(f"key        {found} {file}")
        return not probe
    try:
        sealing.unseal(probe)
    except sealing.Unreadable:
        say(f"key        WRONG ({where}): the database was sealed under another one")
        return False
    is_turning = probe and not sealing.is_current(probe)
    rest = "; older texts need the old one: mentorat keys rotate" if is_turning else ""
    said = "opens what is there" if probe else "nothing sealed yet"
    say(f"key        {where}, {said}{rest}")
    return True


async def _probe() -> str:
    try:
        row = await House.select(House.probe_sealed).first()
    except Exception:  # no tables yet
        row = None
    return row["probe_sealed"] if row else ""


async def _people(say: Say) -> bool:
    try:
        office = await Person.count().where(Person.is_coordinator.eq(True))
        failed = await Letter.count().where(Letter.state == State.FAILED)
        waiting = await Letter.count().where(Letter.state == State.WAITING)
    except Exception:
        say("people     no tables yet: start the server once")
        return True
    say(f"people     {office} coordinate")
    say(f"letters    {waiting} wait, {failed} failed")
    return True


async def _mail(say: Say) -> bool:
    if settings().smtp is None:
        say("mail       no SMTP_HOST: letters wait")
        return True
    try:
        answer = await smtp.knock()
    except smtp.Trouble as trouble:
        say(f"mail       NOT READY: {trouble}")
        return False
    say(f"mail       {answer}")
    return True
