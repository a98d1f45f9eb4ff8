"""Folded words under which the office finds a member: made from their row, never the source."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Serial, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class MemberWord(Table, tablename="member_words"):
    """Found by their beginning: indexes of the migration. A trigger removes them with what they
    were made of."""

    id: Serial
    word = Varchar(length=80)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
