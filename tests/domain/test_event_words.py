"""Every verb that is recorded has its words, and its kind to be sifted by."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from domain.event_words import KINDS, WORDS, kind_of, said
from domain.reports import OPENABLE
from i18n import speaking
from tables.mentorships import Question
from tables.profiles import BusyReason

SOURCE = Path(__file__).parents[2] / "src"
# What is put together when it happens, beyond the passages of MOVES.
MADE: dict[str, set[str]] = {
    "mentorship.say_": {question.value for question in Question},
    "availability.busy_": {reason.value for reason in BusyReason},
    "evaluation.": {"read", "unread"},
    "report.read_": {"words", *OPENABLE},
}


def recorded() -> Iterator[str]:
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "history.record":
                yield from verbs(node.args[0], file)


def verbs(said: ast.expr, file: Path) -> Iterator[str]:
    if isinstance(said, ast.Constant):
        yield str(said.value)
    elif isinstance(said, ast.IfExp):
        yield from verbs(said.body, file)
        yield from verbs(said.orelse, file)
    else:
        assert isinstance(said, ast.JoinedStr), ast.unparse(said)
        module = import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts))
        begins, ends = set[str](), set[str]()
        if isinstance(said.values[0], ast.FormattedValue):  # the office's duties, seen
            begins, ends = set(module.TABLES), {f".{module.SEEN}", f".{module.UNSEEN}"}
            yield f"letter.{module.AGAIN}"
        else:
            assert isinstance(said.values[0], ast.Constant) and len(said.values) == 2
            begin = str(said.values[0].value)
            begins, ends = {begin}, set(MADE.get(begin) or module.MOVES)
        yield from (f"{begin}{end}" for begin in begins for end in ends)


def test_every_verb_that_is_recorded_has_its_words() -> None:
    found = set(recorded())

    assert len(found) > 70
    assert sorted(found - WORDS.keys()) == []


def test_every_verb_has_its_kind() -> None:
    kinds = {kind_of(what) for what in WORDS} - {"demo"}  # nothing that a real house would sift by

    assert sorted(kinds - KINDS.keys()) == []


@pytest.mark.parametrize("code", ["fr", "de"])
def test_words_are_words(code: str) -> None:
    with speaking(code):
        told = [said(what) for what in WORDS]

    assert all(told) and not any("." in each for each in told)


def test_a_verb_of_another_release_is_shown_as_it_is() -> None:
    assert said("tale.tell") == "tale.tell"
