"""The office's own note to a decision, which nobody else reads, and its question to the member."""

from __future__ import annotations

from dataclasses import dataclass

from forms.fields import Form, Reader, Sent

LONGEST = 1000


@dataclass
class Note(Form):
    words: str = ""

    @classmethod
    def read(cls, sent: Sent) -> Note:
        """What stands beside the note is kept, whatever becomes of it."""
        form = cls(typed={"question": sent.one("question")})
        form.words = Reader(sent, form).text("note", most=LONGEST)
        return form


@dataclass
class Question(Note):
    question: str = ""

    @classmethod
    def read(cls, sent: Sent) -> Question:
        form = cls()
        reader = Reader(sent, form)
        form.words = reader.text("note", most=LONGEST)
        form.question = reader.text("question", least=1, most=LONGEST)
        return form
