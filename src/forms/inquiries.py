"""A request, and the five ways to answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.inquiries import Proposal, Request
from domain.typed_texts import Answers, Window
from forms.fields import Form, Reader, Sent
from forms.windows import window_in
from i18n import gettext

KINDS = ("phone", "video", "in_person", "written")
LEAST, MOST = 30, 2000  # characters of each of the three texts
MOST_WORDS = 4000  # of an answer
TIMES = ("time_1", "time_2", "time_3")


@dataclass
class Ask(Form):
    request: Request | None = None
    window: Window = field(default_factory=Window)

    @classmethod
    def read(cls, sent: Sent, languages: Sequence[str]) -> Ask:
        form = cls()
        reader = Reader(sent, form)
        request = Request(
            key=reader.key(),
            problem=reader.text("problem", least=LEAST, most=MOST),
            vision=reader.text("vision", least=LEAST, most=MOST),
            expectations=reader.text("expectations", least=LEAST, most=MOST),
            kinds=reader.choices("kinds", KINDS, least=1),
            language=reader.choice("language", languages),
        )
        form.request = None if form.errors else request
        form.window = window_in(sent)
        return form

    @classmethod
    def filled(cls, fields: Answers, key: str, language: str) -> Ask:
        """From a draft, or the words of an earlier request."""
        form = cls()
        for name in ("problem", "vision", "expectations", "language"):
            value = fields.get(name, "")
            form.typed[name] = value if isinstance(value, str) else ""
        kinds = fields.get("kinds", [])
        form.ticked["kinds"] = list(kinds) if isinstance(kinds, list) else []
        form.typed["language"] = form.typed["language"] or language
        form.typed["key"] = key
        return form

    def draft(self) -> Answers:
        """As it stands, complete or not."""
        names = ("problem", "vision", "expectations", "language")
        kept: Answers = {name: self.value(name)[:20_000] for name in names}
        return kept | {"kinds": self.ticked.get("kinds", [])}


@dataclass
class Words(Form):
    """A question back, its answer, a polite no."""

    words: str = ""

    @classmethod
    def read(cls, sent: Sent) -> Words:
        form = cls()
        form.words = Reader(sent, form).text("words", least=1, most=MOST_WORDS)
        return form


@dataclass
class Acceptance(Form):
    proposal: Proposal | None = None

    @classmethod
    def read(cls, sent: Sent, now: datetime) -> Acceptance:
        form = cls()
        reader = Reader(sent, form)
        words = reader.text("words", least=1, most=MOST_WORDS)
        kind = reader.choice("kind", KINDS, is_required=False)
        times = [reader.moment(name) for name in TIMES]
        for name, moment in zip(TIMES, times, strict=True):
            if moment is not None and moment < now:
                form.errors[name] = gettext("Choisissez une date à venir.")
        if not form.errors:
            chosen = tuple(sorted({moment for moment in times if moment is not None}))
            form.proposal = Proposal(words, kind, chosen)
        return form


@dataclass
class Suggestion(Form):
    words: str = ""
    colleague: int = 0
    choices: dict[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: Sent, choices: dict[int, str]) -> Suggestion:
        """`choices`: who may be suggested, by number."""
        form = cls(choices=choices)
        reader = Reader(sent, form)
        chosen = reader.choice("colleague", [str(number) for number in choices])
        form.colleague = int(chosen) if chosen else 0
        form.words = reader.text("words", least=1, most=MOST_WORDS)
        return form
