"""A mentor's CV: a PDF beside the profile, for the office's eyes."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person
from tables.private import Private


class Document(Table, tablename="documents"):
    """One a person. The file lies sealed outside what the web serves, named by its hash."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, unique=True)
    hashed = Varchar(length=64, index=True)
    name_sealed = Text()
    size = Integer(default=0)
    pages = Integer(default=0)
    uploaded_at = Timestamptz(default=None)

    name = Private("name_sealed")
