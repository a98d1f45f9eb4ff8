"""The time, as it is kept and as the association lives it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

import clock

MIDNIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # in Zurich, in winter


def test_now_is_aware_and_of_whole_milliseconds() -> None:
    before, now, after = datetime.now(UTC), clock.now(), datetime.now(UTC)

    assert now.tzinfo is UTC and now.microsecond % 1000 == 0
    assert before - timedelta(milliseconds=1) < now <= after


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (MIDNIGHT - timedelta(milliseconds=1), date(2026, 11, 23)),
        (MIDNIGHT, date(2026, 11, 24)),
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 11, 24, 8, 0, tzinfo=timezone(timedelta(hours=9))), date(2026, 11, 24)),
    ],
)
def test_the_day_is_the_one_in_zurich(moment: datetime, day: date) -> None:
    assert clock.day(moment) == day


def test_milliseconds_lose_nothing_that_is_kept() -> None:
    moment = datetime(2026, 11, 23, 6, 35, 0, 123000, tzinfo=UTC)

    assert clock.milliseconds(moment) == 1_795_415_700_123
    assert clock.milliseconds(moment.astimezone(clock.ZURICH)) == 1_795_415_700_123


def test_each_millisecond_is_its_own() -> None:
    """A float would lose some."""
    for number in range(0, 4_000_000_000_000, 50_000_017):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number)
        assert clock.milliseconds(moment) == number
