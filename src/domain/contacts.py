"""Contacts: logged by either in two taps, corrected by either, the same one recognised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import clock
import sealing
from domain import deadlines, history, house, meeting_passages, mentorships
from domain.permissions import is_confirmable, may_confirm, may_take_part
from domain.refusals import (
    AlreadySettled,
    CorrectionTooLate,
    GoOnFirst,
    SameContact,
    Unseen,
    WrongDay,
    insist,
)
from tables.contacts import Contact, Kind
from tables.house import House
from tables.mentorships import Mentorship
from tables.people import Person
from tables.transaction import hold, transaction

MOST_MINUTES = 600
MOST_LINE = 300
NEAR = timedelta(days=1)  # an evening's talk is often noted the next morning, as of that day


@dataclass(frozen=True)
class Talk:
    """What is told of a contact. The key names the telling: sent again, it is the same one."""

    key: str
    kind: Kind
    on: date
    minutes: int | None = None
    line: str = ""


async def log(
    mentorship: Mentorship, talk: Talk, *, by: Person, now: datetime, apart: bool = False
) -> Contact:
    """The fourth ends the mentorship officially.

    Raises SameContact where one of that day, or one that the partner noted as of a day near it,
    is there already, unless it is said to be `apart`; GoOnFirst, MentorshipOver, WrongDay. The
    same key gives the contact it already made.
    """
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        made = await _by_key(mentorship, talk.key)
        if made is not None:
            return made
        twin = None if apart else await _twin(mentorship, talk, by)
        await _insist_open(mentorship, twin, by)
        _insist_day(mentorship, talk, now)
        if twin is not None:
            raise SameContact(twin)
        contact = await _kept(mentorship, talk, by, now)
        await meeting_passages.hold_by_hand(mentorship, contact, by, now)
    return contact


async def log_held(mentorship: Mentorship, talk: Talk, *, by: Person, now: datetime) -> Contact:
    """Of a meeting that took place, inside its transaction. Raises GoOnFirst, MentorshipOver."""
    return await _kept(mentorship, talk, by, now)


async def confirm(
    contact: Contact, *, by: Person, now: datetime, minutes: int | None = None, line: str = ""
) -> None:
    """The partner had the same one in mind: what they know besides fills what was left empty."""
    mentorship = await _pair_of(contact, by)
    insist(may_confirm(by, contact))
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_not_over(mentorship)
        fresh = await _fresh(contact)
        if fresh.confirmed_at is not None:
            raise AlreadySettled
        fresh.confirmed_at = now
        fresh.minutes = fresh.minutes or minutes
        fresh.line = fresh.line or line
        await fresh.save([Contact.confirmed_at, Contact.minutes, Contact.line_sealed])
        await history.record("contact.confirm", fresh, by, now)
        await mentorships.touch(mentorship)
    _take_over(contact, fresh)


async def correct(
    contact: Contact, talk: Talk, *, by: Person, now: datetime, shown: str = ""
) -> None:
    """By either, for some days after the logging; the number stays.

    `shown`: as_shown of what the form held, else of `contact`; AlreadySettled if somebody
    corrected it since. What says nothing new changes nothing.
    """
    mentorship = await _pair_of(contact, by)
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_not_over(mentorship)
        days = (await house.current()).correction_days
        if not deadlines.is_within(contact.logged_at, days, now):
            raise CorrectionTooLate
        _insist_day(mentorship, talk, now)
        fresh = await _fresh(contact)
        if _says(fresh, talk):
            return
        if as_shown(fresh) != (shown or as_shown(contact)):
            raise AlreadySettled
        fresh.kind, fresh.on, fresh.minutes = talk.kind, talk.on, talk.minutes
        fresh.line = talk.line
        fresh.corrected_by, fresh.corrected_at = by.id, now
        await fresh.save(CORRECTED)
        await history.record("contact.correct", fresh, by, now)
        await mentorships.touch(mentorship)
    _take_over(contact, fresh)


async def of(mentorship: Mentorship) -> list[Contact]:
    return await Contact.of(mentorship)


def first_day(mentorship: Mentorship) -> date:
    """None was had before the acceptance."""
    return clock.day(mentorship.began_at)


def as_shown(contact: Contact) -> str:
    """Names what a contact says, for a form that may be sent much later."""
    said = (contact.kind, contact.on, contact.minutes, contact.line)
    return "as-shown-" + sealing.hashed("|".join(map(str, said)))[:24]


def correctable(
    contacts: Iterable[Contact], mentorship: Mentorship, house: House, now: datetime
) -> set[int]:
    """Their numbers."""
    if mentorship.is_over:
        return set()
    days = house.correction_days
    return {each.number for each in contacts if deadlines.is_within(each.logged_at, days, now)}


CORRECTED: list[Any] = [
    Contact.kind,
    Contact.on,
    Contact.minutes,
    Contact.line_sealed,
    Contact.corrected_by,
    Contact.corrected_at,
]


async def _kept(mentorship: Mentorship, talk: Talk, by: Person, now: datetime) -> Contact:
    number = await mentorships.count_contact(mentorship, by, now)
    contact = Contact(
        key=talk.key,
        mentorship=mentorship.id,
        number=number,
        kind=talk.kind,
        on=talk.on,
        minutes=talk.minutes,
        by=by.id,
        logged_at=now,
    )
    contact.line = talk.line
    await contact.save()
    await history.record("contact.log", contact, by, now)
    kept = await _by_key(mentorship, talk.key)
    assert kept is not None
    return kept


async def _by_key(mentorship: Mentorship, key: str) -> Contact | None:
    return await Contact.of(mentorship).where(Contact.key == key).first()


async def _twin(mentorship: Mentorship, talk: Talk, by: Person) -> Contact | None:
    """Best the partner's that nobody confirmed, best of the same day and the same kind."""
    near = (Contact.on >= talk.on - NEAR) & (Contact.on <= talk.on + NEAR)
    return max(
        [
            each
            for each in await Contact.of(mentorship).where(near)
            if each.on == talk.on or is_confirmable(by, each)
        ],
        key=lambda each: (
            is_confirmable(by, each),
            each.on == talk.on,
            each.kind == talk.kind,
            each.number,
        ),
        default=None,
    )


async def _insist_open(mentorship: Mentorship, twin: Contact | None, by: Person) -> None:
    """Both log the fourth, one a moment later: that one may still say it is the same."""
    try:
        await mentorships.insist_alive(mentorship)
    except GoOnFirst:
        if twin is None or not is_confirmable(by, twin):
            raise


def _insist_day(mentorship: Mentorship, talk: Talk, now: datetime) -> None:
    if not first_day(mentorship) <= talk.on <= clock.day(now):
        raise WrongDay


async def _pair_of(contact: Contact, by: Person) -> Mentorship:
    rows = Mentorship.visible_to(by).where(Mentorship.id == contact.mentorship)
    mentorship = await rows.first()
    if mentorship is None or not may_take_part(by, mentorship):
        raise Unseen
    return mentorship


async def _fresh(contact: Contact) -> Contact:
    """As it is now, under the pair's lock."""
    row = await Contact.objects().where(Contact.id == contact.id).first()
    if row is None:
        raise Unseen
    return row


def _says(contact: Contact, talk: Talk) -> bool:
    said = (contact.kind, contact.on, contact.minutes, contact.line)
    return said == (talk.kind, talk.on, talk.minutes, talk.line)


def _take_over(contact: Contact, fresh: Contact) -> None:
    for column in (*CORRECTED, Contact.confirmed_at):
        name = column._meta.name
        setattr(contact, name, getattr(fresh, name))
