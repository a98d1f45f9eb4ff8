"""Short questions on the loop's thread, long ones elsewhere, the same answers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from engines.adaptive import AdaptiveSQLiteEngine

LONG = """
SELECT count(*) AS n FROM (
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 600000)
  SELECT n FROM numbers
)
"""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AdaptiveSQLiteEngine]:
    engine = AdaptiveSQLiteEngine(str(tmp_path / "house.sqlite"))
    await engine.start_connection_pool()
    await engine.run_ddl("CREATE TABLE rooms (size INTEGER)")
    yield engine
    await engine.close_connection_pool()


async def test_what_was_written_is_read(engine: AdaptiveSQLiteEngine) -> None:
    for size in range(20):
        async with engine.transaction():
            await engine.run_ddl(f"INSERT INTO rooms VALUES ({size})")
            [inside] = await engine.run_ddl("SELECT count(*) AS n FROM rooms")
        [after] = await engine.run_ddl("SELECT count(*) AS n FROM rooms")
        assert inside["n"] == after["n"] == size + 1


async def test_a_short_question_needs_no_thread(engine: AdaptiveSQLiteEngine) -> None:
    asking = engine.run_ddl("SELECT 1 AS n")

    try:
        with pytest.raises(StopIteration) as answer:  # it never waits for anything
            asking.send(None)
    finally:
        asking.close()

    assert answer.value.value == [{"n": 1}]


async def test_a_long_question_keeps_nobody_waiting(
    engine: AdaptiveSQLiteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.run_ddl(LONG)  # found to be long
    monkeypatch.delattr(AdaptiveSQLiteEngine, "_ask")
    turns, asking = 0, asyncio.create_task(engine.run_ddl(LONG))
    while not asking.done():
        await asyncio.sleep(0)
        turns += 1

    assert await asking == [{"n": 600_000}]
    assert turns > 20  # others had theirs meanwhile


async def test_a_busy_file_is_waited_for_elsewhere(
    engine: AdaptiveSQLiteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        with closing(sqlite3.connect(engine.path, timeout=0, isolation_level=None)) as one:
            one.execute("BEGIN IMMEDIATE")
            with closing(sqlite3.connect(engine.path, timeout=0)) as other:
                other.execute("DELETE FROM rooms")

    monkeypatch.setattr(AdaptiveSQLiteEngine, "_ask", busy)

    assert await engine.run_ddl("SELECT count(*) AS n FROM rooms") == [{"n": 0}]


async def test_a_wrong_question_is_told(engine: AdaptiveSQLiteEngine) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await engine.run_ddl("SELECT * FROM nowhere")
