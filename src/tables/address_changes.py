"""An address the office was asked to change: made once its owner had time to object."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Serial, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class AddressChange(Table, tablename="address_changes"):
    """At most one for each person, and only while it waits: what became of it is an event."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, unique=True)
    email = Varchar(length=254)
    asked_by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
    asked_at = Timestamptz(default=None)
    due_at = Timestamptz(default=None)
