"""A text that is sealed before it reaches the database."""

from __future__ import annotations

from typing import Any

from piccolo.columns import Column
from piccolo.table import Table

from sealing import seal, unseal

SEALED = "_sealed"  # how the columns end


def sealed_columns(table: type[Table]) -> list[Column]:
    return [column for column in table._meta.columns if column._meta.name.endswith(SEALED)]


class Private:
    """`problem = Private("problem_sealed")`: read and written in clear, kept sealed."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Any, _owner: Any = None) -> str:
        # Piccolo reads each attribute of the class once, without a row.
        return unseal(getattr(row, self.column)) if row is not None else ""

    def __set__(self, row: Any, text: str) -> None:
        setattr(row, self.column, seal(text))
