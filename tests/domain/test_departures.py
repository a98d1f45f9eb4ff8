"""Paused, and gone for good."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import clock
from domain import (
    availability,
    departures,
    exclusions,
    favourites,
    history,
    inquiries,
    norms,
    people,
    retention,
    sessions,
)
from domain.refusals import AlreadySettled, LastCoordinator, MentorGone, Paused, Unseen
from running import leftovers
from sealing import unseal, unseal_file
from search import find, members
from search.facets import Query
from tables.events import Event
from tables.inquiries import Inquiry, Reason
from tables.letters import Letter
from tables.mentorships import Mentorship, State
from tables.people import Person, Standing
from tables.piccolo_app import TABLES
from tables.private import SEALED
from tables.reports import Report
from tests.factories import make_inquiry, make_letter, make_mentor, make_mentorship, new_key
from tests.private_texts import readable, sentence, write_everything

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
# Of those that write_everything lets the mentee write.
THEIRS = (
    "drafts.fields",
    "evaluations.to_office",
    "evaluations.to_partner",
    "inquiries.problem",
    "inquiries.vision",
    "contacts.line",
    "meetings.place",
    "notes.fields",
    "reports.words",
    "thanks.words",
    "document_files.content",
    "documents.name",
    "profile_questions.answer",
    "profile_questions.question",
    "office_notes.words",
    "calendars.secret",
)


def opened(value: str | bytes) -> str:
    return readable(unseal_file(value) if isinstance(value, bytes) else unseal(value))


async def everything() -> str:
    """All rows as text, and what is sealed unsealed."""
    lines = []
    for table in TABLES:
        for row in await table.select():
            for name, value in row.items():
                lines.append(opened(value) if name.endswith(SEALED) else str(value))
    return "\n".join(lines)


def on_disk(folder: Path) -> bytes:
    """The database, its log, copies beside it."""
    return b"".join(file.read_bytes() for file in folder.iterdir() if "sqlite" in file.name)


async def names(viewer: Person) -> list[str]:
    found = await find.find(Query(), viewer, "fr", NOW.date())
    return [hit.name for hit in found.hits]


def request() -> inquiries.Request:
    words = "x" * 60
    return inquiries.Request(new_key(), words, words, words, ("phone",), "fr")


async def fresh(person: Person) -> Person:
    found = await Person.objects().get(Person.id == person.id)
    assert found is not None
    return found


def test_every_table_is_thought_of() -> None:
    """A new table fails here until it is said what a deletion does to it."""
    words = {table for table, _, _ in departures.OWN_WORDS}
    treated = [set(departures.REMOVED), words, departures.BY_HAND, set(departures.KEPT)]

    assert set().union(*treated) == set(TABLES)
    assert sum(map(len, treated)) == len(TABLES)


async def test_whoever_pauses_is_out_of_the_directory_at_once(
    mentor: Person, mentee: Person
) -> None:
    assert mentor.name in await names(mentee)

    await departures.pause(by=mentor, now=NOW)
    assert mentor.name not in await names(mentee)

    await departures.come_back(by=mentor, now=NOW)
    assert mentor.name in await names(mentee)


async def test_a_pause_neither_gets_nor_sends_requests(mentor: Person, mentee: Person) -> None:
    version = await norms.current()
    assert version is not None
    if not await norms.has_accepted(mentee):
        await norms.accept(version, by=mentee, now=NOW)
    await departures.pause(by=mentor, now=NOW)
    with pytest.raises(MentorGone):
        await inquiries.ask(mentor, request(), by=mentee, now=NOW)

    await departures.come_back(by=mentor, now=NOW)
    await departures.pause(by=mentee, now=NOW)
    with pytest.raises(Paused):
        await inquiries.ask(mentor, request(), by=mentee, now=NOW)


async def test_paused_twice_is_once(mentor: Person) -> None:
    await asyncio.gather(*(departures.pause(by=mentor, now=NOW) for _ in range(2)))

    assert (await fresh(mentor)).paused_at == NOW


async def test_gone_is_gone(mentor: Person, mentee: Person) -> None:
    """What ran is over, with a neutral word to the other one; the row stays without a person."""
    asked = await make_inquiry(mentee, await make_mentor("Luca", "Rossi"))
    pair = await make_mentorship(mentee, mentor)
    address = mentee.email
    await departures.delete(by=mentee, now=NOW)

    gone = await fresh(mentee)
    assert gone.standing == Standing.GONE
    assert (gone.email, gone.name, gone.function) == (f"gone:{mentee.id}", departures.NOBODY, "")
    inquiry: Any = await Inquiry.objects().get(Inquiry.id == asked.id)
    assert (inquiry.reason, inquiry.problem) == (Reason.PARTED, "")
    mentorship: Any = await Mentorship.objects().get(Mentorship.id == pair.id)
    assert mentorship.state == State.ENDED_EARLY
    letters = await Letter.objects().order_by(Letter.id)
    assert {(letter.name, letter.to) for letter in letters} == {
        ("inquiry_dropped", inquiry.mentor),
        ("mentorship_parted", mentor.id),
        ("account_deleted", None),
    }
    assert next(each for each in letters if each.name == "account_deleted").address == address


async def test_nothing_of_theirs_is_left(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    await write_everything(mentor, mentee, coordinator)
    name, address = mentee.last_name, mentee.email
    before = await everything()
    assert [place for place in THEIRS if sentence(place) not in before] == []

    await departures.delete(by=mentee, now=NOW)
    await Letter.delete(force=True)  # the neutral ones have left
    after = await everything()

    assert [place for place in THEIRS if sentence(place) in after] == []
    assert name not in after and address not in after
    # The mentor keeps what is theirs.
    assert sentence("inquiries.answer") in after


async def test_nor_on_the_disk_nor_in_a_copy(
    mentor: Person, mentee: Person, coordinator: Person, database: Any
) -> None:
    """SQLite lets go of what is emptied without overwriting it, unless it is told."""
    if database.engine_type != "sqlite":
        pytest.skip("PostgreSQL tidies up by itself")
    await write_everything(mentor, mentee, coordinator)
    await members.freshen()
    await leftovers.clear(NOW)  # it stands in the database by now, not in its log alone
    folder = Path(database.path).parent
    copy = folder / "mentorat.before-2026.sqlite"
    await database.copy_to(copy)
    theirs = (mentee.last_name, mentee.email, "moser")
    assert [each for each in theirs if each.encode() not in on_disk(folder)] == []

    await departures.delete(by=mentee, now=NOW)
    await Letter.delete(force=True)
    await leftovers.clear(NOW)
    assert copy.exists()
    await leftovers.clear(clock.now() + leftovers.KEPT + timedelta(hours=1))

    assert [each for each in theirs if each.encode() in on_disk(folder)] == []


async def test_nor_in_what_the_office_and_others_were_told(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    """Notes to reports by or about them, and letters to others that could not leave."""
    told = Report(key=new_key(), by=mentor.id, about=mentee.id, sent_at=NOW)
    told.words = "-"
    await told.save()
    await history.record("report.settle", told, coordinator, NOW, "Parlé à David")
    other = await make_letter(await make_mentor("Luca", "Rossi"), name="inquiry_released")
    other.subject, other.text = "Trois autres", f"Vous pouvez écrire à {mentee.name}."
    await other.save()

    await departures.delete(by=mentee, now=NOW)

    [event] = await Event.objects().where(Event.what == "report.settle")
    [letter] = await Letter.objects().where(Letter.name == "inquiry_released")
    assert event.why == "" and letter.text == "" and letter.state == "failed"


async def test_whoever_was_excluded_is_forgotten_in_time(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    await write_everything(mentor, mentee, coordinator)
    address, name = mentee.email, mentee.last_name
    await exclusions.exclude(mentee, by=coordinator, note="Trois plaintes", now=NOW)
    await retention.forget_due(NOW + timedelta(days=360))
    assert (await fresh(mentee)).email == address

    later = NOW + timedelta(days=370)
    coming = {line.title: line.now for line in await retention.preview(later, by=coordinator)}
    await retention.forget_due(later)
    await Letter.delete(force=True)

    gone, after = await fresh(mentee), await everything()
    assert coming["Personnes exclues"] == 1
    assert (gone.standing, gone.name) == (Standing.GONE, departures.NOBODY)
    assert name not in after and "Trois plaintes" not in after
    assert [place for place in THEIRS if sentence(place) in after] == []
    assert after.count(address) == 1 and await exclusions.is_barred(address)  # sealed, and barred


async def test_reinstated_they_are_not_forgotten(mentee: Person, coordinator: Person) -> None:
    for days in (0, 2):
        at = NOW + timedelta(days=days)
        await exclusions.exclude(await fresh(mentee), by=coordinator, note="", now=at)
        await exclusions.reinstate(await fresh(mentee), by=coordinator, note="", now=at)
    await retention.forget_due(NOW + timedelta(days=400))
    assert (await fresh(mentee)).is_member

    last = NOW + timedelta(days=390)
    await exclusions.exclude(await fresh(mentee), by=coordinator, note="", now=last)
    await retention.forget_due(NOW + timedelta(days=400))
    assert (await fresh(mentee)).standing == Standing.EXCLUDED  # the last time counts


async def test_what_the_mentor_wrote_goes_with_them(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    """The goals that the mentee's evaluation repeats, too; the mentee's own words stay."""
    await write_everything(mentor, mentee, coordinator)
    await departures.delete(by=mentor, now=NOW)
    await Letter.delete(force=True)
    after = await everything()

    theirs = ("agreements.goals", "agreements.form", "evaluations.goals")
    assert [place for place in theirs if sentence(place) in after] == []
    assert mentor.last_name not in after and mentor.email not in after
    assert sentence("notes.fields") in after and sentence("evaluations.to_office") in after


async def test_a_mentor_who_goes_offers_nobody_a_free_place(mentor: Person, mentee: Person) -> None:
    await make_mentorship(mentee, mentor)
    await availability.weigh(mentor, NOW)
    luca = await make_mentor("Luca", "Rossi")
    await favourites.wish(mentor, by=luca, now=NOW)
    await departures.delete(by=mentor, now=NOW)

    assert mentor.name not in await names(mentee)
    sent = {row["name"] for row in await Letter.select(Letter.name)}
    assert sent == {"mentorship_parted", "account_deleted"}


async def test_two_windows_delete_once(mentee: Person) -> None:
    results = await asyncio.gather(
        departures.delete(by=mentee, now=NOW),
        departures.delete(by=await fresh(mentee), now=NOW),
        return_exceptions=True,
    )

    assert [type(each) for each in results if each] == [AlreadySettled]


async def test_a_late_window_brings_nothing_back(mentee: Person) -> None:
    late = await fresh(mentee)
    await departures.delete(by=mentee, now=NOW)
    with pytest.raises(Unseen):
        await people.describe(
            late, first_name="Anna", last_name="B", function="", sector="", canton="", now=NOW
        )

    assert (await fresh(mentee)).name == departures.NOBODY


async def test_an_excluded_mentor_offers_nobody_a_free_place(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    pair = await make_mentorship(mentee, mentor)
    await availability.weigh(mentor, NOW)
    await favourites.wish(mentor, by=await make_mentor("Luca", "Rossi"), now=NOW)
    await exclusions.exclude(mentor, by=coordinator, note="", now=NOW)

    sent = {row["name"] for row in await Letter.select(Letter.name)}
    assert pair.id and sent == {"mentorship_parted", "member_excluded"}


async def test_the_last_coordinator_stays(coordinator: Person) -> None:
    with pytest.raises(LastCoordinator):
        await departures.delete(by=coordinator, now=NOW)

    assert (await fresh(coordinator)).is_member


async def test_the_address_may_begin_anew(mentee: Person) -> None:
    address = mentee.email
    await departures.delete(by=mentee, now=NOW)
    asking = sessions.Asking(address, "browser", "192.0.2.1", "/", "fr")
    await sessions.ask(asking, NOW)

    newest = await Letter.objects().order_by(Letter.id, ascending=False).first()
    assert newest is not None and newest.name == "sign_in_unknown"
