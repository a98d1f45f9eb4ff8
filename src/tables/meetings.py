"""Meetings planned ahead."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from piccolo.columns import ForeignKey, Integer, Serial, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.contacts import Contact, Kind
from tables.mentorships import Mentorship
from tables.people import Person
from tables.private import Private


class State(StrEnum):
    PROPOSED = "proposed"
    PLANNED = "planned"
    CANCELLED = "cancelled"
    HELD = "held"
    NOT_HELD = "not_held"


OPEN = (State.PROPOSED, State.PLANNED)


class Meeting(Table, tablename="meetings"):
    """`times`: up to three ISO moments, divided by spaces, of which one is picked.

    `uid` and `sequence` are the invitation's: an update keeps the one and raises the other.
    """

    id: Serial
    key = Varchar(length=40)
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=False, index=True)
    by = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    state = Varchar(length=9, default=State.PROPOSED, choices=State)
    kind = Varchar(length=10, choices=Kind)
    times = Varchar(length=120, default="")
    starts_at = Timestamptz(null=True, default=None, index=True)
    minutes = SmallInt(default=60)
    place_sealed = Text()
    uid = Varchar(length=80, unique=True)
    sequence = Integer(default=0)
    version = Integer(default=1)
    proposed_at = Timestamptz(default=None)
    reminded_at = Timestamptz(null=True, default=None)
    asked_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
    contact = ForeignKey(Contact, on_delete=OnDelete.set_null, null=True)

    place = Private("place_sealed")

    @classmethod
    def of(cls, mentorship: Mentorship) -> Objects[Self]:
        """The mentorship came through the viewer."""
        return cls.objects(cls.by).where(cls.mentorship == mentorship.id).order_by(cls.id)

    @property
    def proposed(self) -> list[datetime]:
        return [datetime.fromisoformat(moment) for moment in self.times.split()]

    def coming(self, now: datetime) -> list[datetime]:
        """Of the proposed ones those that can still be picked."""
        return [moment for moment in self.proposed if moment > now]

    def has_begun(self, now: datetime) -> bool:
        starts_at: datetime | None = self.starts_at
        return starts_at is not None and starts_at <= now


class Calendar(Table, tablename="calendars"):
    """A member's private feed: its address is a secret, kept sealed to be shown again."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, unique=True)
    hashed = Varchar(length=64, unique=True)
    secret_sealed = Text()
    made_at = Timestamptz(default=None)

    secret = Private("secret_sealed")
