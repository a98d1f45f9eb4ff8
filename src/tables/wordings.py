"""The office's own texts of letters: the shipped ones where there is no row."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class Wording(Table, tablename="wordings"):
    """One a letter and language (index of the migration)."""

    id: Serial
    name = Varchar(length=60)
    language = Varchar(length=2)
    source = Text()
    version = Integer(default=1)
    changed_at = Timestamptz(default=None)
    changed_by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
