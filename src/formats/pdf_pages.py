"""Draws the pages of the PDF it is given: a program of its own, because a stranger's file may be
anything. It reads one file, can open no other, and ends when it wants too much time or memory.

First a line says what the file is, then each page follows as its length and a PNG.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import Any

import pypdfium2  # type: ignore[import-untyped]

PAGES = 10
WIDTH, HEIGHT = 1100, 2200  # of a picture at most
LARGEST = 1_000_000  # of the program's own measures: where it stops being a page
SECONDS = 12  # of work
MEMORY = 768 * 1024**2  # addresses, with the program's own
HEAVY = 500_000  # bytes: a scan. In grey, and without its noise, it is a fifth
CALM = bytes(shade & 0xF8 | shade >> 5 for shade in range(256))
LOCKED = 4  # PDFium's number for a password


def main() -> None:
    content = sys.stdin.buffer.read()
    shut_in()
    out = sys.stdout.buffer
    try:
        pdf = pypdfium2.PdfDocument(content)
        pages = len(pdf)
    except pypdfium2.PdfiumError as error:
        out.write(b"locked\n" if error.err_code == LOCKED else b"broken\n")
        return
    out.write(f"pages {pages}\n".encode())
    out.flush()
    with contextlib.suppress(pypdfium2.PdfiumError):
        pdf.init_forms()  # what was filled in is shown too
    for picture in pictures(pdf, min(pages, PAGES)):
        out.write(struct.pack(">I", len(picture)) + picture)
        out.flush()


def shut_in() -> None:
    """From here on: no file, no socket, no child; so much memory and time, behind all others."""
    try:
        import resource
    except ImportError:  # Windows, where nobody is served from
        return
    os.nice(10)
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # less was allowed from the beginning
            resource.setrlimit(limit, (most, most))


def pictures(pdf: Any, pages: int) -> Iterator[bytes]:
    """In order; behind a page that cannot be drawn there is none."""
    for number in range(pages):
        try:
            page = pdf[number]
            colours = picture(page, is_grey=False)
            yield colours if len(colours) <= HEAVY else picture(page, is_grey=True)
        except (pypdfium2.PdfiumError, ValueError, MemoryError, OverflowError):
            return


def picture(page: Any, *, is_grey: bool) -> bytes:
    width, height = page.get_size()
    if not (0 < width < LARGEST and 0 < height < LARGEST):
        raise ValueError
    scale = min(WIDTH / width, HEIGHT / height)
    drawn = page.render(scale=scale, grayscale=is_grey, rev_byteorder=True)
    row, pixels = drawn.width * drawn.n_channels, memoryview(drawn.buffer).cast("B")
    begins = range(0, drawn.stride * drawn.height, drawn.stride)
    rows = (bytes(pixels[at : at + row]) for at in begins)
    if is_grey:
        rows = (each.translate(CALM) for each in rows)
    return png(drawn.width, drawn.height, 0 if is_grey else 2, rows)


def png(width: int, height: int, kind: int, rows: Iterator[bytes]) -> bytes:
    """`kind`: 0 for greys, 2 for colours."""
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 3)  # 9 takes ten times as long
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
        for name, part in ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    )


if __name__ == "__main__":
    main()
