"""A PDF: whether it is one, by its content, and its first pages as pictures."""

from __future__ import annotations

import asyncio
import contextlib
import re
import struct
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from weakref import WeakKeyDictionary

BEGIN, END = b"%PDF-", b"%%EOF"
BLANK = b"\0\t\n\f\r "
PROGRAM = Path(__file__).with_name("pdf_pages.py")
COMMAND = (sys.executable, "-I", str(PROGRAM))
PATIENCE = 20.0  # seconds for one file; the program itself stops sooner
AT_ONCE = 2  # files
HEAVIEST = 4_000_000  # bytes of one picture: more was not drawn by our program
SAID = re.compile(rb"pages ([1-9]\d{0,6})\n")

_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class Trouble(StrEnum):
    OTHER = "other"  # no PDF, or something besides
    LOCKED = "locked"
    BROKEN = "broken"


class Undrawable(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True)
class Drawing:
    """`pages`: of the file, which may be more than are drawn."""

    pages: int
    pictures: tuple[bytes, ...]


def is_one(content: bytes) -> bool:
    """From its first byte to its last: something hung on makes it something else."""
    return content.startswith(BEGIN) and content.rstrip(BLANK).endswith(END)


async def draw(content: bytes) -> Drawing:
    """Raises Undrawable. A page that takes too long is where the pictures end."""
    if not is_one(content):
        raise Undrawable(Trouble.OTHER)
    async with _place():
        said, pictures = await _drawn(content)
    pages = SAID.fullmatch(said)
    if said == b"locked\n":
        raise Undrawable(Trouble.LOCKED)
    if pages is None or not pictures:
        raise Undrawable(Trouble.BROKEN)
    return Drawing(int(pages[1]), tuple(pictures))


async def _drawn(content: bytes) -> tuple[bytes, list[bytes]]:
    """By a process that knows nothing of ours, neither the environment nor the key in it."""
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env={}
    )
    assert program.stdin and program.stdout
    said, pictures = b"", list[bytes]()
    try:
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionError):  # it has ended already
                program.stdin.write(content)
                await program.stdin.drain()
            program.stdin.close()
            said = await program.stdout.readline()
            async for picture in _pictures(program.stdout):
                pictures.append(picture)
            await program.wait()
    except (TimeoutError, ValueError):
        pass  # what has arrived is there
    finally:
        if program.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            await program.stdout.read()  # asyncio sees no end while something is left in the pipe
            await program.wait()
    return said, pictures


async def _pictures(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """As many as are whole. Raises ValueError for what our program never draws."""
    while True:
        try:
            [length] = struct.unpack(">I", await stream.readexactly(4))
            if length > HEAVIEST:
                raise ValueError
            yield await stream.readexactly(length)
        except asyncio.IncompleteReadError:
            return


def _place() -> asyncio.Semaphore:
    return _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
