"""Dates of the guaranteed reply: pure, in the association's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from clock import ZURICH, day

MORNING = time(8)  # letters by the clock reach people at breakfast, not at midnight
EVENING = time(18)  # a day promised is a whole working day
UNDO = timedelta(minutes=5)  # the office's second thought: as long its letters wait


def answer_by(since: datetime, days: int) -> datetime:
    """The evening of that day, counted on the calendar: summer time moves nothing."""
    return _at(day(since) + timedelta(days=days), EVENING)


def reminder_due(since: datetime, days: int) -> datetime:
    return _at(day(since) + timedelta(days=days), MORNING)


def latest_due(since: datetime, steps: list[int], now: datetime) -> int:
    """The last step whose morning has come: after a standstill one reminder, not three. 0: none."""
    return max((step for step in steps if reminder_due(since, step) <= now), default=0)


def is_morning(today: date, now: datetime) -> bool:
    return _at(today, MORNING) <= now


def is_daytime(now: datetime) -> bool:
    """When a letter that may wait disturbs nobody."""
    return _at(day(now), MORNING) <= now < _at(day(now), EVENING)


def morning_of(on: date) -> datetime:
    return _at(on, MORNING)


def evening_of(on: date) -> datetime:
    return _at(on, EVENING)


def is_within(since: datetime, days: int, now: datetime) -> bool:
    """Counted on the calendar, the last day to its end."""
    return day(now) <= last_day(since, days)


def last_day(since: datetime, days: int) -> date:
    """What a page says as «jusqu’au»."""
    return day(since) + timedelta(days=days)


def till_morning(now: datetime) -> timedelta:
    """How long a letter of the night waits."""
    return max(_at(day(now), MORNING) - now, timedelta())


def is_undoable(settled_at: datetime, now: datetime) -> bool:
    return now < settled_at + UNDO


def _at(on: date, hour: time) -> datetime:
    return datetime.combine(on, hour, tzinfo=ZURICH).astimezone(UTC)
