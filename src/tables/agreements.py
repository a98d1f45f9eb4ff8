"""Agreements of a pair: each version kept."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from piccolo.columns import ForeignKey, Serial, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.mentorships import Mentorship
from tables.people import Person
from tables.private import Private


class State(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REPLACED = "replaced"


class Agreement(Table, tablename="agreements"):
    """One version; its `number` is unique in the mentorship (index of the migration).

    `goals`: one a line. `kinds`, `roles`: keys divided by spaces. `replaced` are proposals that
    a counter-proposal followed, and accepted versions that a later accepted one followed.
    """

    id: Serial
    key = Varchar(length=40)
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=False, index=True)
    number = SmallInt()
    state = Varchar(length=8, default=State.PROPOSED, choices=State)
    by = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    kinds = Varchar(length=40, default="")
    roles = Varchar(length=80, default="")
    goals_sealed = Text()
    form_sealed = Text()
    frequency_sealed = Text()
    length_sealed = Text()
    proposed_at = Timestamptz(default=None)
    accepted_at = Timestamptz(null=True, default=None)

    goals = Private("goals_sealed")
    form = Private("form_sealed")
    frequency = Private("frequency_sealed")
    length = Private("length_sealed")

    @classmethod
    def of(cls, mentorship: Mentorship) -> Objects[Self]:
        """The mentorship came through the viewer."""
        return cls.objects(cls.by).where(cls.mentorship == mentorship.id).order_by(cls.number)

    @property
    def goal_list(self) -> list[str]:
        return [line.strip() for line in self.goals.splitlines() if line.strip()]
