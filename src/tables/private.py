"""A text that is sealed before it reaches the database."""

from __future__ import annotations

from typing import Any

from piccolo.columns import Bytea, Column
from piccolo.table import Table

from sealing import seal, seal_file, unseal, unseal_file

SEALED = "_sealed"  # how the columns end


def sealed_columns(table: type[Table]) -> list[Column]:
    return [column for column in table._meta.columns if column._meta.name.endswith(SEALED)]


def holds_files(table: type[Table]) -> bool:
    """Rows of megabytes, which are read one by one."""
    return any(isinstance(column, Bytea) for column in sealed_columns(table))


class Private:
    """`problem = Private("problem_sealed")`: read and written in clear, kept sealed."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Any, _owner: Any = None) -> str:
        # Piccolo reads each attribute of the class once, without a row.
        return unseal(getattr(row, self.column)) if row is not None else ""

    def __set__(self, row: Any, text: str) -> None:
        setattr(row, self.column, seal(text))


class PrivateFile(Private):
    """The same for bytes, in a column of bytes."""

    def __get__(self, row: Any, _owner: Any = None) -> Any:
        return unseal_file(getattr(row, self.column)) if row is not None else b""

    def __set__(self, row: Any, content: Any) -> None:
        setattr(row, self.column, seal_file(content))
