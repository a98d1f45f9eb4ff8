"""Requests from a mentee to a mentor, and their guaranteed reply."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from piccolo.columns import ForeignKey, Integer, Serial, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.people import Person
from tables.private import Private


class State(StrEnum):
    WAITING = "waiting"
    ASKED_BACK = "asked_back"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"


OPEN = (State.WAITING, State.ASKED_BACK)


class Reason(StrEnum):
    BUSY = "busy"
    NOT_MY_TOPIC = "not_my_topic"
    COLLEAGUE = "colleague"
    UNEXPLAINED = "unexplained"  # released, because the mentee left a question unanswered
    PARTED = "parted"  # one of the two is no longer in the programme


class Inquiry(Table, tablename="inquiries"):
    """One open a pair: a partial unique index of the migration.

    `waiting_since` starts the clock, anew after an answered question back; `reminded` is the last
    reminder's day; `proposed_times` holds ISO moments divided by spaces.
    """

    id: Serial
    key = Varchar(length=40, unique=True)
    mentee = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    mentor = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    state = Varchar(length=10, default=State.WAITING, choices=State)
    language = Varchar(length=2, default="fr")
    kinds = Varchar(length=40)
    problem_sealed = Text()
    vision_sealed = Text()
    expectations_sealed = Text()
    reason = Varchar(length=14, default="")
    answer_sealed = Text()
    suggested = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
    proposed_kind = Varchar(length=10, default="")
    proposed_times = Varchar(length=120, default="")
    version = Integer(default=1)
    reminded = SmallInt(default=0)
    sent_at = Timestamptz(default=None)
    waiting_since = Timestamptz(default=None)
    replied_at = Timestamptz(null=True, default=None)
    answer_by = Timestamptz(default=None, index=True)
    settled_at = Timestamptz(null=True, default=None)

    problem = Private("problem_sealed")
    vision = Private("vision_sealed")
    expectations = Private("expectations_sealed")
    answer = Private("answer_sealed")

    @classmethod
    def visible_to(cls, viewer: Person) -> Objects[Self]:
        """For the two people alone: the office reads no private text."""
        rows = cls.objects(cls.mentee, cls.mentor)
        return rows.where((cls.mentee == viewer.id) | (cls.mentor == viewer.id))

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def wished(self) -> list[str]:
        return self.kinds.split()

    @property
    def proposed(self) -> list[datetime]:
        """Dates an accepting mentor proposed."""
        return [datetime.fromisoformat(moment) for moment in self.proposed_times.split()]

    def is_overdue(self, now: datetime) -> bool:
        due: datetime = self.answer_by
        return self.is_open and due <= now


class Exchange(Table, tablename="exchanges"):
    """A question back, or its answer."""

    id: Serial
    inquiry = ForeignKey(Inquiry, on_delete=OnDelete.cascade, null=False, index=True)
    author = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    words_sealed = Text()
    said_at = Timestamptz(default=None)

    words = Private("words_sealed")
