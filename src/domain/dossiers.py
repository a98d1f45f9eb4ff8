"""What the office may see of a member: never a text that is theirs and somebody else's alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import addresses, documents
from tables.address_changes import AddressChange
from tables.documents import Document
from tables.events import Event
from tables.inquiries import OPEN, Inquiry
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.mentorships import OVER, Mentorship
from tables.norms import Acceptance, NormsVersion
from tables.office_notes import OfficeNote
from tables.people import Person, Standing
from tables.profiles import Profile, State

EVENTS = 30
NOTES = 50
LETTERS = 20


@dataclass(frozen=True)
class Consent:
    number: int
    accepted_at: datetime
    is_current: bool


@dataclass(frozen=True)
class Counted:
    """Requests and mentorships on one side: how many in all, how many of them still run."""

    asked: int
    open: int
    paired: int
    living: int


@dataclass(frozen=True)
class Dossier:
    person: Person
    profile: dict[str, Any] | None
    cv: Document | None
    moving: AddressChange | None
    consents: Sequence[Consent]
    as_mentee: Counted
    as_mentor: Counted
    notes: Sequence[OfficeNote]
    events: Sequence[Event]
    letters: Sequence[dict[str, Any]]

    @property
    def running(self) -> int:
        """What an exclusion would end."""
        return sum(each.open + each.living for each in (self.as_mentee, self.as_mentor))


async def person(number: int) -> Person | None:
    """Who is gone has no page."""
    here = (Person.id == number) & (Person.standing != Standing.GONE)
    return await Person.objects().where(here).first()


async def of(person: Person) -> Dossier:
    """The same few questions, whoever it is."""
    profile = await _profile(person)
    return Dossier(
        person=person,
        profile=profile,
        cv=await documents.of(person) if profile and profile["state"] != State.DRAFT else None,
        moving=await addresses.of(person),
        consents=await _consents(person),
        as_mentee=await _counted(Inquiry.mentee, Mentorship.mentee, person),
        as_mentor=await _counted(Inquiry.mentor, Mentorship.mentor, person),
        notes=await _notes(person),
        events=await _events(person, profile["id"] if profile else 0),
        letters=await _letters(person),
    )


async def _profile(person: Person) -> dict[str, Any] | None:
    rows = Profile.select(
        Profile.id, Profile.state, Profile.is_busy, Profile.busy_until, Profile.released_at
    )
    return await rows.where(Profile.person == person.id).first()


async def _consents(person: Person) -> list[Consent]:
    published = NormsVersion.select(NormsVersion.number)
    newest = (
        await published.where(NormsVersion.published_at.is_not_null())
        .order_by(NormsVersion.number, ascending=False)
        .first()
    )
    rows = await (
        Acceptance.select(Acceptance.version.number.as_alias("number"), Acceptance.accepted_at)
        .where(Acceptance.person == person.id)
        .order_by(Acceptance.accepted_at, ascending=False)
    )
    current = newest["number"] if newest else 0
    return [Consent(r["number"], r["accepted_at"], r["number"] == current) for r in rows]


async def _counted(asker: Any, half: Any, person: Person) -> Counted:
    asked = asker == person.id
    paired = half == person.id
    return Counted(
        asked=int(await Inquiry.count().where(asked)),
        open=int(await Inquiry.count().where(asked & Inquiry.state.is_in(list(OPEN)))),
        paired=int(await Mentorship.count().where(paired)),
        living=int(await Mentorship.count().where(paired & Mentorship.state.not_in(list(OVER)))),
    )


async def _notes(person: Person) -> list[OfficeNote]:
    rows = OfficeNote.objects(OfficeNote.by).where(OfficeNote.person == person.id)
    return await rows.order_by(OfficeNote.id, ascending=False).limit(NOTES)


async def _events(person: Person, profile: int) -> list[Event]:
    about: Any = (Event.noun == "person") & (Event.about == person.id)
    if profile:
        about = about | ((Event.noun == "profile") & (Event.about == profile))
    rows = Event.objects(Event.by).where(about)
    return await rows.order_by(Event.id, ascending=False).limit(EVENTS)


async def _letters(person: Person) -> list[dict[str, Any]]:
    """That one failed and why; never what it said."""
    failed = (Letter.to == person.id) & (Letter.state == LetterState.FAILED)
    rows = Letter.select(Letter.id, Letter.name, Letter.posted_at, Letter.error).where(failed)
    return await rows.order_by(Letter.id, ascending=False).limit(LETTERS)
