"""Every reader of a form's fields, against what people and others send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clock import ZURICH
from formats.plain import ADDRESS, UNSEEN, cleaned
from forms.fields import Form, Reader, Sent

Read = Callable[[Reader], object]
READERS: dict[str, Read] = {
    "text": lambda reader: reader.text("x", least=1, most=50),
    "line": lambda reader: reader.line("x", least=1, most=50),
    "address": lambda reader: reader.address("x"),
    "choice": lambda reader: reader.choice("x", ("a", "b")),
    "choices": lambda reader: reader.choices("x", ("a", "b"), least=1),
    "tick": lambda reader: reader.tick("x"),
    "number": lambda reader: reader.number("x", least=1, most=50),
    "day": lambda reader: reader.day("x"),
    "moment": lambda reader: reader.moment("x"),
    "key": lambda reader: reader.key("x"),
}
GOOD = {
    "text": "Un mot",
    "line": "Un mot",
    "address": "a@example.org",
    "choice": "a",
    "choices": "a",
    "tick": "1",
    "number": "7",
    "day": "2026-11-24",
    "moment": "2026-11-24T14:05",
    "key": "k" * 20,
}
MAY_BE_EMPTY = {"tick", "day", "moment"}


def read(name: str, *values: Any) -> tuple[object, str, str]:
    """What came out, the error, and what stands in the field again."""
    form = Form()
    out = READERS[name](Reader(Sent({"x": values} if values else {}), form))
    return out, form.error("x"), form.value("x")


@pytest.mark.parametrize("name", READERS)
def test_what_is_right_has_no_error(name: str) -> None:
    out, error, _ = read(name, GOOD[name])

    assert out and not error


@pytest.mark.parametrize("values", [(), ("",), (" \t\r\n",), ("\x00\u200b\u202e\ufeff",)])
@pytest.mark.parametrize("name", READERS)
def test_missing_and_blank_are_the_same(name: str, values: tuple[str, ...]) -> None:
    out, error, typed = read(name, *values)

    assert bool(error) is (name not in MAY_BE_EMPTY)
    assert not typed and (name == "number" or not out)


@pytest.mark.parametrize("name", READERS)
def test_an_uploaded_file_is_no_word(name: str) -> None:
    assert read(name, b"bytes", object()) == read(name)
    assert read(name, object(), GOOD[name]) == read(name, GOOD[name])


@pytest.mark.parametrize("name", sorted(READERS.keys() - {"choices"}))
def test_of_a_doubled_field_the_last_counts(name: str) -> None:
    assert read(name, "?", GOOD[name]) == read(name, GOOD[name])


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("unseen", ["\x00", "\x1b", "\x7f", "\x9b", "\u202e", "\u2067", "\ud800"])
def test_what_nobody_sees_is_gone(name: str, unseen: str) -> None:
    good = GOOD[name]
    polluted = f"{unseen}{good[:1]}{unseen}{good[1:]}{unseen}"

    assert read(name, polluted) == read(name, good)


@given(st.text(st.characters() | st.sampled_from("\r\n\x00\u202e\ud800٣ "), max_size=80))
def test_no_text_breaks_a_reader(text: str) -> None:
    for name in READERS:
        out, error, typed = read(name, text)
        assert not UNSEEN.search(typed) and "\r" not in typed
        typed.encode()
        if name == "number" and not error:
            assert isinstance(out, int) and 1 <= out <= 50
        if isinstance(out, datetime):
            assert out.astimezone(UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("  a \t b  ", "a \t b"),
        ("É œ ß 🙂 👩\u200d🏫 日本", "É œ ß 🙂 👩\u200d🏫 日本"),
        ("\u202e abc \u202c", "abc"),
    ],
)
def test_texts_are_kept_as_typed(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


def test_a_line_is_one_line() -> None:
    out, error, typed = read("line", "Nom\r\nBcc: autre@example.org\u2028x\x0by")

    assert out == typed == "Nom Bcc: autre@example.org x y" and not error


@pytest.mark.parametrize("name", ["text", "line"])
def test_length_is_counted_after_cleaning(name: str) -> None:
    assert read(name, f" {'é' * 50} \u200b")[1] == ""
    assert "1 caractère." in read(name, "é" * 51)[1]
    assert "2 caractères." in read(name, "é" * 52)[1]
    assert read(name, "é" * 51)[2] == "é" * 51  # what was typed stays


def test_too_short_says_how_much_is_missing() -> None:
    form = Form()
    reader = Reader(Sent({"x": ["a    b"], "y": ["ab"]}), form)
    reader.line("x", least=4)
    reader.text("y", least=3)

    assert "1 caractère." in form.error("x") and "1 caractère." in form.error("y")


@pytest.mark.parametrize(
    "address", ["a@b.ch", "é.ü+x@sub.exämple.org", "d'amico@example.it", "a-b@example.co.uk"]
)
def test_addresses(address: str) -> None:
    assert read("address", f" {address} ") == (address, "", address)


@pytest.mark.parametrize(
    "address",
    [
        "a", "a@", "@b.ch", "a@b", "a@b.", "a@.ch", "a@b..ch", "a b@c.ch", "a@b@c.ch",
        "a@b.ch,c@d.ch", "A <a@b.ch>",
        '"a"@b.ch', "a@b.ch\nBcc: c@d.ch", "a;b@c.ch", "a@[127.0.0.1]", "(x)a@b.ch",
        f"{'a' * 250}@b.ch", f"{'ΐ' * 200}@b.ch", "a@d'amico.it",
    ],
)  # fmt: skip
def test_no_addresses(address: str) -> None:
    assert read("address", address)[1]


def test_an_endless_address_is_refused_at_once() -> None:
    assert not ADDRESS.fullmatch("a@" + "b." * 50_000)


def test_choices_keep_their_order_and_drop_what_is_none() -> None:
    assert read("choices", "b", "c", "a", "a")[0] == ("a", "b")
    assert read("choices", "c")[0] == () and read("choices", "c")[1]
    assert read("choice", "c")[:2] == ("", "Choisissez une des possibilités.")


@pytest.mark.parametrize("off", ["", "0", "false", "off"])
def test_a_tick(off: str) -> None:
    assert read("tick", off) == (False, "", "")
    assert read("tick", off, "on") == (True, "", "1")  # the box after its hidden twin


@pytest.mark.parametrize("written", ["1", "50", "007"])
def test_numbers(written: str) -> None:
    assert read("number", written) == (int(written), "", written)


@pytest.mark.parametrize(
    "written",
    ["0", "51", "-1", "+1", "1.0", "1e1", "٣", "３", "²", "1_0", "0x1", "1 0", "9" * 10,
     "0000000099", "0000000000007", "9" * 5000],
)  # fmt: skip
def test_no_numbers(written: str) -> None:
    out, error, typed = read("number", written)

    assert (out, typed) == (1, written) and "de 1 à 50" in error


@pytest.mark.parametrize("written", ["2026-11-24", "24.11.2026", "24/11/2026", " 24.11.2026 "])
def test_days(written: str) -> None:
    assert read("day", written)[:2] == (date(2026, 11, 24), "")


@pytest.mark.parametrize(
    "written",
    ["31.02.2026", "29.02.2027", "2026-13-01", "2026-00-10", "24.11.26", "11/24/2026", "demain",
     "2026-11-24T10:00", "20261124", "1899-12-31", "9999-12-31", "0001-01-01", "-2026-11-24",
     "9" * 5000],
)  # fmt: skip
def test_no_days(written: str) -> None:
    out, error, typed = read("day", written)

    assert (out, typed) == (None, written) and "24.11.2026" in error


def test_a_leap_day_is_one() -> None:
    assert read("day", "29.02.2028")[0] == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-24T14:05", datetime(2026, 11, 24, 13, 5, tzinfo=UTC)),
        ("2026-07-01T14:05:30", datetime(2026, 7, 1, 12, 5, 30, tzinfo=UTC)),
        ("2027-03-28T01:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        ("2027-03-28T03:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_moments_are_those_of_zurich(written: str, moment: datetime) -> None:
    out, error, _ = read("moment", written)

    assert isinstance(out, datetime) and out.tzinfo is ZURICH
    assert out.astimezone(UTC) == moment and not error


@pytest.mark.parametrize(
    "written",
    ["2026-02-31T10:00", "2026-11-24T24:00", "2026-11-24",
     "2026-11-24T10:00Z", "2026-11-24T10:00+05:00", "2026-W48-2T10:00", "14:05", "demain",
     "0001-01-01T00:00", "9999-12-31T23:59", "٢٠٢٦-11-24T10:00"],
)  # fmt: skip
def test_no_moments(written: str) -> None:
    out, error, typed = read("moment", written)

    assert (out, typed) == (None, written) and "une date et une heure" in error


@pytest.mark.parametrize("written", ["2027-03-28T02:00", "2027-03-28T02:30", "2027-03-28T02:59"])
def test_an_hour_that_the_clock_leaps_over_is_named(written: str) -> None:
    out, error, typed = read("moment", written)

    assert (out, typed) == (None, written) and "l’horloge passe de 2 à 3 heures" in error


@pytest.mark.parametrize("key", ["k" * 16, "k" * 40, "aZ09-_" * 4])
def test_keys(key: str) -> None:
    assert read("key", key) == (key, "", key)


@pytest.mark.parametrize("key", ["k" * 15, "k" * 41, "é" * 20, "k k" * 7, "٣" * 20, "k" * 16 + "'"])
def test_no_keys(key: str) -> None:
    assert "Rechargez" in read("key", key)[1]


def test_the_first_error_of_a_field_stays() -> None:
    form = Form()
    reader = Reader(Sent({}), form)
    reader.text("x", least=1)
    first = form.error("x")
    reader.choice("x", ())

    assert form.error("x") == first == "Remplissez ce champ."


def test_a_form_shows_again_what_was_typed() -> None:
    form = Form(typed={"a": "1"}, ticked={"b": ["x"]}, errors={"c": "non"})

    assert (form.value("a"), form.value("z")) == ("1", "")
    assert form.is_ticked("b", "x") and form.is_ticked("a", "1") and not form.is_ticked("b", "y")
    assert (form.error("c"), form.error("z")) == ("non", "")
