"""A meeting's letters: to whom, in which language, and the invitation that goes along."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import html5lib
import icalendar
import pytest

import templating
from clock import ZURICH
from domain import meetings
from domain.meetings import Change, Plan
from mail import meeting_letters as letters
from mail import outbox
from mail.smtp import Server
from tables.contacts import Kind
from tables.house import House
from tables.letters import Letter, State
from tables.meetings import Meeting
from tables.mentorships import Mentorship
from tables.people import Person
from tests.factories import make_meeting, make_mentorship, make_person, new_key
from tests.smtp import MailServer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
MENTEE, MENTOR, HOUSE = "david@example.org", "claire@example.org", "mentorat@association.example"
PLACE = "Café de la Gare"
TEMPLATES = Path(templating.SOURCE) / "templates" / "letters"


@dataclass
class Scene:
    """David, who reads German, and Claire, who reads French."""

    pair: Mentorship
    meeting: Meeting
    mentee: Person
    mentor: Person


@pytest.fixture
async def scene(database: Any) -> Scene:
    house = House(name_fr="Association suisse des cadres", short_name="ASC", contact=HOUSE)
    await house.save()
    mentee = await make_person("David", "Moser", email=MENTEE, language="de")
    mentor = await make_person("Claire", "Favre", email=MENTOR)
    pair = await make_mentorship(mentee, mentor, began_at=NOW)
    meeting = await make_meeting(
        pair, starts_at=THURSDAY, kind=Kind.IN_PERSON, place=PLACE, proposed_at=NOW
    )
    return Scene(pair, meeting, mentee, mentor)


Writing = Callable[[Scene], Awaitable[None]]
LETTERS: dict[str, Writing] = {
    "meeting_proposed": lambda s: letters.proposed(
        s.pair, s.meeting, s.mentor, NOW, is_counter=False
    ),
    "meeting_dropped": lambda s: letters.proposal_dropped(s.pair, s.meeting, s.mentor, NOW),
    "meeting_planned": lambda s: letters.planned(s.pair, s.meeting, NOW),
    "meeting_moved": lambda s: letters.moved(s.pair, s.meeting, s.mentor, NOW, NOW),
    "meeting_cancelled": lambda s: letters.cancelled(s.pair, s.meeting, s.mentor, NOW),
    "meeting_reminder": lambda s: letters.reminder(s.pair, s.meeting, NOW),
    "meeting_outcome": lambda s: letters.outcome(s.pair, s.meeting, NOW),
}
TO_PARTNER = {"meeting_proposed", "meeting_dropped"}
INVITES = {"meeting_planned": "REQUEST", "meeting_moved": "REQUEST", "meeting_cancelled": "CANCEL"}
EVERY = pytest.mark.parametrize("name", LETTERS)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def written(scene: Scene, name: str) -> list[Letter]:
    await LETTERS[name](scene)
    return await Letter.objects().where(Letter.name == name).order_by(Letter.id)


def links(html: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', html)]


def event(calendar: str | bytes) -> Any:
    return icalendar.Calendar.from_ical(calendar).walk("VEVENT")[0]


def test_every_template_has_its_letter() -> None:
    assert {path.stem for path in TEMPLATES.glob("meeting_*.txt")} == set(LETTERS)


@EVERY
async def test_it_goes_to_whom_it_concerns(scene: Scene, name: str) -> None:
    rows = await written(scene, name)

    assert [each.address for each in rows] == ([MENTEE] if name in TO_PARTNER else [MENTEE, MENTOR])
    for row in rows:
        assert row.reply_to == ({MENTEE, MENTOR} - {row.address}).pop()
        assert row.thread == f"mentorship-{scene.pair.id}" and row.unsubscribe == ""
        assert row.expires == 0 or name == "meeting_reminder"


@SQLITE
@EVERY
async def test_it_is_whole(scene: Scene, name: str) -> None:
    for row in await written(scene, name):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        document = parser.parse(row.html)
        assert parser.errors == [] and document.get("lang") == row.language
        assert 10 < len(row.subject) < 90 and "{" not in row.subject + row.text
        assert PLACE not in row.subject and all(link in row.text for link in links(row.html))
        assert "ß" not in row.text and "« " not in row.text and "\n\n\n" not in row.text
        shown = set(re.findall(r"[\w.+-]+@[\w.-]+\w", row.subject + row.text + row.html))
        assert shown == {HOUSE}


@SQLITE
@EVERY
async def test_it_is_told_once(scene: Scene, name: str) -> None:
    rows = await written(scene, name)

    assert len(await written(scene, name)) == len(rows)


@SQLITE
@EVERY
async def test_an_invitation_goes_with_what_fixes_a_date(scene: Scene, name: str) -> None:
    rows, sealed = await written(scene, name), await Letter.select(Letter.calendar_sealed)

    for row in rows:
        if name in INVITES:
            assert f"METHOD:{INVITES[name]}" in row.calendar
            partner = "Claire Favre" if row.address == MENTEE else "David Moser"
            assert event(row.calendar)["SUMMARY"].endswith(partner)
            assert event(row.calendar)["ORGANIZER"] == "mailto:mentorat@localhost"
        else:
            assert row.calendar == ""
    assert not any("VCALENDAR" in each["calendar_sealed"] for each in sealed)


@SQLITE
@EVERY
async def test_names_and_places_become_no_line_and_no_markup(scene: Scene, name: str) -> None:
    plain = await written(scene, name)
    await Letter.delete(force=True)
    wicked = "\n=> <b>x</b>\r\nBcc: spy | http://evil.example/ |"
    for person in (scene.pair.mentee, scene.pair.mentor):
        person.first_name = wicked
    scene.meeting.place = wicked

    for before, row in zip(plain, await written(scene, name), strict=True):
        assert links(row.html) == links(before.html) and "<b>" not in row.html
        assert len(row.text.splitlines()) == len(before.text.splitlines())
        assert "\n" not in row.subject and "\r\nBcc" not in row.calendar


@SQLITE
async def test_german_readers_read_german(scene: Scene) -> None:
    french = {"de": "Rencontre", "fr": "Treffen"}
    for name in LETTERS:
        for row in await written(scene, name):
            assert french[row.language] not in row.subject + row.text + row.calendar
            assert row.language == ("de" if row.address == MENTEE else "fr")


@SQLITE
@pytest.mark.parametrize("is_counter", [True, False])
async def test_a_counter_proposal_says_so(scene: Scene, is_counter: bool) -> None:
    await letters.proposed(scene.pair, scene.meeting, scene.mentee, NOW, is_counter=is_counter)

    [row] = await Letter.objects()
    assert ("d’autres dates" in row.subject) == is_counter
    assert ("remplacent" in row.text) == is_counter
    assert "- jeudi 26\xa0novembre 2026, 18:00" in row.text


# Through a mail server


async def course(scene: Scene, at: datetime) -> Meeting:
    """Planned, moved by a day, cancelled."""
    plan = Plan(new_key(), Kind.IN_PERSON, (at,), place=PLACE)
    meeting = await meetings.propose(scene.pair, plan, by=scene.mentor, now=NOW)
    await meetings.pick(meeting, at, by=scene.mentee, now=NOW)
    to = Change(at + timedelta(days=1), Kind.PHONE, 30, "")
    await meetings.move(meeting, to, by=scene.mentee, now=NOW)
    [fresh] = await Meeting.of(scene.pair).where(Meeting.id == meeting.id)
    await meetings.cancel(fresh, by=scene.mentor, now=NOW)
    return fresh


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZURICH).astimezone(UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    "at",
    [
        THURSDAY,
        local(2027, 6, 30, 18, 0),
        local(2027, 3, 27, 2, 30),  # a day later that hour is leapt over
        local(2027, 3, 28, 3, 0),
        local(2027, 10, 31, 0, 0),
    ],
)
async def test_both_calendars_follow_the_whole_course(
    scene: Scene, mail_server: MailServer, at: datetime
) -> None:
    meeting = await course(scene, at)

    await outbox.deliver_due(
        NOW + timedelta(seconds=1), Server(mail_server.settings, "m@x.ch", "x.ch")
    )

    for address, partner in ((MENTEE, "Claire Favre"), (MENTOR, "David Moser")):
        calendars = []
        for received in mail_server.to(address):
            message = received.message
            kinds = [part.get_content_type() for part in message.walk()]
            if "text/calendar" not in kinds:
                assert kinds == ["multipart/alternative", "text/plain", "text/html"]
                continue
            assert kinds == [
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "text/calendar",
                "application/ics",
            ]
            [part] = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
            [file] = message.iter_attachments()
            content: Any = part.get_payload(decode=True)
            assert content == file.get_payload(decode=True)
            assert file.get_filename() == "invitation.ics" and not part.get_filename()
            assert part["Content-Type"].params["charset"] == "utf-8"
            calendar = icalendar.Calendar.from_ical(content)
            assert part["Content-Type"].params["method"] == calendar["METHOD"]
            assert message["From"].addresses[0].addr_spec == "mentorat@localhost"
            assert message["Content-Language"] and received.part("plain") and received.part("html")
            calendars.append(calendar)
        events = [calendar.walk("VEVENT")[0] for calendar in calendars]
        assert [each["METHOD"] for each in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
        assert [each["SEQUENCE"] for each in events] == [0, 1, 2]
        assert {str(each["UID"]) for each in events} == {meeting.uid}
        moved = at + timedelta(days=1)
        assert [each.decoded("DTSTART") for each in events] == [at, moved, moved]
        assert {str(each["ORGANIZER"]) for each in events} == {"mailto:mentorat@localhost"}
        assert all(str(each["SUMMARY"]).endswith(partner) for each in events)
    rows = await Letter.select()
    assert {each["state"] for each in rows} == {State.SENT}
    assert not any(each["calendar_sealed"] for each in rows)


async def test_a_failed_letter_keeps_its_invitation(scene: Scene, mail_server: MailServer) -> None:
    mail_server.to_recipient = ["550 no such user"] * 2
    await letters.planned(scene.pair, scene.meeting, NOW)
    server = Server(mail_server.settings, "m@x.ch", "x.ch")

    await outbox.deliver_due(NOW, server)
    [letter, _] = await Letter.objects().order_by(Letter.id)
    assert letter.state == State.FAILED and "VCALENDAR" in letter.calendar
    await outbox.try_again(letter, NOW)
    await outbox.deliver_due(NOW, server)

    [received] = mail_server.received
    assert "text/calendar" in [part.get_content_type() for part in received.message.walk()]
