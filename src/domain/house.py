"""The association's settings: made at the first start, read everywhere, edited by the office."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain import history
from domain.permissions import may_settle
from domain.refusals import EditedMeanwhile, insist
from tables.house import House, Logo
from tables.people import Person
from tables.transaction import afterwards, hold_word, transaction

FRESH = 10.0  # seconds a replica may show old settings
# What the office edits; `probe_sealed` is nobody's to write.
NAMES = ("name_fr", "name_de", "name_it", "name_en", "short_name", "contact", "reminder_days")
NUMBERS = (
    "release_day",
    "open_limit",
    "released_limit",
    "session_days",
    "first_talk_days",
    "correction_days",
    "ending_days",
    "blind_days",
    "quiet_days",
    "later_days",
    "retention_months",
    "invitations_an_hour",
)
_kept: dict[asyncio.AbstractEventLoop, tuple[float, int, House]] = {}


async def current() -> House:
    """Kept for some seconds: every page shows the house's name and logo."""
    loop, database = asyncio.get_running_loop(), id(House._meta.db)
    at, kept_in, house = _kept.get(loop, (0.0, 0, House()))
    if kept_in != database or time.monotonic() - at > FRESH:
        house = await _read()
        house.logo = await _logo()
        _kept.clear()
        _kept[loop] = (time.monotonic(), database, house)
    return house


def forget() -> None:
    """After an edit, on this replica at once."""
    _kept.clear()


async def to_edit() -> tuple[dict[str, str], str]:
    """As it is in the database, and the mark of this state."""
    house = await _read()
    values = {name: str(getattr(house, name)) for name in (*NAMES, *NUMBERS)}
    return values, _mark(values)


async def change(values: Mapping[str, Any], *, seen: str, by: Person, now: datetime) -> None:
    """`seen`: the mark of what was on the page. Raises EditedMeanwhile."""
    insist(may_settle(by) and values.keys() <= {*NAMES, *NUMBERS})
    async with transaction():
        await hold_word("house")
        before, mark = await to_edit()
        changed = {name: each for name, each in values.items() if before[name] != str(each)}
        if not changed:  # also the same form sent twice
            return
        if mark != seen:
            raise EditedMeanwhile
        house = await _read()
        columns = {getattr(House, name): each for name, each in changed.items()}
        await House.update(columns).where(House.id == house.id)
        await history.record("house.change", house, by, now)
        afterwards(forget)


async def show_logo(image: bytes, kind: str, *, by: Person, now: datetime) -> None:
    """Instead of the one before."""
    insist(may_settle(by))
    hashed = hashlib.sha256(image).hexdigest()
    async with transaction():
        await hold_word("house")
        if await _logo() == hashed:
            return
        await Logo.delete(force=True)
        written = base64.b64encode(image).decode()
        await Logo(image=written, kind=kind, hashed=hashed, changed_at=now).save()
        await history.record("house.show_logo", await _read(), by, now)
        afterwards(forget)


async def drop_logo(*, by: Person, now: datetime) -> None:
    """Twice is once."""
    insist(may_settle(by))
    async with transaction():
        await hold_word("house")
        if await Logo.delete(force=True).returning(Logo.id):
            await history.record("house.drop_logo", await _read(), by, now)
            afterwards(forget)


async def logo(hashed: str) -> tuple[bytes, str] | None:
    """The picture and what it is."""
    row = await Logo.objects().where(Logo.hashed == hashed).first()
    return (base64.b64decode(row.image), row.kind) if row else None


async def _read() -> House:
    return await House.objects().order_by(House.id).first() or House()


async def _logo() -> str:
    row = await Logo.select(Logo.hashed).order_by(Logo.id).first()
    return row["hashed"] if row else ""


def _mark(values: Mapping[str, str]) -> str:
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]
