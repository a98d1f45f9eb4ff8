"""A word to the office about somebody, and what it may read besides; its settlement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.reports import Told
from forms.fields import Form, Reader, Sent

MOST_TOLD = 2000
MOST_NOTE = 1000


@dataclass
class Telling(Form):
    told: Told | None = None

    @classmethod
    def read(cls, sent: Sent, openable: Sequence[str]) -> Telling:
        form = cls()
        reader = Reader(sent, form)
        told = Told(
            key=reader.key(),
            words=reader.text("words", least=1, most=MOST_TOLD),
            opened=reader.choices("opened", openable),
        )
        form.told = None if form.errors else told
        return form


@dataclass
class Settlement(Form):
    note: str = ""
    is_told: bool = False

    @classmethod
    def read(cls, sent: Sent) -> Settlement:
        form = cls()
        reader = Reader(sent, form)
        form.note = reader.text("note", most=MOST_NOTE)
        form.is_told = reader.tick("tell")
        return form
