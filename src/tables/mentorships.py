"""Mentorships: what an acceptance opens."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from piccolo.columns import ForeignKey, Serial, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.inquiries import Inquiry
from tables.people import Person


class State(StrEnum):
    BEGINNING = "beginning"
    RUNNING = "running"
    COMPLETED = "completed"
    CONTINUING = "continuing"
    CLOSED = "closed"
    ENDED_EARLY = "ended_early"
    NOT_PURSUED = "not_pursued"


# What fills a mentor's capacity: officially ended ones no longer do.
RUNNING = (State.BEGINNING, State.RUNNING)


class Mentorship(Table, tablename="mentorships"):
    id: Serial
    inquiry = ForeignKey(Inquiry, on_delete=OnDelete.cascade, null=False, unique=True)
    mentee = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    mentor = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    state = Varchar(length=12, default=State.BEGINNING, choices=State)
    contacts = SmallInt(default=0)
    began_at = Timestamptz(default=None)

    @classmethod
    def visible_to(cls, viewer: Person) -> Objects[Self]:
        rows = cls.objects(cls.mentee, cls.mentor, cls.inquiry)
        return rows.where((cls.mentee == viewer.id) | (cls.mentor == viewer.id))
