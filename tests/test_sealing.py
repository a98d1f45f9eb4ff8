"""Sealed under one key, opened under any we have, unreadable under others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sealing
import settings

OLD, NEW, OTHER = "old " * 10, "new " * 10, "other " * 10
TEXT = "Je m’y perds un peu.\n– Où? – «Là» 🙂"


def forget() -> None:
    settings.forget()
    for kept in (sealing._keys, sealing._box, sealing._derived):
        kept.cache_clear()


@pytest.fixture
def under(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """`under(keys)`: the installation has these from here on."""

    def turn(keys: str) -> None:
        monkeypatch.setenv("SECRET_KEY", keys)
        forget()

    yield turn
    monkeypatch.undo()
    forget()


def test_a_text_comes_back() -> None:
    sealed = sealing.seal(TEXT)

    assert sealing.unseal(sealed) == TEXT
    assert sealed.isascii() and "perds" not in sealed
    assert sealing.seal(TEXT) != sealed  # equal texts can't be told


def test_empty_stays_empty() -> None:
    assert (sealing.seal(""), sealing.unseal("")) == ("", "")


def test_keys_rotate(under: Callable[[str], None]) -> None:
    under(OLD)
    first = sealing.seal("first")
    under(f"{NEW},{OLD}")
    second = sealing.seal("second")

    assert (sealing.unseal(first), sealing.unseal(second)) == ("first", "second")
    under(NEW)
    assert sealing.unseal(second) == "second"
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(first)


def test_a_wrong_key_opens_nothing(under: Callable[[str], None]) -> None:
    sealed = sealing.seal(TEXT)
    under(OTHER)

    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed)


@pytest.mark.parametrize("place", [0, 5, 20, 60, -20, -1])
def test_a_changed_letter_is_noticed(place: int) -> None:
    sealed = list(sealing.seal(TEXT).rstrip("="))
    sealed[place] = "A" if sealed[place] != "A" else "B"

    with pytest.raises(sealing.Unreadable):
        sealing.unseal("".join(sealed))


@pytest.mark.parametrize("rubbish", ["plain text", "é", "gAAAA", "=" * 80])
def test_what_was_never_sealed_is_unreadable(rubbish: str) -> None:
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(rubbish)


def test_without_a_setting_the_key_lies_beside_the_data(
    under: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    under("")
    sealed = sealing.seal(TEXT)
    forget()

    assert sealing.unseal(sealed) == TEXT
    assert (tmp_path / "secret.key").exists()


def test_keyed_hashes_hold_to_key_purpose_and_words(under: Callable[[str], None]) -> None:
    under(OLD)
    said = sealing.keyed("code", "123456", "browser")

    assert said == sealing.keyed("code", "123456", "browser")
    assert len({said, sealing.keyed("address", "123456", "browser"), sealing.keyed("code")}) == 3
    assert sealing.keyed("code", "1", "23") != sealing.keyed("code", "12", "3")
    under(f"{NEW},{OLD}")
    assert sealing.keyed("code", "123456", "browser") != said


def test_secrets_are_long_and_their_hash_plain() -> None:
    assert len({sealing.token() for _ in range(50)}) == 50
    assert len(sealing.token()) >= 43
    assert sealing.hashed("a") == sealing.hashed("a") != sealing.hashed("b")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [("a", "a", True), ("é", "é", True), ("", "", True), ("a", "b", False), ("a", "", False)],
)
def test_same(one: str, other: str, is_same: bool) -> None:
    assert sealing.same(one, other) is is_same


def test_the_secret_of_forms_is_not_the_key(under: Callable[[str], None]) -> None:
    under(OLD)
    secret = sealing.csrf_secret()
    under(NEW)

    assert secret != sealing.csrf_secret() and OLD.strip() not in secret


FILE = bytes(range(256)) * 40


def test_a_file_comes_back_hardly_larger() -> None:
    sealed = sealing.seal_file(FILE)

    assert sealing.unseal_file(sealed) == FILE and FILE[:64] not in sealed
    assert len(sealed) < len(FILE) + 100
    assert (sealing.seal_file(b""), sealing.unseal_file(b"")) == (b"", b"")


def test_a_file_is_sealed_anew_under_the_first_key(under: Callable[[str], None]) -> None:
    under(OLD)
    sealed = sealing.seal_file(FILE)
    under(f"{NEW},{OLD}")
    again = sealing.resealed_file(sealed)

    assert again != sealed and sealing.resealed_file(again) == again
    assert sealing.resealed_file(b"") == b""
    under(NEW)
    assert sealing.unseal_file(again) == FILE
    for unreadable in (sealed, b"rubbish"):
        with pytest.raises(sealing.Unreadable):
            sealing.unseal_file(unreadable)
        with pytest.raises(sealing.Unreadable):
            sealing.resealed_file(unreadable)
