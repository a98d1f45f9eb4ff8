"""The demo's people: they join, accept the norms, and the mentors are released by the office."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from clock import day
from demo import cvs
from demo.cvs import Entry, Section
from demo.moments import Deed, moment
from domain import availability, documents, first_run, history, norms, profiles
from tables.people import Person, Standing
from tables.profiles import Profile

FOLDER = Path(__file__).parent
OPENED = 440  # days ago: the office starts; the members follow, one a day
JOINED = 430
HANDED_IN = 8  # days ago: the first of those that wait on the office's desk
MANNERS = ("first_name", "last_name", "language", "function", "sector", "canton")

Told = dict[str, Any]


class Cast:
    """Who is here by now, by key, and what they do before they ask or answer."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}

    def __getitem__(self, key: str) -> Person:
        return self.people[key]

    async def profile(self, key: str) -> Profile:
        profile = await profiles.of(self[key])
        assert profile is not None
        return profile

    async def open_office(self, office: Told, at: datetime) -> None:
        key, names = office["key"], (office["first_name"], office["last_name"])
        person = await first_run.coordinator(address(key), *names, office["language"], at)
        await self._accept_norms(person, at)
        self.people[key] = person

    async def join(self, member: Told, at: datetime) -> None:
        said: Told = {name: member[name] for name in MANNERS}
        person = Person(
            email=address(member["key"]),
            standing=Standing.ACTIVE,
            created_at=at,
            joined_at=at,
            **said,
        )
        await person.save()
        await history.record("person.join", person, person, at)
        await self._accept_norms(person, at)
        self.people[member["key"]] = person

    async def hand_in(self, mentor: Told, at: datetime) -> None:
        person = self[mentor["key"]]
        face = profiles.Face(
            about=mentor["about"],
            years=mentor["years"],
            languages=tuple(mentor["languages"]),
            kinds=tuple(mentor["kinds"]),
            roles=tuple(mentor["roles"]),
            topics=tuple(mentor["topics"]),
            capacity=mentor["capacity"],
        )
        profile = await profiles.begin(person, at)
        await profiles.write(profile, face, by=person, now=at)
        await profiles.hand_in(profile, by=person, now=at)

    async def add_cv(self, cv: Told, at: datetime) -> None:
        person = self[cv["mentor"]]
        sections = [
            Section(title, [Entry(*entry) for entry in entries])
            for title, entries in cv["sections"].items()
        ]
        paper = cvs.write(person.name, person.function, cv["about"], sections)
        await documents.keep(cv["file"], paper, by=person, now=at)

    async def ask(self, key: str, question: str, at: datetime) -> None:
        profile = await self.profile(key)
        await profiles.ask(profile, question=question, by=self["office"], note="", now=at)

    async def release(self, key: str, at: datetime) -> None:
        await profiles.release(await self.profile(key), by=self["office"], note="", now=at)

    async def turn_busy(self, key: str, until: date, at: datetime) -> None:
        profile = await self.profile(key)
        await availability.turn_busy(profile, until=until, by=self[key], now=at)

    async def turn_free(self, key: str, at: datetime) -> None:
        await availability.turn_free(await self.profile(key), by=self[key], now=at)

    async def _accept_norms(self, person: Person, at: datetime) -> None:
        version = await norms.current()
        assert version is not None
        await norms.accept(version, by=person, now=at)


@cache
def told(name: str) -> Told:
    """One of the files beside."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def address(key: str) -> str:
    return f"{key}@demo.example"


def deeds(cast: Cast, now: datetime) -> Iterator[Deed]:
    office: Told = told("mentees")["coordinator"]
    yield Deed(moment(now, OPENED, "office"), partial(cast.open_office, office))
    waiting = HANDED_IN
    for number, mentor in enumerate(told("mentors")["mentor"]):
        if "state" in mentor:
            yield from _arrival(cast, mentor, waiting + 12, waiting, now)
            yield from _papers(cast, mentor["key"], waiting, now)
            waiting -= 2
        else:
            yield from _arrival(cast, mentor, JOINED - number, JOINED - number - 1, now)
            yield from _welcome(cast, mentor, JOINED - number - 3, now)
    for number, mentee in enumerate(told("mentees")["mentee"]):
        joined = moment(now, JOINED - 2 * number, mentee["key"])
        yield Deed(joined, partial(cast.join, mentee))


def _arrival(
    cast: Cast, mentor: Told, joined: int, handed_in: int, now: datetime
) -> Iterator[Deed]:
    key = mentor["key"]
    yield Deed(moment(now, joined, key), partial(cast.join, mentor))
    yield Deed(moment(now, handed_in, key, (19, 22)), partial(cast.hand_in, mentor))


def _papers(cast: Cast, key: str, handed_in: int, now: datetime) -> Iterator[Deed]:
    """A CV in the afternoon before, and what the office asks about it."""
    for cv in told("cvs")["cv"]:
        if cv["mentor"] == key:
            yield Deed(moment(now, handed_in, key, (14, 18)), partial(cast.add_cv, cv))
            if question := cv.get("question"):
                asked = moment(now, question["days_ago"], f"{key} asked", (8, 17))
                yield Deed(asked, partial(cast.ask, key, question["text"]))


def _welcome(cast: Cast, mentor: Told, released: int, now: datetime) -> Iterator[Deed]:
    key = mentor["key"]
    yield Deed(moment(now, released, key, (8, 17)), partial(cast.release, key))
    if days := mentor.get("busy_days"):
        until = day(now) + timedelta(days=days)
        yield Deed(moment(now, 6, key), partial(cast.turn_busy, key, until))
