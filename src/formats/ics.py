"""Meetings as calendar programs read them (RFC 5545, 5546): pure.

Moments are written in UTC: every program shows them where its reader is, summer and winter, and no
description of a time zone has to come along or can be wrong. One of ours would only be of use for
what repeats every week.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Mentorat//Mentorat//EN"
REFRESH = timedelta(hours=6)  # how often a program may ask for a feed again
UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True)
class Party:
    """Who invites, or is invited."""

    name: str
    address: str


@dataclass(frozen=True)
class Entry:
    """One meeting, in its reader's words. `uid` stays, `sequence` rises with each change."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    summary: str
    place: str
    url: str
    written_at: datetime


def invitation(entry: Entry, organizer: Party, people: Sequence[Party]) -> str:
    """Also for whoever moved it: with a higher sequence it takes the earlier one's place."""
    return _written("REQUEST", [_event(entry, organizer, people)])


def cancellation(entry: Entry, organizer: Party, people: Sequence[Party]) -> str:
    event = _event(entry, organizer, people)
    event["STATUS"] = vText("CANCELLED")
    return _written("CANCEL", [event])


def publication(entry: Entry, organizer: Party) -> str:
    """To be put into a calendar by hand: nobody is invited, nobody answers."""
    return _written("PUBLISH", [_event(entry, organizer)])


def feed(name: str, entries: Iterable[Entry]) -> str:
    """To be subscribed to: without anybody's address."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", _flat(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return str(calendar.to_ical(), "utf-8")


def _written(method: str, events: Iterable[Event]) -> str:
    calendar = _calendar(method)
    for event in events:
        calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(entry: Entry, organizer: Party | None = None, people: Sequence[Party] = ()) -> Event:
    """Private: colleagues who may look into the calendar see an appointment, and not with whom."""
    begins = entry.starts_at.astimezone(UTC)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.written_at.astimezone(UTC))
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=entry.minutes))
    event.add("summary", _flat(entry.summary))
    if entry.place:
        event.add("location", _flat(entry.place))
    event.add("description", entry.url)  # some programs don't show the next line
    event.add("url", entry.url)
    event.add("class", "PRIVATE")
    event.add("status", "CONFIRMED")
    if organizer is not None:
        event.add("organizer", _address(organizer))
    for person in people:
        # Both have agreed already, and nobody reads what a program would answer.
        invited = _address(person)
        invited.params.update(
            {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED"}
        )
        invited.params["RSVP"] = "FALSE"
        event.add("attendee", invited)
    return event


def _address(party: Party) -> vCalAddress:
    address = vCalAddress("mailto:" + quote(party.address, safe="@!$&'*+=_~.-/"))
    address.params["CN"] = _flat(party.name).replace('"', "’")
    return address


def _flat(text: str) -> str:
    """On one line, narrow spaces kept; what is left icalendar escapes and folds."""
    return re.sub(" {2,}", " ", UNWANTED.sub(" ", text)).strip(" ")
