"""What the installation holds about a member, to take along: one's own texts in clear, the
other's never."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import clock
from content import catalogue, texts
from domain import evaluations, event_words, history, typed_texts
from domain.own_words import CATALOGUED, CODED, COLUMNS, LANGUAGES, OPENED, RELEASED, VALUES
from i18n import N_, gettext, language, language_name
from tables.address_changes import AddressChange
from tables.agreements import Agreement
from tables.applications import Application
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
from tables.inquiries import Exchange, Inquiry
from tables.letters import Letter
from tables.links import Link
from tables.meetings import Calendar, Meeting
from tables.member_words import MemberWord
from tables.mentorships import Mentorship, Word
from tables.norms import Acceptance, NormsVersion
from tables.notes import Note
from tables.office_notes import OfficeNote
from tables.people import Person
from tables.private import SEALED
from tables.profiles import Profile, ProfileQuestion, ProfileTopic
from tables.reports import Reading, Report
from tables.search_changes import SearchChange
from tables.searches import SavedSearch, SoughtInVain
from tables.sessions import Session, SignIn
from tables.topics import Topic
from tables.transaction import transaction
from tables.wordings import Wording

Row = dict[str, Any]
Where = Callable[[Person], Any]
TIMES = {"times", "proposed_times"}
LATER = ("laters", "answer")
# Of no use to anybody but the program: hashes, counters, idempotency keys.
INNER = {
    "id", "key", "hashed", "mark", "browser", "visitor", "code", "link", "lease", "due", "expires",
    "sort_as", "uid", "person", "author", "to", "address", "changed_by", "sequence", "message_id",
    "thread", "reminded", "is_urgent", "warned_for", "internal_note", "lines", "attempts", "noun",
    "drawn",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One table. `mine`: which rows. `theirs`: texts of a row that are the other one's."""

    title: str
    mine: Where
    theirs: Callable[[Any, Person], Iterable[str]] = field(default=lambda _row, _person: ())
    hidden: frozenset[str] = frozenset()


def _pairs_of(person: Person) -> Any:
    here = (Mentorship.mentee == person.id) | (Mentorship.mentor == person.id)
    return Mentorship.select(Mentorship.id).where(here)


def _wrote(row: Any, person: Person, by: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    return () if getattr(row, by) == person.id else texts


def _inquiry_of_others(row: Inquiry, person: Person) -> tuple[str, ...]:
    is_mentee = int(row.mentee) == person.id
    return ("answer",) if is_mentee else ("problem", "vision", "expectations")


def _line_of_others(row: Contact, person: Person) -> tuple[str, ...]:
    return () if (row.corrected_by or row.by) == person.id else ("line",)


PARTS: dict[Any, Part] = {
    Person: Part(N_("Votre compte"), lambda p: Person.id == p.id),
    Profile: Part(
        N_("Profil de mentor"), lambda p: Profile.person == p.id, hidden=frozenset({"note"})
    ),
    ProfileTopic: Part(
        N_("Thèmes du profil"),
        lambda p: ProfileTopic.profile.is_in(
            Profile.select(Profile.id).where(Profile.person == p.id)
        ),
        hidden=frozenset({"profile"}),
    ),
    ProfileQuestion: Part(
        N_("Questions du secrétariat sur le profil"),
        lambda p: ProfileQuestion.profile.is_in(
            Profile.select(Profile.id).where(Profile.person == p.id)
        ),
        hidden=frozenset({"profile"}),
    ),
    Document: Part(N_("Curriculum vitæ"), lambda p: Document.person == p.id),
    Acceptance: Part(N_("Normes acceptées"), lambda p: Acceptance.person == p.id),
    Application: Part(
        N_("Candidatures"),
        lambda p: Application.email == p.email,
        hidden=frozenset({"note", "settled_by"}),
    ),
    Inquiry: Part(
        N_("Demandes"),
        lambda p: (Inquiry.mentee == p.id) | (Inquiry.mentor == p.id),
        _inquiry_of_others,
    ),
    Exchange: Part(N_("Questions et précisions"), lambda p: Exchange.author == p.id),
    Draft: Part(N_("Brouillons"), lambda p: Draft.person == p.id),
    Mentorship: Part(
        N_("Mentorats"), lambda p: (Mentorship.mentee == p.id) | (Mentorship.mentor == p.id)
    ),
    Word: Part(N_("Continuer ou non"), lambda p: Word.person == p.id),
    Contact: Part(
        N_("Contacts"), lambda p: Contact.mentorship.is_in(_pairs_of(p)), _line_of_others
    ),
    Meeting: Part(
        N_("Rencontres"),
        lambda p: Meeting.mentorship.is_in(_pairs_of(p)),
        lambda row, p: _wrote(row, p, "by", ("place",)),
    ),
    Agreement: Part(
        N_("Conventions"),
        lambda p: Agreement.mentorship.is_in(_pairs_of(p)),
        lambda row, p: _wrote(row, p, "by", ("goals", "form", "frequency", "length")),
    ),
    Note: Part(N_("Notes"), lambda p: Note.author == p.id),
    Evaluation: Part(N_("Évaluations"), lambda p: Evaluation.author == p.id),
    Later: Part(N_("Réponses avec le recul"), lambda p: Later.person == p.id),
    Thanks: Part(N_("Remerciements"), lambda p: Thanks.author == p.id),
    Report: Part(
        N_("Signalements que vous avez faits"),
        lambda p: Report.by == p.id,
        hidden=frozenset({"settled_by"}),
    ),
    Reading: Part(
        N_("Qui a lu vos signalements"),
        lambda p: Reading.report.is_in(Report.select(Report.id).where(Report.by == p.id)),
    ),
    Favourite: Part(N_("Favoris"), lambda p: Favourite.person == p.id),
    FreeWish: Part(N_("Mentors dont j’attends le retour"), lambda p: FreeWish.person == p.id),
    SavedSearch: Part(N_("Recherches enregistrées"), lambda p: SavedSearch.person == p.id),
    Calendar: Part(
        N_("Adresse secrète de l’agenda"),
        lambda p: Calendar.person == p.id,
        hidden=frozenset({"secret"}),
    ),
    Letter: Part(
        N_("Messages"),
        lambda p: Letter.to == p.id,
        hidden=frozenset({"html", "unsubscribe", "calendar", "reply_to"}),
    ),
    AddressChange: Part(N_("Changement d’adresse demandé"), lambda p: AddressChange.person == p.id),
    Link: Part(N_("Liens dans les messages"), lambda p: Link.person == p.id),
    Session: Part(N_("Connexions"), lambda p: Session.person == p.id),
    SignIn: Part(
        N_("Codes demandés"),
        lambda p: SignIn.person == p.id,
        hidden=frozenset({"address", "tries"}),
    ),
    Event: Part(
        N_("Événements"),
        lambda p: (Event.by == p.id) | ((Event.noun == "person") & (Event.about == p.id)),
        hidden=frozenset({"why", "by", "about"}),
    ),
    Import: Part(N_("Listes importées"), lambda p: Import.by == p.id),
    Wording: Part(N_("Messages rédigés"), lambda p: Wording.changed_by == p.id),
}
# Why not. A test compares both with all tables.
LEFT_OUT: dict[Any, str] = {
    Barred: "addresses of excluded people, who are no members",
    Departed: "hashes of whoever is no member any more",
    DocumentFile: "the CV itself: a link beside leads to it",
    House: "the association's own",
    ImportText: "members' addresses, as the office keeps them",
    Logo: "the association's own",
    MemberWord: "made from the name and address that stand above, to be found by",
    NormsVersion: "published",
    OfficeNote: "coordinators' own notes among themselves: asked for at the office",
    SearchChange: "numbers",
    SoughtInVain: "words without a person",
    Topic: "the association's own",
}


@dataclass(frozen=True)
class Section:
    table: str
    title: str
    rows: list[Row]


async def of(person: Person, *, now: datetime) -> list[Section]:
    """As many questions as tables, whatever is held."""
    found = []
    for table, part in PARTS.items():
        rows = await table.objects().where(part.mine(person)).order_by(table.id)
        kept = [_shown(table, part, row, person) for row in rows]
        found.append(Section(table._meta.tablename, part.title, kept))
    await _name_others(found)
    async with transaction():
        await history.record("person.take_along", person, person, now)
    return found


def as_json(sections: list[Section]) -> dict[str, list[Row]]:
    return {
        section.table: [{name: _plain(v) for name, v in row.items()} for row in section.rows]
        for section in sections
    }


def readable(sections: list[Section]) -> list[tuple[str, list[list[tuple[str, str]]]]]:
    """Titles, rows, and of each row what it says, empty places left out."""
    return [
        (gettext(section.title), [list(_said(section.table, row)) for row in section.rows])
        for section in sections
        if section.rows
    ]


def _said(table: str, row: Row) -> Iterable[tuple[str, str]]:
    for name, value in row.items():
        if value not in (None, "", {}, []):
            yield gettext(COLUMNS[name]), _in_words(table, name, value)


def _in_words(table: str, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, dict):
        return "\n".join(", ".join(v) if isinstance(v, list) else v for v in value.values() if v)
    if name in CATALOGUED:
        return catalogue.names_of(CATALOGUED[name], str(value).split(), language())
    if name in LANGUAGES:
        return language_name(value)
    if name in TIMES:
        return ", ".join(_moment(datetime.fromisoformat(each)) for each in value.split())
    if name in CODED and value == "released":
        return gettext(RELEASED[table])
    if name in CODED and value in VALUES:
        return gettext(VALUES[value])
    keys = _keys(table, name)
    return ", ".join(keys.get(each, each) for each in str(value).split()) if keys else str(value)


def _moment(value: datetime) -> str:
    return f"{value.astimezone(clock.ZURICH):%d.%m.%Y %H:%M}"


def _keys(table: str, name: str) -> Mapping[str, str]:
    """Of a column that holds keys: in words."""
    if (table, name) == ("events", "what"):
        return {what: gettext(words) for what, words in event_words.WORDS.items()}
    if (table, name) in (("reports", "opened"), ("report_readings", "what")):
        return {key: gettext(words) for key, words in OPENED.items()}
    if (table, name) in (("evaluations", "process"), ("evaluations", "results"), LATER):
        return {key: gettext(words) for key, words in evaluations.ANSWERS.items()}
    if (table, name) == ("evaluations", "benefits"):
        return dict(pair for each in texts.benefits(language()).values() for pair in each)
    if (table, name) == ("applications", "ticked"):
        return dict(pair for each in texts.selfchecks(language()).values() for pair in each)
    return {}


def _shown(table: Any, part: Part, row: Any, person: Person) -> Row:
    not_theirs = INNER | part.hidden | set(part.theirs(row, person))
    shown: Row = {}
    for column in table._meta.columns:
        name = column._meta.name
        value = name.removesuffix(SEALED)
        is_counter = value == "version" and table is not Acceptance
        if value not in not_theirs and not is_counter:
            shown[value] = _value(column, getattr(row, value))
    if isinstance(row, Note | Draft):
        shown["fields"] = typed_texts.unpack(row.fields).answers
    return shown


@dataclass(frozen=True)
class _Other:
    """Who or what a number stands for, until it is known."""

    table: Any
    number: int


def _value(column: Any, value: Any) -> Any:
    key = getattr(column, "_foreign_key_meta", None)
    return value if key is None or value is None else _Other(key.resolved_references, value)


async def _name_others(sections: list[Section]) -> None:
    """People by their names, topics and versions by theirs, other rows by their number."""
    people = {v.number for v in _others(sections) if v.table is Person}
    topics = {v.number for v in _others(sections) if v.table is Topic}
    versions = {v.number for v in _others(sections) if v.table is NormsVersion}
    names: dict[tuple[Any, int], Any] = {}
    for person in await Person.objects().where(Person.id.is_in(list(people))) if people else ():
        names[Person, person.id] = person.name
    for topic in await Topic.objects().where(Topic.id.is_in(list(topics))) if topics else ():
        names[Topic, topic.id] = topic.name_fr
    numbers = NormsVersion.select(NormsVersion.id, NormsVersion.number)
    for row in await numbers.where(NormsVersion.id.is_in(list(versions))) if versions else ():
        names[NormsVersion, row["id"]] = row["number"]
    for section in sections:
        for kept in section.rows:
            for name, value in kept.items():
                if isinstance(value, _Other):
                    kept[name] = names.get((value.table, value.number), value.number)


def _others(sections: list[Section]) -> Iterable[_Other]:
    for section in sections:
        for row in section.rows:
            yield from (value for value in row.values() if isinstance(value, _Other))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.ZURICH).isoformat()
    return value.isoformat() if isinstance(value, date) else value
