"""Every deed is an event: who, what, when, why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tables.events import Event
from tables.people import Person


async def record(what: str, row: Any, by: Person | None, now: datetime, why: str = "") -> None:
    """Inside the deed's transaction. `by` is nobody for the clock, `why` an internal note."""
    event = Event(
        at=now,
        what=what,
        noun=type(row).__name__.lower(),
        about=row.id,
        by=by.id if by else None,
    )
    event.why = why
    await event.save()
