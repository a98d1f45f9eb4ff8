"""The letters of a meeting's course: a function each; those that fix a date bring an invitation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import clock
import urls
from mail import invitations, outbox
from tables.meetings import Meeting
from tables.mentorships import Mentorship
from tables.people import Person


async def proposed(
    mentorship: Mentorship, meeting: Meeting, by: Person, now: datetime, *, is_counter: bool
) -> None:
    """To the partner. `is_counter`: instead of dates that were proposed before."""
    readers = [mentorship.partner_of(by)]
    await _to(
        readers, mentorship, meeting, "proposed", now, times=meeting.proposed, is_counter=is_counter
    )


async def proposal_dropped(
    mentorship: Mentorship, meeting: Meeting, by: Person, now: datetime
) -> None:
    """To the partner: their dates don't suit, or one's own are taken back."""
    readers, is_own = [mentorship.partner_of(by)], _id(meeting.by) == by.id
    await _to(readers, mentorship, meeting, "dropped", now, is_own=is_own, times=meeting.proposed)


async def planned(mentorship: Mentorship, meeting: Meeting, now: datetime) -> None:
    for reader in _both(mentorship):
        calendar = await invitations.requested(meeting, mentorship, reader, now)
        await _to([reader], mentorship, meeting, "planned", now, calendar=calendar)


async def moved(
    mentorship: Mentorship, meeting: Meeting, by: Person, before: datetime, now: datetime
) -> None:
    """`before`: when it was to be."""
    for reader in _both(mentorship):
        calendar = await invitations.requested(meeting, mentorship, reader, now)
        await _to(
            [reader], mentorship, meeting, "moved", now, calendar=calendar, by=by, before=before
        )


async def cancelled(
    mentorship: Mentorship, meeting: Meeting, by: Person | None, now: datetime
) -> None:
    """By one of them, or because their mentorship has ended (by nobody)."""
    for reader in _both(mentorship):
        calendar = await invitations.cancelled(meeting, mentorship, reader, now)
        await _to([reader], mentorship, meeting, "cancelled", now, calendar=calendar, by=by)


async def reminder(mentorship: Mentorship, meeting: Meeting, now: datetime) -> None:
    """Of no use any more once it has begun."""
    life = meeting.starts_at - now
    await _to(_both(mentorship), mentorship, meeting, "reminder", now, life=life)


async def outcome(mentorship: Mentorship, meeting: Meeting, now: datetime) -> None:
    await _to(_both(mentorship), mentorship, meeting, "outcome", now)


async def _to(
    readers: Sequence[Person],
    mentorship: Mentorship,
    meeting: Meeting,
    event: str,
    now: datetime,
    **words: Any,
) -> None:
    """Once a meeting, event and moment it is planned for. Each has the other's address already:
    an answer goes to them. Whoever left the association hears no more from us."""
    at = clock.milliseconds(meeting.starts_at) if meeting.starts_at else 0
    for reader in readers:
        if not reader.is_member:
            continue
        partner = mentorship.partner_of(reader)
        await outbox.post(
            f"meeting_{event}",
            f"meeting:{meeting.id}:{event}:{meeting.sequence}:{at}:{reader.id}",
            reader,
            now,
            thread=f"mentorship-{mentorship.id}",
            reply_to=partner.email if partner.is_member else "",
            meeting=meeting,
            partner=partner,
            link=urls.absolute(urls.mentorship(mentorship)),
            **words,
        )


def _both(mentorship: Mentorship) -> tuple[Person, Person]:
    return mentorship.mentee, mentorship.mentor


def _id(person: Any) -> int:
    return int(person if isinstance(person, int) else person.id)
