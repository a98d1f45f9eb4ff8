"""Dates of the guaranteed reply, on the calendar of Zurich."""

from datetime import UTC, date, datetime

import pytest

from domain import deadlines


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        # winter: 18:00 is 17:00 UTC
        (datetime(2026, 11, 23, 9, tzinfo=UTC), 14, datetime(2026, 12, 7, 17, tzinfo=UTC)),
        # sent at 23:30 UTC is already the next day in Zurich
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), 14, datetime(2026, 12, 8, 17, tzinfo=UTC)),
        # into summer time: still 18:00 in Zurich, now 16:00 UTC
        (datetime(2027, 3, 20, 9, tzinfo=UTC), 14, datetime(2027, 4, 3, 16, tzinfo=UTC)),
        # out of it
        (datetime(2026, 10, 20, 9, tzinfo=UTC), 14, datetime(2026, 11, 3, 17, tzinfo=UTC)),
    ],
)
def test_an_answer_is_due_in_the_evening_of_its_day(
    since: datetime, days: int, due: datetime
) -> None:
    assert deadlines.answer_by(since, days) == due


def test_a_reminder_waits_for_the_morning() -> None:
    since = datetime(2026, 11, 23, 20, tzinfo=UTC)
    steps = [3, 7, 10]

    assert deadlines.latest_due(since, steps, datetime(2026, 11, 26, 6, 59, tzinfo=UTC)) == 0
    assert deadlines.latest_due(since, steps, datetime(2026, 11, 26, 7, tzinfo=UTC)) == 3
    assert deadlines.latest_due(since, steps, datetime(2026, 11, 30, 6, tzinfo=UTC)) == 3


def test_after_a_standstill_the_last_step_stands_for_all() -> None:
    since = datetime(2026, 11, 23, 20, tzinfo=UTC)

    assert deadlines.latest_due(since, [3, 7, 10], datetime(2026, 12, 6, tzinfo=UTC)) == 10


def test_morning_is_eight_in_zurich() -> None:
    today = date(2026, 7, 1)

    assert not deadlines.is_morning(today, datetime(2026, 7, 1, 5, 59, tzinfo=UTC))
    assert deadlines.is_morning(today, datetime(2026, 7, 1, 6, tzinfo=UTC))
