"""What pages are made of: safe texts, versions of files, templates that compile."""

from __future__ import annotations

import gzip
import hashlib
import html
import re
from typing import Any

import pytest
from jinja2 import UndefinedError, meta
from markupsafe import Markup

import i18n
import templating
from assets import STATIC, asset, files
from mail import wording
from templating import environment, markdown, paragraphs

TEMPLATES = environment().list_templates()


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles_and_finds_its_parts(name: str) -> None:
    made: Any = wording.environment() if name.startswith("letters/") else environment()
    source, _, _ = made.loader.get_source(made, name)

    made.get_template(name)
    parts = meta.find_referenced_templates(made.parse(source))
    assert [part for part in parts if part and part not in TEMPLATES] == []


def test_a_forgotten_word_is_an_error() -> None:
    for source in ("{{ nothing }}", "{% if nothing %}{% endif %}", "{{ {}.nothing.more }}"):
        with pytest.raises(UndefinedError):
            environment().from_string(source).render()


@pytest.mark.parametrize("made", [environment(), wording.environment()], ids=["pages", "letters"])
def test_a_name_written_in_a_template_follows_its_reader(made: Any) -> None:
    """Whoever came first has it compiled."""
    template = made.from_string("""{{ "in_person" | named("kind") }}""")

    said = []
    for language in ("fr", "de"):
        with i18n.speaking(language):
            said.append(template.render())
    assert said == ["En personne", "Persönlich"]


def test_pages_escape_and_plain_letters_do_not() -> None:
    escapes = environment().autoescape
    assert callable(escapes)

    assert escapes("a/page.html") and escapes("letters/_a.html") and escapes(None)
    assert not escapes("letters/a.txt")
    assert environment().from_string("{{ x }}").render(x="<b>'\"&") == "&lt;b&gt;&#39;&#34;&amp;"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div onclick='x'>\n\nb\n</div>",
        "[a](javascript:alert(1))",
        "[a](JaVa&#115;cript:alert(1))",
        "[a](&#x6A;avascript:alert(1))",
        "[a](vbscript:x) [b](file:///etc/passwd)",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[a]",
        '[a](https://a.ch "x\\" onclick=\\"y")',
        '[a](<https://a.ch" onclick="y>)',
        "![a](https://a.ch/x.png)",
        "![a](javascript:alert(1))",
        "```\n<script>\n```",
        "`<script>`",
        "| a |\n|---|\n| <script> |",
    ],
)
def test_the_offices_texts_hold_no_scripts_and_no_images(text: str) -> None:
    made = markdown(text)

    assert allowed(made) == made
    assert "javascript:" not in "".join(hrefs(made)).lower()
    assert not any(each.startswith(("data:", "file:", "vbscript:")) for each in hrefs(made))


def test_headings_stand_below_the_pages_own() -> None:
    assert markdown("# a\n\n## b\n\n###### c") == "<h2>a</h2>\n<h3>b</h3>\n<h6>c</h6>\n"


def test_links_lists_and_tables_work() -> None:
    made = markdown("- [a](https://a.ch)\n\n| a |\n|--:|\n| **b** |")

    assert '<li><a href="https://a.ch">a</a></li>' in made and "<strong>b</strong></td>" in made


def test_french_texts_of_the_office_are_spaced() -> None:
    assert markdown("Titre : oui", "fr") == "<p>Titre\u202f: oui</p>\n"
    assert markdown("Titel: ja", "de") == "<p>Titel: ja</p>\n"


def test_what_people_write_keeps_its_lines_and_nothing_else() -> None:
    made = paragraphs("Un <b>\ndeux & trois\n\n\n\n  \n\nquatre {x} %s")

    assert made == ("<p>Un &lt;b&gt;<br>\ndeux &amp; trois</p>\n<p>quatre {x} %s</p>")
    assert isinstance(made, Markup) and paragraphs(" \n\n ") == ""


def test_an_address_holds_the_files_own_hash() -> None:
    content = (STATIC / "css/app.css").read_bytes()
    version = hashlib.sha256(content).hexdigest()[:12]

    assert asset("css/app.css") == f"/static/css/app.css?v={version}"
    with pytest.raises(KeyError):
        asset("css/none.css")


def test_files_are_packed_where_it_helps() -> None:
    packed = {name: file for name, file in files().items() if file.packed is not None}

    assert "css/app.css" in packed and "img/icon-192.png" not in packed
    for file in packed.values():
        assert gzip.decompress(file.packed or b"") == file.content


def test_rows_have_ids_of_their_own() -> None:
    class Inquiry:
        id = 7

    assert templating.dom_id(Inquiry()) == "inquiry-7"
    assert templating.dom_id(Inquiry(), "reply") == "inquiry-7-reply"


def allowed(made: str) -> str:
    """Only what Markdown itself makes."""
    tags = "p|a|li|ul|ol|table|thead|tbody|tr|th|td|strong|em|code|pre|h[2-6]|blockquote|br|hr"
    attributes = r'(?: (?:href|title|style)="[^"<>]*")*'
    parts = re.split(rf"(</?(?:{tags}){attributes} ?/?>)", made)
    return "".join(part if n % 2 else part.replace("<", "") for n, part in enumerate(parts))


def hrefs(made: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="([^"]*)"', made)]


def test_kinds_of_contact_stand_in_a_line_of_words() -> None:
    shown = environment().from_string("{{ kinds | all_named('kind') }}")

    assert shown.render(kinds=["in_person", "phone", "video"]) == (
        "En personne, téléphone, Skype / visio"
    )
    with i18n.speaking("de"):
        assert shown.render(kinds=["phone", "written", "new"]) == "Telefon, schriftlich, new"
    assert shown.render(kinds=[]) == ""
