"""Workbooks, as spreadsheet programs open them: XLSX."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

TEXT = "@"  # a cell's format: also what is typed into it later stays a text
WIDTH = 24.0

Row = Sequence[str]


def written(title: str, head: Row, body: Iterable[Row]) -> bytes:
    """Texts by type and by format: nothing is ever reckoned."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number in range(len(head)):
        sheet.column_dimensions[chr(ord("A") + number)].width = WIDTH
    sheet.append([_cell(sheet, words, is_head=True) for words in head])
    for row in body:
        sheet.append([_cell(sheet, words) for words in row])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _cell(sheet: Any, words: str, *, is_head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", words))
    cell.data_type = "s"  # openpyxl takes «=…» for a formula
    cell.number_format = TEXT
    if is_head:
        cell.font = Font(bold=True)
    return cell
