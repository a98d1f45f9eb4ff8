"""A mentor's CV: a PDF beside the profile, for the eyes of its owner and the office alone."""

from __future__ import annotations

from typing import Self

from piccolo.columns import (
    Bytea,
    ForeignKey,
    Integer,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.query import Objects
from piccolo.table import Table

from tables.people import Person
from tables.private import Private, PrivateFile
from tables.profiles import Profile, State


class Document(Table, tablename="documents"):
    """One a person, named by its content's hash. `drawn`: how many of its pages are pictures."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, unique=True)
    hashed = Varchar(length=64, index=True)
    name_sealed = Text()
    size = Integer(default=0)
    pages = Integer(default=0)
    drawn = SmallInt(default=0)
    uploaded_at = Timestamptz(default=None)

    name = Private("name_sealed")

    @classmethod
    def visible_to(cls, viewer: Person) -> Objects[Self]:
        """For its owner, and for the office unless the profile is a draft."""
        own = cls.person == viewer.id
        if not viewer.is_coordinator:
            return cls.objects(cls.person).where(own)
        shown = Profile.select(Profile.person).where(Profile.state != State.DRAFT)
        return cls.objects(cls.person).where(own | cls.person.is_in(shown))


class DocumentFile(Table, tablename="document_files"):
    """`number` 0 is the PDF as it was sent, the others are its pages as pictures. Apart, so that
    whoever asks about a document doesn't read all of it."""

    id: Serial
    document = ForeignKey(Document, on_delete=OnDelete.cascade, null=False, index=True)
    number = SmallInt(default=0)
    content_sealed = Bytea()

    content = PrivateFile("content_sealed")
