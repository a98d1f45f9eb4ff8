"""Any number of mentors out of the demo's 65: the same seed gives the same directory."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from domain import founding
from tables.people import Person, Standing
from tables.profiles import Profile, ProfileTopic, State
from tables.topics import Topic

MENTORS = Path(__file__).parents[1] / "src" / "demo" / "mentors.toml"
SEED = 2026
AT_ONCE = 500
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)

# Real directories never stop bringing new words: names of people, firms, places and products.
SYLLABLES = [
    syllable
    for line in (
        "al an ar bel ber bo bra bur ca cha co da del der do du el en er fa fen for ga gel gri",
        "hal hau hin il in ka kel ki kor la lan lem li lo ma mar mel mi mon na nel no ob or pa",
        "per pi po ra ren ri ro sa schi sel si so sta ta tel ter ti to tri um va ver vi wal zu",
    )
    for syllable in line.split()
]
INVENTED = 80_000
SURNAMES = 6_000
MENTIONS = {
    "fr": "Passages chez {} et {}, puis à {}.",
    "de": "Früher bei {} und {}, später in {}.",
    "it": "In passato presso {} e {}, poi a {}.",
    "en": "Before that at {} and {}, later in {}.",
}

Row = dict[str, Any]


async def fill(count: int, seed: int = SEED) -> None:
    """Into a migrated, empty database."""
    await founding.found(BEFORE)
    topics = {row["key"]: row["id"] for row in await Topic.select(Topic.key, Topic.id)}
    made = mentors(count, seed)
    while some := list(islice(made, AT_ONCE)):
        people = await _insert(Person, [_person(row) for row in some])
        profiles = await _insert(
            Profile, [_profile(row, person) for row, person in zip(some, people, strict=True)]
        )
        ticks = [
            {"profile": profile, "topic": topics[key]}
            for row, profile in zip(some, profiles, strict=True)
            for key in row["topics"]
        ]
        await _insert(ProfileTopic, ticks)


def mentors(count: int, seed: int = SEED) -> Iterator[Row]:
    """The first are the demo's own; later ones are put together from several of them."""
    demo: list[Row] = tomllib.loads(MENTORS.read_text(encoding="utf-8"))["mentor"]
    for number, row in enumerate(demo[:count]):
        yield row | {"email": f"{number}@bench.example", "is_busy": "busy_days" in row}
    dice = random.Random(seed)
    invented = [_word(dice) for _number in range(INVENTED)]
    surnames = [row["last_name"] for row in demo] + invented[:SURNAMES]
    leaves = sorted({topic for row in demo for topic in row["topics"]})
    # Everybody's topics are the few that everybody has, as in the real programme.
    weights = [sum(topic in row["topics"] for row in demo) for topic in leaves]
    sentences = {
        language: [text for row in demo if row["language"] == language for text in _sentences(row)]
        for language in MENTIONS
    }
    for number in range(len(demo), count):
        like, other = dice.choice(demo), dice.choice(demo)
        language = like["language"]
        about = dice.sample(sentences[language], 5)
        about.append(MENTIONS[language].format(*(_rare(dice, invented) for _place in range(3))))
        yield {
            "email": f"{number}@bench.example",
            "first_name": other["first_name"],
            "last_name": surnames[_skewed(dice, len(surnames))],
            "language": language,
            "function": like["function"],
            "sector": other["sector"],
            "canton": dice.choice(demo)["canton"],
            "about": " ".join(about),
            "languages": like["languages"],
            "kinds": other["kinds"],
            "roles": dice.choice(demo)["roles"],
            "topics": sorted(set(dice.choices(leaves, weights, k=dice.randint(2, 6)))),
            "years": like["years"],
            "capacity": like["capacity"],
            "is_busy": dice.random() < 0.2,
        }


def _person(row: Row) -> Row:
    copied = ("email", "first_name", "last_name", "language", "function", "sector", "canton")
    return {name: row[name] for name in copied} | {
        "standing": Standing.ACTIVE.value,
        "joined_at": BEFORE,
        "created_at": BEFORE,
    }


def _profile(row: Row, person: int) -> Row:
    return {
        "person": person,
        "state": State.RELEASED.value,
        "about": row["about"],
        "about_language": row["language"],
        "years": row["years"],
        "languages": " ".join(row["languages"]),
        "kinds": " ".join(row["kinds"]),
        "roles": " ".join(row["roles"]),
        "capacity": row["capacity"],
        "is_busy": row["is_busy"],
        "released_at": BEFORE,
        "changed_at": BEFORE,
    }


async def _insert(table: Any, rows: list[Row]) -> list[int]:
    """Past Piccolo's objects, which take ten times as long."""
    names = list(rows[0])
    line = f"({', '.join(['{}'] * len(names))})"
    done = await table.raw(
        f"INSERT INTO {table._meta.tablename} ({', '.join(names)})"
        f" VALUES {', '.join([line] * len(rows))} RETURNING id",
        *(value for row in rows for value in row.values()),
    )
    return sorted(row["id"] for row in done)


def _sentences(row: Row) -> list[str]:
    return [f"{text.rstrip('.')}." for text in row["about"].split(". ")]


def _word(dice: random.Random) -> str:
    return "".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))).capitalize()


def _rare(dice: random.Random, words: list[str]) -> str:
    return words[_skewed(dice, len(words))]


def _skewed(dice: random.Random, count: int) -> int:
    """A few often, most hardly ever."""
    return int(count * dice.random() ** 3)
