"""Backup and restore of SQLite, also while the server runs; PostgreSQL has its own tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import piccolo_conf
from running import upgrade
from settings import settings

Say = Callable[[str], None]


class Refused(SystemExit):
    """Said in words, without a traceback."""


async def back_up(copy: Path, say: Say) -> None:
    engine = _engine("pg_dump")
    _insist_on_a_new(copy)
    if not await _holds_something(engine):
        raise Refused("There is nothing to save yet.")
    try:
        await engine.copy_to(copy)
    except OSError as error:
        raise Refused(f"{copy} cannot be written: {error.strerror}") from None
    say(f"Saved in {copy}. The key is not in it: {_key()}.")
    say("Keep the key too, in another place: without it private texts cannot be read again.")


async def restore(copy: Path, say: Say) -> None:
    """What was there before stays in a copy of its own."""
    engine = _engine("pg_restore")
    try:
        upgrade.refuse_newer(set(await engine.migrations_in(copy)))
    except ValueError as error:
        raise Refused(f"{copy} is no whole backup ({error}): nothing was changed.") from None
    if await _holds_something(engine):
        aside = Path(engine.path).with_suffix(".before-restore.sqlite")
        await engine.copy_to(aside)
        say(f"What was there is kept in {aside}; delete it once all is well.")
    await engine.put_back(copy)
    await upgrade.upgrade()
    say(f"Restored from {copy}. Letters that waited at that time will be sent.")
    say(f"It needs the key of that time: {_key()}. `mentorat doctor` tells whether it fits.")


async def _holds_something(engine: Any) -> bool:
    return bool(await engine.run_ddl("SELECT 1 FROM sqlite_master LIMIT 1"))


def _insist_on_a_new(copy: Path) -> None:
    if copy.exists():
        raise Refused(f"{copy} is there already: nothing was written.")


def _engine(own_tool: str) -> Any:
    engine: Any = piccolo_conf.DB
    if engine.engine_type != "sqlite":
        raise Refused(f"The database is PostgreSQL: use {own_tool}, it does this better.")
    return engine


def _key() -> str:
    return "SECRET_KEY" if settings().keys else str(settings().data / "secret.key")
