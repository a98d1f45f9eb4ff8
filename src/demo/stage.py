"""The demo's database, made or made anew, and its server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from socket import socket
from typing import Any
from zlib import crc32

import app
import clock
import piccolo_conf
import urls
from demo import doors, story
from running import serving, upgrade
from settings import settings
from tables.events import Event

FRESH = timedelta(days=3)  # later the story's dates are hard to believe
SOURCE = Path(__file__).parents[1]
TELLS = ("demo/*.py", "demo/*.toml", "tables/migrations/*.py", "content/*")


def play(listening: socket) -> None:
    """Until Ctrl-C."""
    serving.open_doors(
        app.build(further=doors.HANDLERS), settings().port, listening=listening, once_open=_say
    )


async def prepare() -> None:
    """As it was left, if it is still believable; else from the beginning."""
    if await _is_fresh():
        return
    for file in _database_files():
        file.unlink()
    await upgrade.upgrade()
    engine: Any = piccolo_conf.DB
    await engine.start_connection_pool()
    try:
        await story.tell(clock.now(), edition())
    finally:
        await engine.close_connection_pool()


def edition() -> int:
    """Which story on which tables, as a number that an event can keep."""
    mark = crc32(version("mentorat").encode())
    for pattern in TELLS:
        for file in sorted(SOURCE.glob(pattern)):
            if file.is_file():
                mark = crc32(file.read_bytes(), crc32(file.name.encode(), mark))
    return mark & 0x7FFFFFFF


async def _is_fresh() -> bool:
    if not any(_database_files()) or not await Event.table_exists():
        return False
    made = Event.select(Event.at, Event.about).where(Event.what == story.MADE)
    row = await made.order_by(Event.id, ascending=False).first()
    return bool(row and row["about"] == edition() and clock.now() - row["at"] < FRESH)


def _database_files() -> Iterator[Path]:
    """With what SQLite and an upgrade laid beside; the key stays."""
    return settings().data.glob("mentorat.*sqlite*")


def _say() -> None:
    sys.stdout.write(f"Open {urls.absolute('')}\n")
    sys.stdout.flush()
