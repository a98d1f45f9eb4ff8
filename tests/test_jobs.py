"""The clock: goes on when a verb fails, stops when told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

import clock
import jobs

SOON = timedelta(milliseconds=5)
calls: list[str] = []


async def fails(_: datetime) -> None:
    calls.append("fails")
    raise RuntimeError("the database is away")


async def works(now: datetime) -> None:
    assert now.tzinfo
    calls.append("works")


async def hangs(_: datetime) -> None:
    calls.append("hangs")
    await asyncio.sleep(60)


async def takes_a_moment(_: datetime) -> None:
    await asyncio.sleep(0.2)
    calls.append("ended")


@asynccontextmanager
async def ticking() -> AsyncIterator[None]:
    """The clock runs meanwhile, and has to stop within a second."""
    calls.clear()
    stop = asyncio.Event()
    clockwork = asyncio.create_task(jobs.run(stop))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(1):
            await clockwork


async def until(name: str, count: int) -> None:
    async with asyncio.timeout(5):
        while calls.count(name) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@pytest.fixture
def timetable(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(jobs, "EVERY", (("fails", SOON, fails), ("works", SOON, works)))
    return monkeypatch


async def test_a_verb_that_fails_ends_neither_itself_nor_others(
    timetable: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with ticking():
        await until("fails", 3)
        await until("works", 3)

    assert "job failed: fails" in caplog.messages and "job failed: works" not in caplog.messages


async def test_a_long_pause_holds_up_no_stop(timetable: pytest.MonkeyPatch) -> None:
    timetable.setattr(jobs, "EVERY", (("works", timedelta(hours=6), works),))
    async with ticking():
        await until("works", 1)
        await asyncio.sleep(0.05)

    assert calls == ["works"]


async def test_a_verb_under_way_ends_first(timetable: pytest.MonkeyPatch) -> None:
    timetable.setattr(jobs, "EVERY", (("moment", SOON, takes_a_moment),))
    async with ticking():
        await asyncio.sleep(0.05)

    assert calls == ["ended"]


async def test_but_not_for_ever(timetable: pytest.MonkeyPatch) -> None:
    timetable.setattr(jobs, "EVERY", (("hangs", SOON, hangs),))
    timetable.setattr(jobs, "GRACE", 0.1)
    async with ticking():
        await until("hangs", 1)

    assert calls == ["hangs"]


async def test_every_verb_of_the_timetable_runs(
    founded: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        for _, _, verb in jobs.EVERY:
            await verb(clock.now())

    assert caplog.messages == []


def test_the_timetable_names_each_job_once() -> None:
    names = [name for name, _, _ in jobs.EVERY]

    assert len(names) == len(set(names))
    # A list's progress is watched by whoever brought it.
    others = [pause for name, pause, _ in jobs.EVERY if name != "members' lists"]
    assert all(pause >= timedelta(minutes=1) for pause in others)
