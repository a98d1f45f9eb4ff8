"""When the story's deeds happened: days before now, at an hour that stays the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zlib import crc32

from clock import ZURICH, day


class Deed(NamedTuple):
    at: datetime
    act: Callable[[datetime], Awaitable[object]]


def moment(now: datetime, days_ago: int, what: str, hours: tuple[int, int] = (7, 19)) -> datetime:
    """Some minute of that day between these hours in Zurich, by chance but always the same."""
    first, last = hours
    minute = crc32(what.encode()) % ((last - first) * 60)
    return hour(now, days_ago, time(first)) + timedelta(minutes=minute)


def hour(now: datetime, days_ago: int, at: time) -> datetime:
    on = day(now) - timedelta(days=days_ago)
    return datetime.combine(on, at, tzinfo=ZURICH).astimezone(UTC)
