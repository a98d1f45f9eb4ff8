"""The database for oneself: one transaction that keeps every other upgrade waiting."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
from piccolo.engine.sqlite import TransactionType

from engines import postgres, sqlite

LOCK = 0x6D656E746F726174  # the same number in every replica
PATIENCE = 60  # seconds to wait for another one's turn


@contextlib.asynccontextmanager
async def exclusive(engine: Any) -> AsyncIterator[None]:
    """Piccolo's own transactions join this one. To be opened before the pool is."""
    if isinstance(engine, sqlite.PooledSQLiteEngine):
        async with OnSQLite(engine, TransactionType.immediate):
            yield
            if broken := await engine.run_ddl("PRAGMA foreign_key_check"):
                raise RuntimeError(f"rows that point nowhere: {broken[:5]}")
    else:
        async with OnPostgres(engine):
            await engine.run_ddl(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            await engine.run_ddl(f"SELECT pg_advisory_xact_lock({LOCK})")
            yield


class OnSQLite(sqlite.Transaction):
    """Immediate, which is the lock; with foreign keys on, DROP TABLE would delete the children."""

    async def get_connection(self) -> aiosqlite.Connection:
        self.home = None
        connection = await self.engine.get_connection(patience=PATIENCE)
        await connection.execute_fetchall("PRAGMA foreign_keys = OFF")
        return connection


class OnPostgres(postgres.Transaction):
    """A remembered statement fails once its table has changed in the same transaction."""

    async def get_connection(self) -> Any:
        return await asyncpg.connect(**self.engine.config, statement_cache_size=0)

    async def _give_back(self, *, broken: bool) -> None:
        if broken:
            self.connection.terminate()
        await self.connection.close()


async def copy_file(database: Path, copy: Path) -> None:
    """A whole SQLite database as it is now, while others read and write; for its owner alone."""
    await asyncio.to_thread(_copy, database, copy)


def _copy(database: Path, copy: Path) -> None:
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    address = f"{database.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute("VACUUM INTO ?", [str(unfinished)])
    unfinished.replace(copy)
