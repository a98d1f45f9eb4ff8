"""A CV as it is sent: one PDF, judged by its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formats.pdfs import Trouble
from formats.plain import in_one_line
from forms.fields import Form
from i18n import N_, gettext

MOST = 5_000_000  # bytes
LONGEST_NAME = 120

TOO_LARGE = N_("Ce fichier est trop lourd: cinq mégaoctets au plus. Votre CV n’a pas changé.")
# What it is told about, and what helps.
WRONG = {
    Trouble.OTHER: N_("Ce fichier n’est pas un PDF. Enregistrez votre CV au format PDF."),
    Trouble.LOCKED: N_("Ce PDF demande un mot de passe. Enregistrez-le sans protection."),
    Trouble.BROKEN: N_("Ce PDF ne s’ouvre pas bien. Enregistrez-le à nouveau au format PDF."),
}


@dataclass
class CvForm(Form):
    name: str = ""
    content: bytes = b""

    @classmethod
    def read(cls, files: Sequence[tuple[str, bytes]]) -> CvForm:
        """`files`: name and content of each that was sent."""
        form = cls()
        if len(files) != 1:
            one, none = N_("Choisissez un seul fichier."), N_("Choisissez un fichier.")
            form.errors["cv"] = gettext(one if files else none)
            return form
        [(name, form.content)] = files
        form.name = _name(name)
        if len(form.content) > MOST:
            form.errors["cv"] = gettext(TOO_LARGE)
        elif not form.content:
            form.errors["cv"] = gettext("Ce fichier est vide.")
        return form

    def refuse(self, trouble: Trouble) -> None:
        self.errors["cv"] = gettext(WRONG[trouble])


def _name(given: str) -> str:
    """As it was called, without the way to it, and always as what it is."""
    plain = in_one_line(given).replace("\\", "/").rpartition("/")[2]
    stem = plain[:-4] if plain.lower().endswith(".pdf") else plain
    return f"{stem[:LONGEST_NAME].strip(' .') or 'CV'}.pdf"
