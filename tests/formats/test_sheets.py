"""Lists as spreadsheets write them; nothing we write is ever reckoned."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from formats import sheets

FORMULAS = ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "\xa0=1", "＝1", "－1")


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_becomes_a_text(cell: str) -> None:
    assert sheets.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Claire", "a=b", "Jean-Luc", "c@x.ch", "'quoted", "5-6"])
def test_other_texts_stay(cell: str) -> None:
    assert sheets.harmless(cell) == cell


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.text(max_size=30), min_size=2, max_size=2), max_size=20))
def test_whatever_is_written_no_cell_of_a_csv_begins_a_formula(body: list[list[str]]) -> None:
    written = b"".join(sheets.as_csv(["a", "b"], body)).decode("utf-8-sig", errors="replace")

    rows = list(csv.reader(io.StringIO(written, newline=""), delimiter=";"))
    assert len(rows) == 1 + len(body)
    assert not any(cell.startswith(sheets.FORMULA) for row in rows for cell in row)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_whatever_is_written_no_cell_of_a_workbook_is_a_formula(row: list[str]) -> None:
    made = sheets.as_xlsx("Liste", ["a"] * len(row), [row])

    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    cells = [cell for each in sheet.iter_rows() for cell in each if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s"}


@settings(deadline=None, max_examples=100)
@example(" '=")
@example("\t")
@example("\u2003'\u2003'@")
@example("\u2003' \t;")
@example("' \t'")
@given(st.text(alphabet="='+-@＝ \xa0\u2003\t\nax;\"", min_size=1, max_size=6))
def test_what_was_written_is_read_back_as_it_was(cell: str) -> None:
    written = b"".join(sheets.as_csv(["a", "b"], [[cell, "x"]]))

    [_, (_, read)] = sheets.rows(sheets.text_of(written))
    assert read == [cell.strip(), "x"]


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=400))
def test_whatever_is_sent_is_read_or_told(content: bytes) -> None:
    try:
        for number, cells in sheets.rows(sheets.text_of(content)):
            assert number > 0 and any(cells)
    except sheets.NotAList as told:
        assert told.why in ("book", "quotes", "empty")
