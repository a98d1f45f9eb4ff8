"""Whole copies of a SQLite database, made and put back while others read and write."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

TURN = 60.0  # seconds to wait for whoever writes


class NoCopy(ValueError):
    """The file isn't what it should be."""


def take(database: Path, copy: Path) -> None:
    """Without what was deleted, and for its owner alone; there wholly or not at all."""
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with _reading(database) as connection:
        connection.execute("VACUUM INTO ?", [str(unfinished)])
    unfinished.replace(copy)


def put_back(copy: Path, database: Path) -> None:
    """In one transaction: whoever reads meanwhile sees the old or the new."""
    with (
        _reading(copy) as source,
        contextlib.closing(sqlite3.connect(database, timeout=TURN)) as goal,
    ):
        source.backup(goal)


def migrations_in(copy: Path) -> list[str]:
    """Also tells whether the file is whole."""
    try:
        with _reading(copy) as connection:
            [(verdict,), *_] = connection.execute("PRAGMA integrity_check").fetchall()
            if verdict != "ok":
                raise NoCopy(verdict)
            return [name for (name,) in connection.execute("SELECT name FROM migration")]
    except sqlite3.Error as error:
        raise NoCopy(str(error)) from error


def _reading(file: Path) -> contextlib.closing[sqlite3.Connection]:
    address = f"{file.absolute().as_uri()}?mode=ro"
    return contextlib.closing(sqlite3.connect(address, uri=True))
