"""A draft of a request: saved as one types, never over words that its window hasn't shown."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from domain import drafts
from domain.drafts import Saved
from domain.refusals import DraftChanged, Unseen
from domain.typed_texts import Window
from tables.drafts import Draft
from tables.people import Person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
PHONE, LAPTOP = "windowofthephone", "windowofthelaptop"


async def save(
    mentor: Person,
    mentee: Person,
    words: str,
    window: Window | None = None,
    now: datetime = NOW,
) -> Saved:
    return await drafts.save(mentor, {"problem": words}, window or Window(), by=mentee, now=now)


async def kept(mentor: Person, mentee: Person) -> object:
    return (await drafts.read(mentor, mentee)).text.answers.get("problem")


async def test_who_has_seen_the_last_state_writes_the_next(mentor: Person, mentee: Person) -> None:
    first = await save(mentor, mentee, "un")
    second = await save(mentor, mentee, "un, deux", Window(first.version), LATER)

    assert (first.at, second.at) == (NOW, LATER) and second.version > first.version > 0
    assert await kept(mentor, mentee) == "un, deux" and await Draft.count() == 1


async def test_an_older_one_of_another_device_overwrites_nothing(
    mentor: Person, mentee: Person
) -> None:
    """Typed on the train without a network, sent when the laptop's is long there."""
    begun = await save(mentor, mentee, "un", Window(0, PHONE, 1))
    await save(mentor, mentee, "un, et mieux", Window(begun.version, LAPTOP, 4), LATER)

    with pytest.raises(DraftChanged):
        await save(mentor, mentee, "un, deux", Window(begun.version, PHONE, 2), LATER)
    with pytest.raises(DraftChanged):
        await save(mentor, mentee, "sans script", Window(0), LATER)

    assert await kept(mentor, mentee) == "un, et mieux"


async def test_a_save_whose_answer_got_lost_is_no_other_ones(
    mentor: Person, mentee: Person
) -> None:
    await save(mentor, mentee, "un", Window(0, PHONE, 1))

    await save(mentor, mentee, "un, deux", Window(0, PHONE, 2), LATER)
    late = await save(mentor, mentee, "un", Window(0, PHONE, 1), LATER)

    assert await kept(mentor, mentee) == "un, deux" and late.at == LATER


async def test_the_same_words_are_no_change(mentor: Person, mentee: Person) -> None:
    await save(mentor, mentee, "un", Window(0, PHONE, 1))

    again = await save(mentor, mentee, "un", Window(0, LAPTOP, 1), LATER)

    assert again.at == NOW


async def test_of_two_at_once_one_is_told(mentor: Person, mentee: Person) -> None:
    begun = await save(mentor, mentee, "un")

    got = await asyncio.gather(
        save(mentor, mentee, "du train", Window(begun.version, PHONE, 1), LATER),
        save(mentor, mentee, "du bureau", Window(begun.version, LAPTOP, 1), LATER),
        return_exceptions=True,
    )

    assert [type(each) for each in got if isinstance(each, Exception)] == [DraftChanged]


async def test_a_draft_of_the_first_kind_is_still_read(mentor: Person, mentee: Person) -> None:
    draft = Draft(person=mentee.id, mentor=mentor.id, saved_at=NOW)
    draft.fields = json.dumps({"problem": "un", "kinds": ["phone"]})
    await draft.save()

    seen = await drafts.read(mentor, mentee)
    await save(mentor, mentee, "deux", Window(seen.version), LATER)

    assert seen.text.answers == {"problem": "un", "kinds": ["phone"]}
    assert await kept(mentor, mentee) == "deux"


async def test_nobody_writes_to_themself(mentor: Person) -> None:
    with pytest.raises(Unseen):
        await save(mentor, mentor, "un")
