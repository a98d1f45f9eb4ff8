"""Lists as spreadsheet programs write and read them: CSV of any kind, XLSX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

MARK = "\ufeff"  # tells Excel that a text is UTF-8
DIVIDERS = ";,\t"
ARCHIVE = b"PK\x03\x04"  # how an XLSX begins
OLD_BOOK = b"\xd0\xcf\x11\xe0"  # and an XLS
LONGEST_CELL = 100_000
MOST_LINES = 40  # of one cell: more is a quotation mark that was never closed
# A cell that begins so is a formula to Excel, LibreOffice, Google; the wide ones in East Asia too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BREAKS = frozenset("\t\r\n")
QUOTE = "'"  # before it, a text is a text
_BEGINNING = re.compile(rf"[\s{QUOTE}]*")

Row = Sequence[str]


class NotAList(Exception):
    """`why`: book, quotes, empty."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why, self.line = why, line


def text_of(content: bytes) -> str:
    """UTF-8 or UTF-16, with a mark or without, else what Windows writes. Raises NotAList."""
    if content.startswith((ARCHIVE, OLD_BOOK)):
        raise NotAList("book")
    text = _decoded(content).replace("\0", "").removeprefix(MARK)
    if not text.strip():
        raise NotAList("empty")
    return text


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each with the number of its first line, empty ones left out. Raises NotAList."""
    text, begins = _without_hint(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_divider(text))
    csv.field_size_limit(LONGEST_CELL)
    line = begins
    while True:
        try:
            row = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            raise NotAList("quotes", line + 1) from error
        if begins + lines.line_num - line > MOST_LINES:
            raise NotAList("quotes", line + 1)
        first, line = line + 1, begins + lines.line_num
        cells = [_unquoted(cell.strip()) for cell in row]
        if any(cells):
            yield first, cells


def as_csv(head: Row, body: Iterable[Row]) -> Iterator[bytes]:
    """In pieces, with Excel's mark and its divider here. No cell is a formula."""
    yield MARK.encode()
    body = iter(body)
    some: list[Row] = [head]
    while some:
        written = io.StringIO(newline="")
        lines = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        lines.writerows([harmless(cell) for cell in row] for row in some)
        yield written.getvalue().encode()
        some = list(islice(body, 1000))


def as_xlsx(title: str, head: Row, body: Iterable[Row]) -> bytes:
    from formats import books  # not with the rest: each start would wait a tenth longer

    return books.written(title, head, body)


def harmless(cell: str) -> str:
    """With an apostrophe before what any program could take for a formula, whichever of the blanks
    and apostrophes it begins with they drop first. Said of the rest of a cell alone it is the same,
    so that a list read back is the one that was written."""
    said = cell.rstrip()
    if not said:
        return ""
    begun = _BEGINNING.match(said)
    begins = begun.end() if begun else 0
    is_formula = said.startswith(FORMULA, begins) or not BREAKS.isdisjoint(said[:begins])
    return QUOTE + cell if is_formula else cell


def _unquoted(cell: str) -> str:
    """What `harmless` made comes back as it was."""
    return cell[1:].strip() if cell.startswith(QUOTE) and harmless(cell[1:]) == cell else cell


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:200]:  # UTF-16 without its mark: half of plain letters is nothing
        little = content[1:200:2].count(0) >= content[0:200:2].count(0)
        return content.decode("utf-16-le" if little else "utf-16-be", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _without_hint(text: str) -> tuple[str, int]:
    """Excel may write «sep=;» above all."""
    first, _, rest = text.partition("\n")
    return (rest, 1) if first.strip().lower()[:4] == "sep=" else (text, 0)


def _divider(text: str) -> str:
    """The most frequent one of the first line that says something."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(DIVIDERS, key=head.count)
