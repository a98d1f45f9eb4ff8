"""The tree of topics, as it is offered today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from tables.topics import Topic


@dataclass
class Branch:
    topic: Topic
    leaves: list[Topic] = field(default_factory=list)


async def keys() -> list[str]:
    rows = await Topic.select(Topic.key).where(Topic.branch.is_not_null()).order_by(Topic.position)
    return [row["key"] for row in rows]


async def tree(kept: Collection[str] = ()) -> list[Branch]:
    """Retired topics only where they are still chosen (`kept`)."""
    rows = await Topic.objects().order_by(Topic.position)
    branches = {row.id: Branch(row) for row in rows if row.branch is None}
    for row in rows:
        if row.branch in branches and (not row.is_retired or row.key in kept):
            branches[row.branch].leaves.append(row)
    return [branch for branch in branches.values() if branch.leaves]
