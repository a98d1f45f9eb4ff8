"""Requests: asked, answered, asked back, withdrawn, released; the reply is guaranteed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import clock
from domain import (
    availability,
    deadlines,
    drafts,
    history,
    house,
    links,
    meetings,
    mentorships,
    norms,
    people,
)
from domain.permissions import may_answer, may_ask, may_explain, may_withdraw
from domain.refusals import (
    AlreadyAsked,
    AlreadySettled,
    MentorBusy,
    MentorGone,
    NormsFirst,
    NotYourself,
    Paused,
    TooManyOpen,
    Unseen,
    insist,
)
from mail import letters, member_letters
from search import find
from tables.contacts import Kind
from tables.house import House
from tables.inquiries import OPEN, Exchange, Inquiry, Reason, State
from tables.mentorships import Mentorship
from tables.people import Person
from tables.profiles import Profile
from tables.profiles import State as ProfileState
from tables.transaction import hold, transaction

log = logging.getLogger("mentorat.inquiries")

MOVES = {
    "accept": ((State.WAITING,), State.ACCEPTED),
    "decline": ((State.WAITING,), State.DECLINED),
    "ask_back": ((State.WAITING,), State.ASKED_BACK),
    "explain": ((State.ASKED_BACK,), State.WAITING),
    "withdraw": (OPEN, State.WITHDRAWN),
    "release": (OPEN, State.RELEASED),
    "part_from_mentee": (OPEN, State.WITHDRAWN),
    "part_from_mentor": (OPEN, State.RELEASED),
}
NO_SILENCE = [Reason.UNEXPLAINED.value, Reason.PARTED.value]  # released, and no mentor's delay
LINK_GRACE = timedelta(days=1)  # a link in a letter outlives the clock a little: it says so itself
COLLEAGUES = 12  # offered to whoever suggests one
OTHERS = 3  # shown to a mentee whose request nobody answered
REPLIES_COUNTED = 20  # for the usual time to answer
SHOWN = 50  # inquiries on one list


@dataclass(frozen=True)
class Request:
    key: str
    problem: str
    vision: str
    expectations: str
    kinds: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class Proposal:
    """How an accepting mentor would go on."""

    words: str
    kind: str = ""
    times: tuple[datetime, ...] = ()


async def ask(mentor: Person, request: Request, *, by: Person, now: datetime) -> Inquiry:
    """Limits are counted under a lock; a resend gives the inquiry it already made.

    Raises NotYourself, NormsFirst, MentorGone, MentorBusy, AlreadyAsked, TooManyOpen.
    """
    if mentor.id == by.id:
        raise NotYourself
    insist(may_ask(by, mentor))
    async with transaction():
        for person in sorted((by, mentor), key=lambda each: each.id):
            await hold(person)
        sent = await _resent(request.key, by)
        if sent is not None:
            return sent
        insist(await people.is_still_member(by))
        await _insist_on_limits(mentor, by)
        inquiry = await _kept(mentor, request, by, now)
        await history.record("inquiry.ask", inquiry, by, now)
        await drafts.drop(mentor, by)
        await letters.inquiry_received(inquiry, await _answer_link(inquiry), now)
        return inquiry


async def accept(inquiry: Inquiry, proposal: Proposal, *, by: Person, now: datetime) -> Mentorship:
    """Opens the mentorship and shows each the other's address."""
    insist(may_answer(by, inquiry))
    async with transaction():
        await hold(by)
        inquiry.answer = proposal.words
        inquiry.proposed_kind = proposal.kind
        inquiry.proposed_times = " ".join(moment.isoformat() for moment in proposal.times)
        await _move(inquiry, "accept", by, now, _ANSWERED)
        mentorship = await mentorships.begin(inquiry, by, now)
        await _propose(mentorship, inquiry, proposal, by, now)
        await letters.inquiry_accepted(inquiry, proposal.words, now)
        await letters.inquiry_taken(inquiry, now)
        await _replied(inquiry, now)
        await availability.weigh(by, now)
    return mentorship


async def decline_as_busy(inquiry: Inquiry, *, by: Person, saying: str, now: datetime) -> None:
    """Declines and turns busy in one."""
    insist(may_answer(by, inquiry))
    async with transaction():
        await _decline(inquiry, Reason.BUSY, by, saying, now)
        profile = await Profile.objects(Profile.person).where(Profile.person == by.id).first()
        if profile is not None and not profile.is_busy:
            await availability.turn_busy(profile, until=None, by=by, now=now)


async def decline(inquiry: Inquiry, *, by: Person, saying: str, now: datetime) -> None:
    """Not my topic."""
    insist(may_answer(by, inquiry))
    await _decline(inquiry, Reason.NOT_MY_TOPIC, by, saying, now)


async def suggest(
    inquiry: Inquiry, colleague: Person, *, by: Person, saying: str, now: datetime
) -> None:
    """A colleague instead: somebody else who could be asked."""
    insist(may_answer(by, inquiry))
    if colleague.id in (by.id, _id(inquiry.mentee)) or not await is_askable(colleague):
        raise MentorGone
    inquiry.suggested = colleague.id
    await _decline(inquiry, Reason.COLLEAGUE, by, saying, now)


async def decline_all(
    numbers: set[int], *, by: Person, saying: Mapping[str, str], now: datetime
) -> int:
    """Of those who wait, politely at once, when a mentor has turned busy: each in the language
    they read. How many."""
    declined = 0
    for inquiry in await waiting_for(by):
        mentee: Person = inquiry.mentee
        words = saying.get(mentee.language)
        if inquiry.id not in numbers or words is None:
            continue
        with suppress(AlreadySettled):
            await _decline(inquiry, Reason.BUSY, by, words, now)
            declined += 1
    return declined


async def ask_back(inquiry: Inquiry, *, by: Person, question: str, now: datetime) -> None:
    """The mentee's turn: the mentor's clock stands still meanwhile."""
    insist(may_answer(by, inquiry))
    async with transaction():
        inquiry.answer_by = deadlines.answer_by(now, (await house.current()).release_day)
        await _move(inquiry, "ask_back", by, now, (Inquiry.answer_by,))
        await _say(inquiry, by, question, now)
        await letters.inquiry_asked_back(inquiry, question, now)
        await _replied(inquiry, now)


async def explain(inquiry: Inquiry, *, by: Person, words: str, now: datetime) -> None:
    """The mentor's turn again, with a whole clock."""
    insist(may_explain(by, inquiry))
    async with transaction():
        inquiry.answer_by = deadlines.answer_by(now, (await house.current()).release_day)
        inquiry.waiting_since, inquiry.reminded = now, 0
        clock_again = (Inquiry.answer_by, Inquiry.waiting_since, Inquiry.reminded)
        await _move(inquiry, "explain", by, now, clock_again)
        await _say(inquiry, by, words, now)
        await links.void(links.ANSWER, inquiry.id, now)
        await letters.inquiry_explained(inquiry, words, await _answer_link(inquiry), now)


async def withdraw(inquiry: Inquiry, *, by: Person, now: datetime) -> None:
    insist(may_withdraw(by, inquiry))
    async with transaction():
        await _move(inquiry, "withdraw", by, now, _SETTLED)
        await letters.inquiry_withdrawn(inquiry, now)


async def withdraw_all(numbers: set[int], *, by: Person, now: datetime) -> int:
    """Of one's own open ones; what was settled meanwhile stays as it is. How many."""
    withdrawn = 0
    for inquiry in await open_of(by):
        if inquiry.id not in numbers:
            continue
        with suppress(AlreadySettled):
            await withdraw(inquiry, by=by, now=now)
            withdrawn += 1
    return withdrawn


async def remind_due(now: datetime) -> None:
    """Each step once a waiting, however often and wherever this runs; never a request that is
    about to be released: its link would be void before it is read."""
    steps = (await house.current()).reminders
    if not steps:
        return
    waiting = Inquiry.objects(Inquiry.mentee, Inquiry.mentor).where(
        (Inquiry.state == State.WAITING)
        & (Inquiry.reminded < max(steps))
        & (Inquiry.answer_by > now)
    )
    oldest = now - timedelta(days=min(steps)) + timedelta(days=1)
    for inquiry in await waiting.where(Inquiry.waiting_since <= oldest):
        await _remind(inquiry, deadlines.latest_due(inquiry.waiting_since, steps, now), now)


async def release_due(now: datetime) -> None:
    """Nobody answered in time: the mentee is told kindly and shown three others."""
    due = Inquiry.state.is_in(list(OPEN)) & (Inquiry.answer_by <= now)
    kept = await house.current()
    for inquiry in await Inquiry.objects(Inquiry.mentee, Inquiry.mentor).where(due):
        try:
            await _release(inquiry, kept, now)
        except AlreadySettled:
            continue  # answered, or released by another process, a moment ago
        except Exception:
            log.exception("not released: inquiry %s", inquiry.id)  # the others are, all the same


async def others_instead_of(mentor: Person, now: datetime) -> dict[int, list[Person]]:
    """For each of their open requests: read before the transaction that ends them, as the search
    must not see what is not kept yet."""
    mine = (Inquiry.mentor == mentor.id) & Inquiry.state.is_in(list(OPEN))
    rows = await Inquiry.objects(Inquiry.mentee, Inquiry.mentor).where(mine)
    return {row.id: await free_others(row, now) for row in rows}


async def part_from(
    person: Person, others: Mapping[int, Sequence[Person]], *, by: Person | None, now: datetime
) -> None:
    """Whoever is no longer in the programme waits for nobody and nobody for them; the other side
    is told without a reason. `others`: of `others_instead_of`."""
    theirs = (Inquiry.mentee == person.id) | (Inquiry.mentor == person.id)
    rows = Inquiry.objects(Inquiry.mentee, Inquiry.mentor)
    for inquiry in await rows.where(theirs & Inquiry.state.is_in(list(OPEN))).order_by(Inquiry.id):
        is_mentee = _id(inquiry.mentee) == person.id
        inquiry.reason = Reason.PARTED
        verb = "part_from_mentee" if is_mentee else "part_from_mentor"
        with suppress(AlreadySettled):
            await _move(inquiry, verb, by, now, (*_SETTLED, Inquiry.reason))
            await links.void(links.ANSWER, inquiry.id, now)
            if is_mentee:
                await member_letters.inquiry_dropped(inquiry, now)
            else:
                await member_letters.inquiry_unanswerable(inquiry, others.get(inquiry.id, ()), now)


async def open_of(mentee: Person) -> list[Inquiry]:
    here = (Inquiry.mentee == mentee.id) & Inquiry.state.is_in(list(OPEN))
    return await Inquiry.visible_to(mentee).where(here).order_by(Inquiry.sent_at)


async def waiting_for(mentor: Person) -> list[Inquiry]:
    """The mentor's turn."""
    waiting = (Inquiry.mentor == mentor.id) & (Inquiry.state == State.WAITING)
    return await Inquiry.visible_to(mentor).where(waiting).order_by(Inquiry.id)


async def open_between(mentee: Person, mentor: Person) -> Inquiry | None:
    """There is one at most."""
    here = (Inquiry.mentee == mentee.id) & (Inquiry.mentor == mentor.id)
    rows = Inquiry.visible_to(mentee).where(here & Inquiry.state.is_in(list(OPEN)))
    return await rows.first()


async def seen_by(viewer: Person) -> list[Inquiry]:
    rows = Inquiry.visible_to(viewer).order_by(Inquiry.sent_at, ascending=False)
    return await rows.order_by(Inquiry.id, ascending=False).limit(SHOWN)


async def overdue() -> list[dict[str, Any]]:
    """For the office: who waits on whom since when, and not a word of the request."""
    lapsed = Inquiry.select(
        Inquiry.id,
        Inquiry.state,
        Inquiry.sent_at,
        Inquiry.settled_at,
        Inquiry.mentee,
        Inquiry.mentor,
        Inquiry.mentee.first_name,
        Inquiry.mentee.last_name,
        Inquiry.mentor.first_name,
        Inquiry.mentor.last_name,
    ).where((Inquiry.state == State.RELEASED) & Inquiry.reason.not_in(NO_SILENCE))
    rows = await lapsed.order_by(Inquiry.settled_at, ascending=False).limit(SHOWN)
    return list(rows)


async def in_time(mentors: Collection[int]) -> dict[int, tuple[int, int]]:
    """For the office: of how many requests each has answered how many in time. A mentee who left a
    question back unanswered is no mentor's delay."""
    counted: dict[int, tuple[int, int]] = {}
    unheard = (Inquiry.state == State.RELEASED) & (Inquiry.reason != Reason.PARTED)
    owed = Inquiry.replied_at.is_not_null() | unheard
    rows = Inquiry.select(Inquiry.mentor, Inquiry.state, Inquiry.reason).where(owed)
    for row in await rows.where(Inquiry.mentor.is_in(list(mentors))) if mentors else []:
        is_silent = row["state"] == State.RELEASED and row["reason"] not in NO_SILENCE
        answered, every = counted.get(row["mentor"], (0, 0))
        counted[row["mentor"]] = (answered + (not is_silent), every + 1)
    return counted


async def exchanges_of(inquiry: Inquiry) -> list[Exchange]:
    here = Exchange.inquiry == inquiry.id
    return await Exchange.objects(Exchange.author).where(here).order_by(Exchange.id)


async def by_answer_link(inquiry_id: int, mentor: Person) -> Inquiry:
    """The letter's link names the mentor; they see what they would see signed in."""
    here = (Inquiry.id == inquiry_id) & (Inquiry.mentor == mentor.id)
    inquiry = await Inquiry.visible_to(mentor).where(here).first()
    if inquiry is None or not mentor.is_member:
        raise Unseen
    return inquiry


async def others_open(inquiry: Inquiry, viewer: Person) -> list[Inquiry]:
    """After an acceptance: what else the mentee has asked and must decide about."""
    if inquiry.state != State.ACCEPTED or _id(inquiry.mentee) != viewer.id:
        return []
    return [each for each in await open_of(viewer) if each.id != inquiry.id]


async def suggested_in(inquiry: Inquiry) -> Person | None:
    """The colleague a mentor named, while they can be asked."""
    if inquiry.suggested is None:
        return None
    named = await Person.objects().where(Person.id == _id(inquiry.suggested)).first()
    return named if named is not None and await is_askable(named) else None


async def colleague(number: int) -> Person:
    person = await Person.objects().where(Person.id == number).first()
    if person is None:
        raise MentorGone
    return person


async def colleagues_for(inquiry: Inquiry, now: datetime) -> dict[int, str]:
    """Who could be suggested, by number: free mentors near to this one's topics first."""
    near = await _near(inquiry, now, COLLEAGUES)
    return {hit.id: f"{hit.name}, {''.join(part.text for part in hit.function)}" for hit in near}


async def free_others(inquiry: Inquiry, now: datetime) -> list[Person]:
    """Three free mentors like the one who didn't answer, in the day's fair order."""
    numbers = [hit.id for hit in await _near(inquiry, now, OTHERS)]
    rows = await Person.objects().where(Person.id.is_in(numbers)) if numbers else []
    return sorted(rows, key=lambda person: numbers.index(person.id))


async def is_askable(mentor: Person) -> bool:
    """Released and a member; busy or not."""
    here = (Profile.person == mentor.id) & (Profile.state == ProfileState.RELEASED)
    is_there = mentor.is_member and mentor.paused_at is None
    return is_there and bool(await Profile.exists().where(here))


_SETTLED = (Inquiry.settled_at,)
_ANSWERED = (
    *_SETTLED,
    Inquiry.answer_sealed,
    Inquiry.proposed_kind,
    Inquiry.proposed_times,
)
_DECLINED = (*_SETTLED, Inquiry.answer_sealed, Inquiry.reason, Inquiry.suggested)


async def _resent(key: str, by: Person) -> Inquiry | None:
    here = (Inquiry.key == key) & (Inquiry.mentee == by.id)
    return await Inquiry.visible_to(by).where(here).first()


async def _insist_on_limits(mentor: Person, by: Person) -> None:
    if not await norms.has_accepted(by):
        raise NormsFirst
    profile = await Profile.objects(Profile.person).where(Profile.person == mentor.id).first()
    if profile is None or not profile.is_released or not profile.person.is_member:
        raise MentorGone
    if profile.person.paused_at is not None:
        raise MentorGone
    if await people.is_paused(by):
        raise Paused
    mine = (Inquiry.mentee == by.id) & Inquiry.state.is_in(list(OPEN))
    if await Inquiry.exists().where(mine & (Inquiry.mentor == mentor.id)):
        raise AlreadyAsked
    if profile.is_busy:
        raise MentorBusy
    limit = (await house.current()).open_limit
    if await Inquiry.count().where(mine) >= limit:
        raise TooManyOpen(limit=limit)


async def _kept(mentor: Person, request: Request, by: Person, now: datetime) -> Inquiry:
    inquiry = Inquiry(
        key=request.key,
        mentee=by.id,
        mentor=mentor.id,
        language=request.language,
        kinds=" ".join(request.kinds),
        sent_at=now,
        waiting_since=now,
        answer_by=deadlines.answer_by(now, (await house.current()).release_day),
    )
    inquiry.problem = request.problem
    inquiry.vision = request.vision
    inquiry.expectations = request.expectations
    await inquiry.save()
    return await by_answer_link(inquiry.id, mentor)


async def _decline(
    inquiry: Inquiry, reason: Reason, by: Person, saying: str, now: datetime
) -> None:
    async with transaction():
        inquiry.answer, inquiry.reason = saying, reason
        await _move(inquiry, "decline", by, now, _DECLINED)
        await letters.inquiry_declined(inquiry, saying, now)
        await _replied(inquiry, now)


async def _move(
    inquiry: Inquiry,
    verb: str,
    by: Person | None,
    now: datetime,
    also: Sequence[Any],
    still: Any = None,
) -> None:
    """The only passage between states: whoever comes second finds no row to change.

    `also` are columns set on the row beforehand, kept in the same statement; `still` is what
    must hold of the row at that moment, besides its state.
    """
    origins, goal = MOVES[verb]
    inquiry.settled_at = None if goal in OPEN else now
    values: dict[Any, Any] = {column: _value(inquiry, column) for column in also}
    values |= {Inquiry.state: goal, Inquiry.version: Inquiry.version + 1}
    here = (Inquiry.id == inquiry.id) & Inquiry.state.is_in(list(origins))
    here = here if still is None else here & still
    changed = await Inquiry.update(values).where(here).returning(Inquiry.version)
    if not changed:
        raise AlreadySettled
    inquiry.state, inquiry.version = goal, changed[0]["version"]
    await history.record(f"inquiry.{verb}", inquiry, by, now)


async def _propose(
    mentorship: Mentorship, inquiry: Inquiry, proposal: Proposal, by: Person, now: datetime
) -> None:
    """The mentor's dates wait on the mentorship's page: one tap fixes the first talk. Without a
    kind of contact it is the one wished first."""
    if proposal.times:
        kind = Kind(proposal.kind or (*inquiry.wished, Kind.PHONE)[0])
        plan = meetings.Plan(meetings.ACCEPTANCE, kind, proposal.times)
        await meetings.propose_with_acceptance(mentorship, plan, by=by, now=now)


async def _near(inquiry: Inquiry, now: datetime, limit: int) -> list[find.Hit]:
    mentor: Person = inquiry.mentor
    mentee: Person = inquiry.mentee
    return await find.similar(mentor, mentee, mentee.language, clock.day(now), limit)


async def _say(inquiry: Inquiry, by: Person, words: str, now: datetime) -> None:
    exchange = Exchange(inquiry=inquiry.id, author=by.id, said_at=now)
    exchange.words = words
    await exchange.save()


async def _replied(inquiry: Inquiry, now: datetime) -> None:
    """The first reply counts for the mentor's usual time; silence is forgiven."""
    mentor: Person = inquiry.mentor
    await availability.count_reply(mentor)
    first = (Inquiry.id == inquiry.id) & Inquiry.replied_at.is_null()
    if not await Inquiry.update({Inquiry.replied_at: now}).where(first).returning(Inquiry.id):
        return
    here = (Inquiry.mentor == mentor.id) & Inquiry.replied_at.is_not_null()
    replied = Inquiry.select(Inquiry.sent_at, Inquiry.replied_at).where(here)
    rows = await replied.order_by(Inquiry.replied_at, ascending=False).limit(REPLIES_COUNTED)
    hours = median((row["replied_at"] - row["sent_at"]).total_seconds() / 3600 for row in rows)
    own = Profile.person == mentor.id
    await Profile.update({Profile.usual_hours: round(hours)}).where(own)


async def _remind(inquiry: Inquiry, step: int, now: datetime) -> None:
    if step <= inquiry.reminded:
        return
    here = (Inquiry.id == inquiry.id) & (Inquiry.state == State.WAITING)
    unsent = here & (Inquiry.reminded < step) & (Inquiry.version == inquiry.version)
    async with transaction():
        claimed = Inquiry.update({Inquiry.reminded: step}).where(unsent)
        if await claimed.returning(Inquiry.id):
            await letters.inquiry_reminder(inquiry, step, await _answer_link(inquiry), now)


async def _release(inquiry: Inquiry, kept: House, now: datetime) -> None:
    """A question back that its mentee left unanswered is no silence of the mentor's."""
    was_waiting = inquiry.state == State.WAITING
    mentee: Person = inquiry.mentee
    others = await free_others(inquiry, now)
    async with transaction():
        inquiry.reason = "" if was_waiting else Reason.UNEXPLAINED
        unchanged = Inquiry.version == inquiry.version  # an answer a moment ago has its own clock
        await _move(inquiry, "release", None, now, (*_SETTLED, Inquiry.reason), unchanged)
        await letters.inquiry_released(inquiry, others, now)
        if not mentee.is_member:
            return
        await letters.inquiry_lapsed(inquiry, now)
        if was_waiting:
            await availability.count_silence(inquiry.mentor, kept, now)


async def _answer_link(inquiry: Inquiry) -> str:
    """A new one for each letter; all of them die with the first deed."""
    until: datetime = inquiry.answer_by
    mentor: Person = inquiry.mentor
    secret = await links.make(links.ANSWER, mentor, inquiry.id, until + LINK_GRACE)
    return letters.answer_link(secret)


def _value(inquiry: Inquiry, column: Any) -> Any:
    value = getattr(inquiry, column._meta.name)
    return value.id if isinstance(value, Person) else value


def _id(person: Any) -> int:
    return int(person if isinstance(person, int) else person.id)
