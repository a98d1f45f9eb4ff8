"""The word that is typed before an account is deleted."""

from __future__ import annotations

from dataclasses import dataclass

from domain.departures import WORD
from forms.fields import Form, Reader, Sent
from i18n import gettext


@dataclass
class Deletion(Form):
    @classmethod
    def read(cls, sent: Sent) -> Deletion:
        form = cls()
        typed = Reader(sent, form).line("word", least=1, most=40)
        if typed and typed.casefold().strip("«» ") != gettext(WORD).casefold():
            form.errors["word"] = gettext("Écrivez le mot tel qu’il est indiqué.")
        return form
