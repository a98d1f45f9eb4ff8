"""A sentence nobody else would write, in every private place, by the domain's own verbs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from piccolo.table import Table

from domain import (
    agreements,
    applications,
    contacts,
    documents,
    drafts,
    evaluations,
    inquiries,
    meetings,
    notes,
    parting,
    profiles,
    reports,
)
from domain.typed_texts import Answers, Window
from tables.barred import Barred
from tables.contacts import Kind
from tables.imports import Import, ImportText
from tables.inquiries import Inquiry
from tables.letters import Letter
from tables.meetings import Calendar
from tables.mentorships import Mentorship
from tables.office_notes import OfficeNote
from tables.people import Person
from tables.piccolo_app import TABLES
from tables.private import Private
from tables.profiles import Profile
from tables.profiles import State as ProfileState
from tests import papers
from tests.factories import make_mentor, make_person, make_profile

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
# In no verb's hands: addresses of the outbox, an address of a calendar, what is not yet written.
BY_ATTRIBUTE = {
    "barred.address",
    "calendars.secret",
    "import_texts.content",
    "letters.address",
    "letters.calendar",
    "letters.html",
    "letters.reply_to",
    "letters.subject",
    "letters.text",
    "letters.unsubscribe",
    "office_notes.words",
    "profiles.note",
}


def private_places() -> dict[str, tuple[type[Table], str]]:
    """`contacts.line`: every Private attribute of every table."""
    return {
        f"{table._meta.tablename}.{name}": (table, name)
        for table in TABLES
        for name, value in vars(table).items()
        if isinstance(value, Private)
    }


def sentence(place: str) -> str:
    """Short, so that no page of a file divides it; plain, so that no writing changes it."""
    return f"Zimtstern {place.replace('.', ' ').replace('_', ' ')} im Nebelmeer"


async def write_everything(mentor: Person, mentee: Person, coordinator: Person) -> None:
    await _ask_and_answer(mentor, mentee)
    await _meet_and_part(mentor, mentee)
    await _settle(coordinator)
    await _show_and_tell(mentee, coordinator)
    await _fill(mentee)


def readable(value: str | bytes) -> str:
    """A file's words lie in it as they are (tests/papers.py)."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


async def written() -> dict[str, list[str]]:
    """Of each private place, what can be read in it, opened."""
    found = {}
    for place, (table, name) in private_places().items():
        rows = await table.objects().order_by(table._meta.primary_key)
        texts = [readable(getattr(row, name)) for row in rows]
        found[place] = [text for text in texts if text]
    return found


async def _ask_and_answer(mentor: Person, mentee: Person) -> None:
    said = {"problem": "", "vision": "", "expectations": ""}
    words: dict[str, Any] = {name: sentence(f"inquiries.{name}").ljust(40, ".") for name in said}
    kept: Answers = {"problem": sentence("drafts.fields")}
    other = await make_mentor("Luca", "Rossi")
    request = inquiries.Request(key="key-of-the-request", kinds=("phone",), language="fr", **words)
    first = await inquiries.ask(mentor, request, by=mentee, now=NOW)
    await inquiries.ask_back(
        await _seen(first, mentor), by=mentor, question=sentence("exchanges.words"), now=NOW
    )
    explained = f"{sentence('exchanges.words')} encore"
    await inquiries.explain(await _seen(first, mentee), by=mentee, words=explained, now=NOW)
    proposal = inquiries.Proposal(sentence("inquiries.answer"))
    await inquiries.accept(await _seen(first, mentor), proposal, by=mentor, now=NOW)
    again = replace(request, key="key-of-another-request")
    second = await inquiries.ask(other, again, by=mentee, now=NOW)
    refusal = sentence("inquiries.answer")
    await inquiries.decline(await _seen(second, other), by=other, saying=refusal, now=NOW)
    await drafts.save(other, kept, Window(), by=mentee, now=NOW)


async def _meet_and_part(mentor: Person, mentee: Person) -> None:
    [row] = await Mentorship.select(Mentorship.id)
    pair = await _pair(row["id"], mentee)
    talk = contacts.Talk(
        "key-of-the-contact", Kind.PHONE, NOW.date(), 45, sentence("contacts.line")
    )
    await contacts.log(pair, talk, by=mentee, now=NOW)
    plan = meetings.Plan(
        "key-of-the-meeting",
        Kind.IN_PERSON,
        [NOW + timedelta(days=3)],
        place=sentence("meetings.place"),
    )
    await meetings.propose(pair, plan, by=mentee, now=NOW)
    terms = agreements.Terms(
        goals=(sentence("agreements.goals"), sentence("evaluations.goals")),
        form=sentence("agreements.form"),
        frequency=sentence("agreements.frequency"),
        length=sentence("agreements.length"),
    )
    made = await agreements.propose(pair, terms, key="key-of-terms-1", base=0, by=mentor, now=NOW)
    await agreements.accept(pair, made.number, by=mentee, now=NOW)
    answers: Any = {"needs": sentence("notes.fields"), "received": ["support"]}
    note = await notes.save(pair, 1, answers, Window(), by=mentee, now=NOW)
    assert note is not None
    await notes.share(pair, 1, by=mentee, now=NOW)
    told = reports.Told("key-of-the-report", sentence("reports.words"))
    await reports.leave(pair, told, by=mentee, now=NOW)
    pair = await _pair(pair.id, mentee)
    said = evaluations.Answers(
        key="key-of-evaluation",
        goals=(sentence("evaluations.goals"),),
        to_partner=sentence("evaluations.to_partner"),
        to_office=sentence("evaluations.to_office"),
    )
    await evaluations.send(pair, said, by=mentee, now=NOW)
    await parting.thank(pair, sentence("thanks.words"), by=mentee, now=NOW)


async def _settle(coordinator: Person) -> None:
    candidate = applications.Candidate(
        key="key-of-application",
        visitor="192.0.2.7",
        email="nora.keller@example.org",
        first_name="Nora",
        last_name="Keller",
        language="fr",
        as_mentor=False,
        as_mentee=True,
        words=sentence("applications.words"),
        ticked=(),
    )
    await applications.send(candidate, NOW)
    [application] = await applications.waiting()
    note = sentence("applications.note")
    await applications.refuse(application, by=coordinator, note=note, now=NOW)
    profile = await make_profile(await make_person(), state=ProfileState.HANDED_IN)
    await profiles.refuse(profile, by=coordinator, note=sentence("events.why"), now=NOW)


async def _show_and_tell(mentee: Person, coordinator: Person) -> None:
    """A profile with a CV, asked about and answered."""
    paper = papers.pdf(sentence("document_files.content"))
    await documents.keep(sentence("documents.name"), paper, by=mentee, now=NOW)
    await Profile.delete().where(Profile.person == mentee.id)
    profile = await make_profile(mentee, state=ProfileState.HANDED_IN, now=NOW)
    question = sentence("profile_questions.question")
    await profiles.ask(profile, question=question, by=coordinator, note="", now=NOW)
    await profiles.prepare(profile, sentence("profile_questions.answer"), by=mentee)
    await profiles.hand_in(profile, by=mentee, now=NOW)


async def _fill(mentee: Person) -> None:
    """What no verb writes as a sentence."""
    calendar = Calendar(person=mentee.id, hashed="h" * 64, made_at=NOW)
    letter = Letter(key="key-of-the-letter", name="sign_in", posted_at=NOW)
    [profile, *_] = await Profile.objects()
    brought = Import(key="key-of-an-import", file_name="membres.csv", made_at=NOW)
    await brought.save()
    rows: dict[str, Table] = {
        "barred": Barred(hashed="to be told", since=NOW),
        "calendars": calendar,
        "import_texts": ImportText(of=brought.id),
        "letters": letter,
        "office_notes": OfficeNote(person=mentee.id, noted_at=NOW),
        "profiles": profile,
    }
    for place in BY_ATTRIBUTE:
        table, _, name = place.partition(".")
        setattr(rows[table], name, sentence(place))
    found = Barred.hashes(sentence("barred.address"))
    rows["barred"].hashed = found[0]  # type: ignore[attr-defined]
    for row in rows.values():
        await row.save()


async def _seen(inquiry: Inquiry, viewer: Person) -> Inquiry:
    found = await Inquiry.visible_to(viewer).where(Inquiry.id == inquiry.id).first()
    assert found is not None
    return found


async def _pair(number: int, viewer: Person) -> Mentorship:
    found = await Mentorship.visible_to(viewer).where(Mentorship.id == number).first()
    assert found is not None
    return found
