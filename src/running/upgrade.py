"""All pending migrations in one transaction, under a lock: wholly or not at all.

Piccolo's own command locks nothing and books a migration after its transaction. Call this before
the pool opens.
"""

from __future__ import annotations

import contextlib
import io
import logging
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration

import piccolo_conf

log = logging.getLogger(__name__)


class NewerDatabase(SystemExit):
    """Said in words, without a traceback."""


async def upgrade() -> list[str]:
    """The migrations that ran: none when the database is as new as the program."""
    engine: Any = piccolo_conf.DB
    async with engine.exclusive():
        await BaseMigrationManager().create_migration_table()
        ran = set(await Migration.get_migrations_which_ran())
        refuse_newer(ran)
        new = sorted(_known() - ran)
        if ran and new and engine.engine_type == "sqlite":
            await _keep_a_copy(engine, new[-1])
        await _run_pending()
    if ran and new and engine.engine_type == "sqlite":
        await engine.sweep()
    if new:
        log.info("database upgraded: %s", ", ".join(new))
    return new


def refuse_newer(ran: set[str]) -> None:
    if newer := sorted(ran - _known()):
        raise NewerDatabase(f"The database is newer than this program: {', '.join(newer)}")


def forget_old_copies(engine: Any, before: datetime) -> None:
    """Of earlier upgrades and restores: they hold whoever has been deleted since."""
    database = Path(engine.path)
    for copy in _copies(database):
        if copy.stat().st_mtime < before.timestamp():
            copy.unlink(missing_ok=True)


async def pending() -> list[str]:
    """For readiness and doctor: asks, and changes nothing."""
    there = await Migration.table_exists()
    ran = set(await Migration.get_migrations_which_ran()) if there else set()
    return sorted(_known() - ran)


async def _run_pending() -> None:
    with contextlib.redirect_stdout(io.StringIO()):  # Piccolo prints its progress
        result = await run_forwards("all")
    if not result.success:
        raise RuntimeError(result.message)


async def _keep_a_copy(engine: Any, newest: str) -> None:
    """Beside the database, as it was. Only the last one stays: it holds people's data."""
    database = Path(engine.path)
    earlier = _copies(database)
    copy = database.with_name(f"{database.stem}.before-{newest.replace(':', '')}.sqlite")
    await engine.copy_to(copy)
    for old in earlier - {copy}:
        old.unlink()


def _copies(database: Path) -> set[Path]:
    return set(database.parent.glob(f"{database.stem}.before-*.sqlite"))


@cache
def _known() -> frozenset[str]:
    finder = BaseMigrationManager()
    apps = [finder.get_app_config(app) for app in finder.get_sorted_app_names()]
    folders = [app.resolved_migrations_folder_path for app in apps]
    return frozenset(name for folder in folders for name in finder.get_migration_modules(folder))
