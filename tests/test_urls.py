"""Addresses: ours only, where somebody else may have typed them."""

from __future__ import annotations

import pytest

import urls

OURS = ["/", "/mentors", "/mentors?topic=a&canton=VD#list", "/mentors/7", "/a//b", "/%0d%0aX: y"]
NOT_OURS = [
    "",
    "mentors",
    "?next=/",
    "#",
    ".",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/mentors\\..\\evil",
    "/\t/evil.example",
    "/\n/evil.example",
    "/x\r\nSet-Cookie: a=b",
    "/\x00",
    " /mentors",
    "https://evil.example",
    "https:/evil.example",
    "http://localhost:8000/",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "/é",
    "/\u2028",
    "/\u202e",
    "/\ud800",
]


@pytest.mark.parametrize("address", OURS)
def test_a_path_of_ours_is_kept(address: str) -> None:
    assert urls.own_path(address) == address


@pytest.mark.parametrize("address", NOT_OURS)
def test_any_other_leads_home(address: str) -> None:
    assert urls.own_path(address) == urls.HOME


def test_a_query_says_what_is_there() -> None:
    assert urls.with_query("/a") == "/a"
    assert urls.with_query("/a", b="", c=None, d=[]) == "/a"
    assert urls.with_query("/a", b="x y&z=é", c=["1", "2"]) == "/a?b=x+y%26z%3D%C3%A9&c=1&c=2"


def test_rows_and_numbers_have_the_same_address() -> None:
    class Row:
        id = 7

    assert urls.mentor(7) == urls.mentor(Row()) == "/mentors/7"
    with pytest.raises(ValueError):
        urls.mentor(type("Row", (), {"id": "../x"}))


def test_letters_hold_whole_addresses() -> None:
    assert urls.absolute("/a") == "http://localhost:8000/a"
