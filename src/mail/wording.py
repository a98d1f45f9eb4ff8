"""From the one source of a letter to its two faces, plain text and HTML.

A source is a text: the subject, an empty line, then lines. What a line is, its first sign says:
`# ` a heading, `> ` what a member wrote, `- ` an item, `=> label | url` a button; else it is text.
Only the source's own lines can say so: what is filled in stays on its line and loses such signs,
and so do the sentences that the office says in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

import i18n
import templating
import urls
from content.catalogue import name_of

SIGNS = "#>=-| "
EMPTIED = ("#", "-")  # a heading or an item that says nothing is none
CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")  # keeps spaces that can't break
# They would turn the reading direction of our own words, or can't be encoded.
UNWANTED = re.compile(r"[\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LANGUAGE_LINE = re.compile(r">[a-z]{2}")
NAMED = re.compile(r"\{(\w+)\}", re.ASCII)  # {mentor}: where the office has something filled in

# The office's own sentences by the shipped one: one text, or singular and plural.
Own = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Block:
    kind: str
    lines: tuple[str, ...]
    language: str = ""
    url: str = ""

    @property
    def plain(self) -> str:
        if self.kind == "quote":
            return "\n".join(f"> {line}".rstrip() for line in self.lines)
        if self.kind == "items":
            return "\n".join(f"- {line}" for line in self.lines)
        return "\n".join((*self.lines, self.url)).rstrip()


@dataclass(frozen=True)
class Wording:
    """`said`: the shipped sentences it holds, in whatever words, and what was filled in."""

    subject: str
    blocks: tuple[Block, ...]
    signature: tuple[Block, ...]
    text: str
    html: str
    said: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class _Saying:
    own: Own
    said: dict[str, Mapping[str, Any]] = field(default_factory=dict)


_saying: ContextVar[_Saying] = ContextVar("saying")


class Lines(str):
    """Several lines that may stay several: each has its sign already."""

    __slots__ = ()


def render(name: str, own: Own | None = None, /, **words: Any) -> Wording:
    """In the language spoken now, the office's `own` sentences instead of the shipped ones."""
    saying = _Saying(own or {})
    mark = _saying.set(saying)
    try:
        subject, _, body = _source(name, **words).lstrip().partition("\n")
        signature = _source("_signature", **words)
    finally:
        _saying.reset(mark)
    blocks, end = tuple(_blocks(body)), tuple(_blocks(signature))
    return _faces(subject.strip(), blocks, end, saying.said)


def as_trial(letter: Wording, mark: str, note: str) -> Wording:
    """Nobody takes it for a letter that counts: `mark` in its subject, `note` before all else."""
    blocks = (Block("paragraph", (flat(note),)), *letter.blocks)
    return _faces(f"{flat(mark)} {letter.subject}", blocks, letter.signature, letter.said)


def flat(text: str) -> str:
    """On one line: nothing that a name or a subject could start a header or a line with."""
    return UNWANTED.sub("", CONTROLS.sub(" ", text)).strip(" ")


def quoted(text: str, language: str) -> Lines:
    """What a member wrote, each line with its sign."""
    lines = (UNWANTED.sub("", CONTROLS.sub(" ", line)).rstrip() for line in _trimmed(text))
    return Lines("\n".join((f">{language}", *(f"> {line}" for line in lines))))


@cache
def environment() -> Any:
    """Line by line, and everything filled in made harmless."""
    made = templating.environment().overlay(
        autoescape=False, finalize=_contained, trim_blocks=False
    )
    made.filters = made.filters | {"quoted": quoted, "kind_name": templating.when_read(_kind_name)}
    made.globals = made.globals | {"gettext": _gettext, "ngettext": _ngettext}
    return made


def _kind_name(kind: str) -> str:
    return name_of("kind", kind, i18n.language())


def _faces(
    subject: str,
    blocks: tuple[Block, ...],
    signature: tuple[Block, ...],
    said: Mapping[str, Mapping[str, Any]],
) -> Wording:
    text = "\n\n".join(block.plain for block in (*blocks, *signature)) + "\n"
    shown = {"subject": subject, "blocks": blocks, "signature": signature}
    html = templating.render("letters/letter.html", **shown)
    return Wording(subject, blocks, signature, text, html, said)


def _gettext(text: str, /, **words: Any) -> str:
    own = _own(text, words)
    return _filled(own[0], words) if own else i18n.gettext(text) % words


def _ngettext(one: str, many: str, count: int, /, **words: Any) -> str:
    words.setdefault("num", count)
    own = _own(one, words)
    if own:
        return _filled(own[min(i18n.plural(count), len(own) - 1)], words)
    return i18n.ngettext(one, many, count) % words


def _own(text: str, words: Mapping[str, Any]) -> Sequence[str]:
    saying = _saying.get()
    saying.said[text] = words
    return saying.own.get(text, ())


def _filled(text: str, words: Mapping[str, Any]) -> str:
    """Its lines stay lines and begin nothing; what is filled in stays within its line."""

    def word(name: re.Match[str]) -> str:
        return str(words.get(name[1], name[0]))

    lines = i18n.typeset(text).split("\n")
    return Lines("\n".join(flat(NAMED.sub(word, line)).lstrip(SIGNS) for line in lines))


def _source(name: str, **words: Any) -> str:
    return str(environment().get_template(f"letters/{name}.txt").render(words))


def _contained(value: Any) -> str:
    return value if isinstance(value, Lines) else flat(str(value)).lstrip(SIGNS)


def _blocks(body: str) -> Iterator[Block]:
    lines = [line.strip() for line in body.splitlines()]
    lines = [line for line in lines if line not in EMPTIED]
    for kind, group in groupby(_without_gaps(lines), key=_kind):
        if kind == "quote":
            yield from _quotes(group)
        elif kind == "items":
            yield Block(kind, tuple(line[1:].strip() for line in group))
        elif kind == "button":
            yield from map(_button, group)
        elif kind == "heading":
            yield from (Block(kind, (line[1:].strip(),)) for line in group)
        elif kind:
            yield Block(kind, tuple(group))


def _without_gaps(lines: list[str]) -> Iterator[str]:
    """Loops leave empty lines behind: items that follow each other are one list."""
    before = ""
    for here, line in enumerate(lines):
        after = next(filter(None, lines[here:]), "")
        if line or not (_kind(before) == _kind(after) == "items"):
            yield line
        before = line or before


def _kind(line: str) -> str:
    if line.startswith("=>"):
        return "button"
    signs = {"#": "heading", ">": "quote", "-": "items", "": ""}
    return signs.get(line[:1], "paragraph")


def _quotes(lines: Iterator[str]) -> Iterator[Block]:
    """A new one begins where a language is named: «>de», which no member's line can be."""
    language, said = "", list[str]()
    for line in lines:
        if LANGUAGE_LINE.fullmatch(line):
            if said:
                yield Block("quote", tuple(said), language)
            language, said = line[1:], []
        else:
            said.append(line[2:])
    yield Block("quote", tuple(said), language)


def _button(line: str) -> Block:
    label, _, url = line[2:].rpartition(" | ")
    url = url.strip()
    if not url.startswith(urls.absolute("/")) or " " in url:
        raise ValueError("a button leads to one of our own pages")
    return Block("button", (label.strip(),), url=url)


def _trimmed(text: str) -> list[str]:
    return text.strip().splitlines()
