"""What somebody was writing, saved as they typed."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Serial, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person
from tables.private import Private


class Draft(Table, tablename="drafts"):
    """Of a request; unique a person and mentor: an index of the migration."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    mentor = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    fields_sealed = Text()
    saved_at = Timestamptz(default=None)

    fields = Private("fields_sealed")
