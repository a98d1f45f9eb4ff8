"""Contacts a pair has had."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from piccolo.columns import Date, ForeignKey, Serial, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.mentorships import Mentorship
from tables.people import Person
from tables.private import Private


class Kind(StrEnum):
    """The four of norm 6."""

    PHONE = "phone"
    VIDEO = "video"
    IN_PERSON = "in_person"
    WRITTEN = "written"


class Contact(Table, tablename="contacts"):
    """`number` counts from 1 within the mentorship; number and key are unique there (indexes of
    the migration). `confirmed_at`: the partner had the same one in mind."""

    id: Serial
    key = Varchar(length=40)
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=False, index=True)
    number = SmallInt()
    kind = Varchar(length=10, choices=Kind)
    on = Date(default=None)
    minutes = SmallInt(null=True, default=None)
    line_sealed = Text()
    by = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    logged_at = Timestamptz(default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    corrected_by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
    corrected_at = Timestamptz(null=True, default=None)

    line = Private("line_sealed")

    @classmethod
    def of(cls, mentorship: Mentorship) -> Objects[Self]:
        """The mentorship came through the viewer."""
        return cls.objects(cls.by).where(cls.mentorship == mentorship.id).order_by(cls.number)
