"""To whom a report was about: neutral, in both languages, to members only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain import founding, house
from mail import report_letters
from tables.letters import Letter
from tables.people import Person, Standing
from tables.reports import Report
from tests.factories import make_person, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SUBJECTS = {"fr": "Un mot du secrétariat", "de": "Eine Nachricht der Geschäftsstelle"}


async def told(about: Person) -> list[Letter]:
    author = await make_person("Zenobia", "Zufall")
    report = Report(key=new_key(), by=author.id, about=about.id, sent_at=NOW)
    report.words = "Streng geheim."
    await report.save()
    report.about = about
    await report_letters.noticed(report, NOW, wait=timedelta(minutes=5))
    return await Letter.objects()


@SQLITE
@pytest.mark.parametrize("language", SUBJECTS)
async def test_it_names_neither_author_nor_words(language: str, database: object) -> None:
    house.forget()
    await founding.found(NOW)
    about = await make_person("Claire", "Favre", language=language)

    [letter] = await told(about)

    whole = letter.text + letter.html
    assert letter.subject == SUBJECTS[language] and letter.address == about.email
    assert "Zenobia" not in whole and "geheim" not in whole


@SQLITE
async def test_who_has_left_hears_nothing(database: object) -> None:
    house.forget()
    await founding.found(NOW)
    about = await make_person("Claire", "Favre", standing=Standing.EXCLUDED)

    assert await told(about) == []
