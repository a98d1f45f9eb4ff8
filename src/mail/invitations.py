"""A meeting as its reader's calendar shows it: in their language, seen from their side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import i18n
import urls
from content.catalogue import name_of
from formats import ics
from formats.ics import Entry, Party
from i18n import gettext
from mail import outbox
from settings import settings
from tables.meetings import Meeting
from tables.mentorships import Mentorship
from tables.people import Person


async def requested(meeting: Meeting, mentorship: Mentorship, reader: Person, now: datetime) -> str:
    """To both, when planned or moved."""
    with i18n.speaking(reader.language):
        entry = _entry(meeting, mentorship, reader, now)
        return ics.invitation(entry, await _organizer(), _people(mentorship))


async def cancelled(meeting: Meeting, mentorship: Mentorship, reader: Person, now: datetime) -> str:
    with i18n.speaking(reader.language):
        entry = _entry(meeting, mentorship, reader, now)
        return ics.cancellation(entry, await _organizer(), _people(mentorship))


async def published(meeting: Meeting, mentorship: Mentorship, reader: Person, now: datetime) -> str:
    """To be opened from the page."""
    return ics.publication(_entry(meeting, mentorship, reader, now), await _organizer())


def feed(meetings: Sequence[Meeting], reader: Person) -> str:
    """Their mentorships with both people came along. The same meetings, the same text: programs
    that ask every hour get nothing new then."""
    with i18n.speaking(reader.language):
        entries = [
            _entry(meeting, meeting.mentorship, reader, meeting.proposed_at) for meeting in meetings
        ]
        return ics.feed(gettext("Mentorat"), entries)


def _entry(meeting: Meeting, mentorship: Mentorship, reader: Person, now: datetime) -> Entry:
    name = mentorship.partner_of(reader).name
    return Entry(
        uid=meeting.uid,
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        summary=gettext("Mentorat: rencontre avec %(name)s") % {"name": name},
        place=", ".join(filter(None, (_kind(meeting), meeting.place))),
        url=urls.absolute(urls.mentorship(mentorship)),
        written_at=now,
    )


def _kind(meeting: Meeting) -> str:
    """A link alone is the place: programs make a button of it."""
    is_link = meeting.place.startswith(("http://", "https://"))
    return "" if is_link else name_of("kind", meeting.kind, i18n.language())


async def _organizer() -> Party:
    """The house, by the address its letters come from: programs believe a change or a
    cancellation only from who invited, and compare the two. It doesn't change when the office
    edits its contact."""
    house = await outbox.sender(i18n.language())
    return Party(house.name, settings().mail_from)


def _people(mentorship: Mentorship) -> list[Party]:
    both: tuple[Person, Person] = (mentorship.mentee, mentorship.mentor)
    return [Party(person.name, person.email) for person in both]
