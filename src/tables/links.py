"""Links in letters: hashed, one purpose, one use, expiring."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, Serial, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class Link(Table, tablename="links"):
    id: Serial
    purpose = Varchar(length=40)
    hashed = Varchar(length=64, unique=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=True)
    about = Integer(default=0)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)
