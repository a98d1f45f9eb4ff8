"""The office's own note to a decision: nobody else reads it."""

from __future__ import annotations

from dataclasses import dataclass

from forms.fields import Form, Reader, Sent


@dataclass
class Note(Form):
    words: str = ""

    @classmethod
    def read(cls, sent: Sent) -> Note:
        form = cls()
        form.words = Reader(sent, form).text("note", most=1000)
        return form
