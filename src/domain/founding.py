"""The first start: house, norms and topics, from the content that is shipped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sealing
from content import catalogue, texts
from domain import history
from tables.house import House
from tables.norms import NormsVersion
from tables.topics import Topic
from tables.transaction import hold_word, transaction

NAMES: dict[str, Any] = {
    "name_fr": "Programme de mentorat",
    "name_de": "Mentoring-Programm",
    "name_it": "Programma di mentoring",
    "name_en": "Mentoring programme",
}


async def found(now: datetime) -> None:
    """Each part only where it is missing: what the office has edited stays. Raises Unreadable
    when the database was sealed under another key."""
    async with transaction():
        await hold_word("founding")
        await _house()
        await _norms(now)
        await _topics()


async def _house() -> None:
    house = await House.objects().first()
    if house is None:
        house = House(short_name="Mentorat", contact="", **NAMES)
        await house.save()
    if not house.probe_sealed:
        house.probe_sealed = sealing.seal("mentorat")
        await house.save([House.probe_sealed])
    # Stays as it is under a new first key: what the old one sealed needs the old one still.
    sealing.unseal(house.probe_sealed)


async def _norms(now: datetime) -> None:
    if await NormsVersion.exists():
        return
    written: dict[str, Any] = {f"text_{code}": text for code, text in texts.norms().items()}
    version = NormsVersion(number=1, published_at=now, **written)
    await version.save()
    await history.record("norms.publish", version, None, now)


async def _topics() -> None:
    if await Topic.exists():
        return
    position = 0
    for branch in catalogue.topic_tree():
        position += 1
        row = _topic(branch, position)
        await row.save()
        leaves = []
        for leaf in branch.leaves:
            position += 1
            leaves.append(_topic(leaf, position, row))
        await Topic.insert(*leaves)


def _topic(entry: catalogue.Entry, position: int, branch: Topic | None = None) -> Topic:
    names: dict[str, Any] = {f"name_{code}": name for code, name in entry.names.items()}
    return Topic(
        key=entry.key,
        branch=branch.id if branch else None,
        position=position,
        also=" · ".join(entry.also),
        **names,
    )
