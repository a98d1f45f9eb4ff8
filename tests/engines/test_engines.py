"""Both engines under many tasks at once, some of them cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from piccolo.columns import Integer, Serial
from piccolo.table import Table


class Counter(Table, tablename="counters"):
    id: Serial
    value = Integer(default=0)


@pytest.fixture
async def counter(database: Any) -> Counter:
    Counter._meta.db = database
    await Counter.create_table()
    row = Counter()
    await row.save()
    return row


async def test_no_update_is_lost(database: Any, counter: Counter) -> None:
    await asyncio.gather(*(_add_one(database) for _ in range(40)))

    assert await _value() == 40


async def test_a_cancelled_request_gives_its_connection_back(
    database: Any, counter: Counter
) -> None:
    tasks = []
    for number in range(90):
        tasks.append(asyncio.create_task(_add_one(database)))
        for _ in range(number):  # so that each is caught at another moment
            await asyncio.sleep(0)
        if number % 3:
            tasks[-1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    async with asyncio.timeout(5):
        await asyncio.gather(*(_add_one(database) for _ in range(20)))
    whole = sum(not task.cancelled() for task in tasks)
    assert 30 <= whole < 90
    assert await _value() >= whole + 20


@pytest.mark.parametrize("moments", [["begin", "_give_back"], ["commit", "_give_back"]])
async def test_cancelled_at_the_worst_moments(
    database: Any, counter: Counter, moments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in moments:
        _cancel_at(moment, monkeypatch, type(database.transaction()))
    async with asyncio.timeout(5):
        for _ in range(12):  # more than there are connections
            victim = asyncio.create_task(_add_one(database), name="victim")
            await asyncio.wait([victim])
    monkeypatch.undo()

    async with asyncio.timeout(5):
        await asyncio.gather(*(_add_one(database) for _ in range(12)))
    assert await _value() >= 12


async def test_a_failed_transaction_keeps_nothing(database: Any, counter: Counter) -> None:
    with pytest.raises(KeyError):
        async with database.transaction():
            await Counter.update({Counter.value: 9}, force=True)
            raise KeyError

    assert await _value() == 0


async def test_a_refused_commit_is_told_and_frees_the_connection(
    database: Any, counter: Counter
) -> None:
    deferred = "REFERENCES counters (id) DEFERRABLE INITIALLY DEFERRED"
    await database.run_ddl(f"CREATE TABLE children (counter INTEGER {deferred})")

    async with asyncio.timeout(5):
        for _ in range(12):  # more than there are connections
            with pytest.raises(Exception, match=r"(?i)foreign key"):
                async with database.transaction():
                    await database.run_ddl("INSERT INTO children VALUES (999)")
        await _add_one(database)

    assert await database.run_ddl("SELECT * FROM children") == []


async def test_a_task_outlives_the_transaction_it_was_started_in(
    database: Any, counter: Counter
) -> None:
    over = asyncio.Event()

    async def later() -> None:
        await over.wait()
        await Counter.update({Counter.value: 7}, force=True)

    async with database.transaction():
        task = asyncio.create_task(later())
    with pytest.raises(KeyError):
        async with database.transaction():
            over.set()
            # Waits for the writer on SQLite, for the row nobody holds on PostgreSQL.
            await asyncio.wait([task], timeout=0.2)
            raise KeyError
    await task

    assert await _value() == 7


async def test_a_batch_tells_what_went_wrong(database: Any, counter: Counter) -> None:
    await Counter.insert(Counter(), Counter())

    with pytest.raises(KeyError):
        async with await Counter.select().batch(batch_size=2) as batch:
            sizes = [len(rows) async for rows in batch]
            raise KeyError

    assert sizes == [2, 1]


def _cancel_at(moment: str, monkeypatch: pytest.MonkeyPatch, kind: type[Any]) -> None:
    usual = getattr(kind, moment)

    async def cancelling(*args: Any, **kwargs: Any) -> None:
        for task in asyncio.all_tasks():
            if task.get_name() == "victim":
                task.cancel()
        await asyncio.sleep(0)
        await usual(*args, **kwargs)

    monkeypatch.setattr(kind, moment, cancelling)


async def _add_one(database: Any) -> None:
    lock = " FOR UPDATE" if database.engine_type == "postgres" else ""
    async with database.transaction():
        [row] = await database.run_ddl(f"SELECT value FROM counters{lock}")
        await asyncio.sleep(0)
        await Counter.update({Counter.value: row["value"] + 1}, force=True)


async def _value() -> int:
    row = await Counter.select(Counter.value).first()
    assert row
    return int(row["value"])
