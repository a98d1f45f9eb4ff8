"""A CV on paper: a small PDF of some made-up person's words, with the fonts every reader has."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 595, 842  # A4, in points
LEFT, RIGHT, TOP, BOTTOM = 62, 533, 780, 70
PERIOD = 88  # the column of years
GREEN, BLACK, GREY = "0.05 0.35 0.28", "0.1 0.1 0.1", "0.35 0.35 0.35"
# Helvetica's letters, roughly: as parts of the size.
NARROW, WIDE = frozenset("iljtfrI.,;:'’|!()[] -–·"), frozenset("mwMWÆŒ@%—")


class Entry(NamedTuple):
    period: str
    text: str


class Section(NamedTuple):
    title: str
    entries: Sequence[Entry]


class Line(NamedTuple):
    x: float
    y: float
    size: float
    is_bold: bool
    colour: str
    text: str


def write(name: str, function: str, about: str, sections: Sequence[Section]) -> bytes:
    """`about`: one line below the name, as where somebody lives."""
    pages: list[list[Line]] = [[]]
    y: float = TOP
    for size, is_bold, colour, text in (
        (24, True, GREEN, name),
        (12.5, False, BLACK, function),
        (9.5, False, GREY, about),
    ):
        pages[-1].append(Line(LEFT, y, size, is_bold, colour, text))
        y -= size + 7
    for section in sections:
        y -= 20
        if y < BOTTOM + 60:
            pages.append([])
            y = TOP
        pages[-1].append(Line(LEFT, y, 12, True, GREEN, section.title))
        y -= 19
        for entry in section.entries:
            lines = list(wrapped(entry.text, RIGHT - LEFT - PERIOD, 10))
            if y - 14 * len(lines) < BOTTOM:
                pages.append([])
                y = TOP
            pages[-1].append(Line(LEFT, y, 10, False, GREY, entry.period))
            for line in lines:
                pages[-1].append(Line(LEFT + PERIOD, y, 10, False, BLACK, line))
                y -= 14
            y -= 5
    return _bound([_drawn(page, number) for number, page in enumerate(pages)])


def wrapped(text: str, width: float, size: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and _width(longer) * size > width:
            yield line
            longer = word
        line = longer
    yield line


def _width(text: str) -> float:
    return sum(
        0.29 if sign in NARROW else 0.87 if sign in WIDE else 0.69 if sign.isupper() else 0.56
        for sign in text
    )


def _drawn(lines: Sequence[Line], number: int) -> bytes:
    """The first page has a bar at its head, every page a hair line at its foot."""
    parts = [f"{GREEN} rg 0 {HEIGHT - 14} {WIDTH} 14 re f".encode()] if not number else []
    parts.append(f"0.8 0.8 0.8 rg {LEFT} {BOTTOM - 22} {RIGHT - LEFT} 0.5 re f".encode())
    for line in lines:
        font = "F2" if line.is_bold else "F1"
        escaped = line.text.encode("cp1252")
        for sign in (b"\\", b"(", b")"):
            escaped = escaped.replace(sign, b"\\" + sign)
        head = f"BT {line.colour} rg /{font} {line.size} Tf {line.x} {line.y} Td (".encode()
        parts.append(head + escaped + b") Tj ET")
    return b"\n".join(parts)


def _bound(pages: Sequence[bytes]) -> bytes:
    """Objects, where each of them begins, and the way to the first."""
    numbers = range(5, 5 + 2 * len(pages), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
    ]
    for number, page in zip(numbers, pages, strict=True):
        fonts = "<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
        box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources {fonts} /Contents {number + 1} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} >>".encode())
        packed = zlib.compress(page)
        stream = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(stream + packed + b"\nendstream")
    body, begins = b"%PDF-1.4\n", list[int]()
    for number, each in enumerate(objects, 1):
        begins.append(len(body))
        body += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = b"".join(f"{begin:010} 00000 n \n".encode() for begin in begins)
    count = len(objects) + 1
    tail = f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n".encode()
    return body + f"xref\n0 {count}\n0000000000 65535 f \n".encode() + table + tail
