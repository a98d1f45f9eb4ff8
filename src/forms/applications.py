"""Candidature: who, as what, in a few words."""

from __future__ import annotations

from dataclasses import dataclass

from content import texts
from forms.fields import Form, Reader, Sent
from i18n import language

PARTS = ("mentor", "mentee")


@dataclass
class Candidature(Form):
    key: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    words: str = ""
    parts: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()

    @classmethod
    def read(cls, sent: Sent) -> Candidature:
        form = cls()
        reader = Reader(sent, form)
        form.first_name = reader.line("first_name", least=1, most=80)
        form.last_name = reader.line("last_name", least=1, most=80)
        form.email = reader.address("email")
        form.parts = reader.choices("parts", PARTS, least=1)
        form.words = reader.text("words", most=2000)
        form.checked = reader.choices("checked", check_keys())
        form.key = reader.key()
        return form


def check_keys() -> tuple[str, ...]:
    """Of both self-check lists."""
    return tuple(key for each in texts.selfchecks(language()).values() for key, _ in each)
