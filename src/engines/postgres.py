"""PostgreSQL whose transactions give their connection back, whatever happens to them."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
from piccolo.engine.postgres import AsyncBatch, PostgresEngine, PostgresTransaction
from piccolo.query.base import Query

from engines.current import Current

OLDEST = 14
LOCK = 0x6D656E746F726174  # the same number in every replica
TURN = 60  # seconds to wait for another one that has the database for itself
POOL = {"min_size": 1, "max_size": 10}


class TooOld(SystemExit):
    """Said in words, without a traceback."""


class Transaction(PostgresTransaction):
    """Piccolo's own keeps the connection for ever when the request is cancelled, or when COMMIT
    or ROLLBACK fails: after some hundred of them the pool is empty."""

    __slots__ = ("over",)

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        self.over = False
        self.connection = await self.get_connection()
        try:
            self.transaction = self.connection.transaction()
            await self.begin()
        except BaseException:
            await asyncio.shield(self._give_back(broken=True))
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exc_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent is None:
            self.over = True
            self.engine.current_transaction.reset(self.context)
            await asyncio.shield(self._finish(exception))
        return False

    async def get_connection(self) -> Any:
        pool = self.engine.pool
        return await (pool.acquire() if pool else asyncpg.connect(**self.engine.config))

    async def begin(self) -> None:
        await self.transaction.start()

    async def commit(self) -> None:
        await self.transaction.commit()
        self._committed = True

    async def rollback(self) -> None:
        await self.transaction.rollback()
        self._rolled_back = True

    async def _finish(self, exception: BaseException | None) -> None:
        broken = True
        try:
            if not self._committed and not self._rolled_back:
                await (self.commit() if exception is None else self.rollback())
            broken = False
        except Exception:
            if exception is None:
                raise  # a refused COMMIT is news to the caller, a failed ROLLBACK isn't
        finally:
            await self._give_back(broken=broken)

    async def _give_back(self, *, broken: bool) -> None:
        if broken:
            self.connection.terminate()  # the server rolls back, the pool opens another
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class Exclusive(Transaction):
    """For upgrades, one replica after the other."""

    __slots__ = ()

    async def get_connection(self) -> Any:
        # A remembered statement fails once its table has changed in the same transaction.
        return await asyncpg.connect(**self.engine.config, statement_cache_size=0)

    async def begin(self) -> None:
        await super().begin()
        await self.connection.execute(f"SET LOCAL lock_timeout = '{TURN}s'")
        await self.connection.execute(f"SELECT pg_advisory_xact_lock({LOCK})")

    async def _give_back(self, *, broken: bool) -> None:
        if broken:
            self.connection.terminate()
        await self.connection.close()


class Batch(AsyncBatch):
    async def __aexit__(self, exc_type: Any, exception: Any, traceback: Any) -> None:
        await self.connection.close()  # which rolls back; Piccolo's also swallows what went wrong


class SafePostgresEngine(PostgresEngine):
    __slots__ = ()

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.current_transaction: Any = Current("transaction on PostgreSQL")

    async def check_version(self) -> None:
        """Not when made: importing the tables needs no server."""

    async def start_connection_pool(self, **options: Any) -> None:
        await super().start_connection_pool(**{**POOL, **options})
        try:
            await self.insist_on_floor()
        except BaseException:
            await self.close_connection_pool()
            raise

    async def close_connection_pool(self) -> None:
        if self.pool:
            await super().close_connection_pool()

    async def insist_on_floor(self) -> None:
        [row] = await self.run_ddl("SELECT current_setting('server_version_num')::int AS number")
        if row["number"] < OLDEST * 10_000:
            here = await self.describe()
            raise TooOld(f"PostgreSQL {OLDEST} or newer is needed; the server is {here}")

    async def describe(self) -> str:
        [row] = await self.run_ddl("SELECT current_setting('server_version') AS version")
        return f"PostgreSQL {row['version']}"

    def transaction(self, allow_nested: bool = True) -> Transaction:
        return Transaction(self, allow_nested=allow_nested)

    def exclusive(self) -> Exclusive:
        """All other upgrades wait. To be opened before the pool is."""
        return Exclusive(self)

    async def batch(
        self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None
    ) -> Batch:
        return Batch(await self.get_new_connection(), query, batch_size)

    async def _run_in_new_connection(self, query: str, args: Any = None) -> Any:
        connection = await asyncpg.connect(**self.config)
        try:
            return await connection.fetch(query, *(args or ()))
        finally:
            await connection.close()
