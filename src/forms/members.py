"""What the office changes for a member."""

from __future__ import annotations

from dataclasses import dataclass

from forms.fields import Form, Reader, Sent
from i18n import offered


@dataclass
class NewAddress(Form):
    address: str = ""

    @classmethod
    def read(cls, sent: Sent) -> NewAddress:
        form = cls()
        form.address = Reader(sent, form).address("email")
        return form


@dataclass
class NewLanguage(Form):
    language: str = ""

    @classmethod
    def read(cls, sent: Sent) -> NewLanguage:
        form = cls()
        form.language = Reader(sent, form).choice("language", offered())
        return form


@dataclass
class NewNote(Form):
    words: str = ""

    @classmethod
    def read(cls, sent: Sent) -> NewNote:
        form = cls()
        form.words = Reader(sent, form).text("words", least=1, most=2000)
        return form
