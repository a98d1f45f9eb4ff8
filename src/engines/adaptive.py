"""SQLite whose short questions are answered on the event loop's own thread.

Handing a question of 0.1 ms to another thread costs more than the question. One that exceeds its
time, or finds the file busy, is asked again on a reader, and goes there from then on.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from piccolo.engine.sqlite import dict_factory
from piccolo.table import Table

from engines.sqlite import IS_READ, PRAGMAS, READING, PooledSQLiteEngine

AT_MOST = 0.01  # seconds for which everybody else may have to wait
LOOK_EVERY = 2000  # of SQLite's steps, some tens of microseconds
REMEMBERED = 500


class AdaptiveSQLiteEngine(PooledSQLiteEngine):
    __slots__ = ("_here", "_slow", "_until")

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._here: sqlite3.Connection | None = None
        self._slow: set[str] = set()
        self._until = 0.0

    async def start_connection_pool(self, **options: Any) -> None:
        await super().start_connection_pool(**options)
        here = sqlite3.connect(**self.connection_kwargs, timeout=0)
        here.row_factory = dict_factory
        for pragma in (*PRAGMAS, READING):
            here.execute(f"PRAGMA {pragma}")
        here.set_progress_handler(lambda: time.perf_counter() > self._until, LOOK_EVERY)
        self._here = here

    async def close_connection_pool(self) -> None:
        if self._here:
            self._here.close()
            self._here = None
        await super().close_connection_pool()

    async def _run_in_new_connection(
        self,
        query: str,
        args: list[Any] | None = None,
        query_type: str = "generic",
        table: type[Table] | None = None,
    ) -> Any:
        if self._here and self._seems_short(query):
            try:
                return self._ask(self._here, query, args or [])
            except sqlite3.OperationalError as error:  # whatever it is, a reader tells it again
                if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                    self._remember(query)
        return await super()._run_in_new_connection(query, args, query_type, table)

    def _seems_short(self, query: str) -> bool:
        is_read = query not in self._slow and IS_READ.match(query) is not None
        return is_read and self.idle(reading=True) is not None

    def _ask(self, here: sqlite3.Connection, query: str, args: list[Any]) -> list[Any]:
        self._until = time.perf_counter() + AT_MOST
        return here.execute(query, args).fetchall()

    def _remember(self, query: str) -> None:
        if len(self._slow) >= REMEMBERED:
            self._slow.clear()
        self._slow.add(query)
