"""The only reader of the time: everything else is told what time it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZURICH = ZoneInfo("Europe/Zurich")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Aware, UTC, whole milliseconds: both engines keep and compare it alike."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def day(moment: datetime) -> date:
    """The calendar day of a moment where the association lives."""
    return moment.astimezone(ZURICH).date()


def milliseconds(moment: datetime) -> int:
    """Since 1970, for columns whose arithmetic happens in SQL."""
    # Not by timestamp(): that float loses a millisecond now and then.
    return (moment - EPOCH) // timedelta(milliseconds=1)
