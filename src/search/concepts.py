"""What is ticked or chosen: topics, sectors, cantons, roles, languages, found by all names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from content import catalogue
from content.catalogue import LANGUAGES, Entry
from search.folding import words
from tables.topics import Topic

# Between the further names of a topic, as shipped and as an office may type them.
ALSO = re.compile(r"[\n,;·]+")


@dataclass(frozen=True)
class Label:
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Concept:
    """`number` and `branch` are a topic's row and its branch's."""

    kind: str
    key: str
    names: Mapping[str, str]
    labels: tuple[Label, ...]
    number: int = 0
    branch: int | None = None
    position: int = 0
    is_retired: bool = False

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.names["fr"]


@cache
def fixed() -> tuple[Concept, ...]:
    """Those no office can change. Kinds of contact are filters only: «visio» finds everybody."""
    return (
        *_from("sector", catalogue.sectors().values()),
        *_from("canton", catalogue.cantons().values(), with_key=True),
        *_from("role", catalogue.roles().values()),
        *_from("language", catalogue.languages().values()),
    )


@cache
def fixed_by_key() -> Mapping[tuple[str, str], Concept]:
    return {(concept.kind, concept.key): concept for concept in fixed()}


async def topics() -> dict[int, Concept]:
    rows = await Topic.objects().order_by(Topic.position).order_by(Topic.id)
    return {row.id: _topic(row) for row in rows}


def _topic(row: Topic) -> Concept:
    names = {language: row.name_in(language) for language in LANGUAGES}
    return Concept(
        kind="topic",
        key=row.key,
        names=names,
        labels=_labels([*names.values(), *re.split(ALSO, row.also)]),
        number=row.id,
        branch=row.branch,
        position=row.position,
        is_retired=row.is_retired,
    )


def _from(kind: str, entries: Iterable[Entry], *, with_key: bool = False) -> Iterator[Concept]:
    for position, entry in enumerate(entries):
        texts = [*entry.names.values(), *entry.also, *([entry.key] if with_key else [])]
        yield Concept(
            kind=kind,
            key=entry.key,
            names=entry.names,
            labels=_labels(texts),
            position=position,
        )


def _labels(texts: Iterable[str]) -> tuple[Label, ...]:
    different = dict.fromkeys(text.strip() for text in texts if text.strip())
    return tuple(Label(text, tuple(words(text))) for text in different)
