"""A member's private feed of meetings, for their own calendar program; its address is the key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sealing
from mail import invitations
from tables.meetings import Calendar, Meeting, State
from tables.mentorships import ALIVE
from tables.people import Person

PAST = timedelta(days=30)  # what was is still shown
SHOWN = (State.PLANNED, State.HELD)


async def of(person: Person) -> Calendar | None:
    return await Calendar.objects().where(Calendar.person == person.id).first()


async def make(*, by: Person, now: datetime) -> None:
    """Said twice it is made once."""
    new = _new(by, now)
    await Calendar.insert(new).on_conflict(target=Calendar.person, action="DO NOTHING")


async def renew(*, by: Person, now: datetime) -> None:
    """Another address: whoever has the old one finds nothing there any more."""
    values: list[Any] = [Calendar.hashed, Calendar.secret_sealed, Calendar.made_at]
    new = Calendar.insert(_new(by, now))
    await new.on_conflict(target=Calendar.person, action="DO UPDATE", values=values)


async def end(*, by: Person) -> None:
    await Calendar.delete().where(Calendar.person == by.id)


async def reader_of(secret: str) -> Person | None:
    """By the secret's hash: how long the search takes tells nothing of the secret."""
    here = Calendar.hashed == sealing.hashed(secret)
    calendar = await Calendar.objects(Calendar.person).where(here).first()
    person: Person | None = calendar.person if calendar else None
    return person if person is not None and person.is_member else None


async def feed(person: Person, now: datetime) -> str:
    """Planned ones of living mentorships and those of the last weeks; nothing that was written."""
    pair: Any = Meeting.mentorship
    mine = (pair.mentee == person.id) | (pair.mentor == person.id)
    alive = pair.state.is_in(list(ALIVE))
    shown = Meeting.state.is_in(list(SHOWN)) & (Meeting.starts_at >= now - PAST)
    rows = Meeting.objects(pair, pair.mentee, pair.mentor).where(mine & alive & shown)
    return invitations.feed(await rows.order_by(Meeting.starts_at, Meeting.id), person)


def _new(person: Person, now: datetime) -> Calendar:
    secret = sealing.token()
    calendar = Calendar(person=person.id, hashed=sealing.hashed(secret), made_at=now)
    calendar.secret = secret
    return calendar
