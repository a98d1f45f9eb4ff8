"""SQLite with connections that stay: one writer in a fair queue, a few readers, WAL."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from pathlib import Path
from typing import Any

import aiosqlite
from piccolo.engine.sqlite import (
    AsyncBatch,
    Atomic,
    SQLiteEngine,
    TransactionType,
    dict_factory,
)
from piccolo.query.base import Query
from piccolo.table import Table

from engines import sqlite_copies
from engines.current import Current
from engines.sqlite_transactions import Exclusive, Transaction

OLDEST = (3, 35)  # RETURNING, DROP COLUMN
READERS = 2
PATIENCE = 5.0  # seconds that SQLite waits for another process
IS_READ = re.compile(r"\s*SELECT\b", re.IGNORECASE)  # WITH may write: it goes to the writer
PRAGMAS = (
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "cache_size = -16000",
    "temp_store = MEMORY",
    "journal_size_limit = 67108864",
    "secure_delete = ON",  # what is deleted or emptied is overwritten, not only let go of
)
READING = "query_only = ON"

Connections = asyncio.Queue[aiosqlite.Connection]


class TooOld(SystemExit):
    """Said in words, without a traceback."""


def insist_on_floors() -> None:
    if sqlite3.sqlite_version_info < OLDEST:
        needed = ".".join(map(str, OLDEST))
        raise TooOld(
            f"SQLite {needed} or newer is needed; this Python has {sqlite3.sqlite_version}"
        )


class Batch(AsyncBatch):
    async def __aexit__(self, exc_type: Any, exception: Any, traceback: Any) -> None:
        await self.connection.close()  # Piccolo's also swallows what went wrong


class PooledSQLiteEngine(SQLiteEngine):
    """Piccolo's own opens a thread and a connection for each query, and begins transactions
    without the write lock, so that parallel ones fail with "database is locked".

    Until `start_connection_pool` (commands, migrations) each query has a connection of its own.
    """

    __slots__ = ("_loop", "_readers", "_writer", "readers")

    def __init__(self, path: str, readers: int = READERS) -> None:
        insist_on_floors()
        self.readers = readers
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: Connections | None = None
        self._readers: Connections | None = None
        super().__init__(path, cached_statements=512)
        self.current_transaction: Any = Current(f"transaction on {path}")

    async def check_version(self) -> None:
        """Done already, and more exactly."""

    async def start_connection_pool(self, **_: Any) -> None:
        writer: Connections = asyncio.Queue()
        readers: Connections = asyncio.LifoQueue()  # the last used has the warmest cache
        writer.put_nowait(await self.get_connection())
        for _number in range(self.readers):
            readers.put_nowait(await self.get_connection(reading=True))
        self._loop = asyncio.get_running_loop()
        self._writer, self._readers = writer, readers

    async def close_connection_pool(self) -> None:
        if self._writer is None or self._readers is None:
            return
        writer, readers = self._writer, self._readers
        self._loop = self._writer = self._readers = None
        for _number in range(self.readers):
            await (await readers.get()).close()
        last = await writer.get()
        try:
            await last.execute_fetchall("PRAGMA optimize")
        except sqlite3.OperationalError:
            pass  # another process is writing: whoever closes next does it
        finally:
            await last.close()  # its thread would keep this process alive

    async def get_connection(
        self, *, reading: bool = False, patience: float = PATIENCE
    ) -> aiosqlite.Connection:
        self.make_room()
        connection = await aiosqlite.connect(**self.connection_kwargs, timeout=patience)
        try:
            connection.row_factory = dict_factory  # type: ignore[assignment]
            await _into_wal(connection, patience)
            for pragma in (*PRAGMAS, READING) if reading else PRAGMAS:
                await connection.execute_fetchall(f"PRAGMA {pragma}")
        except BaseException:
            await connection.close()
            raise
        return connection

    def make_room(self) -> None:
        """People's data: for the owner of the program alone."""
        file = Path(self.path)
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)

    def idle(self, *, reading: bool) -> Connections | None:
        """None without a pool, and in another event loop than the pool's."""
        if self._loop is not asyncio.get_running_loop():
            return None
        return self._readers if reading else self._writer

    def transaction(
        self,
        transaction_type: TransactionType = TransactionType.immediate,
        allow_nested: bool = True,
    ) -> Transaction:
        return Transaction(self, transaction_type=transaction_type, allow_nested=allow_nested)

    def exclusive(self) -> Exclusive:
        """All others wait, upgrades too. To be opened before the pool is."""
        return Exclusive(self, TransactionType.immediate)

    def atomic(self, transaction_type: TransactionType = TransactionType.immediate) -> Atomic:
        return super().atomic(transaction_type)

    async def describe(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    async def copy_to(self, copy: Path) -> None:
        self.make_room()
        await asyncio.to_thread(sqlite_copies.take, Path(self.path), copy)

    async def put_back(self, copy: Path) -> None:
        self.make_room()
        await asyncio.to_thread(sqlite_copies.put_back, copy, Path(self.path))

    async def migrations_in(self, copy: Path) -> list[str]:
        return await asyncio.to_thread(sqlite_copies.migrations_in, copy)

    async def empty_log(self) -> None:
        """What was overwritten in the database still stands in the log beside it. Not while
        somebody reads or writes: then the next time."""
        with contextlib.suppress(sqlite3.OperationalError):
            await self.run_ddl("PRAGMA wal_checkpoint(TRUNCATE)")

    async def sweep(self) -> None:
        """What was let go of before it was overwritten goes too. Not while somebody is busy."""
        with contextlib.suppress(sqlite3.OperationalError):
            await self.run_ddl("VACUUM")

    async def batch(
        self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None
    ) -> Batch:
        return Batch(await self.get_connection(reading=True), query, batch_size)

    async def _run_in_existing_connection(
        self,
        connection: aiosqlite.Connection,
        query: str,
        args: list[Any] | None = None,
        query_type: str = "generic",
        table: type[Table] | None = None,
    ) -> Any:
        return await connection.execute_fetchall(query, args or [])

    async def _run_in_new_connection(
        self,
        query: str,
        args: list[Any] | None = None,
        query_type: str = "generic",
        table: type[Table] | None = None,
    ) -> Any:
        home = self.idle(reading=IS_READ.match(query) is not None)
        connection = await (home.get() if home else self.get_connection())
        try:
            return await connection.execute_fetchall(query, args or [])
        finally:
            if home:
                # When cancelled too: a connection works off its queue in order.
                home.put_nowait(connection)
            else:
                await connection.close()


async def _into_wal(connection: aiosqlite.Connection, patience: float) -> None:
    """Changes a new file only. Of two that do so at once SQLite refuses one without waiting."""
    clock = asyncio.get_running_loop()
    latest = clock.time() + patience
    while True:
        try:
            await connection.execute_fetchall("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or clock.time() > latest:
                raise
        await asyncio.sleep(0.02)
