"""A letter's HTML as it may stand on a page of ours: known tags, no styles, links by path."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markupsafe import Markup, escape

from settings import settings

SHOWN = ("p", "br", "blockquote", "ul", "li", "h2", "a")
HIDDEN = ("title", "style", "script")
EARLIER = re.compile(r"http://localhost:\d+(?=/|\s|$)")  # the demo may have had another port
ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)»]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def face(html: str) -> Markup:
    """As a mail program shows it."""
    reader = _Reader()
    reader.feed(at_this_port(html))
    reader.close()
    return Markup("").join(reader.kept)


def plain(text: str) -> Markup:
    """As it was written, line by line, with its addresses as links."""
    return Markup("<br>\n").join(map(_line, at_this_port(text).splitlines()))


def at_this_port(text: str) -> str:
    return EARLIER.sub(settings().base_url, text)


def _line(text: str) -> Markup:
    kept, end = list[Markup](), 0
    for address in ADDRESS.finditer(text):
        kept += [escape(text[end : address.start()]), _link(address[0])]
        end = address.end()
    return Markup("").join((*kept, escape(text[end:])))


def _link(address: str) -> Markup:
    written = address if ":" in address else f"mailto:{address}"
    return Markup('<a href="{}">{}</a>').format(_here(written), address)


def _here(address: str) -> str:
    """By path alone, so that whoever came by another name of this machine stays signed in."""
    return address.removeprefix(settings().base_url) or "/"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Markup] = []
        self.is_hidden = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.is_hidden = self.is_hidden or tag in HIDDEN
        if tag not in SHOWN:
            return
        given = dict(attributes)
        said = Markup("")
        if tag == "a":
            said = Markup(' href="{}"').format(_here(given.get("href") or ""))
            if "display:inline-block" in (given.get("style") or ""):
                said += Markup(' class="btn"')
        elif language := given.get("lang"):
            said = Markup(' lang="{}"').format(language)
        self.kept.append(Markup("<{}{}>").format(Markup(tag), said))

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self.is_hidden = False
        elif tag in SHOWN:
            self.kept.append(Markup("</{}>").format(Markup(tag)))

    def handle_data(self, data: str) -> None:
        if not self.is_hidden:
            self.kept.append(escape(data))
