"""My data: from every table, mine in clear, nobody else's."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from domain import own_data
from domain.own_words import COLUMNS
from tables.people import Person
from tables.piccolo_app import TABLES
from tables.private import SEALED
from tests.cast import Browser
from tests.private_texts import sentence, write_everything

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINE = (
    "inquiries.problem", "inquiries.vision", "inquiries.expectations", "drafts.fields",
    "contacts.line", "meetings.place", "notes.fields", "reports.words", "evaluations.to_office",
    "evaluations.to_partner", "thanks.words", "documents.name",
    "profile_questions.answer", "profile_questions.question",
)  # fmt: skip
NOT_MINE = (
    "inquiries.answer", "agreements.form", "applications.words", "office_notes.words",
    "calendars.secret", "profiles.note", "events.why", "barred.address",
)  # fmt: skip


def test_every_table_is_exported_or_has_its_reason() -> None:
    assert set(own_data.PARTS) | set(own_data.LEFT_OUT) == set(TABLES)
    assert not set(own_data.PARTS) & set(own_data.LEFT_OUT)
    assert all(own_data.LEFT_OUT.values())


def test_every_column_has_a_name() -> None:
    shown = {
        column._meta.name.removesuffix(SEALED)
        for table, part in own_data.PARTS.items()
        for column in table._meta.columns
    } - own_data.INNER
    hidden = set[str]().union(*(part.hidden for part in own_data.PARTS.values()))

    assert shown - COLUMNS.keys() - hidden == set()


async def test_mine_in_clear_and_the_others_never(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    await write_everything(mentor, mentee, coordinator)
    held: Any = own_data.as_json(await own_data.of(mentee, now=NOW))
    letters = held.pop("letters")
    text = json.dumps(held, ensure_ascii=False)

    assert [place for place in MINE if sentence(place) not in text] == []
    assert [place for place in NOT_MINE if sentence(place) in text] == []
    assert held["people"][0]["email"] == mentee.email and letters
    assert held["mentorships"][0]["mentor"] == mentor.name


async def test_the_partner_sees_nothing_private(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    await write_everything(mentor, mentee, coordinator)
    held: Any = own_data.as_json(await own_data.of(mentor, now=NOW))
    held.pop("letters")  # what was written to them
    text = json.dumps(held, ensure_ascii=False)

    assert [place for place in MINE if sentence(place) in text] == []
    assert sentence("inquiries.answer") in text and sentence("agreements.form") in text


async def test_as_a_file_in_either_form(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    await write_everything(mentor, mentee, coordinator)
    client = await browser(mentee)

    page = await client.get("/account/data.html")
    assert "attachment" in page.headers["content-disposition"]
    assert sentence("inquiries.problem") in page.text and "<script" not in page.text
    data = await client.get("/account/data.json")
    assert data.headers["content-type"].startswith("application/json")
    assert data.json()["people"][0]["first_name"] == mentee.first_name


async def test_to_read_it_no_key_of_the_program_is_needed(
    mentor: Person, mentee: Person, coordinator: Person
) -> None:
    await write_everything(mentor, mentee, coordinator)
    told = own_data.readable(await own_data.of(mentor, now=NOW))
    said = {value for _, rows in told for row in rows for _, value in row}

    assert {"Banque", "Genève", "français"} <= said
    assert any(each.startswith("Conseil, ") for each in said) and "Demande acceptée" in said
    keys = re.compile(r"\d\dT\d\d|banking|in_person|adviser|\b(?:inquiry|person|profile)\.\w+")
    assert [value for value in said if keys.search(value)] == []
