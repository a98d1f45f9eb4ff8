"""Going for a while, or for good: what a member decides about their own account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import exclusions, history, inquiries, mentorships, people, sessions
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, LastCoordinator, insist
from i18n import N_
from mail import departure_letters as letters
from mail import outbox
from mail.leases import EMPTIED
from tables.address_changes import AddressChange
from tables.agreements import Agreement
from tables.applications import Application
from tables.applications import State as ApplicationState
from tables.barred import Barred
from tables.contacts import Contact
from tables.departed import Departed
from tables.documents import Document, DocumentFile
from tables.drafts import Draft
from tables.evaluations import Evaluation, Later, Thanks
from tables.events import Event
from tables.favourites import Favourite, FreeWish
from tables.house import House, Logo
from tables.imports import Import, ImportText
from tables.inquiries import OPEN, Exchange, Inquiry
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.links import Link
from tables.meetings import Calendar, Meeting
from tables.member_words import MemberWord
from tables.mentorships import OVER, Mentorship, Word
from tables.norms import Acceptance, NormsVersion
from tables.notes import Note
from tables.office_notes import OfficeNote
from tables.people import Person, Standing
from tables.profiles import Profile, ProfileQuestion, ProfileTopic
from tables.reports import Reading, Report
from tables.reports import State as ReportState
from tables.search_changes import SearchChange
from tables.searches import SavedSearch, SoughtInVain
from tables.sessions import Session, SignIn
from tables.topics import Topic
from tables.transaction import hold_word, transaction
from tables.wordings import Wording

MOVES = {
    "delete": ((Standing.ACTIVE,), Standing.GONE),
    "forget": ((Standing.EXCLUDED,), Standing.GONE),
}
WORD = N_("effacer")  # typed by whoever means it
NOBODY = "—"  # in the place of a name

# What a deletion does to each table; a test compares with all there are.
REMOVED: dict[Any, tuple[Any, ...]] = {
    Session: (Session.person,),
    SignIn: (SignIn.person,),
    Link: (Link.person,),
    AddressChange: (AddressChange.person,),
    Calendar: (Calendar.person,),
    Draft: (Draft.person,),
    Favourite: (Favourite.person, Favourite.mentor),
    FreeWish: (FreeWish.person, FreeWish.mentor),
    SavedSearch: (SavedSearch.person,),
    Document: (Document.person,),
    Note: (Note.author,),
    OfficeNote: (OfficeNote.person,),
    MemberWord: (MemberWord.person,),
    Profile: (Profile.person,),
}
# Whose texts they are, and the columns that hold them. The rows stay, for what counts.
OWN_WORDS: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (
    (
        Inquiry,
        Inquiry.mentee,
        (Inquiry.problem_sealed, Inquiry.vision_sealed, Inquiry.expectations_sealed),
    ),
    (Inquiry, Inquiry.mentor, (Inquiry.answer_sealed, Inquiry.proposed_times)),
    (Exchange, Exchange.author, (Exchange.words_sealed,)),
    (Meeting, Meeting.by, (Meeting.place_sealed,)),
    (
        Agreement,
        Agreement.by,
        (
            Agreement.goals_sealed,
            Agreement.form_sealed,
            Agreement.frequency_sealed,
            Agreement.length_sealed,
        ),
    ),
    (
        Evaluation,
        Evaluation.author,
        (Evaluation.goals_sealed, Evaluation.to_partner_sealed, Evaluation.to_office_sealed),
    ),
    (Thanks, Thanks.author, (Thanks.words_sealed,)),
    (Report, Report.by, (Report.words_sealed,)),
)
# Treated by a function of their own below.
BY_HAND = {Person, Contact, Application, Letter, Event}
KEPT: dict[Any, str] = {
    Acceptance: "counts who accepted which version; no text",
    Barred: "whoever is excluded stays so, also once their data is gone",
    Departed: "a hash of the address, so that no list invites them anew",
    DocumentFile: "goes with its document, by the database",
    House: "the association's own",
    Import: "a list the office brought",
    ImportText: "gone when its list is done or dropped",
    Later: "counts answers; no text",
    Logo: "the association's own",
    Mentorship: "states and days, for what counts, and the partner's own past",
    NormsVersion: "published",
    ProfileQuestion: "goes with the profile, by the database",
    ProfileTopic: "goes with the profile, by the database",
    Reading: "which coordinator read a report when",
    SearchChange: "numbers",
    SoughtInVain: "words counted without a person",
    Topic: "the association's own",
    Word: "a yes or no, for what counts",
    Wording: "the association's own",
}


@dataclass(frozen=True)
class Consequences:
    """What a deletion ends, told before."""

    open: int
    living: int
    is_last_coordinator: bool


async def pause(*, by: Person, now: datetime) -> None:
    """Out of the directory at once. Said twice it is once."""
    active = (Person.id == by.id) & (Person.standing == Standing.ACTIVE)
    async with transaction():
        paused = Person.update({Person.paused_at: now})
        if not await paused.where(active & Person.paused_at.is_null()).returning(Person.id):
            return
        by.paused_at = now
        await history.record("person.pause", by, by, now)


async def come_back(*, by: Person, now: datetime) -> None:
    here = (Person.id == by.id) & Person.paused_at.is_not_null()
    async with transaction():
        values: dict[Any, Any] = {Person.paused_at: None}
        if not await Person.update(values).where(here).returning(Person.id):
            return
        by.paused_at = None
        await history.record("person.come_back", by, by, now)


async def consequences(person: Person) -> Consequences:
    asked = (Inquiry.mentee == person.id) | (Inquiry.mentor == person.id)
    paired = (Mentorship.mentee == person.id) | (Mentorship.mentor == person.id)
    return Consequences(
        open=int(await Inquiry.count().where(asked & Inquiry.state.is_in(list(OPEN)))),
        living=int(await Mentorship.count().where(paired & Mentorship.state.not_in(list(OVER)))),
        is_last_coordinator=may_settle(person) and not await _has_other_coordinators(person),
    )


async def delete(*, by: Person, now: datetime) -> None:
    """One's own account, for good: what runs ends with a neutral word to the others, one's texts
    go, the row stays for what counts. Raises LastCoordinator, AlreadySettled."""
    insist(by.is_member)
    person, address = by, by.email
    others = await inquiries.others_instead_of(person, now)
    async with transaction():
        await hold_word(people.COORDINATORS)
        await hold_word(address)
        await exclusions.hold_pairs(person)
        await _insist_not_last(person)
        await _move(person, "delete", person, now)
        await sessions.shut_out(person, now)
        # Before what runs is ended: or their free place would be offered to those who wished it.
        past = await _past(person, address)
        await _empty_letters(person, address)
        await _remove(person)
        await inquiries.part_from(person, others, by=person, now=now)
        await mentorships.part_from(person, by=person, now=now)
        await _empty(person, past)
        await _remember(address)
        await letters.account_deleted(address, person.language, person.id, now)


async def forget(person: Person, now: datetime) -> None:
    """Whoever was excluded, when the house's time for texts is over: nothing of theirs runs any
    more, and their address stays barred. Raises AlreadySettled, if they are back."""
    async with transaction():
        await hold_word(person.email)
        await exclusions.hold_pairs(person)
        await _move(person, "forget", None, now)
        past = await _past(person, person.email)
        await _empty_letters(person, person.email)
        await _remove(person)
        await _empty(person, past)


async def departed_among(addresses: Collection[str]) -> set[str]:
    """Who deleted their account once."""
    if not addresses or not await Departed.exists():
        return set()
    by_hash = {hashed: each for each in addresses for hashed in Departed.hashes(each)}
    rows = await Departed.select(Departed.hashed).where(Departed.hashed.is_in(list(by_hash)))
    return {by_hash[row["hashed"]] for row in rows}


async def _insist_not_last(person: Person) -> None:
    fresh = await Person.objects().where(Person.id == person.id).first()
    if fresh is not None and may_settle(fresh) and not await _has_other_coordinators(person):
        raise LastCoordinator


async def _has_other_coordinators(person: Person) -> bool:
    others = Person.is_coordinator.eq(True) & (Person.standing == Standing.ACTIVE)
    return bool(await Person.exists().where(others & (Person.id != person.id)))


async def _move(person: Person, verb: str, by: Person | None, now: datetime) -> None:
    """The only passage: whoever comes second finds no row to change."""
    origins, goal = MOVES[verb]
    values: dict[Any, Any] = {Person.standing: goal, Person.is_coordinator: False}
    here = (Person.id == person.id) & Person.standing.is_in(list(origins))
    if not await Person.update(values).where(here).returning(Person.id):
        raise AlreadySettled
    person.standing, person.is_coordinator = goal, False
    await history.record(f"person.{verb}", person, by, now)


@dataclass(frozen=True)
class Past:
    """What leads to the office's notes about them: found while their address still leads there."""

    applications: list[int]
    profile: int


async def _past(person: Person, address: str) -> Past:
    applied = await Application.select(Application.id).where(Application.email == address)
    profile = await Profile.select(Profile.id).where(Profile.person == person.id).first()
    return Past([row["id"] for row in applied], profile["id"] if profile else 0)


async def _empty(person: Person, past: Past) -> None:
    await _empty_words(person)
    await _empty_applications(past.applications)
    await _empty_reasons(person, past)
    await _empty_person(person)


async def _remember(address: str) -> None:
    row = Departed(hashed=Departed.hashes(address)[0])
    await Departed.insert(row).on_conflict(target=Departed.hashed, action="DO NOTHING")


async def _remove(person: Person) -> None:
    for table, owners in REMOVED.items():
        for owner in owners:
            await table.delete().where(owner == person.id)


async def _empty_words(person: Person) -> None:
    goals = (Agreement.by == person.id) & Agreement.accepted_at.is_not_null()
    theirs = Agreement.select(Agreement.mentorship).where(goals)
    for table, owner, columns in OWN_WORDS:
        await empty(table, columns, owner == person.id)
    # The partner's evaluation repeats the goals that this person had written.
    await empty(Evaluation, (Evaluation.goals_sealed,), Evaluation.mentorship.is_in(theirs))
    corrected = Contact.corrected_by.is_null() & (Contact.by == person.id)
    mine = corrected | (Contact.corrected_by == person.id)
    await empty(Contact, (Contact.line_sealed,), mine)
    unsettled = (Report.by == person.id) & (Report.state == ReportState.WAITING)
    await Report.update({Report.state: ReportState.SETTLED}).where(unsettled)


async def _empty_applications(numbers: list[int]) -> None:
    """One that waits is no longer wanted."""
    if not numbers:
        return
    here = Application.id.is_in(numbers)
    await Application.delete().where(here & (Application.state == ApplicationState.WAITING))
    await empty(Application, APPLICATION, here)


async def _empty_reasons(person: Person, past: Past) -> None:
    """The office's internal notes on what it decided about this person."""
    about: Any = (Event.noun == "person") & (Event.about == person.id)
    if past.profile:
        about = about | ((Event.noun == "profile") & (Event.about == past.profile))
    if past.applications:
        about = about | ((Event.noun == "application") & Event.about.is_in(past.applications))
    concerned = (Report.by == person.id) | (Report.about == person.id)
    reports = [row["id"] for row in await Report.select(Report.id).where(concerned)]
    if reports:
        about = about | ((Event.noun == "report") & Event.about.is_in(reports))
    await empty(Event, (Event.why_sealed,), about & (Event.why_sealed != ""))


async def _empty_person(person: Person) -> None:
    values: dict[Any, Any] = {
        Person.email: f"gone:{person.id}",  # no address, and nobody else's
        Person.first_name: NOBODY,
        Person.last_name: "",
        Person.function: "",
        Person.sector: "",
        Person.internal_note: "",
        Person.paused_at: None,
        Person.invite_from: None,
    }
    await Person.update(values).where(Person.id == person.id)
    await MemberWord.delete().where(MemberWord.person == person.id)


async def _empty_letters(person: Person, address: str) -> None:
    """Theirs, and those of their pairs that have not left yet: they repeat what was written."""
    unsent = Letter.state != LetterState.SENT
    threads = await _threads(person)
    theirs: Any = Letter.to == person.id
    theirs = theirs | Letter.thread.is_in(threads) if threads else theirs
    strangers = Letter.objects().where(unsent & Letter.to.is_null())
    for letter in await strangers:
        if letter.address == address:
            theirs = theirs | (Letter.id == letter.id)
    named = await _failed_about(person, address)
    theirs = theirs | Letter.id.is_in(named) if named else theirs
    await Letter.delete().where(theirs & (Letter.state == LetterState.WAITING))
    emptied: dict[Any, Any] = {**EMPTIED, Letter.error: ""}
    await Letter.update(emptied).where(theirs & unsent)
    await outbox.take_back(f"free_again:{person.id}")


async def _failed_about(person: Person, address: str) -> list[int]:
    """Of anybody, where they are named: as one of those who could be asked instead."""
    failed = await Letter.objects().where(Letter.state == LetterState.FAILED)
    told = {letter.id: f"{letter.subject} {letter.text}" for letter in failed}
    names = [each for each in (person.name, address) if each]
    return [number for number, text in told.items() if any(name in text for name in names)]


async def _threads(person: Person) -> list[str]:
    asked = (Inquiry.mentee == person.id) | (Inquiry.mentor == person.id)
    paired = (Mentorship.mentee == person.id) | (Mentorship.mentor == person.id)
    first = [f"inquiry-{row['id']}" for row in await Inquiry.select(Inquiry.id).where(asked)]
    then = await Mentorship.select(Mentorship.id).where(paired)
    return first + [f"mentorship-{row['id']}" for row in then]


async def empty(table: Any, columns: tuple[Any, ...], where: Any) -> None:
    await table.update({column: "" for column in columns}).where(where)


APPLICATION = (
    Application.email,
    Application.first_name,
    Application.last_name,
    Application.words_sealed,
    Application.note_sealed,
    Application.visitor,
    Application.ticked,
)
