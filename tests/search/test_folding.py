"""Different spellings are one word; folding a beginning gives a beginning."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.folding import fold, parts, typed, words

SAME = [
    ("Führung", "FÜHRUNG", "Fuehrung", "fuhrung"),
    ("Strasse", "Straße", "STRASSE"),
    ("Zürich", "Zuerich", "zurich"),
    ("œuvre", "oeuvre", "Œuvre"),
    ("cœur", "coeur"),
    ("Müller", "Mueller", "MULLER"),
    ("Hélène", "Helene", "hélène"),
    ("façade", "facade"),
    ("Česká", "ceska"),
    ("Łódź", "lodz"),
    ("Søren", "Soren", "Soeren"),
    ("naïf", "naif"),
    ("encyclopædia", "encyclopaedia"),
    ("ﬁnance", "finance"),
]


@pytest.mark.parametrize("spellings", SAME)
def test_spellings_of_one_word(spellings: tuple[str, ...]) -> None:
    assert len({fold(spelled) for spelled in spellings}) == 1


@pytest.mark.parametrize("pair", [("Bern", "Berne"), ("Meier", "Meyer"), ("Basel", "Bâle")])
def test_other_words_stay_apart(pair: tuple[str, str]) -> None:
    assert fold(pair[0]) != fold(pair[1])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Conduite d’équipe", ["conduite", "d", "equipe"]),
        ("Start-up, KMU & Co.", ["startup", "start", "up", "kmu", "co"]),
        ("Jean‑Luc", ["jeanluc", "jean", "luc"]),
        ("ISO 27001/B2B", ["iso", "27001", "b2b"]),
        ("snake_case", ["snake", "case"]),
        ("  \n", []),
        ("«Fu\u0308hrung»", ["fuhrung"]),
    ],
)
def test_words_of_a_text(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("l’innovation", ["innovation"]),
        ("L'INNOVATION", ["innovation"]),
        ("dell’azienda", ["azienda"]),
        ("gestion d'équipe", ["gestion", "equipe"]),
        ("start-up", ["start", "up"]),
        ("aujourd’hui", ["aujourd", "hui"]),
        ("Loïc", ["loic"]),
    ],
)
def test_words_of_a_query(text: str, asked: list[str]) -> None:
    assert typed(text) == asked


@given(st.text(), st.integers(min_value=0, max_value=40))
def test_a_beginning_folds_to_a_beginning(text: str, length: int) -> None:
    # Composed first, as everywhere: a mark that follows changes the letter before it.
    text = unicodedata.normalize("NFC", text)
    if length < len(text) and unicodedata.combining(text[length]):
        return
    assert fold(text).startswith(fold(text[:length]))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_words_hold_letters_and_digits_only(text: str) -> None:
    assert all(word.isalnum() for word in words(text))
    assert all(word for token in text.split() for word in parts(token))


def test_every_sign_of_every_script() -> None:
    for number in range(0x3000):
        sign = chr(number)
        assert fold(fold(sign)) == fold(sign)
        assert all(word.isalnum() for word in words(f"a{sign}b"))
