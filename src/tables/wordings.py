"""The office's own texts of letters: the shipped ones where there is no row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from piccolo.columns import ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class Wording(Table, tablename="wordings"):
    """One a letter (or a part of letters) and language (index of the migration). `source`: as JSON
    the sentences that were changed, each by the shipped one it stands for."""

    id: Serial
    name = Varchar(length=60)
    language = Varchar(length=2)
    source = Text()
    version = Integer(default=1)
    changed_at = Timestamptz(default=None)
    changed_by = ForeignKey(Person, on_delete=OnDelete.set_null, null=True)

    @property
    def sentences(self) -> dict[str, list[str]]:
        """Singular and plural, where a sentence has both."""
        found: dict[str, list[str]] = json.loads(self.source or "{}")
        return found


def written(sentences: Mapping[str, Sequence[str]]) -> str:
    return json.dumps(sentences, ensure_ascii=False)
