"""The one Jinja environment, for pages and letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes, pass_context
from markdown_it import MarkdownIt
from markupsafe import Markup

import assets
import clock
import i18n
import urls
from content import catalogue

SOURCE = Path(__file__).parent
SAYERS = ("gettext", "ngettext")


class Said(NamedTuple):
    """A {% trans %} of a template. `before`: what stands before it on its line; `many`: its plural
    form, if it has one; `words`: what is filled in, by name."""

    before: str
    is_first: bool
    one: str
    many: str
    words: tuple[str, ...]


class Part(NamedTuple):
    """What a template includes."""

    name: str


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(SOURCE / "templates"),
        autoescape=lambda name: not (name or "").endswith(".txt"),
        undefined=StrictUndefined,
        auto_reload=False,  # else each include of each answer asks the disk for its age
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext, npgettext=i18n.npgettext
    )
    ours = {
        "dom_id": dom_id,
        "long_day": _in_zurich(i18n.long_day),
        "short_day": _in_zurich(i18n.short_day),
        "brief_day": _in_zurich(i18n.brief_day),
        "moment": i18n.moment,
        "time_of": i18n.time_of,
        "language_name": i18n.language_name,
        "own_name": i18n.own_name,
        "named": named,
        "all_named": all_named,
        "face": face,
        "markdown": markdown,
        "paragraphs": paragraphs,
        "typeset": i18n.typeset,
    }
    made.filters |= {name: when_read(each) for name, each in ours.items()}
    made.globals |= {
        "asset": assets.asset,
        "lang": i18n.language,
        "languages": i18n.offered,
        "urls": urls,
    }
    return made


def when_read(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Jinja works out `"phone" | named("kind")` when it compiles a page: in the language of whoever
    came first, for everybody. A filter that asks for the context is left to each reading."""

    @pass_context
    def late(_: Any, *given: Any, **more: Any) -> Any:
        return filter_(*given, **more)

    return late


def render(template: str, **context: Any) -> str:
    return environment().get_template(template).render(context)


def outline(made: Environment, template: str) -> Iterator[Said | Part]:
    """A template's sentences and parts, in the order they are written in, whatever conditions
    they stand under. `is_first`: on the first line that says something."""
    assert made.loader is not None
    source, _, _ = made.loader.get_source(made, template)
    text = ""
    for leaf in _leaves(made.parse(source)):
        if isinstance(leaf, nodes.TemplateData):
            text += leaf.data
        elif isinstance(leaf, nodes.Include) and isinstance(leaf.template, nodes.Const):
            yield Part(leaf.template.value)
        else:
            if isinstance(leaf, nodes.Call) and getattr(leaf.node, "name", "") in SAYERS:
                forms = [each.value for each in leaf.args if isinstance(each, nodes.Const)]
                one, many = (*forms, "")[:2]
                words = tuple(word.key for word in leaf.kwargs)
                is_first = "\n" not in text.lstrip()
                yield Said(text.rpartition("\n")[2], is_first, one, many, words)
            text += "…"


def named(key: str, kind: str, within: bool = False) -> str:
    """`"VD" | named("canton")`: sectors, cantons, roles, kinds of contact, languages spoken."""
    return catalogue.name_of(kind, key, i18n.language(), within=within)


def all_named(keys: Iterable[str], kind: str) -> str:
    """`["phone", "written"] | all_named("kind")`: «Téléphone, par écrit»."""
    return catalogue.names_of(kind, keys, i18n.language())


def face(person: Any) -> str:
    """The tint of somebody's initials: always the same, told by nothing but their number."""
    return f"face face-{(person if isinstance(person, int) else person.id) % 6 + 1}"


def dom_id(row: Any, part: str = "") -> str:
    """`inquiry-7`, `inquiry-7-reply`: the same row has the same id on every page."""
    name = f"{type(row).__name__.lower()}-{row.id}"
    return f"{name}-{part}" if part else name


def markdown(text: str, language: str = "") -> Markup:
    """The house's edited texts: no raw HTML, no images; headings one step below the page's own."""
    text = i18n.spaced(text) if language == i18n.SOURCE else text
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = made.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    return Markup(made.renderer.render(tokens, made.options, {}))


def paragraphs(text: str) -> Markup:
    """What people wrote, with their line breaks and nothing else."""
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    line = Markup("<br>\n")
    return Markup("\n").join(
        Markup("<p>{}</p>").format(line.join(block.splitlines())) for block in blocks
    )


def _leaves(node: nodes.Node) -> Iterator[nodes.Node]:
    """What is written or filled in, without the conditions."""
    for child in node.iter_child_nodes(exclude=("test", "iter", "target")):
        if isinstance(child, nodes.Stmt) and not isinstance(child, nodes.Include):
            yield from _leaves(child)
        else:
            yield child


def _in_zurich(show: Any) -> Any:
    def shown(value: date | datetime) -> str:
        return str(show(clock.day(value) if isinstance(value, datetime) else value))

    return shown
