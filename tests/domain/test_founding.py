"""The first start, and all those after it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet

import sealing
from content import catalogue
from domain import founding
from domain.founding import found
from tables.events import Event
from tables.house import House
from tables.norms import NormsVersion
from tables.topics import Topic

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def counts() -> dict[str, int]:
    tables: tuple[Any, ...] = (House, NormsVersion, Topic, Event)
    return {table.__name__: await table.count() for table in tables}


async def test_the_first_start_makes_house_norms_and_topics() -> None:
    await found(NOW)

    house, version = await House.objects().first(), await NormsVersion.objects().first()
    assert house and version
    assert all(house.name_in(language) for language in ("fr", "de", "it", "en"))
    assert version.number == 1 and version.published_at == NOW
    assert all(len(getattr(version, f"text_{code}")) > 500 for code in ("fr", "de", "it", "en"))
    shipped = sum(1 + len(branch.leaves) for branch in catalogue.topic_tree())
    assert await counts() == {"House": 1, "NormsVersion": 1, "Topic": shipped, "Event": 1}


async def test_topics_form_a_tree_in_order() -> None:
    await found(NOW)

    topics = await Topic.objects().order_by(Topic.position)
    branches = {topic.id: topic for topic in topics if topic.branch is None}
    assert [topic.position for topic in topics] == list(range(1, len(topics) + 1))
    assert len({topic.key for topic in topics}) == len(topics)
    last = None
    for topic in topics:
        last = topic if topic.id in branches else last
        assert last and topic.branch in (None, last.id)


async def test_a_second_start_changes_nothing() -> None:
    await found(NOW)
    before = await counts(), await Topic.select(), await House.select()
    await found(NOW)

    assert (await counts(), await Topic.select(), await House.select()) == before


async def test_starts_side_by_side_found_once() -> None:
    await asyncio.gather(*(found(NOW) for _ in range(4)))

    made = await counts()
    assert (made["House"], made["NormsVersion"], made["Event"]) == (1, 1, 1)


async def test_what_the_office_edited_stays() -> None:
    await found(NOW)
    topics = await Topic.count()
    await House.update({House.name_fr: "Les mentors d’ici"}, force=True)
    await Topic.update({Topic.name_fr: "Nouveau"}).where(Topic.position == 2)
    await Topic.delete().where(Topic.position == 3)
    await NormsVersion.update({NormsVersion.text_fr: "Nos normes"}, force=True)
    await found(NOW)

    house, version = await House.objects().first(), await NormsVersion.objects().first()
    assert house and house.name_fr == "Les mentors d’ici"
    assert version and version.text_fr == "Nos normes"
    assert await Topic.count() == topics - 1
    assert await Topic.exists().where(Topic.name_fr == "Nouveau")


async def test_a_start_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(founding, "_topic", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await found(NOW)

    assert set((await counts()).values()) == {0}


async def test_another_key_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    await found(NOW)
    house = await House.objects().first()
    assert house
    monkeypatch.setattr(sealing, "_box", other_box)

    with pytest.raises(sealing.Unreadable):
        await found(NOW)
    monkeypatch.undo()
    await found(NOW)
    again = await House.objects().first()
    assert again and again.probe_sealed == house.probe_sealed


def other_box() -> MultiFernet:
    return MultiFernet([Fernet(Fernet.generate_key())])
