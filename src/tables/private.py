"""A text that is sealed before it reaches the database."""

from __future__ import annotations

from typing import Any

from sealing import seal, unseal


class Private:
    """`problem = Private("problem_sealed")`: read and written in clear, kept sealed."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Any, _owner: Any = None) -> str:
        # Piccolo reads each attribute of the class once, without a row.
        return unseal(getattr(row, self.column)) if row is not None else ""

    def __set__(self, row: Any, text: str) -> None:
        setattr(row, self.column, seal(text))
