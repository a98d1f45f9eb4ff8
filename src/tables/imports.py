"""Members' lists that the office brought, from the preview to the last line."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person
from tables.private import Private


class State(StrEnum):
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


class Import(Table, tablename="imports"):
    """`done`: lines worked off."""

    id: Serial
    key = Varchar(length=40, unique=True)
    by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
    state = Varchar(length=8, default=State.CHECKED, choices=State)
    file_name = Varchar(length=120)
    invites = Boolean(default=False)
    lines = Integer(default=0)
    done = Integer(default=0)
    added = Integer(default=0)
    changed = Integer(default=0)
    unchanged = Integer(default=0)
    wrong = Integer(default=0)
    made_at = Timestamptz(default=None)
    worked_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)


class ImportText(Table, tablename="import_texts"):
    """The file as text, gone when its list is done or dropped. Apart: to count one line more,
    SQLite reads and writes a whole row, and this one may be ten megabytes."""

    id: Serial
    of = ForeignKey(Import, on_delete=OnDelete.cascade, null=False, unique=True)
    content_sealed = Text()

    content = Private("content_sealed")
