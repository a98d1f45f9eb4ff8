"""A members' list as it is sent, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

from domain import import_lines
from domain.import_lines import BrokenList
from forms.fields import Form, Reader, Sent
from i18n import gettext

MOST = 5_000_000  # bytes: about seventy thousand lines


@dataclass
class Upload(Form):
    key: str = ""
    name: str = ""
    text: str = ""

    @classmethod
    def read(cls, sent: Sent, name: str, content: bytes) -> Upload:
        """`content`: of the file, nothing where none was chosen."""
        form = cls(name=name)
        form.key = Reader(sent, form).key()
        if not name and not content:
            form.errors["file"] = gettext("Choisissez un fichier.")
        elif len(content) > MOST:
            form.errors["file"] = gettext(
                "Ce fichier est trop grand: cinq mégaoctets au plus. Partagez la liste en deux."
            )
        else:
            try:
                form.text = import_lines.text_of(content)
            except BrokenList as trouble:
                form.errors["file"] = trouble.said
        return form


@dataclass
class Confirmation(Form):
    invites: bool = False

    @classmethod
    def read(cls, sent: Sent) -> Confirmation:
        form = cls()
        form.invites = Reader(sent, form).tick("invites")
        return form
