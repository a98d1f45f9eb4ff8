"""The demo's 65 mentors as rows, the way the office would have released them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import clock
from domain import founding
from tables.people import Person, Standing
from tables.profiles import Profile, ProfileTopic, State
from tables.topics import Topic

MENTORS = Path(__file__).parents[2] / "src" / "demo" / "mentors.toml"


@cache
def mentors() -> list[dict[str, Any]]:
    """All of them released here, also the two who still wait in the demo."""
    found: list[dict[str, Any]] = tomllib.loads(MENTORS.read_text(encoding="utf-8"))["mentor"]
    return found


async def fill() -> None:
    """Rows with the same numbers on either engine."""
    await founding.found(clock.now())
    topics = await topic_numbers()
    for mentor in mentors():
        await add(mentor, topics)


async def topic_numbers() -> dict[str, int]:
    return {row["key"]: row["id"] for row in await Topic.select(Topic.key, Topic.id)}


async def add(mentor: dict[str, Any], topics: dict[str, int]) -> tuple[Person, Profile]:
    """What a mentor of the file doesn't say is usual."""
    person = Person(
        email=f"{mentor['key']}@demo.example",
        standing=Standing.ACTIVE,
        created_at=clock.now(),
        **{name: mentor.get(name, "") for name in ("first_name", "last_name", "function")},
        **{name: mentor.get(name, "") for name in ("sector", "canton")},
    )
    await person.save()
    profile = Profile(
        person=person.id,
        state=State.RELEASED,
        about=mentor.get("about", ""),
        languages=" ".join(mentor.get("languages", ["fr"])),
        kinds=" ".join(mentor.get("kinds", ["phone"])),
        roles=" ".join(mentor.get("roles", ["adviser"])),
        is_busy="busy_days" in mentor or mentor.get("is_busy", False),
        changed_at=clock.now(),
    )
    await profile.save()
    ticked = [ProfileTopic(profile=profile.id, topic=topics[key]) for key in mentor["topics"]]
    if ticked:
        await ProfileTopic.insert(*ticked)
    return person, profile
