"""Notes over HTTP: the sheet, its saving as one types, two texts, sharing."""

from __future__ import annotations

import re

import httpx
import pytest

import urls
from tables.mentorships import Mentorship
from tables.notes import Note
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_mentorship


@pytest.fixture
async def mentorship(mentee: Person, mentor: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, contacts=2)


def version_in(answer: httpx.Response) -> str:
    found = re.search(r'name="version" value="(\d+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


async def test_a_sheet_is_saved_as_one_types_and_read_again(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)
    address = urls.note(mentorship, 3)

    empty = await window.get(address)
    typed = {"version": "0", "needs": "Oser trancher", "techniques": ["feedback", "nonsense"]}
    saved = await window.post(address, data=typed, headers=HTMX)
    again = await window.get(address)

    assert version_in(empty) == "0" and "Préparer le contact 3" in empty.text
    assert saved.status_code == 200 and "<html" not in saved.text
    assert version_in(saved) == "1" and "Enregistré à" in saved.text
    assert "Oser trancher" in again.text and version_in(again) == "1"
    assert 'value="feedback" checked' in again.text and "nonsense" not in again.text
