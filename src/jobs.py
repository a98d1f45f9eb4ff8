"""The timetable: what the clock does, by verbs that claim each row they touch."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import clock
from domain import (
    addresses,
    availability,
    evaluations,
    imports,
    inquiries,
    meetings,
    mentorships,
    parting,
    people,
    profiles,
    retention,
    searches,
    sessions,
)
from mail import outbox
from running import leftovers

log = logging.getLogger("mentorat.jobs")

GRACE = 4.0  # seconds: with those of the server less than the ten of a container

Verb = Callable[[datetime], Awaitable[object]]
EVERY: tuple[tuple[str, timedelta, Verb], ...] = (
    ("remind", timedelta(minutes=5), inquiries.remind_due),
    ("release", timedelta(minutes=5), inquiries.release_due),
    ("warn of return", timedelta(minutes=15), availability.warn_returning),
    ("return", timedelta(minutes=15), availability.return_due),
    ("words after the first talk", timedelta(minutes=5), mentorships.reveal_due),
    ("early ends", timedelta(minutes=5), mentorships.end_due),
    ("quiet pairs", timedelta(minutes=30), mentorships.nudge_due),
    ("reminders of meetings", timedelta(minutes=5), meetings.remind_due),
    ("outcomes of meetings", timedelta(minutes=15), meetings.ask_due),
    ("words after the end", timedelta(minutes=5), evaluations.reveal_due),
    ("the question of later", timedelta(minutes=30), parting.ask_later_due),
    ("members' lists", timedelta(seconds=3), imports.work_due),
    ("lists nobody confirmed", timedelta(hours=1), imports.forget_due),
    ("invitations", timedelta(minutes=1), people.invite_due),
    ("addresses nobody objected to", timedelta(minutes=5), addresses.make_due),
    ("saved searches", timedelta(minutes=30), searches.tell_fitting),
    ("questions on profiles", timedelta(minutes=5), profiles.forget_questions),
    ("texts whose time is over", timedelta(days=1), retention.forget_due),
    ("what deletions leave", timedelta(hours=1), leftovers.clear),
    ("old sessions", timedelta(hours=6), sessions.forget_old),
)


async def run(stop: asyncio.Event) -> None:
    """Until told to stop; what is under way may end, but not for ever."""
    tasks = [asyncio.create_task(_repeat(name, pause, verb, stop)) for name, pause, verb in EVERY]
    tasks.append(asyncio.create_task(outbox.work(stop)))
    await stop.wait()
    _, late = await asyncio.wait(tasks, timeout=GRACE)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(name: str, pause: timedelta, verb: Verb, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await verb(clock.now())
        except Exception:
            # A database that is away for a minute must not end the clock.
            log.exception("job failed: %s", name)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause.total_seconds())
