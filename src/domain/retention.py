"""Free texts go some months after the end (house.retention_months); what counts stays."""

from __future__ import annotations

import logging
from calendar import monthrange
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import clock
from domain import departures, house
from domain.departures import APPLICATION
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, insist
from i18n import N_
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
from tables.imports import State as ImportState
from tables.inquiries import OPEN, Exchange, Inquiry
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.links import Link
from tables.meetings import Calendar, Meeting
from tables.member_words import MemberWord
from tables.mentorships import OVER, Mentorship, Word
from tables.mentorships import State as MentorshipState
from tables.norms import Acceptance, NormsVersion
from tables.notes import Note
from tables.office_notes import OfficeNote
from tables.people import Person, Standing
from tables.profiles import Profile, ProfileQuestion, ProfileTopic
from tables.profiles import State as ProfileState
from tables.reports import Reading, Report
from tables.reports import State as ReportState
from tables.search_changes import SearchChange
from tables.searches import SavedSearch, SoughtInVain
from tables.sessions import Session, SignIn
from tables.topics import Topic
from tables.transaction import transaction
from tables.wordings import Wording

log = logging.getLogger("mentorat.retention")

AT_ONCE = 200  # rows in one statement: others write between two of them
AHEAD = timedelta(days=30)  # what the preview shows besides what is due
Due = Callable[[datetime], Any]  # which rows, by the day before which they ended


@dataclass(frozen=True)
class Rule:
    """Rows are emptied of `texts`; without any they are removed whole, or given to `forget`."""

    title: str
    table: Any
    due: Due
    texts: tuple[Any, ...] = ()
    forget: Callable[[Any, datetime], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Line:
    """Of the preview: how many rows go at the next turn, and how many more within AHEAD."""

    title: str
    now: int
    soon: int


def _over(before: datetime) -> Any:
    """Ended for good, or officially and never gone on with."""
    ended = Mentorship.state.is_in(list(OVER)) & (Mentorship.ended_at < before)
    official = Mentorship.state == MentorshipState.COMPLETED
    return ended | (official & (Mentorship.completed_at < before))


def _pairs(before: datetime) -> Any:
    return Mentorship.select(Mentorship.id).where(_over(before))


def _inquiries(before: datetime) -> Any:
    """One that opened a mentorship lives as long as that."""
    unpaired = Inquiry.state.not_in([*OPEN, InquiryState.ACCEPTED])
    paired = Inquiry.id.is_in(Mentorship.select(Mentorship.inquiry).where(_over(before)))
    return (unpaired & (Inquiry.settled_at < before)) | paired


def _of_pairs(table: Any) -> Due:
    return lambda before: table.mentorship.is_in(_pairs(before))


def _asked(before: datetime) -> Any:
    """Not one that still waits for its answer."""
    waiting = Profile.select(Profile.id).where(Profile.state == ProfileState.ASKED)
    return (ProfileQuestion.asked_at < before) & ProfileQuestion.profile.not_in(waiting)


def _since(column: Any, *also: Any) -> Due:
    def due(before: datetime) -> Any:
        where: Any = column < before
        for each in also:
            where = where & each
        return where

    return due


def _excluded(before: datetime) -> Any:
    """The last time."""
    told = (Event.noun == "person") & (Event.what == "person.exclude")
    since = Event.select(Event.about).where(told & (Event.at >= before))
    long_ago = Event.select(Event.about).where(told & (Event.at < before))
    excluded = Person.standing == Standing.EXCLUDED
    return excluded & Person.id.is_in(long_ago) & Person.id.not_in(since)


RULES: tuple[Rule, ...] = (
    Rule(
        N_("Textes des demandes"),
        Inquiry,
        _inquiries,
        (
            Inquiry.problem_sealed,
            Inquiry.vision_sealed,
            Inquiry.expectations_sealed,
            Inquiry.answer_sealed,
        ),
    ),
    Rule(
        N_("Questions et précisions"),
        Exchange,
        lambda before: Exchange.inquiry.is_in(Inquiry.select(Inquiry.id).where(_inquiries(before))),
        (Exchange.words_sealed,),
    ),
    Rule(N_("Lignes sur les contacts"), Contact, _of_pairs(Contact), (Contact.line_sealed,)),
    Rule(N_("Lieux des rencontres"), Meeting, _of_pairs(Meeting), (Meeting.place_sealed,)),
    Rule(
        N_("Textes des conventions"),
        Agreement,
        _of_pairs(Agreement),
        (
            Agreement.goals_sealed,
            Agreement.form_sealed,
            Agreement.frequency_sealed,
            Agreement.length_sealed,
        ),
    ),
    Rule(N_("Notes de préparation et de suivi"), Note, _of_pairs(Note), (Note.fields_sealed,)),
    Rule(
        N_("Textes des évaluations"),
        Evaluation,
        _of_pairs(Evaluation),
        (Evaluation.goals_sealed, Evaluation.to_partner_sealed, Evaluation.to_office_sealed),
    ),
    Rule(N_("Remerciements"), Thanks, _of_pairs(Thanks), (Thanks.words_sealed,)),
    Rule(N_("Brouillons"), Draft, _since(Draft.saved_at)),
    Rule(
        N_("Signalements réglés"),
        Report,
        _since(Report.settled_at, Report.state == ReportState.SETTLED),
        (Report.words_sealed,),
    ),
    Rule(
        N_("Candidatures réglées"),
        Application,
        _since(Application.settled_at, Application.state != ApplicationState.WAITING),
        APPLICATION,
    ),
    Rule(N_("Personnes exclues"), Person, _excluded, forget=departures.forget),
    Rule(N_("Notes internes sur les membres"), OfficeNote, _since(OfficeNote.noted_at)),
    Rule(N_("Notes internes des décisions"), Event, _since(Event.at), (Event.why_sealed,)),
    Rule(
        N_("Notes internes sur les profils"),
        Profile,
        _since(Profile.changed_at),
        (Profile.note_sealed,),
    ),
    Rule(N_("Questions posées sur les profils"), ProfileQuestion, _asked),
    Rule(
        N_("Messages qui n’ont pas pu partir"),
        Letter,
        _since(Letter.posted_at, Letter.state == LetterState.FAILED),
        (*EMPTIED, Letter.error),
    ),
    Rule(
        N_("Liens utilisés ou échus"),
        Link,
        lambda before: (Link.expires_at < before) | (Link.used_at < before),
    ),
    Rule(
        N_("Noms de fichiers importés"),
        Import,
        _since(Import.made_at, Import.state.is_in([ImportState.DONE, ImportState.DROPPED])),
        (Import.file_name,),
    ),
    Rule(N_("Recherches dont on a été averti"), SavedSearch, _since(SavedSearch.told_at)),
    Rule(
        N_("Mots cherchés en vain"),
        SoughtInVain,
        lambda before: SoughtInVain.day < clock.day(before),
    ),
)
# Why not. A test compares both with all tables.
KEPT: dict[Any, str] = {
    Acceptance: "who accepted which version: as long as the member is one",
    AddressChange: "made, stopped or dropped after three days",
    Barred: "or an excluded person could come back",
    Departed: "hashes, or a list would invite whoever left",
    Calendar: "until its owner ends it or leaves",
    Document: "until its owner removes it or leaves",
    DocumentFile: "goes with its document",
    Favourite: "until its owner lets go of it",
    FreeWish: "gone once told",
    House: "the association's own",
    ImportText: "gone when its list is done or dropped, after a day at the latest",
    Later: "an answer among three, for what counts",
    Logo: "the association's own",
    MemberWord: "made from names that are still there",
    Mentorship: "states and days, for what counts",
    NormsVersion: "published",
    ProfileTopic: "for what counts; goes with the profile",
    Reading: "which coordinator read a report when; no text",
    SearchChange: "numbers",
    Session: "gone when it ends",
    SignIn: "gone after two days",
    Topic: "the association's own",
    Word: "a yes or no, for what counts",
    Wording: "the association's own",
}


async def forget_due(now: datetime) -> None:
    """By the clock: rule by rule in small batches. Of two processes each row is one's alone."""
    before = _before(now, (await house.current()).retention_months)
    for rule in RULES:
        try:
            gone = 0
            while taken := await _forget_some(rule, before, now):
                gone += taken
        except Exception:
            log.exception("not forgotten: %s", rule.table._meta.tablename)  # the others are
        else:
            if gone:
                log.info("forgotten: %s, %s rows", rule.table._meta.tablename, gone)


async def preview(now: datetime, *, by: Person, months: int = 0) -> list[Line]:
    """For the office: how much of what, and not a word of it. `months`: if they were so many."""
    insist(may_settle(by))
    months = months or (await house.current()).retention_months
    lines = []
    for rule in RULES:
        due = await _count(rule, _before(now, months))
        later = await _count(rule, _before(now + AHEAD, months))
        lines.append(Line(rule.title, due, max(later - due, 0)))
    return lines


def _before(now: datetime, months: int) -> datetime:
    """The same hour, months earlier; the last of a shorter month."""
    years, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last = monthrange(years, month + 1)[1]
    return now.replace(year=years, month=month + 1, day=min(now.day, last))


async def _count(rule: Rule, before: datetime) -> int:
    return int(await rule.table.count().where(_left(rule, before)))


async def _forget_some(rule: Rule, before: datetime, now: datetime) -> int:
    """What is due is asked again in the statement that takes it."""
    table = rule.table
    if rule.forget:
        rows = await table.objects().where(_left(rule, before)).limit(AT_ONCE)
        for row in rows:
            with suppress(AlreadySettled):  # by another process, or taken back
                await rule.forget(row, now)
        return len(rows)
    async with transaction():
        some = await table.select(table.id).where(_left(rule, before)).limit(AT_ONCE)
        if not some:
            return 0
        here = table.id.is_in([row["id"] for row in some]) & _left(rule, before)
        if rule.texts:
            deed = table.update({text: "" for text in rule.texts}).where(here)
        else:
            deed = table.delete().where(here)
        return len(await deed.returning(table.id))


def _left(rule: Rule, before: datetime) -> Any:
    """Due, and still holding something."""
    due = rule.due(before)
    holding: Any = None
    for text in rule.texts:
        holding = text != "" if holding is None else holding | (text != "")
    return due if holding is None else due & holding
