"""The end's evaluation by both, blind until both or its days are over (4.3)."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from content import texts
from domain import deadlines, history, house, mentorships
from domain.one_by_one import alone
from domain.permissions import may_settle, may_take_part
from domain.refusals import AlreadySettled, NotYetEvaluable, UndoTooLate, Unseen, insist
from i18n import N_
from mail import evaluation_letters as letters
from sealing import unseal
from tables.agreements import Agreement
from tables.evaluations import Evaluation, Later, Thanks
from tables.events import Event
from tables.mentorships import Mentorship, State
from tables.people import Person
from tables.transaction import hold, transaction

log = logging.getLogger("mentorat.evaluations")

ENDED = (State.COMPLETED, State.CONTINUING, State.CLOSED, State.ENDED_EARLY)
ANSWERS = {"yes": N_("Oui"), "mostly": N_("Plutôt oui"), "partly": N_("En partie"), "no": N_("Non")}
PROCESS = {
    "direction": N_("Saviez-vous ensemble où vous vouliez aller ?"),
    "rhythm": N_("Le rythme et la forme de vos échanges vous convenaient-ils ?"),
    "trust": N_("Avez-vous pu parler en toute confiance ?"),
    "care": N_("Vos rencontres étaient-elles préparées et suivies avec soin ?"),
}
SKIPPED = "-"
MOST_GOALS = 20  # judged one by one
LEAST_COUNTED = 5  # answers: fewer would tell who said what


@dataclass(frozen=True)
class Answers:
    """What one of the two says; `results` in the order of `goals`, empty where skipped."""

    key: str
    process: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()
    to_partner: str = ""
    to_office: str = ""


@dataclass(frozen=True)
class Shown:
    """Both evaluations through the eyes of one: of the partner's at most their word.

    `reveal_by`: until when the first of the two stays blind, while the other is awaited.
    """

    mine: Evaluation | None = None
    has_partner_sent: bool = False
    word: str = ""
    reveal_by: datetime | None = None


@dataclass(frozen=True)
class Retrospect:
    """All of the end that one of the two sees."""

    shown: Shown
    is_open: bool
    later: Later | None = None
    is_later_asked: bool = False
    thanks: Thanks | None = None
    thanked: Thanks | None = None

    @property
    def answers(self) -> dict[str, str]:
        """What one may choose from, to the question of later too: code and words."""
        return ANSWERS

    @property
    def is_later_awaited(self) -> bool:
        return self.is_later_asked and self.later is None


@dataclass(frozen=True)
class OfficeWord:
    """All that coordinators read of an evaluation: the word that was written for them."""

    id: int
    words: str
    author: str
    partner: str
    is_mentee: bool
    language: str
    sent_at: datetime
    read_at: datetime | None
    read_by: str = ""


@dataclass(frozen=True)
class Figures:
    """Nothing below five answers, and five by five; of goals and benefits as many people must
    have been asked."""

    answers: int | None
    process: Mapping[str, Mapping[str, int] | None]
    results: Mapping[str, int] | None
    benefits: Mapping[str, int | None]
    later: Mapping[str, int] | None


async def of(mentorship: Mentorship) -> list[Evaluation]:
    return await Evaluation.of(mentorship)


async def send(mentorship: Mentorship, said: Answers, *, by: Person, now: datetime) -> Evaluation:
    """Once; the same form sent again is the one already made. Whoever is second reads the other's
    word on the page that follows, the other learns by letter that there is one to read.

    Raises NotYetEvaluable, AlreadySettled.
    """
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        rows = await of(mentorship)
        mine, theirs = _parted(rows, by)
        if mine is not None:
            if mine.key != said.key:
                raise AlreadySettled
            return mine
        await insist_ended(mentorship)
        evaluation = await _kept(mentorship, said, by, now)
        await history.record("evaluation.send", evaluation, by, now)
        await mentorships.touch(mentorship)
        if theirs is not None:
            await _claim_reveal(theirs.id, now)
            await _reveal(evaluation.id, evaluation.to_partner, mentorship, by, now)
    return evaluation


async def reveal_due(now: datetime) -> None:
    """The other's days are over: what the first wrote to them is theirs to read."""
    due = Evaluation.revealed_at.is_null() & (Evaluation.reveal_by <= now)
    for evaluation in await Evaluation.objects(Evaluation.author).where(due):
        with alone(log, "not revealed", evaluation):
            await _reveal_alone(evaluation, now)


async def seen_by(viewer: Person, mentorship: Mentorship, now: datetime) -> Retrospect:
    """What may be on a page of theirs: rows that are blind never leave this function."""
    here = mentorship.id
    mine = (Later.mentorship == here) & (Later.person == viewer.id)
    notes = await Thanks.objects().where(Thanks.mentorship == here)
    return Retrospect(
        shown=shown_to(viewer, await of(mentorship), now),
        is_open=mentorship.state in ENDED,
        later=await Later.objects().where(mine).first(),
        is_later_asked=mentorship.asked_later_at is not None,
        thanks=next((note for note in notes if note.author == viewer.id), None),
        thanked=next((note for note in notes if note.author != viewer.id), None),
    )


def shown_to(viewer: Person, rows: Sequence[Evaluation], now: datetime) -> Shown:
    """One's own whole; of the partner's their word alone, once both have answered or the days
    are over. The answers and the word for the office stay their author's."""
    mine, theirs = _parted(rows, viewer)
    is_blind = theirs is None or (mine is None and theirs.reveal_by > now)
    only = mine if theirs is None else theirs if mine is None else None
    return Shown(
        mine=mine,
        has_partner_sent=theirs is not None,
        word="" if is_blind or theirs is None else theirs.to_partner,
        reveal_by=only.reveal_by if only is not None and only.reveal_by > now else None,
    )


def judged(agreements: Sequence[Agreement], number: int = 0) -> Agreement | None:
    """The version whose goals are judged: the one the form was made of (it may have been followed
    by another meanwhile), else the last one accepted."""
    accepted = [each for each in agreements if each.accepted_at is not None]
    chosen = [each for each in accepted if each.number == number] or accepted[-1:]
    return chosen[0] if chosen else None


def goals_of(agreement: Agreement | None) -> tuple[str, ...]:
    return tuple(agreement.goal_list[:MOST_GOALS]) if agreement is not None else ()


def benefits_for(is_mentee: bool, language: str) -> list[tuple[str, str]]:
    """Of 3.3, those of one side: key and words."""
    return texts.benefits(language)["mentee" if is_mentee else "mentor"]


def benefits_for_company(language: str) -> list[tuple[str, str]]:
    return texts.benefits(language)["company"]


# The word for the office


async def awaiting_office(viewer: Person, now: datetime) -> list[OfficeWord]:
    """Oldest first; what was just read stays while it can be undone."""
    just_read = Evaluation.office_read_at > now - deadlines.UNDO
    found = await _office_words(Evaluation.office_read_at.is_null() | just_read, viewer)
    readers = await _readers([word.id for word in found if word.read_at])
    return [replace(word, read_by=readers.get(word.id, "")) for word in found]


async def office_word(number: int, viewer: Person) -> OfficeWord | None:
    found = await _office_words(Evaluation.id == number, viewer)
    return found[0] if found else None


async def mark_read(word: OfficeWord, *, by: Person, now: datetime) -> None:
    """By one coordinator for all. Raises AlreadySettled."""
    await _mark(word, "read", Evaluation.office_read_at.is_null(), now, by, now)


async def mark_unread(word: OfficeWord, *, by: Person, now: datetime) -> None:
    """Undo. Raises UndoTooLate."""
    if word.read_at is None:
        raise AlreadySettled
    if not deadlines.is_undoable(word.read_at, now):
        raise UndoTooLate
    await _mark(word, "unread", Evaluation.office_read_at == word.read_at, None, by, now)


# Figures


def figures(
    mentees: Sequence[Evaluation],
    mentors: Sequence[Evaluation],
    laters: Sequence[Later] = (),
    counts: Callable[[Any], bool] = lambda _: True,
) -> Figures:
    """Pure: by all rows of either side and answers to the question of later, each in the order
    they came. `counts`: whether a handful belongs here, by its last row."""
    both = sorted([*mentees, *mentors], key=lambda row: (row.sent_at, row.id or 0))
    asked: list[tuple[Callable[[str], list[tuple[str, str]]], Sequence[Evaluation]]] = [
        (lambda language: benefits_for(True, language), mentees),
        (lambda language: benefits_for(False, language), mentors),
        (benefits_for_company, both),
    ]
    judging = _in_fives([row for row in both if _given(row.results)], counts)
    return Figures(
        answers=len(_in_fives(both, counts)) or None,
        process={
            name: _counted(_nth(row.process, place) for row in answering)
            for place, name in enumerate(PROCESS)
            for answering in [_in_fives([r for r in both if _nth(r.process, place)], counts)]
        },
        results=_counted(each for row in judging for each in _given(row.results)),
        benefits={
            key: sum(key in row.benefits.split() for row in told) if told else None
            for listed, rows in asked
            for told in [_in_fives(rows, counts)]
            for key, _ in listed("fr")
        },
        later=_counted(
            row.answer for row in _in_fives([r for r in laters if r.answer in ANSWERS], counts)
        ),
    )


def _in_fives(rows: Sequence[Any], counts: Callable[[Any], bool]) -> list[Any]:
    """Whole handfuls, as they came. Whatever is compared, two periods or today and tomorrow: it
    differs by five people or by none, so that nobody's answer can be reckoned."""
    whole = range(0, len(rows) - LEAST_COUNTED + 1, LEAST_COUNTED)
    fives = [rows[begin : begin + LEAST_COUNTED] for begin in whole]
    return [row for five in fives if counts(five[-1]) for row in five]


async def insist_ended(mentorship: Mentorship) -> None:
    """What wasn't pursued has nothing to look back at."""
    state = await mentorships.state_of(mentorship)
    if state == State.NOT_PURSUED:
        raise Unseen
    if state not in ENDED:
        raise NotYetEvaluable


async def _kept(mentorship: Mentorship, said: Answers, by: Person, now: datetime) -> Evaluation:
    days = (await house.current()).blind_days
    evaluation = Evaluation(
        key=said.key,
        mentorship=mentorship.id,
        author=by.id,
        process=_written(said.process),
        results=_written(said.results),
        benefits=" ".join(said.benefits),
        sent_at=now,
        reveal_by=deadlines.answer_by(now, days),
    )
    evaluation.goals = "\n".join(said.goals)
    evaluation.to_partner, evaluation.to_office = said.to_partner, said.to_office
    await evaluation.save()
    return evaluation


async def _reveal_alone(evaluation: Evaluation, now: datetime) -> None:
    author: Person = evaluation.author
    pairs = Mentorship.objects(Mentorship.mentee, Mentorship.mentor)
    mentorship = await pairs.where(Mentorship.id == evaluation.mentorship).first()
    if mentorship is None:
        return
    async with transaction():
        await hold(mentorship.mentee)
        if await _reveal(evaluation.id, evaluation.to_partner, mentorship, author, now):
            await mentorships.touch(mentorship)


async def _reveal(
    number: int, word: str, mentorship: Mentorship, author: Person, now: datetime
) -> bool:
    """Told once, whoever comes first: the second answer or the clock. An empty word is no news."""
    if not await _claim_reveal(number, now):
        return False
    if word:
        await letters.word_revealed(mentorship, author, now)
    return True


async def _claim_reveal(number: int, now: datetime) -> bool:
    blind = (Evaluation.id == number) & Evaluation.revealed_at.is_null()
    claimed = Evaluation.update({Evaluation.revealed_at: now}).where(blind)
    return bool(await claimed.returning(Evaluation.id))


async def _office_words(where: Any, viewer: Person) -> list[OfficeWord]:
    """Never of one's own mentorship; the query names nothing else of what was said."""
    pair = Evaluation.mentorship
    written = Evaluation.to_office_sealed != ""
    others = (pair.mentee != viewer.id) & (pair.mentor != viewer.id)
    rows = await (
        Evaluation.select(
            Evaluation.id,
            Evaluation.to_office_sealed,
            Evaluation.sent_at,
            Evaluation.office_read_at,
            Evaluation.author,
            Evaluation.author.language,
            *(column for side in (pair.mentee, pair.mentor) for column in _names(side)),
        )
        .where(where & written & others)
        .order_by(Evaluation.sent_at, Evaluation.id)
        .limit(100)
    )
    return [_office_word(row) for row in rows]


async def _readers(words: Sequence[int]) -> dict[int, str]:
    """Who read each of them last, by name."""
    if not words:
        return {}
    here = (Event.what == "evaluation.read") & Event.about.is_in(list(words))
    rows = await Event.objects(Event.by).where(here).order_by(Event.id)
    return {row.about: row.by.name for row in rows if row.by and row.by.id}


async def _mark(
    word: OfficeWord, verb: str, still: Any, at: datetime | None, by: Person, now: datetime
) -> None:
    insist(may_settle(by))
    async with transaction():
        marked = Evaluation.update({Evaluation.office_read_at: at})
        here = (Evaluation.id == word.id) & still
        if not await marked.where(here).returning(Evaluation.id):
            raise AlreadySettled
        row = Evaluation(id=word.id, _ignore_missing=True)
        await history.record(f"evaluation.{verb}", row, by, now)


def _names(side: Any) -> Iterable[Any]:
    return (side.id, side.first_name, side.last_name)


def _office_word(row: dict[str, Any]) -> OfficeWord:
    is_mentee = row["author"] == row["mentorship.mentee.id"]
    sides = {side: _name(row, side) for side in ("mentee", "mentor")}
    return OfficeWord(
        id=row["id"],
        words=unseal(row["to_office_sealed"]),
        author=sides["mentee" if is_mentee else "mentor"],
        partner=sides["mentor" if is_mentee else "mentee"],
        is_mentee=is_mentee,
        language=row["author.language"],
        sent_at=row["sent_at"],
        read_at=row["office_read_at"],
    )


def _name(row: dict[str, Any], side: str) -> str:
    parts = (row[f"mentorship.{side}.{part}"] for part in ("first_name", "last_name"))
    return " ".join(filter(None, parts))


def _parted(
    rows: Sequence[Evaluation], person: Person
) -> tuple[Evaluation | None, Evaluation | None]:
    """This person's and the other's."""
    mine = next((row for row in rows if row.author.id == person.id), None)
    return mine, next((row for row in rows if row.author.id != person.id), None)


def _written(answers: Iterable[str]) -> str:
    return " ".join(answer or SKIPPED for answer in answers)


def _nth(written: str, place: int) -> str:
    answers = written.split()
    return answers[place] if place < len(answers) and answers[place] in ANSWERS else ""


def _given(written: str) -> list[str]:
    return [answer for answer in written.split() if answer in ANSWERS]


def _counted(answers: Iterable[str]) -> dict[str, int] | None:
    counted = Counter(answers)
    return {answer: counted[answer] for answer in ANSWERS} if counted else None
