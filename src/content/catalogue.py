"""Names in four languages, read once from the files beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent
LANGUAGES = ("fr", "de", "it", "en")

KINDS_OF_NAMES = ("sector", "canton", "role", "language", "kind")


@dataclass(frozen=True)
class Entry:
    """One sector, canton, role, language or kind of contact."""

    key: str
    names: Mapping[str, str]
    also: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.names["fr"]

    def text_in(self, language: str) -> str:
        return self.texts.get(language) or self.texts.get("fr", "")

    def name_within(self, language: str) -> str:
        """«par écrit» where it does not begin the line."""
        return self.within.get(language) or self.name_in(language)


@dataclass(frozen=True)
class Branch(Entry):
    """A branch of the tree of topics with its leaves."""

    leaves: tuple[Entry, ...] = ()


def sectors() -> Mapping[str, Entry]:
    return _entries("sector")


def cantons() -> Mapping[str, Entry]:
    return _entries("canton")


def roles() -> Mapping[str, Entry]:
    return _entries("role")


def languages() -> Mapping[str, Entry]:
    """Those people speak, not only those of the pages."""
    return _entries("language")


def kinds() -> Mapping[str, Entry]:
    return _entries("kind")


@cache
def topic_tree() -> tuple[Branch, ...]:
    """For a new installation: later the rows of table topics are right."""
    return tuple(
        Branch(
            **_parts(branch),
            leaves=tuple(Entry(**_parts(leaf)) for leaf in branch.get("leaf", [])),
        )
        for branch in _read("topics")["branch"]
    )


def name_of(kind: str, key: str, language: str, *, within: bool = False) -> str:
    """`name_of("canton", "VD", "de")` is «Waadt»; an unknown key is shown as it is. `within`: not
    at the beginning of what is said."""
    entry = _entries(kind).get(key)
    if entry is None:
        return key
    return entry.name_within(language) if within else entry.name_in(language)


def names_of(kind: str, keys: Iterable[str], language: str) -> str:
    """«Téléphone, par écrit»."""
    return ", ".join(name_of(kind, key, language, within=n > 0) for n, key in enumerate(keys))


@cache
def _entries(kind: str) -> Mapping[str, Entry]:
    if kind not in KINDS_OF_NAMES:
        raise KeyError(kind)
    entries = [Entry(**_parts(row)) for row in _read(f"{kind}s")[kind]]
    return MappingProxyType({entry.key: entry for entry in entries})


def _parts(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"],
        "names": {language: row[language] for language in LANGUAGES},
        "also": tuple(row.get("also", ())),
        "texts": {code: row[f"{code}_text"] for code in LANGUAGES if f"{code}_text" in row},
        "within": {code: row[f"{code}_within"] for code in LANGUAGES if f"{code}_within" in row},
    }


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
