"""A year after the end nothing is left of what was written: only what counts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import piccolo_conf
from domain import house, profiles, retention
from domain.refusals import Unseen
from sealing import unseal, unseal_file
from settings import settings
from tables.barred import Barred
from tables.house import House
from tables.inquiries import Inquiry
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.mentorships import OVER, Mentorship, State
from tables.notes import Note
from tables.people import Person
from tables.piccolo_app import TABLES
from tables.private import SEALED
from tables.profiles import Profile, ProfileQuestion
from tables.profiles import State as ProfileState
from tables.reports import Report
from tables.reports import State as ReportState
from tests.cast import Browser
from tests.factories import make_inquiry
from tests.private_texts import NOW, private_places, readable, sentence, write_everything

LATER = NOW + timedelta(days=400)
# What an end doesn't take: whoever is excluded, what a member still keeps, what still waits.
STAYS = {
    "barred.address", "calendars.secret", "document_files.content", "documents.name",
    "import_texts.content",
}  # fmt: skip


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


def beside() -> bytes:
    """Every file of the installation but the database, which is read as rows."""
    database = Path(getattr(piccolo_conf.DB, "path", "none")).name
    files = (file for file in settings().data.rglob("*") if file.is_file())
    return b"".join(file.read_bytes() for file in files if not file.name.startswith(database))


async def read_in(text: str) -> set[str]:
    return {place for place in private_places() if sentence(place) in text}


async def settle_all() -> None:
    """What write_everything leaves open: the report, letters on their way."""
    settled: dict[Any, Any] = {Report.state: ReportState.SETTLED, Report.settled_at: NOW}
    await Report.update(settled, force=True)
    failed: dict[Any, Any] = {Letter.state: LetterState.FAILED}
    await Letter.update(failed, force=True)
    await Profile.update({Profile.changed_at: NOW}, force=True)


@pytest.fixture
async def full(mentor: Person, mentee: Person, coordinator: Person) -> None:
    await write_everything(mentor, mentee, coordinator)
    await settle_all()


def test_every_table_is_thought_of() -> None:
    """A new table fails here until it has a rule, or a reason to be kept."""
    ruled = {rule.table for rule in retention.RULES}

    assert ruled | set(retention.KEPT) == set(TABLES)
    assert not ruled & set(retention.KEPT)


@pytest.mark.usefixtures("full")
async def test_a_year_after_the_end_the_texts_are_gone() -> None:
    counted = {table: await table.count() for table in (Inquiry, Mentorship, Note)}
    assert len(await read_in(await everything())) == len(private_places())

    await retention.forget_due(LATER)
    text = await everything()

    assert await read_in(text) == STAYS
    assert "nora.keller@example.org" not in text and "Nora" not in text  # the candidature
    assert counted == {table: await table.count() for table in counted}


@pytest.mark.usefixtures("full")
async def test_nothing_goes_before_its_time() -> None:
    before = await read_in(await everything())
    await retention.forget_due(NOW + timedelta(days=360))

    assert await read_in(await everything()) == before


@pytest.mark.usefixtures("full")
async def test_no_file_beside_the_database_holds_any_of_it() -> None:
    await retention.forget_due(LATER)

    assert b"Zimtstern" not in beside()


@pytest.mark.usefixtures("full")
async def test_what_lives_stays() -> None:
    await Mentorship.update(
        {Mentorship.state: State.RUNNING, Mentorship.ended_at: None}, force=True
    )
    await retention.forget_due(LATER)
    kept = await read_in(await everything())

    assert {"inquiries.problem", "exchanges.words", "notes.fields", "agreements.goals"} <= kept


async def test_an_official_end_is_an_end(mentor: Person, mentee: Person) -> None:
    from tests.factories import make_mentorship

    pair = await make_mentorship(
        mentee, mentor, state=State.COMPLETED, completed_at=NOW, contacts=4
    )
    note = Note(mentorship=pair.id, author=mentee.id, number=1, saved_at=NOW)
    note.fields = "{}"
    await note.save()

    await retention.forget_due(LATER)
    [row] = await Note.objects()
    assert row.fields == "" and State.COMPLETED not in OVER


async def test_the_house_says_how_long(mentor: Person, mentee: Person) -> None:
    values: dict[str, Any] = {"state": InquiryState.DECLINED, "settled_at": NOW}
    inquiry = await make_inquiry(mentee, mentor)
    await Inquiry.update({getattr(Inquiry, k): v for k, v in values.items()}, force=True)
    await House.update({House.retention_months: 2}, force=True)
    house.forget()

    await retention.forget_due(NOW + timedelta(days=70))
    found: Any = await Inquiry.objects().get(Inquiry.id == inquiry.id)
    assert (found.problem, found.state) == ("", InquiryState.DECLINED)


async def test_a_question_waits_as_long_as_its_answer(mentor: Person) -> None:
    """Left alone otherwise, it goes after its year."""
    profile = await profiles.of(mentor)
    assert profile is not None
    asked = ProfileQuestion(profile=profile.id, asked_at=NOW)
    asked.question = "Combien?"
    await asked.save()
    await Profile.update({Profile.state: ProfileState.ASKED}, force=True)
    await retention.forget_due(LATER)
    assert await ProfileQuestion.count() == 1

    await Profile.update({Profile.state: ProfileState.DRAFT}, force=True)
    await retention.forget_due(LATER)
    assert await ProfileQuestion.count() == 0


@pytest.mark.usefixtures("full")
async def test_two_processes_and_again() -> None:
    await asyncio.gather(retention.forget_due(LATER), retention.forget_due(LATER))
    once = await everything()
    await retention.forget_due(LATER)

    assert await everything() == once


async def test_many_go_in_batches(
    mentor: Person, mentee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(5):
        await make_inquiry(mentee, mentor, state=InquiryState.WITHDRAWN)
    await Inquiry.update({Inquiry.settled_at: NOW}, force=True)

    await retention.forget_due(LATER)
    assert {row.problem for row in await Inquiry.objects()} == {""}


@pytest.mark.usefixtures("full")
async def test_the_office_sees_how_much_before(coordinator: Person, mentee: Person) -> None:
    coming = datetime(2027, 11, 10, 9, tzinfo=UTC)  # a year less some days
    lines = {line.title: line for line in await retention.preview(coming, by=coordinator)}
    assert (lines["Remerciements"].now, lines["Remerciements"].soon) == (0, 1)

    lines = {line.title: line for line in await retention.preview(LATER, by=coordinator)}
    assert (lines["Remerciements"].now, lines["Remerciements"].soon) == (1, 0)
    await retention.forget_due(LATER)
    after = await retention.preview(LATER, by=coordinator)
    assert [line.title for line in after if line.now] == []
    with pytest.raises(Unseen):
        await retention.preview(LATER, by=mentee)


async def test_its_page(coordinator: Person, browser: Browser) -> None:
    client = await browser(coordinator)
    page = await client.get("/desk/retention")

    assert page.status_code == 200 and "12" in page.text


async def test_a_barred_address_stays_barred(coordinator: Person) -> None:
    row = Barred(hashed=Barred.hashes("x@example.org")[0], since=NOW)
    row.address = "x@example.org"
    await row.save()
    await retention.forget_due(LATER)

    assert await Barred.count() == 1
