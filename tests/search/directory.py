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
    people = await Person.insert(*map(_person, mentors()))
    rows = [_profile(mentor, row["id"]) for mentor, row in zip(mentors(), people, strict=True)]
    profiles = await Profile.insert(*rows)
    ticked = [
        ProfileTopic(profile=row["id"], topic=topics[key])
        for mentor, row in zip(mentors(), profiles, strict=True)
        for key in mentor["topics"]
    ]
    await ProfileTopic.insert(*ticked)


async def topic_numbers() -> dict[str, int]:
    return {row["key"]: row["id"] for row in await Topic.select(Topic.key, Topic.id)}


async def add(mentor: dict[str, Any], topics: dict[str, int]) -> Person:
    """What is not said of this mentor is usual."""
    person = _person(mentor)
    await person.save()
    profile = _profile(mentor, person.id)
    await profile.save()
    for key in mentor["topics"]:
        await ProfileTopic(profile=profile.id, topic=topics[key]).save()
    return person


def _person(mentor: dict[str, Any]) -> Person:
    named = ("first_name", "last_name", "function", "sector", "canton")
    said: dict[str, Any] = {name: mentor.get(name, "") for name in named}
    return Person(
        email=f"{mentor['key']}@demo.example",
        standing=Standing.ACTIVE,
        created_at=clock.now(),
        **said,
    )


def _profile(mentor: dict[str, Any], person: int) -> Profile:
    return Profile(
        person=person,
        state=State.RELEASED,
        about=mentor.get("about", ""),
        languages=" ".join(mentor.get("languages", ["fr"])),
        kinds=" ".join(mentor.get("kinds", ["phone"])),
        roles=" ".join(mentor.get("roles", ["adviser"])),
        is_busy="busy_days" in mentor or mentor.get("is_busy", False),
        changed_at=clock.now(),
    )
