"""Reports to the office: what their author opens, and each reading of it."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import ForeignKey, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.mentorships import Mentorship
from tables.people import Person
from tables.private import Private


class State(StrEnum):
    WAITING = "waiting"
    SETTLED = "settled"


class Report(Table, tablename="reports"):
    """`opened`: kinds of text its author lets the office read, divided by spaces."""

    id: Serial
    key = Varchar(length=40, unique=True)
    by = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    about = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=True)
    state = Varchar(length=8, default=State.WAITING, choices=State)
    opened = Varchar(length=120, default="")
    words_sealed = Text()
    sent_at = Timestamptz(default=None)
    settled_at = Timestamptz(null=True, default=None)
    settled_by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)

    words = Private("words_sealed")


class Reading(Table, tablename="report_readings"):
    """Which coordinator read what when: shown to the report's author."""

    id: Serial
    report = ForeignKey(Report, on_delete=OnDelete.cascade, null=False, index=True)
    reader = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
    what = Varchar(length=40, default="words")
    read_at = Timestamptz(default=None)
