"""The letters after the end: to whom, in whose language, and what they keep to themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.support import NullTranslations

import i18n
import templating
from mail import evaluation_letters as letters
from tables.letters import Letter
from tables.mentorships import Mentorship, State
from tables.people import Person, Standing
from tests.factories import make_mentorship, make_person

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TEMPLATES = Path(templating.SOURCE) / "templates" / "letters"
WORDS = "Danke für alles.\n\n=> Bös | https://evil.example/\n# Titel"
Writing = Callable[[Mentorship], Awaitable[None]]


async def revealed(pair: Mentorship) -> None:
    await letters.word_revealed(pair, pair.mentee, NOW)


async def asked(pair: Mentorship) -> None:
    await letters.asked_later(pair, NOW)


async def thanked(pair: Mentorship) -> None:
    await letters.thanks(pair, WORDS, pair.mentee, NOW)


LETTERS: dict[str, tuple[Writing, str]] = {
    "evaluation_revealed": (revealed, "evaluation"),
    "asked_later": (asked, "later"),
    "thanks": (thanked, ""),
}
EVERY = pytest.mark.parametrize("name", LETTERS)


@pytest.fixture
async def pair(database: object) -> Mentorship:
    """Daniel, who writes German, was Claire's mentee."""
    daniel = await make_person("Daniel", "Moser", email="daniel@example.org", language="de")
    claire = await make_person("Claire", "Favre", email="claire@example.org")
    return await make_mentorship(
        daniel, claire, state=State.COMPLETED, contacts=4, completed_at=NOW
    )


async def written(pair: Mentorship, name: str, reader: Person) -> Letter:
    await LETTERS[name][0](pair)
    [letter] = await Letter.objects().where((Letter.name == name) & (Letter.to == reader.id))
    return letter


@SQLITE
@EVERY
async def test_it_goes_to_its_reader_and_leads_to_its_page(pair: Mentorship, name: str) -> None:
    letter = await written(pair, name, pair.mentor)

    page = "/".join(
        filter(None, (f"http://localhost:8000/mentorships/{pair.id}", LETTERS[name][1]))
    )
    assert letter.address == "claire@example.org" and letter.language == "fr"
    assert letter.thread == f"mentorship-{pair.id}" and f"{page}\n" in letter.text
    assert f'href="{page}"' in letter.html and "Bonjour Claire Favre" in letter.text
    assert "Daniel Moser" in letter.subject
    assert letter.reply_to == ("daniel@example.org" if name == "thanks" else "")


@SQLITE
@EVERY
async def test_twice_is_one_letter_and_none_to_who_left(pair: Mentorship, name: str) -> None:
    await LETTERS[name][0](pair)
    await LETTERS[name][0](pair)
    count = await Letter.count()
    await Letter.delete(force=True)
    for person in (pair.mentee, pair.mentor):
        person.standing = Standing.EXCLUDED
    await LETTERS[name][0](pair)

    assert count == (2 if name == "asked_later" else 1) and await Letter.count() == 0


@SQLITE
@EVERY
async def test_it_is_written_in_german_too(
    pair: Mentorship, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left in French: each text has its translation."""
    missing: list[str] = []
    catalogue = i18n._catalogue("de")
    usual = catalogue.gettext

    def noted(text: str) -> str:
        said = str(usual(text))
        if said == text and NullTranslations().gettext(text) == said:
            missing.append(text)
        return said

    monkeypatch.setattr(catalogue, "gettext", noted)
    pair.mentor.language = "de"
    letter = await written(pair, name, pair.mentor)

    assert missing == [] and letter.language == "de" and "Guten Tag" in letter.text
    assert "ß" not in letter.text


@SQLITE
async def test_thanks_are_quoted_in_their_language_and_do_nothing_else(pair: Mentorship) -> None:
    letter = await written(pair, "thanks", pair.mentor)

    assert "> Danke für alles.\n>\n> => Bös | https://evil.example/\n> # Titel" in letter.text
    assert '<blockquote lang="de"' in letter.html and 'href="https://evil' not in letter.html
    assert "Danke" not in letter.subject


def test_every_letter_is_here() -> None:
    assert all((TEMPLATES / f"{name}.txt").exists() for name in LETTERS)
