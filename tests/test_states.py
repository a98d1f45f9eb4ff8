"""The drawings of docs/states.md are those of the code."""

from __future__ import annotations

import runpy
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from tables import agreements, inquiries, meetings, mentorships, profiles

DOCS = Path(__file__).parents[1] / "docs"
STATES: dict[str, type[StrEnum]] = {
    "inquiries": inquiries.State,
    "mentorships": mentorships.State,
    "agreements": agreements.State,
    "meetings": meetings.State,
    "profiles": profiles.State,
}


@pytest.fixture(scope="module")
def drawn() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "states.py"))


def test_the_page_is_as_the_tables_say(drawn: dict[str, Any]) -> None:
    page = (DOCS / "states.md").read_text(encoding="utf-8")

    assert drawn["redrawn"](page) == page, "type `make states`"


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_in_its_drawing(name: str, drawn: dict[str, Any]) -> None:
    picture = drawn["drawing"](drawn["DRAWN"][name])

    assert all(f" {state}" in picture for state in STATES[name])


def test_a_new_passage_is_noticed(drawn: dict[str, Any]) -> None:
    before = drawn["drawing"]({"go": (("here",), "there")})
    after = drawn["drawing"]({"go": (("here",), "there"), "back": (("there",), "here")})

    assert before != after and "there --> here: back" in after
    assert "there --> [*]" in before and "there --> [*]" not in after
