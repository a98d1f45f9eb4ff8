"""Versions of the norms, and who accepted which when."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, Serial, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class NormsVersion(Table, tablename="norms_versions"):
    id: Serial
    number = Integer(unique=True)
    text_fr = Text()
    text_de = Text()
    text_it = Text()
    text_en = Text()
    published_at = Timestamptz(null=True, default=None)

    def text_in(self, language: str) -> tuple[str, str]:
        """The text and the language it is in: French where that language has none yet."""
        text: str = getattr(self, f"text_{language}", "")
        return (text, language) if text else (self.text_fr, "fr")


class Acceptance(Table, tablename="norms_acceptances"):
    """Unique a person and version: an index of the migration."""

    id: Serial
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    version = ForeignKey(NormsVersion, on_delete=OnDelete.cascade, null=False)
    accepted_at = Timestamptz(default=None)
