"""Mentorships: what an acceptance opens, and the words by which both go on."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from piccolo.columns import (
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Serial,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.inquiries import Inquiry
from tables.people import Person


class State(StrEnum):
    BEGINNING = "beginning"
    RUNNING = "running"
    COMPLETED = "completed"
    CONTINUING = "continuing"
    CLOSED = "closed"
    ENDED_EARLY = "ended_early"
    NOT_PURSUED = "not_pursued"


# What fills a mentor's capacity: officially ended ones no longer do.
RUNNING = (State.BEGINNING, State.RUNNING)
# Where contacts are logged and meetings planned.
ALIVE = (*RUNNING, State.CONTINUING)
# For good: both may read, nobody writes.
OVER = (State.CLOSED, State.ENDED_EARLY, State.NOT_PURSUED)
OFFICIAL = 4  # contacts (norm 7)


class Question(StrEnum):
    """What both are asked before the mentorship goes on."""

    FIRST_TALK = "first_talk"
    CONTINUE = "continue"


class Mentorship(Table, tablename="mentorships"):
    """`version` rises with all that the partner can see: their open page asks for it.

    `quiet_since`: the last contact, or the beginning; `nudged_at` is emptied by the next contact.
    `ending_by`, `ending_talk_on`, `ending_due`: an early end that one of them has proposed.
    """

    id: Serial
    inquiry = ForeignKey(Inquiry, on_delete=OnDelete.cascade, null=False, unique=True)
    mentee = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    mentor = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    state = Varchar(length=12, default=State.BEGINNING, choices=State)
    contacts = SmallInt(default=0)
    version = Integer(default=1)
    began_at = Timestamptz(default=None)
    quiet_since = Timestamptz(null=True, default=None)
    nudged_at = Timestamptz(null=True, default=None)
    completed_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    asked_later_at = Timestamptz(null=True, default=None)
    ending_by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)
    ending_talk_on = Date(null=True, default=None)
    ending_due = Timestamptz(null=True, default=None, index=True)

    @classmethod
    def visible_to(cls, viewer: Person) -> Objects[Self]:
        rows = cls.objects(cls.mentee, cls.mentor, cls.inquiry)
        return rows.where((cls.mentee == viewer.id) | (cls.mentor == viewer.id))

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def is_official(self) -> bool:
        """Four contacts were had, whatever came after."""
        return self.completed_at is not None

    def is_mentee(self, person: Person) -> bool:
        mentee: Person = self.mentee
        return mentee.id == person.id

    def partner_of(self, person: Person) -> Person:
        mentee: Person = self.mentee
        mentor: Person = self.mentor
        return mentor if mentee.id == person.id else mentee


class Word(Table, tablename="mentorship_words"):
    """One's yes or no: one a person and question (index of the migration), may be changed until
    it counts. `reveal_by`: from then on the partner may see it (first talk)."""

    id: Serial
    mentorship = ForeignKey(Mentorship, on_delete=OnDelete.cascade, null=False, index=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    question = Varchar(length=10, choices=Question)
    is_yes = Boolean(default=True)
    said_at = Timestamptz(default=None)
    reveal_by = Timestamptz(null=True, default=None, index=True)
