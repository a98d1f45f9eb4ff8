"""Preparation and follow-up: private to their author until shared, one by one."""

from __future__ import annotations

from typing import Self

from piccolo.columns import Boolean, ForeignKey, Integer, Serial, SmallInt, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.mentorships import Mentorship
from tables.people import Person
from tables.private import Private


class Note(Table, tablename="notes"):
    """Of one author on one contact, by its number (unique together, index of the migration).

    `fields`: ticks and texts by name, as JSON. `version`: what a window must have seen to save.
    """

    id: Serial
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=False, index=True)
    author = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    number = SmallInt()
    fields_sealed = Text()
    version = Integer(default=1)
    is_shared = Boolean(default=False)
    shared_at = Timestamptz(null=True, default=None)
    saved_at = Timestamptz(default=None)

    fields = Private("fields_sealed")

    @classmethod
    def visible_to(cls, viewer: Person, mentorship: Mentorship) -> Objects[Self]:
        """One's own, and what the partner shares. The mentorship came through the viewer."""
        rows = cls.objects(cls.author).where(cls.mentorship == mentorship.id)
        shared = cls.is_shared.eq(True)
        return rows.where((cls.author == viewer.id) | shared).order_by(cls.number)
