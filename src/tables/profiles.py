"""The face of a mentor: what they bring, when they are free."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person
from tables.private import Private
from tables.topics import Topic


class State(StrEnum):
    DRAFT = "draft"
    HANDED_IN = "handed_in"
    ASKED = "asked"  # by the office, and not answered yet
    RELEASED = "released"
    REFUSED = "refused"


class BusyReason(StrEnum):
    BY_HAND = "by_hand"
    CAPACITY = "capacity"
    UNANSWERED = "unanswered"


class Profile(Table, tablename="profiles"):
    """`languages`, `kinds` and `roles` hold codes divided by spaces."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, unique=True)
    state = Varchar(length=10, default=State.DRAFT, choices=State)
    about = Text()
    about_language = Varchar(length=2, default="fr")
    years = SmallInt(default=0)
    languages = Varchar(length=40)
    kinds = Varchar(length=40)
    roles = Varchar(length=80)
    capacity = SmallInt(default=1)
    is_busy = Boolean(default=False)
    busy_until = Date(null=True, default=None)
    busy_reason = Varchar(length=12, default="", choices=None)
    warned_for = Date(null=True, default=None)
    unanswered = SmallInt(default=0)
    usual_hours = Integer(null=True, default=None)
    note_sealed = Text()
    handed_in_at = Timestamptz(null=True, default=None)
    released_at = Timestamptz(null=True, default=None)
    changed_at = Timestamptz(default=None)

    note = Private("note_sealed")

    @property
    def is_released(self) -> bool:
        return self.state == State.RELEASED

    @property
    def spoken(self) -> list[str]:
        return self.languages.split()

    @property
    def met_by(self) -> list[str]:
        return self.kinds.split()

    @property
    def offered(self) -> list[str]:
        return self.roles.split()


class ProfileTopic(Table, tablename="profile_topics"):
    """Unique a profile and topic: an index of the migration."""

    id: Serial
    profile = ForeignKey(Profile, on_delete=OnDelete.cascade, null=False, index=True)
    topic = ForeignKey(Topic, on_delete=OnDelete.cascade, null=False, index=True)


class ProfileQuestion(Table, tablename="profile_questions"):
    """The office's, about a profile that was handed in. `answer` is a draft until `answered_at`."""

    id: Serial
    profile = ForeignKey(Profile, on_delete=OnDelete.cascade, null=False, index=True)
    language = Varchar(length=2, default="fr")
    question_sealed = Text()
    asked_at = Timestamptz(default=None)
    answer_sealed = Text()
    answered_at = Timestamptz(null=True, default=None)

    question = Private("question_sealed")
    answer = Private("answer_sealed")
