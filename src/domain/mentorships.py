"""Mentorships: from the acceptance over four contacts to either end."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import clock
from domain import availability, deadlines, history, house, meeting_passages
from domain.one_by_one import alone
from domain.permissions import may_take_part
from domain.refusals import AlreadySettled, GoOnFirst, MentorshipOver, WrongTalkDay, insist
from mail import member_letters
from mail import mentorship_letters as letters
from tables.inquiries import Inquiry
from tables.meetings import Meeting
from tables.meetings import State as MeetingState
from tables.mentorships import ALIVE, OFFICIAL, OVER, RUNNING, Mentorship, Question, State, Word
from tables.people import Person
from tables.transaction import hold, transaction

log = logging.getLogger("mentorat.mentorships")

MOVES = {
    "go_on": ((State.BEGINNING,), State.RUNNING),
    "not_pursue": ((State.BEGINNING,), State.NOT_PURSUED),
    "complete": (RUNNING, State.COMPLETED),
    "continue": ((State.COMPLETED,), State.CONTINUING),
    "close": ((State.COMPLETED, State.CONTINUING), State.CLOSED),
    "end_early": (RUNNING, State.ENDED_EARLY),
    "leave": (RUNNING, State.ENDED_EARLY),
    "part": (RUNNING, State.ENDED_EARLY),
    "part_late": ((State.COMPLETED, State.CONTINUING), State.CLOSED),
}
ASKED_IN = {Question.FIRST_TALK: State.BEGINNING, Question.CONTINUE: State.COMPLETED}
SHOWN = 50  # mentorships on one list
TALK_AHEAD = timedelta(days=60)  # a talk about the end, at the latest
UNTOLD = timedelta(days=7)  # so long a meeting may be over without anybody saying how it went


async def begin(inquiry: Inquiry, by: Person, now: datetime) -> Mentorship:
    """Inside the acceptance's transaction."""
    mentee: Person = inquiry.mentee
    mentor: Person = inquiry.mentor
    mentorship = Mentorship(
        inquiry=inquiry.id, mentee=mentee.id, mentor=mentor.id, began_at=now, quiet_since=now
    )
    await mentorship.save()
    await history.record("mentorship.begin", mentorship, by, now)
    return mentorship


async def say(
    mentorship: Mentorship, question: Question, *, is_yes: bool, by: Person, now: datetime
) -> None:
    """Go on, or rather not: both yes moves on, a no after the first talk ends without a stain.

    May be said anew until it counted. Raises AlreadySettled once it did, MentorshipOver.
    """
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        await _insist_asked(mentorship, question)
        if question == Question.FIRST_TALK:
            await _say_blindly(mentorship, is_yes, by, now)
        else:
            await _say_openly(mentorship, is_yes, by, now)


async def count_contact(mentorship: Mentorship, by: Person, now: datetime) -> int:
    """Inside the logging's transaction, its number; the fourth ends the mentorship officially.

    Raises GoOnFirst after the official end, MentorshipOver after the other ends.
    """
    alive = (Mentorship.id == mentorship.id) & Mentorship.state.is_in(list(ALIVE))
    counted: dict[Any, Any] = {
        Mentorship.contacts: Mentorship.contacts + 1,
        Mentorship.version: Mentorship.version + 1,
        Mentorship.quiet_since: now,
        Mentorship.nudged_at: None,
    }
    rows = await Mentorship.update(counted).where(alive).returning(Mentorship.contacts)
    if not rows:
        await insist_alive(mentorship)
        raise AlreadySettled
    number = int(rows[0]["contacts"])
    mentorship.contacts = number
    if number == OFFICIAL:
        mentorship.completed_at = now
        await _move(mentorship, "complete", by, now, (Mentorship.completed_at,))
        await letters.completed(mentorship, now)
        await availability.weigh(mentorship.mentor, now)
    return number


async def propose_end(mentorship: Mentorship, talk_on: date, *, by: Person, now: datetime) -> None:
    """Norm 10: after a joint talk, on that day. The other's silence ends it all the same."""
    insist(may_take_part(by, mentorship))
    first, last = talk_days(mentorship, now)
    if not first <= talk_on <= last:
        raise WrongTalkDay
    async with transaction():
        await hold(mentorship.mentee)
        days = (await house.current()).ending_days
        due = max(deadlines.answer_by(now, days), deadlines.evening_of(talk_on))
        values: dict[Any, Any] = {
            Mentorship.ending_by: by.id,
            Mentorship.ending_talk_on: talk_on,
            Mentorship.ending_due: due,
            Mentorship.version: Mentorship.version + 1,
        }
        here = (Mentorship.id == mentorship.id) & Mentorship.state.is_in(list(RUNNING))
        unproposed = here & Mentorship.ending_due.is_null()
        if not await Mentorship.update(values).where(unproposed).returning(Mentorship.id):
            raise AlreadySettled
        mentorship.ending_by, mentorship.ending_talk_on = by.id, talk_on
        mentorship.ending_due = due
        await history.record("mentorship.propose_end", mentorship, by, now)
        await letters.end_proposed(mentorship, by, now)


async def take_back_end(mentorship: Mentorship, *, by: Person, now: datetime) -> None:
    """By whoever proposed it, while it is open."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        mine = _proposed(mentorship) & (Mentorship.ending_by == by.id)
        values = _NO_END | {Mentorship.version: Mentorship.version + 1}
        if not await Mentorship.update(values).where(mine).returning(Mentorship.id):
            raise AlreadySettled
        mentorship.ending_by = mentorship.ending_talk_on = mentorship.ending_due = None
        await history.record("mentorship.take_back_end", mentorship, by, now)
        await letters.end_taken_back(mentorship, by, now)


async def confirm_end(mentorship: Mentorship, *, by: Person, now: datetime) -> None:
    """By the other one."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        theirs = Mentorship.ending_due.is_not_null() & (Mentorship.ending_by != by.id)
        mentorship.ended_at = now
        await _move(mentorship, "end_early", by, now, (Mentorship.ended_at,), theirs)
        await _ended(mentorship, now)


async def end_due(now: datetime) -> None:
    """Nobody answered the proposal in its days: it counts."""
    due = Mentorship.state.is_in(list(RUNNING)) & (Mentorship.ending_due <= now)
    for mentorship in await _pairs().where(due):
        with alone(log, "not ended", mentorship):
            async with transaction():
                await hold(mentorship.mentee)
                mentorship.ended_at = now
                still = Mentorship.ending_due <= now
                await _move(mentorship, "end_early", None, now, (Mentorship.ended_at,), still)
                await _ended(mentorship, now)


async def leave(mentorship: Mentorship, *, by: Person, now: datetime) -> None:
    """The quiet way out: at once, without a talk or a reason (norm 5)."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        mentorship.ended_at = now
        await _move(mentorship, "leave", by, now, (Mentorship.ended_at,))
        await letters.left(mentorship, by, now)
        await availability.weigh(mentorship.mentor, now)


async def close(mentorship: Mentorship, *, by: Person, now: datetime) -> None:
    """After the official end, by either, for good."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        mentorship.ended_at = now
        await _move(mentorship, "close", by, now, (Mentorship.ended_at,))
        await letters.closed(mentorship, by, now)


async def part_from(person: Person, *, by: Person | None, now: datetime) -> None:
    """Whoever is no longer in the programme: what lives ends, and the other side is told without
    a reason. Inside the transaction that holds each pair."""
    theirs = (Mentorship.mentee == person.id) | (Mentorship.mentor == person.id)
    living = theirs & Mentorship.state.not_in(list(OVER))
    for mentorship in await _pairs().where(living).order_by(Mentorship.id):
        verb = "part" if mentorship.state in RUNNING else "part_late"
        mentorship.ended_at = now
        await _move(mentorship, verb, by, now, (Mentorship.ended_at,))
        await member_letters.mentorship_parted(mentorship, person, now)
        await availability.weigh(mentorship.mentor, now)


async def reveal_due(now: datetime) -> None:
    """A no that the other left unanswered for its days: not pursued, without a stain."""
    due = (Word.question == Question.FIRST_TALK) & Word.is_yes.eq(False) & (Word.reveal_by <= now)
    beginning = Word.mentorship.state == State.BEGINNING
    rows = await Word.select(Word.mentorship).where(due & beginning)
    numbers = {row["mentorship"] for row in rows}
    for mentorship in await _pairs().where(Mentorship.id.is_in(list(numbers))) if numbers else ():
        with alone(log, "not settled", mentorship):
            async with transaction():
                await hold(mentorship.mentee)
                if await Word.exists().where(due & (Word.mentorship == mentorship.id)):
                    await _not_pursue(mentorship, now)


async def nudge_due(now: datetime) -> None:
    """One friendly word to both, once a silence; never to those who have fixed a meeting, or are
    about to part."""
    if not deadlines.is_daytime(now):
        return
    quiet = timedelta(days=(await house.current()).quiet_days)
    unnudged = Mentorship.nudged_at.is_null() & (Mentorship.quiet_since <= now - quiet)
    due = unnudged & is_silent(now)
    for mentorship in await _pairs().where(due):
        with alone(log, "not nudged", mentorship):
            async with transaction():
                claimed = Mentorship.update({Mentorship.nudged_at: now})
                here = due & (Mentorship.id == mentorship.id)
                if await claimed.where(here).returning(Mentorship.id):
                    await letters.nudge(mentorship, now)


def is_silent(now: datetime) -> Any:
    """Rows of pairs who could meet and have fixed nothing."""
    here = Mentorship.state.is_in(list(ALIVE)) & Mentorship.ending_due.is_null()
    fixed = (Meeting.state == MeetingState.PLANNED) & (Meeting.starts_at > now - UNTOLD)
    return here & Mentorship.id.not_in(Meeting.select(Meeting.mentorship).where(fixed))


async def touch(mentorship: Mentorship) -> None:
    """The partner's open page shall notice: part of every change that both can see."""
    rows = (
        await Mentorship.update({Mentorship.version: Mentorship.version + 1})
        .where(Mentorship.id == mentorship.id)
        .returning(Mentorship.version)
    )
    mentorship.version = rows[0]["version"] if rows else mentorship.version


async def state_of(mentorship: Mentorship) -> State:
    """As it is now, not as the page had it."""
    rows = await Mentorship.select(Mentorship.state).where(Mentorship.id == mentorship.id)
    return State(rows[0]["state"]) if rows else State.CLOSED


async def insist_alive(mentorship: Mentorship) -> None:
    """Raises GoOnFirst, MentorshipOver."""
    state = await state_of(mentorship)
    if state == State.COMPLETED:
        raise GoOnFirst
    if state not in ALIVE:
        raise MentorshipOver


async def insist_not_over(mentorship: Mentorship) -> None:
    """After the official end there is still something to do. Raises MentorshipOver."""
    if await is_over(mentorship):
        raise MentorshipOver


async def is_over(mentorship: Mentorship) -> bool:
    return await state_of(mentorship) in OVER


def talk_days(mentorship: Mentorship, now: datetime) -> tuple[date, date]:
    """Between which a joint talk about the end lies, had already or still to come."""
    return clock.day(mentorship.began_at), clock.day(now + TALK_AHEAD)


async def of(inquiry: Inquiry) -> Mentorship | None:
    return await Mentorship.objects().where(Mentorship.inquiry == inquiry.id).first()


async def seen_by(viewer: Person) -> list[Mentorship]:
    rows = Mentorship.visible_to(viewer)
    return await rows.order_by(Mentorship.began_at, ascending=False).limit(SHOWN)


async def words_of(mentorship: Mentorship, question: Question | None = None) -> list[Word]:
    rows = Word.objects().where(Word.mentorship == mentorship.id).order_by(Word.id)
    return await (rows if question is None else rows.where(Word.question == question))


def is_shown(word: Word, words: Sequence[Word], viewer: Person, now: datetime) -> bool:
    """One's own always; the other's once both have spoken, or its days are over. Whether to
    continue is no secret between them."""
    mine = int(word.person) == viewer.id
    both = sum(each.question == word.question for each in words) == 2
    over = word.reveal_by is None or word.reveal_by <= now
    return mine or both or over


_NO_END: dict[Any, Any] = {
    Mentorship.ending_by: None,
    Mentorship.ending_talk_on: None,
    Mentorship.ending_due: None,
}


async def _insist_asked(mentorship: Mentorship, question: Question) -> None:
    state = await state_of(mentorship)
    if state in OVER:
        raise MentorshipOver
    if state != ASKED_IN[question]:
        raise AlreadySettled


async def _say_blindly(mentorship: Mentorship, is_yes: bool, by: Person, now: datetime) -> None:
    """Said anew it shows nowhere: the partner would guess what a change of mind means."""
    question = Question.FIRST_TALK
    before = await _keep_word(mentorship, question, is_yes, by, now)
    words = await words_of(mentorship, question)
    if len(words) == 2:
        await _settle(mentorship, question, words, by, now)
    elif before is None:
        await touch(mentorship)
        await letters.word_said(mentorship, question, by, now)


async def _say_openly(mentorship: Mentorship, is_yes: bool, by: Person, now: datetime) -> None:
    """A wish is told each time it is new: after a no of either it may be asked again."""
    question = Question.CONTINUE
    before = await _keep_word(mentorship, question, is_yes, by, now)
    words = await words_of(mentorship, question)
    await touch(mentorship)
    if len(words) == 2 and all(word.is_yes for word in words):
        await _settle(mentorship, question, words, by, now)
    elif is_yes:
        theirs = (Word.mentorship == mentorship.id) & (Word.question == question)
        refused = Word.delete().where(theirs & (Word.person != by.id))
        if await refused.returning(Word.id) or not (before and before.is_yes):
            await letters.word_said(mentorship, question, by, now)


async def _keep_word(
    mentorship: Mentorship, question: Question, is_yes: bool, by: Person, now: datetime
) -> Word | None:
    """What this person had said before. A word said anew keeps its days."""
    mine = (Word.mentorship == mentorship.id) & (Word.person == by.id) & (Word.question == question)
    await history.record(f"mentorship.say_{question.value}", mentorship, by, now)
    before = await Word.objects().where(mine).first()
    if before is not None:
        await Word.update({Word.is_yes: is_yes, Word.said_at: now}).where(mine)
        return before
    is_blind = question == Question.FIRST_TALK
    days = (await house.current()).first_talk_days
    word = Word(
        mentorship=mentorship.id,
        person=by.id,
        question=question,
        is_yes=is_yes,
        said_at=now,
        reveal_by=deadlines.answer_by(now, days) if is_blind else None,
    )
    await word.save()
    return None


async def _settle(
    mentorship: Mentorship, question: Question, words: list[Word], by: Person, now: datetime
) -> None:
    both_yes = all(word.is_yes for word in words)
    if question == Question.FIRST_TALK and not both_yes:
        await _not_pursue(mentorship, now)
    elif both_yes:
        verb = "go_on" if question == Question.FIRST_TALK else "continue"
        await _move(mentorship, verb, by, now)
        await letters.both_go_on(mentorship, question, by, now)
        if question == Question.CONTINUE:
            quiet: dict[Any, Any] = {Mentorship.quiet_since: now, Mentorship.nudged_at: None}
            await Mentorship.update(quiet).where(Mentorship.id == mentorship.id)


async def _not_pursue(mentorship: Mentorship, now: datetime) -> None:
    """By nobody: the office reads events, and whoever answered last is perhaps not who said no."""
    mentorship.ended_at = now
    await _move(mentorship, "not_pursue", None, now, (Mentorship.ended_at,))
    await letters.not_pursued(mentorship, now)
    await availability.weigh(mentorship.mentor, now)


async def _ended(mentorship: Mentorship, now: datetime) -> None:
    await letters.ended_early(mentorship, now)
    await availability.weigh(mentorship.mentor, now)


async def _move(
    mentorship: Mentorship,
    verb: str,
    by: Person | None,
    now: datetime,
    also: Sequence[Any] = (),
    still: Any = None,
) -> None:
    """The only passage between states, as for requests: whoever comes second finds no row.

    What a pair has ended proposes no end any more.
    """
    origins, goal = MOVES[verb]
    values: dict[Any, Any] = {column: getattr(mentorship, column._meta.name) for column in also}
    values |= {Mentorship.state: goal, Mentorship.version: Mentorship.version + 1}
    if goal not in RUNNING:
        values |= _NO_END
    here = (Mentorship.id == mentorship.id) & Mentorship.state.is_in(list(origins))
    here = here if still is None else here & still
    changed = await Mentorship.update(values).where(here).returning(Mentorship.version)
    if not changed:
        raise AlreadySettled
    mentorship.state, mentorship.version = goal, changed[0]["version"]
    await history.record(f"mentorship.{verb}", mentorship, by, now)
    if goal not in ALIVE:
        await meeting_passages.call_off(mentorship, now)


def _proposed(mentorship: Mentorship) -> Any:
    alive = Mentorship.state.is_in(list(RUNNING))
    return (Mentorship.id == mentorship.id) & alive & Mentorship.ending_due.is_not_null()


def _pairs() -> Any:
    return Mentorship.objects(Mentorship.mentee, Mentorship.mentor, Mentorship.inquiry)
