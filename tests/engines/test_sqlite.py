"""What only SQLite needs: floors, a new file opened by several, copies while in use."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from engines.sqlite import PooledSQLiteEngine, TooOld


async def test_a_new_file_can_be_opened_while_another_process_writes(tmp_path: Path) -> None:
    file = tmp_path / "new.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE rooms (size INTEGER)")
        opening = asyncio.create_task(PooledSQLiteEngine(str(file)).get_connection())
        await asyncio.sleep(0.2)
        other.execute("COMMIT")

        connection = await opening
        [mode] = await connection.execute_fetchall("PRAGMA journal_mode")
        await connection.close()

    assert dict(mode) == {"journal_mode": "wal"}


async def test_what_is_emptied_leaves_the_file(tmp_path: Path) -> None:
    """Also a long text with pages of its own."""
    file = tmp_path / "house.sqlite"
    engine = PooledSQLiteEngine(str(file))
    await engine.run_ddl("CREATE TABLE rooms (said TEXT)")
    for size in (1, 900):
        await engine.run_ddl(f"INSERT INTO rooms VALUES ('{'sealed-text ' * size}')")
    await engine.run_ddl("INSERT INTO rooms VALUES ('kept-text')")
    await engine.run_ddl("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"sealed-text" in file.read_bytes()

    await engine.run_ddl(
        "UPDATE rooms SET said = '' WHERE length(said) < 20 AND said <> 'kept-text'"
    )
    await engine.run_ddl("DELETE FROM rooms WHERE length(said) > 20")
    await engine.run_ddl("PRAGMA wal_checkpoint(TRUNCATE)")

    written = file.read_bytes()  # the log is gone with its last connection
    assert b"sealed-text" not in written and b"kept-text" in written


async def test_a_copy_is_whole_and_its_owners_alone(tmp_path: Path) -> None:
    engine = PooledSQLiteEngine(str(tmp_path / "house.sqlite"))
    await engine.run_ddl("CREATE TABLE rooms (size INTEGER)")
    async with engine.transaction():
        await engine.run_ddl("INSERT INTO rooms VALUES (12)")
        await engine.copy_to(tmp_path / "early.sqlite")
    await engine.copy_to(tmp_path / "copy.sqlite")

    assert _sizes(tmp_path / "early.sqlite") == []
    assert _sizes(tmp_path / "copy.sqlite") == [(12,)]
    assert (tmp_path / "copy.sqlite").stat().st_mode & 0o777 == 0o600


async def test_the_pool_closes_while_another_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a thread stays, and with it a process that was told to stop."""
    before = set(threading.enumerate())
    engine = PooledSQLiteEngine(str(tmp_path / "house.sqlite"))
    await engine.start_connection_pool()
    ask = aiosqlite.Connection.execute_fetchall

    async def busy(connection: aiosqlite.Connection, query: str, *more: Any) -> Any:
        if query == "PRAGMA optimize":
            raise sqlite3.OperationalError("database is locked")
        return await ask(connection, query, *more)

    monkeypatch.setattr(aiosqlite.Connection, "execute_fetchall", busy)
    await engine.close_connection_pool()

    for thread in set(threading.enumerate()) - before:
        thread.join(2)
        assert not thread.is_alive()


async def test_readers_cannot_write(tmp_path: Path) -> None:
    engine = PooledSQLiteEngine(str(tmp_path / "house.sqlite"))
    connection = await engine.get_connection(reading=True)
    try:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await connection.execute_fetchall("CREATE TABLE rooms (size INTEGER)")
    finally:
        await connection.close()


def test_an_old_sqlite_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))

    with pytest.raises(TooOld, match=r"SQLite 3\.35 or newer is needed"):
        PooledSQLiteEngine("unused.sqlite")


def test_a_sqlite_without_full_text_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search's index is our own: nothing of SQLite's is tried out."""

    def refuse(*_: Any) -> None:
        raise sqlite3.OperationalError("no such module: fts5")

    monkeypatch.setattr(sqlite3, "connect", refuse)

    assert PooledSQLiteEngine("unused.sqlite").engine_type == "sqlite"


def _sizes(file: Path) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT size FROM rooms").fetchall()
