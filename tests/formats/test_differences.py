"""What became of a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from formats.differences import GONE, NEW, SAME, Part, choices, is_same, lines, parts

OLD = "Une heure par mois, au téléphone"
NOW = "Deux heures par mois, au téléphone"


def test_words_stay_go_and_come() -> None:
    assert parts(OLD, NOW) == [
        Part(GONE, "Une heure "),
        Part(NEW, "Deux heures "),
        Part(SAME, "par mois, au téléphone"),
    ]
    assert parts("", "Oui") == [Part(NEW, "Oui")] and parts("Oui", "") == [Part(GONE, "Oui")]
    assert is_same(parts(OLD, OLD)) and is_same(parts("", ""))


def test_a_line_is_reworded_or_another() -> None:
    before = ["Tenir mes délais", "Mener mon premier entretien", "Dire non"]
    after = ["Tenir mes délais", "Mener mon deuxième entretien", "Respirer", "Déléguer"]

    assert lines(before, after) == [
        [Part(SAME, "Tenir mes délais")],
        [
            Part(SAME, "Mener mon "),
            Part(GONE, "premier "),
            Part(NEW, "deuxième "),
            Part(SAME, "entretien"),
        ],
        [Part(GONE, "Dire non")],
        [Part(NEW, "Respirer")],
        [Part(NEW, "Déléguer")],
    ]


def test_ticks() -> None:
    assert choices(["phone", "video"], ["video", "written"]) == [
        Part(SAME, "video"),
        Part(NEW, "written"),
        Part(GONE, "phone"),
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_is_lost(before: str, after: str) -> None:
    found = parts(before, after)

    kept = "".join(part.text for part in found if part.kind != GONE)
    assert kept == after
    went = "".join(part.text for part in found if part.kind != NEW)
    assert went.split() == before.split()


@given(st.lists(st.text(max_size=9), max_size=6), st.lists(st.text(max_size=9), max_size=6))
def test_no_line_is_lost(before: list[str], after: list[str]) -> None:
    found = lines(before, after)

    came = ["".join(part.text for part in line if part.kind != GONE) for line in found]
    assert [line for line in came if line] == [line for line in after if line]
