"""A PDF: known by its content, drawn by a program that can do nothing else."""

from __future__ import annotations

import asyncio
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from formats import pdf_pages, pdfs
from formats.pdfs import Trouble, Undrawable
from formats.pictures import PNG, kind_of
from tests import papers

HTML = b"<!doctype html><script>alert(1)</script>"
ELSE = (
    b"",
    HTML,
    b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    b"PK\x03\x04" + papers.pdf(),  # something before
    b" " + papers.pdf(),
    papers.pdf() + HTML,  # something behind
    papers.pdf() + b"PK\x05\x06",
    papers.pdf()[:-7],  # cut off on its way
)


@pytest.mark.parametrize("content", ELSE)
async def test_what_is_not_a_pdf_from_first_to_last_is_none(content: bytes) -> None:
    assert not pdfs.is_one(content)
    with pytest.raises(Undrawable) as refusal:
        await pdfs.draw(content)
    assert refusal.value.trouble == Trouble.OTHER


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n", b"\0\0 \n"])
def test_blanks_at_the_end_are_nothing(end: bytes) -> None:
    assert pdfs.is_one(papers.pdf().strip() + end)


async def test_each_page_is_a_picture() -> None:
    drawing = await pdfs.draw(papers.pdf(pages=2))

    assert drawing.pages == len(drawing.pictures) == 2
    for picture in drawing.pictures:
        width, height = struct.unpack(">II", picture[16:24])
        assert kind_of(picture) == PNG and (width, height) == (1100, 1557)
    assert b"\0\0\0" in rows(drawing.pictures[0])  # something black is written on it


async def test_of_many_pages_the_first_ones() -> None:
    drawing = await pdfs.draw(papers.pdf(pages=pdf_pages.PAGES + 3))

    assert (drawing.pages, len(drawing.pictures)) == (pdf_pages.PAGES + 3, pdf_pages.PAGES)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (papers.locked(), Trouble.LOCKED),
        (papers.without_pages(), Trouble.BROKEN),
        (b"%PDF-1.4\n" + b"no sense " * 100 + b"%%EOF", Trouble.BROKEN),
        (papers.swelling(), Trouble.BROKEN),
        (papers.nesting(), Trouble.BROKEN),
    ],
    ids=["locked", "without pages", "broken", "swelling", "nesting"],
)
async def test_what_cannot_be_drawn_is_told_apart(
    content: bytes, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdfs, "PATIENCE", 5.0)
    with pytest.raises(Undrawable) as refusal:
        await pdfs.draw(content)

    assert refusal.value.trouble == trouble


async def test_paper_without_end_is_a_page_of_ours() -> None:
    [picture] = (await pdfs.draw(papers.without_end())).pictures
    width, height = struct.unpack(">II", picture[16:24])

    assert width <= pdf_pages.WIDTH and height <= pdf_pages.HEIGHT


async def test_whoever_takes_too_long_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What has arrived until then is there; the process is not."""
    note = tmp_path / "number"
    slow = (
        "import os, sys, time, pathlib;"
        f"pathlib.Path({str(note)!r}).write_text(str(os.getpid()));"
        "sys.stdout.buffer.write(b'pages 2\\n' + b'\\0\\0\\0\\3one'); sys.stdout.flush();"
        "time.sleep(60)"
    )
    monkeypatch.setattr(pdfs, "COMMAND", (sys.executable, "-c", slow))
    monkeypatch.setattr(pdfs, "PATIENCE", 1.0)

    drawing = await pdfs.draw(papers.pdf())

    assert (drawing.pages, drawing.pictures) == (2, (b"one",))
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


async def test_whoever_writes_and_never_reads_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """With pipes full both ways: nobody waits for what is left in them."""
    flood = "import sys; sys.stdout.buffer.write(b'\\xff' * 9000000)"
    monkeypatch.setattr(pdfs, "COMMAND", (sys.executable, "-c", flood))
    monkeypatch.setattr(pdfs, "PATIENCE", 1.0)
    long = papers.pdf().replace(b"\n", b"\n%" + b" " * 1_000_000 + b"\n", 1)

    with pytest.raises(Undrawable):
        await asyncio.wait_for(pdfs.draw(long), 20)


async def test_more_than_a_picture_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    flood = "import sys; sys.stdout.buffer.write(b'pages 1\\n' + b'\\xff' * 9000000)"
    monkeypatch.setattr(pdfs, "COMMAND", (sys.executable, "-c", flood))

    with pytest.raises(Undrawable):
        await pdfs.draw(papers.pdf())


async def test_of_several_at_once_each_is_drawn() -> None:
    drawings = await asyncio.gather(*(pdfs.draw(papers.pdf(pages=each)) for each in (1, 2, 3)))

    assert [drawing.pages for drawing in drawings] == [1, 2, 3]


# The program itself


PROBE = """
import sys
sys.path.insert(0, {folder!r})
import pdf_pages
pdf_pages.shut_in()
try:
    {deed}
except (OSError, MemoryError) as error:
    print(type(error).__name__)
else:
    print("done")
"""


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/hostname')",
        "__import__('socket').socket()",
        "__import__('os').open('made', 65)",
        "b'x' * (2 * 1024 ** 3)",
        "__import__('subprocess').run(['true'])",
    ],
    ids=["a file", "the net", "a new file", "all memory", "a child"],
)
def test_shut_in_it_can_open_nothing(deed: str, tmp_path: Path) -> None:
    imports = "import socket, subprocess;"  # else it would fail for want of the module
    probe = imports + PROBE.format(folder=str(pdfs.PROGRAM.parent), deed=deed)
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )

    assert done.stdout.strip() in ("OSError", "MemoryError"), done.stderr
    assert list(tmp_path.iterdir()) == []


async def test_it_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the key nor the way to the database."""
    told = "import os, sys; sys.stdout.write('pages %d\\n' % (len(os.environ) + 1))"
    monkeypatch.setattr(pdfs, "COMMAND", (sys.executable, "-I", "-c", told))
    said, _ = await pdfs._drawn(b"")

    assert os.environ and said in (b"pages 1\n", b"pages 2\n")  # Python sets LC_CTYPE by itself


async def test_a_scan_is_drawn_in_grey() -> None:
    """Half the weight, and whoever reads it misses nothing."""
    text, scan = [
        (await pdfs.draw(content)).pictures[0] for content in (papers.pdf(), papers.scanned())
    ]

    assert (text[25], scan[25]) == (2, 0)  # a PNG's kind of colour
    assert pdf_pages.HEAVY < len(scan) < 1_500_000


def test_noise_is_calmed_and_paper_stays_white() -> None:
    greys = bytes(range(256))

    assert greys.translate(pdf_pages.CALM)[0] == 0 and greys.translate(pdf_pages.CALM)[255] == 255
    assert len(set(greys.translate(pdf_pages.CALM))) == 32
    assert kind_of(pdf_pages.png(2, 1, 0, iter([b"\0\xff"]))) == PNG


def rows(picture: bytes) -> bytes:
    """The pixels, from the one part that holds them."""
    begin = picture.index(b"IDAT")
    [length] = struct.unpack(">I", picture[begin - 4 : begin])
    return zlib.decompress(picture[begin + 4 : begin + 4 + length])
