"""To whom a report was about, where the office decides so: neutral, without its author or words."""

from __future__ import annotations

from datetime import datetime, timedelta

from mail import outbox
from tables.people import Person
from tables.reports import Report


def key(report: Report) -> str:
    """Of all its letters, for an undo."""
    return f"report:{report.id}:noticed"


async def noticed(report: Report, now: datetime, wait: timedelta) -> None:
    about: Person = report.about
    if about.is_member:
        await outbox.post(
            "report_noticed", f"{key(report)}:{now.timestamp():.0f}", about, now, wait=wait
        )
