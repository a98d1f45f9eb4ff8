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

    @classmethod
    async def is_current(cls, person: Person) -> bool:
        """In one question, because each search asks it: the version published last is accepted,
        or none is published."""
        rows = await cls.raw(
            "SELECT current.id, accepted.id AS accepted FROM norms_versions AS current"
            " LEFT JOIN norms_acceptances AS accepted"
            " ON accepted.version = current.id AND accepted.person = {}"
            " WHERE current.published_at IS NOT NULL ORDER BY current.number DESC LIMIT 1",
            person.id,
        )
        return not rows or rows[0]["accepted"] is not None
