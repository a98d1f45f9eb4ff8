"""Kept mentors, and the wish to be told when one is free again."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Serial, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class Favourite(Table, tablename="favourites"):
    """Unique a person and mentor: an index of the migration."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    mentor = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    kept_at = Timestamptz(default=None)


class FreeWish(Table, tablename="free_wishes"):
    """Unique a person and mentor: an index of the migration. Gone once told."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    mentor = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    wished_at = Timestamptz(default=None)
