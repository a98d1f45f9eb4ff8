"""Candidatures: the office accepts or refuses without giving a reason."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, ForeignKey, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person
from tables.private import Private


class State(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Application(Table, tablename="applications"):
    """`visitor`: from where, under the installation's key; emptied once settled."""

    id: Serial
    key = Varchar(length=40, unique=True)
    visitor = Varchar(length=64)
    email = Varchar(length=254)
    first_name = Varchar(length=80)
    last_name = Varchar(length=80)
    language = Varchar(length=2, default="fr")
    as_mentor = Boolean(default=False)
    as_mentee = Boolean(default=False)
    words_sealed = Text()
    ticked = Varchar(length=400)
    state = Varchar(length=10, default=State.WAITING, choices=State)
    note_sealed = Text()
    sent_at = Timestamptz(default=None)
    settled_at = Timestamptz(null=True, default=None)
    settled_by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)

    words = Private("words_sealed")
    note = Private("note_sealed")

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
