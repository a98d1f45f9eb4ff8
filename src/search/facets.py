"""Filters: or within one, and across; each is counted as if it were off itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from content import catalogue
from search.concepts import Concept
from search.folding import fold
from search.index import Index

NAMES = ("topics", "roles", "languages", "cantons", "kinds")
FREE = "free"
WORDS = "words"


@dataclass(frozen=True)
class Query:
    """What the address holds; filters by key."""

    words: str = ""
    topics: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    cantons: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    free: bool = False
    page: int = 1

    def without(self, name: str, key: str = "") -> Query:
        """A key of a filter off, or all of it; from the first page."""
        if name == WORDS:
            return replace(self, words="", page=1)
        if name == FREE:
            return replace(self, free=False, page=1)
        changed: dict[str, Any] = {name: tuple(o for o in self.on(name) if key and o != key)}
        return replace(self, page=1, **changed)

    def on(self, name: str) -> tuple[str, ...]:
        keys: tuple[str, ...] = getattr(self, name)
        return keys

    @property
    def is_empty(self) -> bool:
        return self == Query(page=self.page)


@dataclass(frozen=True)
class Choice:
    """One line of a filter; a branch of topics has leaves."""

    key: str
    name: str
    count: int
    is_on: bool
    leaves: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Facets:
    topics: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    cantons: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    free: Choice


@dataclass(frozen=True)
class Chip:
    """A filter that is on; `without` is the query when it is taken off."""

    filter: str
    key: str
    name: str
    without: Query


class Filters:
    """The sets of a query's filters, each united."""

    def __init__(self, query: Query, index: Index) -> None:
        self.index = index
        self.bits: dict[str, int] = {}
        for name in NAMES:
            if keys := query.on(name):
                self.bits[name] = _any(index, name, keys)
        if query.free:
            self.bits[FREE] = index.free

    def narrow(self, bits: int, but: str = "") -> int:
        for name, some in self.bits.items():
            if name != but:
                bits &= some
        return bits


def known(query: Query, index: Index) -> Query:
    """Without keys that nothing bears (an old address), and each once."""

    def kept(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for key in query.on(name) if _is_known(name, key, index)))

    changed: dict[str, Any] = {name: kept(name) for name in NAMES}
    return replace(query, **changed)


def count(found: int, query: Query, filters: Filters, language: str) -> Facets:
    """`found` is what the words find, before any filter."""
    index = filters.index
    free = filters.narrow(found, but=FREE) & index.free

    def choices(name: str, *, by_name: bool = False) -> tuple[Choice, ...]:
        base = filters.narrow(found, but=name)
        lines = [
            Choice(key, _name(name, key, language), bits.bit_count(), key in query.on(name))
            for key in _entries(name)
            if (bits := base & index.chose(_noun(name), key)) or key in query.on(name)
        ]
        return tuple(sorted(lines, key=lambda line: fold(line.name)) if by_name else lines)

    return Facets(
        topics=_topics(filters.narrow(found, but="topics"), query, index, language),
        roles=choices("roles"),
        languages=choices("languages"),
        cantons=choices("cantons", by_name=True),
        kinds=choices("kinds"),
        free=Choice("1", "", free.bit_count(), query.free),
    )


def chips(query: Query, index: Index, language: str) -> list[Chip]:
    """`free` has no name here: the page words it."""
    made = [
        Chip(name, key, named(index, name, key, language), query.without(name, key))
        for name in NAMES
        for key in query.on(name)
    ]
    if query.free:
        made.append(Chip(FREE, "1", "", query.without(FREE)))
    return made


def named(index: Index, name: str, key: str, language: str) -> str:
    if name == "topics":
        return index.concepts["topic", key].name_in(language)
    return _name(name, key, language)


def topic_choice(
    topic: Concept,
    base: int,
    query: Query,
    index: Index,
    language: str,
    leaves: tuple[Choice, ...] = (),
) -> Choice:
    hits = (index.who(topic) & base).bit_count()
    return Choice(topic.key, topic.name_in(language), hits, topic.key in query.topics, leaves)


def _topics(base: int, query: Query, index: Index, language: str) -> tuple[Choice, ...]:
    def lines(topics: Iterable[Concept]) -> tuple[Choice, ...]:
        made = (
            (topic, topic_choice(topic, base, query, index, language, lines(leaves_of(topic))))
            for topic in topics
        )
        return tuple(choice for topic, choice in made if is_worth_it(topic, choice))

    def leaves_of(topic: Concept) -> Iterable[Concept]:
        return (index.topics[number] for number in index.leaves_of(topic.number))

    def is_worth_it(topic: Concept, choice: Choice) -> bool:
        offered = choice.count and not topic.is_retired
        return bool(offered or choice.is_on or choice.leaves)

    return lines(topic for topic in index.topics.values() if topic.branch is None)


def _any(index: Index, name: str, keys: Iterable[str]) -> int:
    bits = 0
    for key in keys:
        if name == "topics":
            bits |= index.who(index.concepts["topic", key])
        else:
            bits |= index.chose(_noun(name), key)
    return bits


def _is_known(name: str, key: str, index: Index) -> bool:
    return ("topic", key) in index.concepts if name == "topics" else key in _entries(name)


def _entries(name: str) -> Collection[str]:
    every = {
        "roles": catalogue.roles,
        "languages": catalogue.languages,
        "cantons": catalogue.cantons,
        "kinds": catalogue.kinds,
    }
    return every[name]()


def _name(name: str, key: str, language: str) -> str:
    return catalogue.name_of(_noun(name), key, language)


def _noun(name: str) -> str:
    return name.removesuffix("s")
