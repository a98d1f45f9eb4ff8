"""Invitations as calendar programs read them, parsed back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from clock import ZURICH
from formats import ics
from formats.ics import Entry, Party

HOUSE = Party("Association suisse des cadres", "mentorat@example.org")
BOTH = [Party("David Moser", "david@example.org"), Party("Claire Favre", "claire@example.org")]
ENTRY = Entry(
    uid="abc@example.org",
    sequence=0,
    starts_at=datetime(2026, 11, 26, 17, 0, tzinfo=UTC),
    minutes=60,
    summary="Mentorat: rencontre avec Claire Favre",
    place="En personne, Café de la Gare, Lausanne",
    url="http://localhost:8000/mentorships/7",
    written_at=datetime(2026, 11, 23, 9, 0, 0, 123000, tzinfo=UTC),
)
WICKED = 'Zoë "x";y,z\\n\r\nATTENDEE:mailto:spy@example.org\r\n\u202e: „Grüezi“ 🙂 ' + "é" * 90


def parsed(text: str) -> tuple[Any, Any]:
    calendar = icalendar.Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    return calendar, event


def test_an_invitation_says_what_when_where_and_who() -> None:
    calendar, event = parsed(ics.invitation(ENTRY, HOUSE, BOTH))

    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("abc@example.org", 0, "CONFIRMED")
    assert event.decoded("DTSTART") == ENTRY.starts_at
    assert event.decoded("DTEND") == ENTRY.starts_at + timedelta(hours=1)
    assert event.decoded("DTSTAMP") == ENTRY.written_at.replace(microsecond=0)
    assert event["SUMMARY"] == ENTRY.summary and event["LOCATION"] == ENTRY.place
    assert event["URL"] == event["DESCRIPTION"] == ENTRY.url
    assert event["CLASS"] == "PRIVATE"  # not for colleagues who may look into the calendar
    assert event["ORGANIZER"] == "mailto:mentorat@example.org"
    assert event["ORGANIZER"].params["CN"] == HOUSE.name
    assert [str(each) for each in event["ATTENDEE"]] == [
        "mailto:david@example.org",
        "mailto:claire@example.org",
    ]
    assert {each.params["RSVP"] for each in event["ATTENDEE"]} == {"FALSE"}
    assert {each.params["PARTSTAT"] for each in event["ATTENDEE"]} == {"ACCEPTED"}


def test_a_cancellation_names_the_same_meeting() -> None:
    calendar, event = parsed(ics.cancellation(replace(ENTRY, sequence=3), HOUSE, BOTH))

    assert calendar["METHOD"] == "CANCEL" and event["STATUS"] == "CANCELLED"
    assert (event["UID"], event["SEQUENCE"]) == (ENTRY.uid, 3)
    assert len(event["ATTENDEE"]) == 2 and event.decoded("DTSTART") == ENTRY.starts_at


def test_what_is_published_invites_nobody() -> None:
    calendar, event = parsed(ics.publication(ENTRY, HOUSE))

    assert calendar["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in event and event["ORGANIZER"] == "mailto:mentorat@example.org"


def test_a_feed_holds_nobodys_address() -> None:
    text = ics.feed("Mentorat", [ENTRY, replace(ENTRY, uid="d@example.org", place="")])
    calendar = icalendar.Calendar.from_ical(text)

    assert len(calendar.walk("VEVENT")) == 2 and calendar["X-WR-CALNAME"] == "Mentorat"
    assert "mailto:" not in text and "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in text
    assert "LOCATION" not in calendar.walk("VEVENT")[1]
    assert ics.feed("Mentorat", [ENTRY]) == ics.feed("Mentorat", [ENTRY])


def test_an_empty_feed_is_one_too() -> None:
    assert icalendar.Calendar.from_ical(ics.feed("Mentorat", [])).walk("VEVENT") == []


@pytest.mark.parametrize(
    ("local", "written"),
    [
        ("2026-11-26T18:00", "20261126T170000Z"),  # winter
        ("2027-07-01T18:00", "20270701T160000Z"),  # summer
        ("2027-03-28T01:59", "20270328T005900Z"),  # the last minute of winter time
        ("2027-03-28T03:00", "20270328T010000Z"),  # the next one
        ("2026-10-25T01:59", "20261024T235900Z"),  # summer, the day before in UTC
        ("2026-10-25T03:00", "20261025T020000Z"),  # winter again
        ("2026-11-27T00:00", "20261126T230000Z"),  # midnight
    ],
)
def test_moments_are_those_of_zurich(local: str, written: str) -> None:
    starts_at = datetime.fromisoformat(local).replace(tzinfo=ZURICH)
    text = ics.invitation(replace(ENTRY, starts_at=starts_at), HOUSE, BOTH)
    _, event = parsed(text)

    assert f"DTSTART:{written}\r\n" in text and "VTIMEZONE" not in text
    shown = event.decoded("DTSTART").astimezone(ZURICH)
    assert f"{shown:%Y-%m-%dT%H:%M}" == local
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=1)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_told_apart(fold: int) -> None:
    starts_at = datetime(2026, 10, 25, 2, 30, tzinfo=ZURICH, fold=fold)
    _, event = parsed(ics.invitation(replace(ENTRY, starts_at=starts_at), HOUSE, BOTH))

    assert event.decoded("DTSTART").hour == fold and event.decoded("DTEND").hour == fold + 1


def test_a_meeting_over_the_change_is_as_long_as_it_says() -> None:
    starts_at = datetime(2027, 3, 28, 1, 30, tzinfo=ZURICH)
    _, event = parsed(ics.invitation(replace(ENTRY, starts_at=starts_at), HOUSE, BOTH))

    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=1)
    assert f"{event.decoded('DTEND').astimezone(ZURICH):%H:%M}" == "03:30"


@pytest.mark.parametrize("field", ["summary", "place"])
def test_what_people_write_stays_where_it_is(field: str) -> None:
    written: dict[str, Any] = {field: WICKED}
    text = ics.invitation(replace(ENTRY, **written), HOUSE, BOTH)
    _, event = parsed(text)

    read = event["SUMMARY" if field == "summary" else "LOCATION"]
    assert read == " ".join(WICKED.replace("\u202e", " ").split())
    assert len(event["ATTENDEE"]) == 2 and len(parsed(text)[0].subcomponents) == 1


def test_names_stay_where_they_are() -> None:
    text = ics.invitation(ENTRY, Party(WICKED, HOUSE.address), [Party(WICKED, "a@example.org")])
    _, event = parsed(text)

    assert str(event["ATTENDEE"]) == "mailto:a@example.org"
    assert str(event["ORGANIZER"]) == "mailto:mentorat@example.org"
    assert event["ATTENDEE"].params["CN"].startswith("Zoë ’x’")


def test_lines_are_short_and_end_as_they_should() -> None:
    raw = ics.invitation(replace(ENTRY, place=WICKED, summary=WICKED), HOUSE, BOTH).encode()

    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75 and b"\n" not in raw.replace(b"\r\n", b"")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-2:] == [b"END:VCALENDAR", b""]
