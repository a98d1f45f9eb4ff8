"""The tree of topics in the office's hands: named, sorted, retired; a topic is never removed.

The search window follows by triggers (search/changes.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain import history
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, EditedMeanwhile, NameTaken, Unseen, insist
from domain.topics import Branch
from tables.people import Person
from tables.topics import Topic
from tables.transaction import hold_word, transaction

LANGUAGES = ("fr", "de", "it", "en")
COLUMNS = (*(f"name_{code}" for code in LANGUAGES), "also")
TREE = "topics"  # the word by which changes queue


async def whole() -> list[Branch]:
    """Retired ones too."""
    rows = await Topic.objects().order_by(Topic.position).order_by(Topic.id)
    branches = {row.id: Branch(row) for row in rows if row.branch is None}
    for row in rows:
        if row.branch in branches:
            branches[row.branch].leaves.append(row)
    return list(branches.values())


async def one(number: int) -> Topic | None:
    return await Topic.objects().where(Topic.id == number).first()


def said(topic: Topic) -> dict[str, str]:
    return {column: getattr(topic, column) for column in COLUMNS}


async def add(
    words: Mapping[str, str], branch: Topic | None, *, by: Person, now: datetime
) -> Topic:
    """The last of its branch, or a branch. Raises NameTaken, also for the same form sent twice."""
    insist(may_settle(by) and (branch is None or branch.branch is None))
    async with transaction():
        await hold_word(TREE)
        await _insist_free(words, branch.id if branch else None, 0)
        values: dict[str, Any] = dict(words)
        key = await _key(words["name_fr"])
        last = await Topic.select(Topic.position).order_by(Topic.position, ascending=False).first()
        topic = Topic(
            key=key,
            branch=branch.id if branch else None,
            position=last["position"] + 1 if last else 1,
            **values,
        )
        await topic.save()
        await _renumber(await whole())
        await history.record("topic.add", topic, by, now)
    return topic


async def rename(
    topic: Topic, words: Mapping[str, str], *, seen: Mapping[str, str], by: Person, now: datetime
) -> None:
    """`seen`: the words as they stood on the page. Raises EditedMeanwhile, NameTaken."""
    insist(may_settle(by))
    async with transaction():
        await hold_word(TREE)
        fresh = await one(topic.id)
        if fresh is None:
            raise Unseen
        if said(fresh) == dict(words):
            return
        if said(fresh) != dict(seen):
            raise EditedMeanwhile
        await _insist_free(words, fresh.branch, fresh.id)
        changed = {getattr(Topic, column): each for column, each in words.items()}
        await Topic.update(changed).where(Topic.id == topic.id)
        await history.record("topic.rename", topic, by, now)


async def shift(topic: Topic, step: int, *, by: Person, now: datetime) -> None:
    """One place up (-1) or down (1) among its own; at the end it stays."""
    insist(may_settle(by))
    async with transaction():
        await hold_word(TREE)
        branches = await whole()
        rows: list[Any] = branches
        if topic.branch is not None:
            rows = next(each.leaves for each in branches if each.topic.id == topic.branch)
        numbers = [row.topic.id if isinstance(row, Branch) else row.id for row in rows]
        here = numbers.index(topic.id)
        there = here + step
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
            await _renumber(branches)
            await history.record("topic.move", topic, by, now)


async def retire(topic: Topic, *, by: Person, now: datetime) -> None:
    """No longer offered; whoever has it keeps it. Raises AlreadySettled."""
    await _set_retired(topic, True, by, now)


async def bring_back(topic: Topic, *, by: Person, now: datetime) -> None:
    """Raises AlreadySettled."""
    await _set_retired(topic, False, by, now)


async def _set_retired(topic: Topic, is_retired: bool, by: Person, now: datetime) -> None:
    insist(may_settle(by) and topic.branch is not None)
    async with transaction():
        here = (Topic.id == topic.id) & Topic.is_retired.eq(not is_retired)
        changed = Topic.update({Topic.is_retired: is_retired}).where(here)
        if not await changed.returning(Topic.id):
            raise AlreadySettled
        await history.record("topic.retire" if is_retired else "topic.bring_back", topic, by, now)


async def _insist_free(words: Mapping[str, str], branch: int | None, but: int) -> None:
    level = Topic.branch.is_null() if branch is None else Topic.branch == branch
    named = level & (Topic.name_fr == words["name_fr"]) & (Topic.id != but)
    if await Topic.exists().where(named):
        raise NameTaken


async def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    root = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or "topic"
    taken = {row["key"] for row in await Topic.select(Topic.key)}
    return next(
        key for n in range(len(taken) + 1) if (key := f"{root}-{n}" if n else root) not in taken
    )


async def _renumber(branches: list[Branch]) -> None:
    rows = [row for branch in branches for row in (branch.topic, *branch.leaves)]
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            await Topic.update({Topic.position: position}).where(Topic.id == row.id)
