"""Addresses: where letters to them arrive, however they are written."""

from __future__ import annotations

import pytest

from formats.plain import mailbox


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("Claire.Favre@Example.org", "claire.favre@example.org"),
        (" claire@example.org\u00a0", "claire@example.org"),
        ("claire+mentorat@example.org", "claire@example.org"),
        ("ｃｌａｉｒｅ@example.org", "claire@example.org"),
        ("claire@example.org.", "claire@example.org"),
        ("claire@bücher.ch", "claire@xn--bcher-kva.ch"),
        ("claire@BU\u0308CHER.ch", "claire@xn--bcher-kva.ch"),
        ("claire@xn--bcher-kva.ch", "claire@xn--bcher-kva.ch"),
        ("c.l.aire+x@gmail.com", "claire@gmail.com"),
        ("claire@googlemail.com", "claire@gmail.com"),
        ("c.laire@example.org", "c.laire@example.org"),
        ("+@example.org", "+@example.org"),
        ("no address", "@no address"),
        ("", "@"),
        ("x@" + "y" * 80 + ".ch", "x@" + "y" * 80 + ".ch"),
    ],
)
def test_one_mailbox_is_one_however_it_is_written(written: str, arrives: str) -> None:
    assert mailbox(written) == arrives
