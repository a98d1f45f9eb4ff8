"""Typing errors, endings, compounds and fillers: which words stand for which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search import stand_ins, words
from search.costs import CORRECTED
from search.index import Index
from search.words import match, split

USED = [
    word
    for line in (
        "softwareentwicklung entwicklung bauleitung verhandlungsführung transformation",
        "information software verhandlung banche conduite conduit projet marie chef",
        "kader kaderplanung strategie reklame hand",
    )
    for word in line.split()
]


@pytest.fixture
def index() -> Iterator[Index]:
    """One mentor a word; only those of the topics' names are known beside."""
    made = Index()
    made._take({})
    for number, word in enumerate(USED):
        row = {"id": number, "person": number, "first_name": word, "last_name": ""}
        row |= {"function": "", "sector": "", "canton": "", "about": "", "languages": ""}
        row |= {"kinds": "", "roles": "", "is_busy": False}
        made._put([row], [])
    yield made


def found(text: str, index: Index, *, corrected: bool | None = None) -> set[str]:
    costs = match(text, index).costs
    bits = 0
    for cost, some in costs.items():
        if corrected is None or corrected == (cost >= CORRECTED):
            bits |= some
    return {word for place, word in enumerate(USED) if bits >> place & 1}


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("chf", set()),  # three letters: none
        ("chfe", {"chef"}),  # four: one, and a swap is one
        ("cheff", {"chef"}),
        ("chexx", set()),
        ("hadn", {"hand"}),
        ("proejt", {"projet"}),
        ("prjeto", set()),  # seven and less: only one
        ("condiute", {"conduite"}),
        ("straetgei", {"strategie"}),  # eight and more: two
        ("trategei", {"strategie"}),
        ("straxxxgie", set()),  # three are too many
    ],
)
def test_one_letter_from_four_on_and_two_from_eight_on(
    index: Index, typed: str, known: set[str]
) -> None:
    assert found(typed, index, corrected=True) == known


def test_a_known_word_is_never_corrected(index: Index) -> None:
    assert found("conduit", index) == {"conduit", "conduite"}
    assert found("hand", index) == {"hand"}
    assert match("hand", index).corrected == []


def test_enough_found_needs_no_correction(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "reklame" not in found("rekl", index, corrected=True)
    monkeypatch.setattr(words, "LITTLE", 1)
    assert found("condui", index) == {"conduit", "conduite"}


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("entwicklung", {"entwicklung", "softwareentwicklung"}),
        ("führung", {"verhandlungsführung"}),  # joined by an s
        ("leitung", {"bauleitung"}),
        ("planung", {"kaderplanung"}),
        ("verhandlungen", {"verhandlung", "verhandlungsführung"}),  # another ending
        ("projets", {"projet"}),
        ("banca", {"banche"}),
    ],
)
def test_compounds_and_endings(index: Index, typed: str, known: set[str]) -> None:
    assert found(typed, index, corrected=False) == known


def test_what_stands_before_must_be_a_word(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else «formation» would find every transformation; only when nothing else is found."""
    assert stand_ins.compounds("formation", index) == []
    assert stand_ins.compounds("entwicklung", index) == ["softwareentwicklung"]
    monkeypatch.setattr(words, "LITTLE", 0)
    assert found("formation", index) == set()


def test_whole_words_cost_less_than_beginnings_and_those_less_than_compounds(
    index: Index,
) -> None:
    def cost(typed: str, word: str) -> int:
        place = USED.index(word)
        [cost] = [cost for cost, bits in match(typed, index).costs.items() if bits >> place & 1]
        return cost

    assert (
        cost("conduit", "conduit")
        < cost("conduit", "conduite")
        < cost("entwicklung", "softwareentwicklung")
        < cost("condiute", "conduite")
    )


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("gestion de la qualité", ["gestion", "qualite"]),
        ("Umgang mit dem Chef", ["umgang", "chef"]),
        ("de la", ["de", "la"]),  # nothing else is there
        ("chef chef CHEF", ["chef"]),
        ("", []),
        ("b c f g h j k m n p", ["b", "c", "f", "g", "h", "j", "k", "m"]),
        ("x" * 500, ["x" * 100]),
    ],
)
def test_a_query_is_short(text: str, asked: list[str]) -> None:
    assert split(text) == asked
