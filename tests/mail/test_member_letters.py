"""The office's letters to members, and the neutral word to others: both languages, no reason."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import html5lib
import pytest

from domain import founding, house
from mail import member_letters
from tables.address_changes import AddressChange
from tables.house import House
from tables.inquiries import Inquiry
from tables.letters import Letter
from tables.mentorships import Mentorship
from tables.people import Person, Standing
from tests.factories import make_inquiry, make_mentorship, make_person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CONTACT = "mentorat@association.example"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REASONS = re.compile(r"exclu|plainte|ausgeschloss|beschwerde|verstoss", re.IGNORECASE)


@dataclass
class Scene:
    """Each of two asks the other, and they are a pair: Claire reads French, David German."""

    claire: Person
    david: Person
    by_claire: Inquiry
    by_david: Inquiry
    pair: Mentorship


@pytest.fixture
async def scene(database: object) -> Scene:
    house.forget()
    await founding.found(NOW)
    await House.update({House.contact: CONTACT}, force=True)
    claire = await make_person("Claire", "Favre", language="fr")
    david = await make_person("David", "Moser", language="de")
    return Scene(
        claire,
        david,
        await make_inquiry(claire, david),
        await make_inquiry(david, claire),
        await make_mentorship(david, claire),
    )


Writing = Callable[[Scene, Person], Awaitable[None]]


async def _dropped(scene: Scene, to: Person) -> None:
    inquiry = scene.by_claire if to is scene.david else scene.by_david
    await member_letters.inquiry_dropped(inquiry, NOW)


async def _unanswerable(scene: Scene, to: Person) -> None:
    inquiry = scene.by_claire if to is scene.claire else scene.by_david
    await member_letters.inquiry_unanswerable(inquiry, [scene.david], NOW)


async def _asked(_: Scene, to: Person) -> None:
    due = NOW + timedelta(days=3)
    change = AddressChange(person=to.id, email="new@example.org", asked_at=NOW, due_at=due)
    await member_letters.address_asked(to, change, "secret", NOW)


TO_SELF: dict[str, Writing] = {
    "address_asked": _asked,
    "invitation": lambda s, to: member_letters.invitation(to, NOW),
    "address_changed": lambda s, to: member_letters.address_changed(to, "old@example.org", NOW),
    "member_excluded": lambda s, to: member_letters.excluded(to, NOW),
    "member_reinstated": lambda s, to: member_letters.reinstated(to, NOW),
}
TO_OTHER: dict[str, Writing] = {
    "inquiry_dropped": _dropped,
    "inquiry_unanswerable": _unanswerable,
    "mentorship_parted": lambda s, to: member_letters.mentorship_parted(
        s.pair, s.pair.partner_of(to), NOW
    ),
}
LETTERS = TO_SELF | TO_OTHER | {"address_left": TO_SELF["address_changed"]}
EVERY = pytest.mark.parametrize("name", LETTERS)


async def written(scene: Scene, name: str) -> dict[str, Letter]:
    """In both languages."""
    for to in (scene.claire, scene.david):
        await LETTERS[name](scene, to)
    rows = await Letter.objects().where(Letter.name == name)
    return {letter.language: letter for letter in rows}


@EVERY
@SQLITE
async def test_in_both_languages_and_whole(scene: Scene, name: str) -> None:
    letters = await written(scene, name)

    assert sorted(letters) == ["de", "fr"]
    for code, letter in letters.items():
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        document = parser.parse(letter.html)
        assert parser.errors == [] and document.get("lang") == code
        assert 10 < len(letter.subject) < 110 and "{" not in letter.subject + letter.text
        assert "ß" not in letter.text and "« " not in letter.text and "\n\n\n" not in letter.text
    assert letters["de"].subject != letters["fr"].subject
    assert "Bonjour" not in letters["de"].text


@EVERY
@SQLITE
async def test_to_its_reader_alone(scene: Scene, name: str) -> None:
    letters = await written(scene, name)

    for code, reader in (("fr", scene.claire), ("de", scene.david)):
        letter = letters[code]
        is_old = name == "address_left"
        assert letter.to == (None if is_old else reader.id)
        assert letter.address == ("old@example.org" if is_old else reader.email)
        assert letter.reply_to == ""
        others = {scene.claire.email, scene.david.email} - {letter.address}
        assert not any(other in letter.text + letter.html for other in others)


@pytest.mark.parametrize("name", [*TO_OTHER, "member_excluded"])
@SQLITE
async def test_no_reason_is_given(scene: Scene, name: str) -> None:
    for letter in (await written(scene, name)).values():
        assert not REASONS.search(letter.subject + letter.text)


@pytest.mark.parametrize("name", ["member_excluded", "address_left"])
@SQLITE
async def test_where_to_write_all_the_same(scene: Scene, name: str) -> None:
    for letter in (await written(scene, name)).values():
        assert letter.text.count(CONTACT) >= 2  # in its sentence, and below the greetings

    await House.update({House.contact: ""}, force=True)
    await Letter.delete(force=True)
    for letter in (await written(scene, name)).values():
        assert CONTACT not in letter.text and letter.text


@pytest.mark.parametrize("name", TO_OTHER)
@SQLITE
async def test_members_alone_are_written_to(scene: Scene, name: str) -> None:
    for row in (scene.by_claire, scene.by_david, scene.pair):
        row.mentee.standing = row.mentor.standing = Standing.EXCLUDED

    assert await written(scene, name) == {}
