"""Shipped texts: the first norms, what mentoring brings, what each checks of themself."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LANGUAGES = ("fr", "de", "it", "en")


def norms() -> dict[str, str]:
    """The first version, by language; later ones are the office's."""
    return {code: (FOLDER / f"norms.{code}.md").read_text(encoding="utf-8") for code in LANGUAGES}


def benefits(language: str) -> dict[str, list[tuple[str, str]]]:
    """For mentee, mentor and company: key and words."""
    return _listed("benefits", language)


def selfchecks(language: str) -> dict[str, list[tuple[str, str]]]:
    """For mentor and mentee: key and words."""
    return _listed("selfchecks", language)


def first_talk(language: str, part: str) -> list[tuple[str, list[str]]]:
    """What to speak about, as a mentee or a mentor asks it: titles and questions."""
    return [
        (
            row.get(language) or row["fr"],
            [
                each.get(language) or each["fr"]
                for each in row["question"]
                if each.get("part", part) == part
            ],
        )
        for row in _read("first_talk")["part"]
    ]


def _listed(name: str, language: str) -> dict[str, list[tuple[str, str]]]:
    return {
        who: [(row["key"], row.get(language) or row["fr"]) for row in rows]
        for who, rows in _read(name).items()
    }


@cache
def _read(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
