"""What coordinators note about a member, for each other."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Serial, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person
from tables.private import Private


class OfficeNote(Table, tablename="office_notes"):
    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
    words_sealed = Text()
    noted_at = Timestamptz(default=None)

    words = Private("words_sealed")
