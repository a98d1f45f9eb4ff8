"""Transactions on SQLite that free the one writer, whatever happens to them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiosqlite
from piccolo.engine.sqlite import SQLiteTransaction, TransactionType

if TYPE_CHECKING:
    from engines.sqlite import PooledSQLiteEngine

TURN = 60.0  # seconds to wait for another process that has the database for itself


class Transaction(SQLiteTransaction):
    """Immediate: has the writer from its first moment. Deferred: a snapshot on a reader."""

    __slots__ = ("home", "over")

    engine: PooledSQLiteEngine

    async def __aenter__(self) -> SQLiteTransaction:
        if self._parent is not None:
            return self._parent
        self.over = False
        self.home = self.engine.idle(reading=self.transaction_type is TransactionType.deferred)
        self.connection = await self.get_connection()
        try:
            await self.begin()
        except BaseException:
            await asyncio.shield(self._give_back(clean=False))
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exc_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent is None:
            self.over = True
            self.engine.current_transaction.reset(self.context)
            # Shielded, so that a request cancelled right here doesn't keep the writer.
            await asyncio.shield(self._finish(exception))
        return False

    async def get_connection(self) -> aiosqlite.Connection:
        return await (self.home.get() if self.home else self.engine.get_connection())

    async def begin(self) -> None:
        await self.connection.execute_fetchall(f"BEGIN {self.transaction_type.value}")

    async def commit(self) -> None:
        await self.connection.execute_fetchall("COMMIT")
        self._committed = True

    async def rollback(self) -> None:
        await self.connection.execute_fetchall("ROLLBACK")
        self._rolled_back = True

    async def _finish(self, exception: BaseException | None) -> None:
        try:
            if not self._committed and not self._rolled_back:
                await (self.commit() if exception is None else self.rollback())
        finally:
            await self._give_back(clean=exception is None and self._committed)

    async def _give_back(self, *, clean: bool) -> None:
        try:
            if not clean:
                # Comes after all that a cancelled task left in the connection's queue.
                await self.connection.rollback()
        finally:
            if self.home:
                self.home.put_nowait(self.connection)
            else:
                await self.connection.close()


class Exclusive(Transaction):
    """For upgrades: with foreign keys on, DROP TABLE would delete the children."""

    __slots__ = ()

    async def get_connection(self) -> aiosqlite.Connection:
        self.home = None
        connection = await self.engine.get_connection(patience=TURN)
        await connection.execute_fetchall("PRAGMA foreign_keys = OFF")
        return connection

    async def commit(self) -> None:
        if broken := list(await self.connection.execute_fetchall("PRAGMA foreign_key_check")):
            await self.rollback()
            raise RuntimeError(f"rows that point nowhere: {broken[:5]}")
        await super().commit()
