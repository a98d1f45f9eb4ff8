"""The letters of a mentorship and its agreement: to whom, in both languages, without a secret."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import html5lib
import pytest

import urls
from domain import founding, house
from mail import agreement_letters, mentorship_letters
from tables.agreements import Agreement
from tables.letters import Letter
from tables.mentorships import Mentorship, Question
from tables.people import Person, Standing
from tests.factories import make_mentorship, make_person, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GOAL = "Oser demander une augmentation"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Scene:
    """Claire (fr) and David (de); David acts."""

    claire: Person
    david: Person
    pair: Mentorship
    agreement: Agreement


@pytest.fixture
async def scene(database: object) -> Scene:
    house.forget()
    await founding.found(NOW)
    claire = await make_person("Claire", "Favre", language="fr")
    david = await make_person("David", "Moser", language="de")
    pair = await make_mentorship(david, claire, began_at=NOW)
    pair.ending_talk_on, pair.ending_due = date(2026, 11, 26), NOW
    agreement = Agreement(key=new_key(), mentorship=pair.id, number=1, by=david.id, proposed_at=NOW)
    agreement.goals = GOAL
    await agreement.save()
    return Scene(claire, david, pair, agreement)


Writing = Callable[[Scene, Person], Awaitable[None]]
FIRST, GO_ON = Question.FIRST_TALK, Question.CONTINUE
TO_PARTNER: dict[str, Writing] = {
    "word_said": lambda s, by: mentorship_letters.word_said(s.pair, FIRST, by, NOW),
    "continue_wished": lambda s, by: mentorship_letters.word_said(s.pair, GO_ON, by, NOW),
    "mentorship_running": lambda s, by: mentorship_letters.both_go_on(s.pair, FIRST, by, NOW),
    "mentorship_continuing": lambda s, by: mentorship_letters.both_go_on(s.pair, GO_ON, by, NOW),
    "end_proposed": lambda s, by: mentorship_letters.end_proposed(s.pair, by, NOW),
    "end_taken_back": lambda s, by: mentorship_letters.end_taken_back(s.pair, by, NOW),
    "mentorship_left": lambda s, by: mentorship_letters.left(s.pair, by, NOW),
    "mentorship_closed": lambda s, by: mentorship_letters.closed(s.pair, by, NOW),
    "agreement_proposed": lambda s, by: agreement_letters.proposed(
        s.pair, s.agreement, by, NOW, is_counter=False
    ),
    "agreement_countered": lambda s, by: agreement_letters.proposed(
        s.pair, s.agreement, by, NOW, is_counter=True
    ),
    "agreement_accepted": lambda s, by: agreement_letters.accepted(s.pair, s.agreement, by, NOW),
}
TO_BOTH: dict[str, Writing] = {
    "mentorship_not_pursued": lambda s, by: mentorship_letters.not_pursued(s.pair, NOW),
    "mentorship_completed": lambda s, by: mentorship_letters.completed(s.pair, NOW),
    "mentorship_ended_early": lambda s, by: mentorship_letters.ended_early(s.pair, NOW),
    "mentorship_nudge": lambda s, by: mentorship_letters.nudge(s.pair, NOW),
}
LETTERS = TO_PARTNER | TO_BOTH
EVERY = pytest.mark.parametrize("name", LETTERS)


async def written(scene: Scene, name: str) -> dict[str, Letter]:
    """In both languages, by whom they reach."""
    for by in (scene.david, scene.claire):
        await LETTERS[name](scene, by)
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
        assert urls.absolute(urls.mentorship(scene.pair)) in letter.text
    assert letters["de"].subject != letters["fr"].subject
    assert "Freundliche Grüsse" in letters["de"].text or "Bonjour" not in letters["de"].text


@EVERY
@SQLITE
async def test_to_its_reader_in_one_conversation(scene: Scene, name: str) -> None:
    letters = await written(scene, name)

    readers = {"fr": scene.claire, "de": scene.david}
    partners = {"fr": "David Moser", "de": "Claire Favre"}
    for code, letter in letters.items():
        assert letter.to == readers[code].id and letter.address == readers[code].email
        assert letter.thread == f"mentorship-{scene.pair.id}" and letter.unsubscribe == ""
        assert partners[code] in letter.text + letter.subject


@EVERY
@SQLITE
async def test_the_same_event_is_told_once_and_to_members(scene: Scene, name: str) -> None:
    await written(scene, name)
    await written(scene, name)
    assert await Letter.count() == 2

    await Letter.delete(force=True)
    for person in (scene.pair.mentor, scene.pair.mentee):
        person.standing = Standing.EXCLUDED
    await written(scene, name)
    assert await Letter.count() == 0


@EVERY
@SQLITE
async def test_nothing_private_and_no_address(scene: Scene, name: str) -> None:
    letters = await written(scene, name)

    for letter in letters.values():
        whole = letter.subject + letter.text + letter.html + letter.key
        assert GOAL not in whole
        shown = set(re.findall(r"[\w.+-]+@[\w-]+\.[\w.-]+\w", whole))
        assert not shown & {scene.claire.email, scene.david.email}


@pytest.mark.parametrize("question", Question)
@SQLITE
async def test_a_word_is_announced_never_told(scene: Scene, question: Question) -> None:
    await mentorship_letters.word_said(scene.pair, question, scene.david, NOW)
    [letter] = await Letter.objects()

    assert ("aimerait" in letter.text) == (question == GO_ON)
