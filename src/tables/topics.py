"""The tree of topics, two levels, in four languages."""

from __future__ import annotations

from typing import Any

from piccolo.columns import Boolean, ForeignKey, Integer, Serial, Text, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table


class Topic(Table, tablename="topics"):
    id: Serial
    key = Varchar(length=60, unique=True)
    branch: ForeignKey[Any] = ForeignKey(
        LazyTableReference("Topic", module_path="tables.topics"),
        on_delete=OnDelete.restrict,
        null=True,
    )
    position = Integer(default=0)
    name_fr = Varchar(length=80)
    name_de = Varchar(length=80)
    name_it = Varchar(length=80)
    name_en = Varchar(length=80)
    also = Text()
    is_retired = Boolean(default=False)

    def name_in(self, language: str) -> str:
        name: str = getattr(self, f"name_{language}", "")
        return name or self.name_fr
