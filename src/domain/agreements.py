"""Agreements: wished, never required; proposed, countered, accepted; every version kept."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import history, mentorships
from domain.permissions import may_take_part
from domain.refusals import AlreadySettled, AnotherVersion, Unseen, insist
from formats import differences
from formats.differences import Part
from mail import agreement_letters as letters
from tables.agreements import Agreement, State
from tables.inquiries import Inquiry
from tables.mentorships import Mentorship
from tables.people import Person
from tables.profiles import Profile
from tables.transaction import hold, transaction

MOVES = {
    "accept": ((State.PROPOSED,), State.ACCEPTED),
    "counter": ((State.PROPOSED,), State.REPLACED),
    "supersede": ((State.ACCEPTED,), State.REPLACED),
}
GOALS, LONGEST = 6, 200  # how many goals, and signs of each: what fits on a page


@dataclass(frozen=True)
class Terms:
    """What two people settle; any of it may stay open."""

    goals: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    form: str = ""
    frequency: str = ""
    roles: tuple[str, ...] = ()
    length: str = ""

    @classmethod
    def of(cls, agreement: Agreement) -> Terms:
        return cls(
            goals=tuple(agreement.goal_list),
            kinds=tuple(agreement.kinds.split()),
            form=agreement.form,
            frequency=agreement.frequency,
            roles=tuple(agreement.roles.split()),
            length=agreement.length,
        )


@dataclass(frozen=True)
class Changes:
    """From one version to another."""

    goals: list[list[Part]]
    kinds: list[Part]
    form: list[Part]
    frequency: list[Part]
    roles: list[Part]
    length: list[Part]

    @property
    def is_none(self) -> bool:
        texts = (self.kinds, self.form, self.frequency, self.roles, self.length)
        return all(map(differences.is_same, (*self.goals, *texts)))


async def propose(
    mentorship: Mentorship, terms: Terms, *, key: str, base: int, by: Person, now: datetime
) -> Agreement:
    """A new version, in place of a proposal still open; an accepted one stays in force.

    `base` is the last version its author had before their eyes. Raises AnotherVersion when a
    newer one exists, GoOnFirst and MentorshipOver where nothing is settled any more.
    """
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        versions = await of(mentorship)
        sent = next((each for each in versions if each.key == key), None)
        if sent is not None:  # by its author again; the key of somebody else is no resend
            insist(_author(sent).id == by.id)
            return sent
        await mentorships.insist_alive(mentorship)
        last = versions[-1] if versions else None
        if base != (last.number if last else 0):
            raise AnotherVersion
        is_counter = last is not None and last.state == State.PROPOSED
        if last is not None and is_counter:
            await _move(last, "counter", by, now)
        agreement = await _kept(mentorship, terms, key, base + 1, by, now)
        await history.record("agreement.propose", agreement, by, now)
        await mentorships.touch(mentorship)
        answers = last is not None and is_counter and _author(last).id != by.id
        await letters.proposed(mentorship, agreement, by, now, is_counter=answers)
    return agreement


async def accept(mentorship: Mentorship, number: int, *, by: Person, now: datetime) -> None:
    """The proposal as it was read, by the other one; what was in force before is so no more.

    Raises AnotherVersion when it isn't the last any more, AlreadySettled, GoOnFirst,
    MentorshipOver.
    """
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_alive(mentorship)
        versions = await of(mentorship)
        agreement = next((each for each in versions if each.number == number), None)
        if agreement is None:
            raise Unseen
        insist(_author(agreement).id != by.id)
        if agreement.state == State.REPLACED:
            raise AnotherVersion
        agreement.accepted_at = now
        await _move(agreement, "accept", by, now, (Agreement.accepted_at,))
        for earlier in versions:
            if earlier.state == State.ACCEPTED and earlier.number < number:
                await _move(earlier, "supersede", by, now)
        await mentorships.touch(mentorship)
        await letters.accepted(mentorship, agreement, by, now)


async def of(mentorship: Mentorship) -> list[Agreement]:
    """Every version, the first first."""
    return await Agreement.of(mentorship)


def in_force(versions: Sequence[Agreement]) -> Agreement | None:
    """What both have said yes to."""
    accepted = [each for each in versions if each.state == State.ACCEPTED]
    return accepted[-1] if accepted else None


def awaiting(versions: Sequence[Agreement]) -> Agreement | None:
    """The proposal that waits for the other's answer: the last version, if any."""
    return versions[-1] if versions and versions[-1].state == State.PROPOSED else None


def is_acceptable(agreement: Agreement, viewer: Person, mentorship: Mentorship) -> bool:
    """The button's question; the verb asks again."""
    theirs = _author(agreement).id != viewer.id and may_take_part(viewer, mentorship)
    return theirs and agreement.state == State.PROPOSED and mentorship.is_alive


def compare(before: Terms, after: Terms) -> Changes:
    return Changes(
        goals=differences.lines(before.goals, after.goals),
        kinds=differences.choices(before.kinds, after.kinds),
        form=differences.parts(before.form, after.form),
        frequency=differences.parts(before.frequency, after.frequency),
        roles=differences.choices(before.roles, after.roles),
        length=differences.parts(before.length, after.length),
    )


async def first_terms(mentorship: Mentorship, length: str) -> Terms:
    """Before anything was proposed: the request's own words, and the mentor's roles."""
    inquiry: Inquiry = mentorship.inquiry
    mentor: Person = mentorship.mentor
    profile = await Profile.objects().where(Profile.person == mentor.id).first()
    return Terms(
        goals=tuple(_as_goals(inquiry.expectations))[:GOALS],
        kinds=tuple(inquiry.wished),
        roles=tuple(profile.offered) if profile else (),
        length=length,
    )


def _as_goals(text: str) -> Iterator[str]:
    """A line each; a long one by its sentences, a long sentence shortened."""
    for line in filter(None, (line.strip(" \t-–•*") for line in text.splitlines())):
        if len(line) <= LONGEST:
            yield line
            continue
        for sentence in re.split(r"(?<=[.!?…])\s+", line):
            if len(sentence) <= LONGEST:
                yield sentence
            else:
                yield textwrap.wrap(sentence, LONGEST - 2)[0] + " …"


async def _kept(
    mentorship: Mentorship, terms: Terms, key: str, number: int, by: Person, now: datetime
) -> Agreement:
    agreement = Agreement(
        key=key,
        mentorship=mentorship.id,
        number=number,
        by=by.id,
        kinds=" ".join(terms.kinds),
        roles=" ".join(terms.roles),
        proposed_at=now,
    )
    agreement.goals = "\n".join(terms.goals)
    agreement.form, agreement.frequency = terms.form, terms.frequency
    agreement.length = terms.length
    await agreement.save()
    return agreement


async def _move(
    agreement: Agreement, verb: str, by: Person, now: datetime, also: Sequence[Any] = ()
) -> None:
    """The only passage between states: whoever comes second finds no row to change."""
    origins, goal = MOVES[verb]
    values: dict[Any, Any] = {column: getattr(agreement, column._meta.name) for column in also}
    values |= {Agreement.state: goal}
    here = (Agreement.id == agreement.id) & Agreement.state.is_in(list(origins))
    if not await Agreement.update(values).where(here).returning(Agreement.id):
        raise AlreadySettled
    agreement.state = goal
    await history.record(f"agreement.{verb}", agreement, by, now)


def _author(agreement: Agreement) -> Person:
    author: Person = agreement.by
    return author
