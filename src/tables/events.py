"""Who did what when: appended to, never changed."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person
from tables.private import Private


class Event(Table, tablename="events"):
    """`by` is empty for the clock. `why` is the office's internal note."""

    id: Serial
    at = Timestamptz(default=None)
    what = Varchar(length=60)
    noun = Varchar(length=40)
    about = Integer(default=0)
    by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
    why_sealed = Text()

    why = Private("why_sealed")
