"""Evaluations by both, the question of later, and thanks."""

from __future__ import annotations

from typing import Self

from piccolo.columns import ForeignKey, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.mentorships import Mentorship
from tables.people import Person
from tables.private import Private


class Evaluation(Table, tablename="evaluations"):
    """One a person and mentorship (index of the migration).

    `process`, `results`: answers in order, divided by spaces (yes, mostly, partly, no; - for
    none). `goals`: those of the agreement at that time, one a line. `reveal_by`: the partner
    reads `to_partner` from then on, or as soon as both have answered.
    """

    id: Serial
    key = Varchar(length=40)
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=False, index=True)
    author = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    process = Varchar(length=60, default="")
    results = Varchar(length=200, default="")
    benefits = Varchar(length=400, default="")
    goals_sealed = Text()
    to_partner_sealed = Text()
    to_office_sealed = Text()
    sent_at = Timestamptz(default=None)
    reveal_by = Timestamptz(default=None, index=True)
    revealed_at = Timestamptz(null=True, default=None)
    office_read_at = Timestamptz(null=True, default=None)

    goals = Private("goals_sealed")
    to_partner = Private("to_partner_sealed")
    to_office = Private("to_office_sealed")

    @classmethod
    def of(cls, mentorship: Mentorship) -> Objects[Self]:
        """Both: what may be read of the partner's is the domain's to say."""
        return cls.objects(cls.author).where(cls.mentorship == mentorship.id).order_by(cls.id)


class Later(Table, tablename="laters"):
    """The one question 90 days after: did it bear fruit? One a person and mentorship."""

    id: Serial
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=False, index=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    answer = Varchar(length=8)
    answered_at = Timestamptz(default=None)


class Thanks(Table, tablename="thanks"):
    """A thank-you note, sent as a letter: one a person and mentorship."""

    id: Serial
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=False, index=True)
    author = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    words_sealed = Text()
    sent_at = Timestamptz(default=None)

    words = Private("words_sealed")
