"""The office's own words: kept as long as their sentence is there, and never over another's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import i18n
from domain import events, letter_words, wordings
from domain.events import Query
from domain.refusals import AlreadySettled, EditedMeanwhile, Unseen
from mail import sentences
from tables.events import Event
from tables.letters import Letter
from tables.people import Person
from tables.wordings import Wording, written
from tests.factories import make_person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAME = "free_again"
SUBJECT, NEWS, BUTTON, LAST = (each.one for each in sentences.of(NAME))


async def typed(language: str = "fr", **changed: str) -> dict[str, tuple[str, ...]]:
    """As the page has it; `changed` by what is named above."""
    row = await wordings.kept(NAME, language)
    names = {"subject": SUBJECT, "news": NEWS, "button": BUTTON, "last": LAST}
    own = {names[name]: (text,) for name, text in changed.items()}
    return {**wordings.texts(NAME, language, row.sentences), **own}  # type: ignore[dict-item]


async def write(by: Person, seen: int = 0, language: str = "fr", **changed: str) -> None:
    said = await typed(language, **changed)
    await wordings.write(NAME, language, said, seen=seen, by=by, now=NOW)


async def events_told() -> list[str]:
    return [row["what"] for row in await Event.select(Event.what).order_by(Event.id)]


async def test_only_what_was_changed_is_kept(coordinator: Person) -> None:
    await write(coordinator, subject="De retour : {mentor}")
    [row] = await Wording.objects(Wording.changed_by)

    assert row.sentences == {SUBJECT: ["De retour : {mentor}"]}
    assert (row.name, row.language, row.version, row.changed_at) == (NAME, "fr", 1, NOW)
    assert row.changed_by.id == coordinator.id
    assert await events_told() == ["wording.write"]


async def test_the_shipped_words_typed_again_are_no_change(coordinator: Person) -> None:
    """With whatever space before the colon."""
    shipped = NEWS.replace("%(mentor)s", "{mentor}")

    await write(coordinator, news=shipped.replace(" :", ":"))

    assert not await Wording.exists() and await events_told() == []


async def test_each_language_has_its_own(coordinator: Person) -> None:
    await write(coordinator, subject="De retour: {mentor}")
    await write(coordinator, language="de", subject="Wieder da: {mentor}")

    texts = {row.language: row.sentences[SUBJECT] for row in await Wording.objects()}
    assert texts == {"fr": ["De retour: {mentor}"], "de": ["Wieder da: {mentor}"]}


async def test_whoever_is_second_is_told(coordinator: Person) -> None:
    other = await make_person("Martine", "Dubois", is_coordinator=True)

    answers = await asyncio.gather(
        write(coordinator, subject="A {mentor}"),
        write(other, subject="B {mentor}"),
        return_exceptions=True,
    )
    [row] = await Wording.objects()

    assert [type(answer) for answer in answers if answer] == [EditedMeanwhile]
    assert row.sentences[SUBJECT][0] in ("A {mentor}", "B {mentor}") and row.version == 1
    assert await events_told() == ["wording.write"]


async def test_the_same_twice_is_one_change(coordinator: Person) -> None:
    await write(coordinator, subject="A {mentor}")
    await write(coordinator, subject="A {mentor}")

    assert await events_told() == ["wording.write"]


async def test_a_version_that_was_given_up_is_not_taken_for_the_next(coordinator: Person) -> None:
    await write(coordinator, subject="A {mentor}")
    await wordings.revert(NAME, "fr", seen=1, by=coordinator, now=NOW)

    with pytest.raises(EditedMeanwhile):
        await write(coordinator, seen=1, subject="B {mentor}")
    with pytest.raises(EditedMeanwhile):
        await write(coordinator, seen=0, subject="B {mentor}")
    await write(coordinator, seen=2, subject="B {mentor}")
    assert (await wordings.kept(NAME, "fr")).version == 3


async def test_the_whole_letter_as_shipped(coordinator: Person) -> None:
    await write(coordinator, subject="A {mentor}", last="")
    with pytest.raises(EditedMeanwhile):
        await wordings.revert(NAME, "fr", seen=0, by=coordinator, now=NOW)
    await wordings.revert(NAME, "fr", seen=1, by=coordinator, now=NOW)
    with pytest.raises(AlreadySettled):
        await wordings.revert(NAME, "fr", seen=2, by=coordinator, now=NOW)

    assert (await wordings.kept(NAME, "fr")).sentences == {} == await wordings.states()
    assert await events_told() == ["wording.write", "wording.revert"]


async def test_what_a_release_left_behind_is_kept_until_it_is_cleared(coordinator: Person) -> None:
    source = written({SUBJECT: ["A {mentor}"], "Une phrase d’avant": ["B"]})
    await Wording(name=NAME, language="fr", source=source, changed_at=NOW).save()

    [state] = (await wordings.states())[NAME]
    await write(coordinator, seen=1, last="C")
    row = await wordings.kept(NAME, "fr")
    await wordings.clear(NAME, "fr", seen=2, by=coordinator, now=NOW)
    cleared = await wordings.kept(NAME, "fr")
    with pytest.raises(AlreadySettled):
        await wordings.clear(NAME, "fr", seen=3, by=coordinator, now=NOW)

    assert (state.changed, state.aside) == (1, 1)
    assert row.sentences == {SUBJECT: ["A {mentor}"], "Une phrase d’avant": ["B"], LAST: ["C"]}
    assert cleared.sentences == {SUBJECT: ["A {mentor}"], LAST: ["C"]}


async def test_new_words_take_the_place_of_those_set_aside(coordinator: Person) -> None:
    """A sentence that has a plural since: its old words count for nothing, the new ones do."""
    [subject, *_] = sentences.of("search_fits")
    source = written({subject.one: ["Quelqu’un!"]})
    await Wording(name="search_fits", language="fr", source=source, changed_at=NOW).save()
    said = wordings.texts("search_fits", "fr", {subject.one: ["Une!", "{count}!"]})

    await wordings.write("search_fits", "fr", said, seen=1, by=coordinator, now=NOW)

    assert (await wordings.kept("search_fits", "fr")).sentences == {
        subject.one: ["Une!", "{count}!"]
    }


async def test_a_letter_of_another_release_is_nowhere(coordinator: Person) -> None:
    await Wording(name="gone", language="fr", source=written({"A": ["B"]}), changed_at=NOW).save()
    await Wording(name=NAME, language="rm", source=written({"A": ["B"]}), changed_at=NOW).save()

    assert await wordings.states() == {}
    with pytest.raises(Unseen):
        await wordings.write("gone", "fr", {}, seen=1, by=coordinator, now=NOW)
    with pytest.raises(Unseen):
        await write(coordinator, language="rm", subject="A {mentor}")


async def test_nobody_else_writes_for_the_office(coordinator: Person, mentee: Person) -> None:
    said, verbs = await typed(subject="A {mentor}"), {"seen": 0, "by": mentee, "now": NOW}
    deeds: list[Callable[[], Any]] = [
        lambda: wordings.write(NAME, "fr", said, **verbs),  # type: ignore[arg-type]
        lambda: wordings.revert(NAME, "fr", **verbs),  # type: ignore[arg-type]
        lambda: wordings.clear(NAME, "fr", **verbs),  # type: ignore[arg-type]
        lambda: wordings.try_out(NAME, "fr", said, 0, by=mentee, now=NOW),
    ]

    for deed in deeds:
        with pytest.raises(Unseen):
            await deed()
    assert not await Wording.exists() and not await Letter.exists()


async def test_what_is_shown_knows_the_words_around_it(coordinator: Person) -> None:
    """A part within a letter, and a letter with its parts, as they are kept."""
    [greeting] = sentences.of("_greeting")
    await write(coordinator, news="Du nouveau de {mentor}")
    await wordings.write(
        "_greeting", "fr", {greeting.one: ("Salut {name},",)}, seen=0, by=coordinator, now=NOW
    )

    part = await wordings.shown("_greeting", "fr", {greeting.one: ("Ciao {name},",)}, 0, NOW)
    letter = await wordings.shown(NAME, "fr", {}, 0, NOW)
    other = await wordings.shown(NAME, "de", {}, 0, NOW)

    assert part.text.startswith("Ciao David Moser,\n\nDu nouveau de Claire Favre")
    assert letter.text.startswith("Salut David Moser,\n\nVous souhaitiez")
    assert "Grüezi" in other.text or "Guten Tag" in other.text


async def test_a_trial_goes_to_whoever_asks_for_it(coordinator: Person) -> None:
    said = await typed("de", subject="Wieder da: {mentor}")

    for later in (0, 1):
        now = NOW + timedelta(seconds=later)
        await wordings.try_out(NAME, "de", said, 0, by=coordinator, now=now)
    [letter] = await Letter.objects()

    assert (letter.address, letter.to, letter.language) == (coordinator.email, coordinator.id, "de")
    assert letter.subject == "Test: Wieder da: Claire Favre" and letter.is_urgent
    assert letter.text.startswith("Dies ist ein Test") and "erfunden" in letter.html
    assert await events_told() == ["person.try_letter"] and not await Wording.exists()
    await wordings.try_out(NAME, "de", said, 0, by=coordinator, now=NOW + timedelta(minutes=1))
    assert await Letter.count() == 2


async def test_the_event_names_the_letter(coordinator: Person) -> None:
    await write(coordinator, language="de", subject="Wieder da: {mentor}")

    found = await events.find(Query(kind="wording"), by=coordinator)

    assert [each.name for each in found.told[0].about] == ["Mentor à nouveau disponible (Deutsch)"]


@pytest.mark.parametrize("code", ["fr", "de"])
def test_titles_are_told_apart(code: str) -> None:
    with i18n.speaking(code):
        for titles in letter_words.GROUPS.values():
            said = [letter_words.title(name) for name in titles]
            assert len(set(said)) == len(said)
