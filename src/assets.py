"""The static files: by version, compressed once, as long as the program runs."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"


def asset(name: str) -> str:
    """The address holds the file's hash, so that it may be kept for a year."""
    return f"/static/{name}?v={files()[name].version}"


class File:
    """A static file as it is sent: bytes, their hash, and compressed once."""

    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        self.version = hashlib.sha256(self.content).hexdigest()[:12]
        packed = gzip.compress(self.content, 9, mtime=0)
        self.packed = packed if len(packed) < len(self.content) * 0.9 else None


@cache
def files() -> dict[str, File]:
    return {
        path.relative_to(STATIC).as_posix(): File(path)
        for path in sorted(STATIC.rglob("*"))
        if path.is_file()
    }
