"""«Occupé» with or without a date, the capacity, and one answer for all open requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.profiles import MOST_CAPACITY
from forms.fields import Form, Reader, Sent
from i18n import gettext, short_day

FARTHEST = timedelta(days=730)
MOST_WORDS = 4000


@dataclass
class Busy(Form):
    is_busy: bool = False
    until: date | None = None

    @classmethod
    def read(cls, sent: Sent, today: date) -> Busy:
        """The wanted state, so that a resend changes nothing; a date is for the busy alone."""
        form = cls()
        reader = Reader(sent, form)
        form.is_busy = reader.choice("busy", ("1", "0")) == "1"
        if form.is_busy:
            form.until = reader.day("until")
        if form.until is not None and not today < form.until <= today + FARTHEST:
            form.errors["until"] = gettext(
                "Choisissez un jour entre le %(first)s et le %(last)s."
            ) % {
                "first": short_day(today + timedelta(days=1)),
                "last": short_day(today + FARTHEST),
            }
        return form


@dataclass
class Capacity(Form):
    capacity: int = 1

    @classmethod
    def read(cls, sent: Sent) -> Capacity:
        form = cls()
        form.capacity = Reader(sent, form).number("capacity", least=1, most=MOST_CAPACITY)
        return form


@dataclass
class AnswerAll(Form):
    """A text for each language the waiting mentees read."""

    words: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: Sent, languages: Iterable[str]) -> AnswerAll:
        form = cls()
        reader = Reader(sent, form)
        for code in languages:
            form.words[code] = reader.text(f"words_{code}", least=1, most=MOST_WORDS)
        return form
