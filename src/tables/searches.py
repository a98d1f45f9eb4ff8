"""Saved searches, and words sought in vain, counted without the person."""

from __future__ import annotations

from piccolo.columns import Date, ForeignKey, Integer, Serial, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class SavedSearch(Table, tablename="saved_searches"):
    """`query` is the search window's own address query."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    query = Varchar(length=500)
    saved_at = Timestamptz(default=None)
    told_at = Timestamptz(null=True, default=None)


class SoughtInVain(Table, tablename="sought_in_vain"):
    """Unique words and day: an index of the migration."""

    id: Serial
    words = Varchar(length=100)
    day = Date(default=None)
    times = Integer(default=1)
