"""What a certificate of participation says: pure, and nothing private."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clock import day
from tables.contacts import Contact, Kind
from tables.mentorships import OFFICIAL, Mentorship


@dataclass(frozen=True)
class Certificate:
    """As it stood at the official end: what came after was free. `minutes`: 0 where a contact's
    length is not known, as half a sum would be a wrong one."""

    began_on: date
    ended_on: date
    contacts: int
    kinds: tuple[str, ...]
    minutes: int


def certified(mentorship: Mentorship, contacts: Sequence[Contact]) -> Certificate:
    """Of one that is officially over."""
    had = sorted(contacts, key=lambda each: each.number)[:OFFICIAL]
    days = [each.on for each in had]
    minutes = [each.minutes or 0 for each in had]
    return Certificate(
        began_on=min(days, default=day(mentorship.began_at)),
        ended_on=max(days, default=day(mentorship.completed_at)),
        contacts=OFFICIAL,
        kinds=tuple(kind for kind in Kind if any(each.kind == kind for each in had)),
        minutes=sum(minutes) if len(had) == OFFICIAL and all(minutes) else 0,
    )
