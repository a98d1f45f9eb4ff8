"""The first coordinator."""

from __future__ import annotations

from dataclasses import dataclass

from forms.fields import Form, Reader, Sent


@dataclass
class FirstCoordinator(Form):
    key: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""

    @classmethod
    def read(cls, sent: Sent) -> FirstCoordinator:
        form = cls()
        reader = Reader(sent, form)
        form.key = reader.line("key", least=1, most=80)
        form.email = reader.address("email")
        form.first_name = reader.line("first_name", least=1, most=80)
        form.last_name = reader.line("last_name", least=1, most=80)
        return form
