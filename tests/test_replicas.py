"""The clock in several processes at once, as several containers on one database have it."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from domain import favourites
from tables.inquiries import Inquiry, State
from tables.letters import Letter
from tables.people import Person
from tables.profiles import Profile
from tables.searches import SavedSearch
from tests.factories import make_inquiry, make_mentor, make_person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOURCE = Path(__file__).parents[1] / "src"
# Every verb of the timetable, at the moment that is its first argument, three times over.
TICK = """
import asyncio, sys
from datetime import datetime
import jobs, piccolo_conf

async def tick(now):
    await piccolo_conf.DB.start_connection_pool()
    for _ in range(3):
        for name, pause, verb in jobs.EVERY:
            await verb(now)
    await piccolo_conf.DB.close_connection_pool()

asyncio.run(tick(datetime.fromisoformat(sys.argv[1])))
"""


async def test_three_processes_do_each_step_once(
    database_url: str, founded: None, tmp_path: Path
) -> None:
    await _story()
    day_3, day_14 = NOW + timedelta(days=3), NOW + timedelta(days=14, hours=12)

    after_3 = await _ticked(database_url, day_3)
    after_14 = await _ticked(database_url, day_14)

    assert after_3 == {
        "inquiry_reminder": 4,
        "busy_ends_tomorrow": 1,
        "search_fits": 1,
    }
    assert after_14 == after_3 | {
        "free_again": 1,
        "inquiry_released": 4,
        "inquiry_lapsed": 4,
        "turned_busy": 1,
    }
    assert await Inquiry.count().where(Inquiry.state == State.RELEASED) == 4


async def _story() -> None:
    """Four waiting requests (two of them to one mentor), one mentor back soon whom somebody
    awaits, one saved search that fits."""
    silent, *others = [await make_mentor("Ruth", f"Amstutz {n}") for n in range(3)]
    for mentor in (silent, silent, *others):
        await make_inquiry(await make_person(), mentor, sent_at=NOW)
    away = await make_mentor("Beat", "Zaugg", is_busy=True, busy_until=date(2026, 11, 27))
    waiting = await make_person("Paula", "Mettler")
    await favourites.wish(away, by=waiting, now=NOW)
    await SavedSearch(person=waiting.id, query="q=Zaugg", saved_at=NOW).save()
    await Profile.update({Profile.busy_reason: "by_hand"}).where(Profile.person == away.id)
    assert await Person.count() == 9


async def _ticked(url: str, now: datetime) -> dict[str, int]:
    environ = os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", TICK, now.isoformat()]
    running = [await asyncio.create_subprocess_exec(*command, env=environ) for _ in range(3)]
    async with asyncio.timeout(60):
        assert [await process.wait() for process in running] == [0, 0, 0]
    rows = await Letter.select(Letter.name)
    names = [row["name"] for row in rows]
    return {name: names.count(name) for name in names}
