"""Whose language it is, and whether each language says everything."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

import i18n
from i18n import FOLDER, SOURCE, choose, spaced, speaking

ROOT = FOLDER.parents[1]
POT = FOLDER / "messages.pot"
CATALOGUES = sorted(FOLDER.glob("*.po"))
N = "\u202f"
SAYERS = {"_", "N_", "gettext", "ngettext", "pgettext", "npgettext"}


@pytest.fixture
def four_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "offered", lambda: ("fr", "de", "it", "en"))


def test_own_setting_before_cookie_before_browser(four_languages: None) -> None:
    assert choose("it", "en", "de") == "it"
    assert choose(None, "en", "de") == "en"
    assert choose(None, None, "de") == "de"
    assert choose(None, None, "") == "fr"


def test_what_is_not_offered_is_passed_over(four_languages: None) -> None:
    assert choose("rm", "xx", "rm-CH, de;q=0.8") == "de"
    assert choose("rm", "", "rm") == "fr"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.5, it;q=0.9", "it"),
        ("pt, es;q=0.9, en;q=0.1", "en"),
        ("DE-ch", "de"),
        ("de ; q=0.5, it ; q=0.9", "it"),
        ("de;q=0, pt", "fr"),
        ("de;q=0.8, it;q=0.8", "de"),
        ("zh-Hant-TW, it", "it"),
        *((rubbish, "fr") for rubbish in ("*", ",,;;q", "q=1", "\x00", "é", "-", ";q=1")),
        *((f"de;q={weight}, it;q=0.2", "it") for weight in ("x", "nan", "inf", "-1", "7", "1e9")),
    ],
)
def test_the_browsers_wish(four_languages: None, accepted: str, language: str) -> None:
    assert choose(None, None, accepted) == language


def test_a_language_is_spoken_as_long_as_it_should(four_languages: None) -> None:
    with speaking("de"):
        with speaking("xx"):
            assert i18n.language() == SOURCE
        assert i18n.language() == "de"
    assert i18n.language() == SOURCE


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 caractère."), (1, "1 caractère."), (2, "2 caractères.")]
)
def test_french_counts_nought_as_one(count: int, said: str) -> None:
    one = "Écrivez encore au moins %(count)s caractère."
    many = "Écrivez encore au moins %(count)s caractères."

    assert said in i18n.ngettext(one, many, count) % {"count": count}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("texte : suite", f"texte{N}: suite"),
        ("texte: suite", f"texte{N}: suite"),
        ("texte:", f"texte{N}:"),
        ("texte\xa0:", f"texte{N}:"),
        (f"texte{N}:", f"texte{N}:"),
        ("Quoi?", f"Quoi{N}?"),
        ("Quoi ?!", f"Quoi{N}?!"),
        ("Vite !!! Vite", f"Vite{N}!!! Vite"),
        ("un ; deux", f"un{N}; deux"),
        ("«Non!» (ici: là!)", f"«Non{N}!» (ici{N}: là{N}!)"),
        ("%(name)s: %(count)s !", f"%(name)s{N}: %(count)s{N}!"),
        ("<b>Titre :</b> **Titre :** oui", f"<b>Titre{N}:</b> **Titre{N}:** oui"),
        ("ligne :\nsuite", f"ligne{N}:\nsuite"),
        ("a-t-elle eu lieu ?", f"a\u2011t\u2011elle eu lieu{N}?"),
        ("peut-être, un t-shirt", "peut-être, un t-shirt"),
        *((same, same) for same in ("12:30", "https://a.ch/?b=1", "a&amp; b &#39; c", "%(a)s")),
        *((same, same) for same in ("| --- | ---: |", "[1]: https://a.ch", ": x", "", "a;b")),
    ],
)
def test_french_marks_keep_a_narrow_distance(typed: str, shown: str) -> None:
    assert spaced(typed) == shown
    assert spaced(shown) == shown


def test_french_texts_are_spaced_when_read() -> None:
    plain = [one for context, one, *many in keys(POT) if not (context or many)]
    plain = [text for text in plain if spaced(text) != text]

    assert len(plain) > 5
    assert list(map(i18n.gettext, plain)) == list(map(spaced, plain))


def test_days_and_hours_are_those_of_zurich() -> None:
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    assert i18n.moment(moment) == "jeudi 2\xa0juillet 2026, 00:30"
    assert i18n.time_of(moment) == "00:30"
    assert i18n.short_day(date(2027, 1, 12)) == "12\xa0janvier 2027"


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("fr", "mardi 24\xa0novembre 2026"),
        ("de", "Dienstag, 24.\xa0November 2026"),
        ("it", "martedì, 24\xa0novembre 2026"),
        ("en", "Tuesday, 24\xa0November 2026"),
    ],
)
def test_days_in_each_language(four_languages: None, language: str, day: str) -> None:
    with speaking(language):
        assert i18n.long_day(date(2026, 11, 24)) == day


@pytest.mark.parametrize(
    ("language", "first", "other"),
    [("fr", "1er\xa0", "21\xa0"), ("de", "1.\xa0", "21.\xa0"), ("en", "1\xa0", "21\xa0")],
)
def test_a_day_keeps_its_month_on_the_line(
    four_languages: None, language: str, first: str, other: str
) -> None:
    with speaking(language):
        days = [i18n.long_day(date(2027, 1, number)) for number in (1, 21)]
        short = [i18n.short_day(date(2027, 1, number)) for number in (1, 21)]
        at = i18n.moment(datetime(2027, 1, 1, 12, tzinfo=UTC))

    assert first in days[0] and other in days[1] and first in at
    assert short[0].startswith(first) and short[1].startswith(other)
    assert not any("1er" in day for day in days[1:])


def test_languages_have_names(four_languages: None) -> None:
    assert list(map(i18n.own_name, i18n.offered())) == [
        "Français",
        "Deutsch",
        "Italiano",
        "English",
    ]
    with speaking("de"):
        assert i18n.language_name("rm") == "Rätoromanisch"


# The catalogues


def test_the_template_of_texts_is_fresh(tmp_path: Path) -> None:
    """`make i18n` makes it so."""
    fresh = tmp_path / "fresh.pot"
    options = ("--no-location", "--sort-output", "--omit-header", "--add-comments", "Translators:")
    files = ("--mapping-file", ROOT / "pyproject.toml", "--output-file", fresh, ROOT / "src")
    pybabel: Any = CommandLineInterface()
    pybabel.run(["pybabel", "-q", "extract", *options, *map(str, files)])

    assert keys(fresh) == keys(POT)
    assert fresh.read_text() == POT.read_text()


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_a_language_says_everything_and_no_more(file: Path) -> None:
    said = {key(message): message for message in messages(file)}

    assert sorted(said.keys() - keys(POT)) == []
    assert sorted(keys(POT) - said.keys()) == []
    assert [m.id for m in said.values() if m.fuzzy or not all(texts(m.string))] == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_placeholders_and_tags_are_those_of_the_source(file: Path) -> None:
    catalogue = read(file)

    for message in messages(file):
        assert [str(error) for error in message.check(catalogue)] == [], message.id
        assert {tags(text) for text in texts(message.string)} <= set(map(tags, texts(message.id)))


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_no_words_are_said_by_a_splinter(file: Path) -> None:
    """The letters of one word, one for each plural, pass everything else."""
    said = [
        (texts(message.id)[0], text) for message in messages(file) for text in texts(message.string)
    ]

    assert [(french, text) for french, text in said if len(text) < 3 < len(french) / 3] == []


@pytest.mark.parametrize("file", [POT, *CATALOGUES], ids=lambda file: file.stem)
def test_swiss_spelling_and_quotes(file: Path) -> None:
    wrong = re.compile("[ß“”„‚‘]|«[\\s\u202f]|[\\s\u202f]»")
    own = "id" if file == POT else "string"

    assert [t for m in messages(file) for t in texts(getattr(m, own)) if wrong.search(t)] == []


def test_spacing_leaves_placeholders_whole() -> None:
    french = i18n._french()

    for message in french:
        assert message.id == "" or list(message.check(french)) == []


def read(file: Path) -> Catalog:
    with file.open("rb") as content:
        return read_po(content, locale=SOURCE if file == POT else file.stem)


def messages(file: Path) -> list[Message]:
    return [message for message in read(file) if message.id]


def keys(file: Path) -> set[tuple[str, ...]]:
    return set(map(key, messages(file)))


def key(message: Message) -> tuple[str, ...]:
    return (message.context or "", *texts(message.id))


def texts(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def tags(text: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"</?\w+", text)))


def test_no_text_hides_in_an_f_string() -> None:
    """There the extraction does not look: a letter would end in French."""
    hidden = [
        f"{file.name}:{call.lineno}"
        for file in (FOLDER.parent).rglob("*.py")
        for text in ast.walk(ast.parse(file.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in SAYERS
    ]
    assert hidden == []


def test_no_french_word_stands_before_a_name_that_may_begin_with_a_vowel() -> None:
    """«de Ursula» should be «d’Ursula»: said another way, it is right for everybody."""
    elided = re.compile(r"\b(de|que|jusque|lorsque|puisque) %\((\w+)\)s", re.IGNORECASE)
    names = {"name", "mentor", "mentee", "partner", "colleague", "from", "to"}

    texts = [text for _, *forms in keys(POT) for text in forms]
    said = [text for text in texts if any(who in names for _, who in elided.findall(text))]
    assert said == []
