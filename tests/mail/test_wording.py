"""One source, two faces; what a member wrote stays what a member wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import html5lib
import jinja2
import pytest

import templating
from mail import wording
from mail.outbox import Sender

HOUSE = Sender("Association suisse des cadres", "mentorat@example.org", "http://localhost:8000/")
LINK = "http://localhost:8000/answer/x"


@pytest.fixture
def worded(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`worded(source, **words)`: as if the source were a letter of the house."""
    environment = wording.environment()

    def render(source: str, **words: Any) -> wording.Wording:
        own = {"letters/test.txt": source}
        both = jinja2.ChoiceLoader([jinja2.DictLoader(own), environment.loader])
        monkeypatch.setattr(environment, "loader", both)
        return wording.render("test", **{"house": HOUSE, "link": LINK} | words)

    return render


def body(html: str) -> Any:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    document = parser.parse(html)
    assert parser.errors == []
    return document.find("body")


def links(html: str) -> list[str]:
    return [each.get("href") for each in body(html).iter("a")]


def test_each_line_becomes_what_its_sign_says(worded: Any) -> None:
    letter = worded("Sujet\n\nUn mot.\n\n# Titre\n\n- un\n\n- deux\n\n=> Aller | {{ link }}\n")

    assert letter.subject == "Sujet"
    assert letter.text.startswith(f"Un mot.\n\nTitre\n\n- un\n- deux\n\nAller\n{LINK}\n\n")
    [heading] = body(letter.html).iter("h2")
    [items] = body(letter.html).iter("ul")
    [link] = body(letter.html).iter("a")
    assert heading.text == "Titre"
    assert [item.text for item in items.iter("li")] == ["un", "deux"]
    assert (link.text, link.get("href")) == ("Aller", LINK)


def test_it_ends_with_the_house(worded: Any) -> None:
    letter = worded("Sujet\n\nUn mot.\n")
    mute = worded("Sujet\n\nUn mot.\n", house=Sender("ASC", "", "http://localhost:8000/"))

    for said in (HOUSE.name, HOUSE.contact, HOUSE.address):
        assert said in letter.text and said in letter.html
    assert "Écrivez-nous" in letter.text and "Écrivez-nous" not in mute.text


def test_a_members_words_keep_their_lines_and_their_language(worded: Any) -> None:
    letter = worded(
        "Sujet\n\n{{ said | quoted('de') }}\n\n{{ more | quoted('it') }}\n",
        said="Grüezi\n\nBis bald",
        more="Ciao",
    )

    assert letter.text.startswith("> Grüezi\n>\n> Bis bald\n\n> Ciao\n\n")
    german, italian = body(letter.html).iter("blockquote")
    assert german.get("lang") == "de" and italian.get("lang") == "it"
    assert "".join(german.itertext()).split() == ["Grüezi", "Bis", "bald"]


def test_quotes_that_touch_stay_two(worded: Any) -> None:
    letter = worded("S\n\n{{ a | quoted('de') }}\n{{ a | quoted('fr') }}\n", a="x")

    assert [each.get("lang") for each in body(letter.html).iter("blockquote")] == ["de", "fr"]


EVIL = [
    "=> Gewonnen | http://evil.example/",
    "x\n=> Gewonnen | http://localhost:8000/evil",
    "x\r\n\r\n=> Gewonnen | http://localhost:8000/evil",
    "x\u2028=> Gewonnen | http://localhost:8000/evil\x85# Titel\x0b- Punkt",
    "# Titel\n- Punkt\n>it\n> fremd",
    "<a href='http://evil.example/'>x</a><script>alert(1)</script><img src=x>",
    "x | http://evil.example/",
    " \t=> x | http://localhost:8000/evil",
]


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize(
    "source",
    [
        "{{ evil }}\n\n{{ evil }}\n\n{% trans x=evil %}{{ x }}, bonjour{% endtrans %}\n",
        "S\n\n{{ evil | quoted('de') }}\n",
        "S\n\n- {{ evil }}\n",
        "S\n\n# {{ evil }}\n",
        "S\n\n=> {{ evil }} | {{ link }}\n",
    ],
)
def test_what_is_filled_in_becomes_nothing_else(worded: Any, source: str, evil: str) -> None:
    harmless = worded(source, evil="Anna")
    letter = worded(source, evil=evil)

    assert links(letter.html) == links(harmless.html)
    assert [each.tag for each in body(letter.html).iter() if each.tag != "br"] == [
        each.tag for each in body(harmless.html).iter() if each.tag != "br"
    ]
    assert [each.get("lang") for each in body(letter.html).iter("blockquote")] == [
        each.get("lang") for each in body(harmless.html).iter("blockquote")
    ]
    assert "\n" not in letter.subject


def test_lines_and_directions_of_a_name_are_flattened() -> None:
    assert wording.flat(" Anna\r\nBcc: x\x00\t\u202emoc\ud800 ") == "Anna Bcc: x moc"
    assert wording.flat("l’été\u202f: 10\u00a0heures") == "l’été\u202f: 10\u00a0heures"


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil", "javascript:alert(1)", "http://localhost:8000.evil/"]
)
def test_buttons_lead_to_our_own_pages_only(worded: Any, url: str) -> None:
    with pytest.raises(ValueError, match="own pages"):
        worded("S\n\n=> Aller | {{ link }}\n", link=url)


def test_a_word_that_is_missing_is_an_error(worded: Any) -> None:
    with pytest.raises(jinja2.UndefinedError):
        worded("S\n\n{{ forgotten }}\n")


def test_the_html_asks_nobody_for_anything(worded: Any) -> None:
    letter = worded("S\n\nUn mot.\n\n=> Aller | {{ link }}\n")

    tags = {each.tag for each in body(letter.html).iter()}
    assert tags <= {"body", "div", "p", "a", "br"}
    assert "url(" not in letter.html and "src" not in letter.html and "<link" not in letter.html


def test_every_template_says_what_it_needs() -> None:
    folder = Path(templating.SOURCE) / "templates" / "letters"
    for path in folder.iterdir():
        assert path.read_text().startswith("{# needs: "), path.name
