"""What no template may hold under our CSP and htmx 4, and what each must."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest

from assets import STATIC
from forms.fields import Form
from templating import SOURCE, environment, render

TEMPLATES = SOURCE / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "letters" not in path.parts)
NAMES = [path.relative_to(TEMPLATES).as_posix() for path in PAGES]
FORBIDDEN = {
    "needs eval": r"""hx-on\b|["']\s*js:|\bjavascript:""",
    "a trigger's filter needs eval": r'hx-trigger="[^"]*\[',
    "inline style": r"<style|\sstyle=",
    "inline script": r"<script(?![^>]*\ssrc=)[^>]*>|<script[^>]*>[^<\s]|\son(click|input|submit)=",
    "unescaped": r"\|\s*safe\b|autoescape false",
    "history belongs to the browser": r"hx-boost|hx-push|hx-history",
    "htmx 2": r"hx-(disabled-elt|ext|params|vars|inherit|disinherit|prompt|request|swap-oob)=",
    "htmx 4 inherits by :inherited": r"<(body|main|ul|ol|section|table)\b[^>]*\shx-(headers|sync)=",
    "one queue for the page": r'<body[^>]*hx-sync[^=]*="this:',
    "people must be able to zoom": r"maximum-scale|user-scalable",
    "another host": r"(src|href)=\"(https?:)?//",
}


def markup(path: Path) -> str:
    """Without Jinja's comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("reason", FORBIDDEN)
def test_nothing_forbidden(reason: str) -> None:
    found = [
        f"{name}: {match[0]}"
        for name, path in zip(NAMES, PAGES, strict=True)
        for match in re.finditer(FORBIDDEN[reason], markup(path))
    ]

    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name: str) -> None:
    environment().get_template(name)


def test_a_piece_says_what_it_needs_and_extends_nothing() -> None:
    pieces = [path for path in PAGES if path.name.startswith("_")]

    silent = [path.name for path in pieces if not path.read_text().startswith("{#")]
    extending = [path.name for path in pieces if "{% extends" in markup(path)]

    assert silent == [] and extending == []


def test_every_form_that_posts_carries_the_token() -> None:
    forms = [
        (name, form)
        for name, path in zip(NAMES, PAGES, strict=True)
        for form in re.findall(r'<form[^>]*method="post".*?</form>', markup(path), re.DOTALL)
    ]

    assert [name for name, form in forms if "shared/_csrf.html" not in form] == []


def test_every_sign_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    used = {
        (name, sign)
        for name, path in zip(NAMES, PAGES, strict=True)
        for sign in re.findall(r'\b(?:icon\(|sign=)"([\w-]+)"', markup(path))
    }

    assert {(name, sign) for name, sign in used if sign not in sprite} == set()


def frame(**further: Any) -> dict[str, Any]:
    """As pages.frame_of gives it."""
    return {
        "viewer": SimpleNamespace(id=7, first_name="Amélie", paused_at=None),
        "own_profile": None,
        "mark": "m",
        "house": SimpleNamespace(contact="mentorat@example.org", short_name="ASC", logo=""),
        "house_name": "Association",
        "theme": "",
        "demo": True,
        "nav_items": [("home", "/", "home", "Accueil", 2)],
        "nav": "home",
        "here": "/",
        "toast": "",
        "is_harm": False,
        "is_focused": False,
        "csrf_token": lambda: "secret",
    } | further


@pytest.mark.parametrize(
    "viewer", [None, SimpleNamespace(id=7, first_name="Amélie", paused_at=None)]
)
@pytest.mark.parametrize("code", [403, 404, 500])
def test_an_error_is_a_whole_page(viewer: Any, code: int) -> None:
    nav = frame()["nav_items"] if viewer else []
    page = render("shared/error.html", code=code, text="<b>", **frame(viewer=viewer, nav_items=nav))
    parser = html5lib.HTMLParser()
    parser.parse(page)

    assert parser.errors == [] and page.count("<h1") == 1 and "&lt;b&gt;" in page
    assert len(re.findall(r'\sid="([^"]+)"', page)) == len(set(re.findall(r'\sid="([^"]+)"', page)))


def test_pieces_hold_regions_and_a_toast() -> None:
    also = [("#a", "innerHTML", "shared/_csrf.html")]
    page = render("shared/_pieces.html", **frame(piece="", also=also, toast="Fait", is_harm=True))

    assert '<hx-partial hx-target="#a" hx-swap="innerHTML"><input' in page
    assert 'hx-target="#toasts" hx-swap="beforeend"><p class="toast harm">Fait</p>' in page


def test_fields_take_values_and_errors_from_the_form() -> None:
    form = Form(
        typed={"email": '"x'}, ticked={"kinds": ["b"]}, errors={"email": "Non", "way": "Si"}
    )
    source = """{% import "shared/forms.html" as forms with context %}
    {{ forms.field("email", "E", hint="h") }}
    {{ forms.checks("kinds", "K", [("a", "A"), ("b", "B")]) }}
    {{ forms.radios("way", "W", [("a", "A"), ("b", "B", "hint")], value="a") }}
    {{ forms.textarea("text", "T") }}{{ forms.select("s", "S", [(1, "x")], value="1") }}
    {{ forms.tick("t", "T", is_on=true) }}{{ forms.code("c", "C") }}{{ forms.key("k") }}
    {{ forms.submit("Go", id="go") }}{{ forms.error_summary(form.errors) }}"""

    page = environment().from_string(source).render(form=form)

    assert 'value="&#34;x"' in page and 'aria-describedby="email-hint email-error"' in page
    assert 'value="b" checked' in page and 'value="a" checked' in page and "selected" in page
    assert page.count("data-wrong") == 1 and 'href="#way"' in page


@pytest.mark.parametrize("done", range(8))
@pytest.mark.parametrize("size", ["large", "small"])
def test_the_path_says_in_words_what_it_shows(done: int, size: str) -> None:
    source = '{% from "shared/_path.html" import path %}{{ path(done, size) }}'

    page = environment().from_string(source).render(done=done, size=size)

    assert page.count("cairn filled") == min(done, 4) and f"{done} contact" in page
