"""Every other way for a coordinator to reach private text: none leads there."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from typing import Any

import httpx
import pytest

import urls
from domain import reports
from tables.documents import Document
from tables.imports import Import
from tables.inquiries import Inquiry
from tables.meetings import Meeting
from tables.mentorships import Mentorship
from tables.notes import Note
from tables.people import Person
from tables.profiles import Profile
from tables.reports import Reading, Report
from tests.cast import HTMX, Browser
from tests.private_texts import NOW, private_places, sentence, write_everything
from tests.test_doors import routes

# Written to the office, or by it; everything else that is sealed is somebody's own.
FOR_THE_OFFICE = {
    "applications.note",
    "applications.words",
    "document_files.content",
    "documents.name",
    "evaluations.to_office",
    "events.why",
    "import_texts.content",
    "office_notes.words",
    "profile_questions.answer",
    "profile_questions.question",
    "profiles.note",
}
NUMBERS: dict[str, Any] = {
    "import_id": Import,
    "inquiry_id": Inquiry,
    "meeting_id": Meeting,
    "mentor_id": Person,
    "mentorship_id": Mentorship,
    "person_id": Person,
    "profile_id": Profile,
    "report_id": Report,
}


@pytest.fixture
async def closed(mentor: Person, mentee: Person, coordinator: Person) -> list[str]:
    """What nobody of the office may ever see: everything is written, nothing but one report's
    request is opened."""
    await write_everything(mentor, mentee, coordinator)
    await Note.update({Note.is_shared: True, Note.shared_at: NOW}, force=True)
    return [sentence(place) for place in private_places() if place not in FOR_THE_OFFICE]


async def addresses() -> list[str]:
    """Of every GET route, with every row's number in it."""
    found = []
    for name in sorted(routes()):
        method, path = name.split()
        if method == "GET":
            names = re.findall(r"{(\w+)}", path)
            values = [await _values(each) for each in names]
            found += [
                path.format_map(dict(zip(names, chosen, strict=True)))
                for chosen in itertools.product(*values)
            ]
    return found


async def _values(name: str) -> list[Any]:
    if name == "hashed":
        return [row["hashed"] for row in await Document.select(Document.hashed)]
    if name in NUMBERS:
        table = NUMBERS[name]
        return [row["id"] for row in await table.select(table.id)] or [1]
    return [1, 2] if name.endswith("number") or name.endswith("_id") else ["unknown"]


def seen(answer: httpx.Response) -> str:
    """A workbook's parts too."""
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return answer.content.decode(errors="replace")


async def test_no_page_shows_a_coordinator_what_is_not_theirs(
    closed: list[str], coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)
    leaks, answered = set(), set()

    for address in await addresses():
        for headers in ({}, HTMX):
            answer = await window.get(address, headers=headers)
            text = seen(answer)
            answered.add(address) if answer.status_code == 200 else None
            leaks |= {(address, words) for words in closed if words in text}

    assert leaks == set()
    assert {urls.DESK, urls.MEMBERS, f"{urls.MEMBERS}.csv", f"{urls.MEMBERS}.xlsx"} <= answered
    assert any(re.fullmatch(r"/desk/reports/\d+", each) for each in answered)
    assert any(re.fullmatch(r"/documents/\w{64}/1", each) for each in answered)


async def test_the_walk_would_notice(closed: list[str], mentee: Person, browser: Browser) -> None:
    """The same pages, seen by one of the pair, are full of it."""
    window = await browser(mentee)

    read = [seen(await window.get(address)) for address in await addresses()]

    assert sum(any(words in text for text in read) for words in closed) > 8


async def test_a_report_opens_its_words_and_what_was_ticked(
    closed: list[str], coordinator: Person, browser: Browser
) -> None:
    [report] = await Report.objects()
    window = await browser(coordinator)
    address = urls.report_deed(report, "reading")
    every = ["words", *reports.OPENABLE, "exchanges", "evaluations", "letters", "drafts", "*"]

    texts = [seen(await window.post(address, data={"what": what})) for what in every]

    shown = {words for words in closed for text in texts if words in text}
    assert shown == {sentence("reports.words")} and await Reading.count() == 1


async def test_nobody_reads_through_anothers_report(
    closed: list[str], mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    """A coordinator's own report about somebody opens nothing of that person's to themself."""
    await Report.update({Report.by: coordinator.id}, force=True)
    [report] = await Report.objects()
    window = await browser(coordinator)

    answer = await window.post(urls.report_deed(report, "reading"), data={"what": "words"})

    assert answer.status_code == 404 and await Reading.count() == 0
