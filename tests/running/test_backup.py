"""A backup while the house is open, and the way back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain import documents
from running import backup, upgrade
from tests import papers
from tests.databases import bound, copied_sqlite, opened
from tests.factories import make_person


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path) -> str:
    return copied_sqlite(sqlite_template, tmp_path)


async def test_restored_is_what_was_there_at_the_backup(house: str, tmp_path: Path) -> None:
    copy, said = tmp_path / "copy.sqlite", list[str]()
    async with opened(house) as engine:
        await _note(engine, "before")
        await backup.back_up(copy, said.append)
        await _note(engine, "after")
        await backup.restore(copy, said.append)
        found = await _notes(engine)

    assert found == ["before"]
    assert _notes_in(tmp_path / "mentorat.before-restore.sqlite") == ["before", "after"]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "The key is not in it: SECRET_KEY." in said[0]


async def test_a_cv_comes_back_with_its_pictures(house: str, tmp_path: Path) -> None:
    copy, paper = tmp_path / "copy.sqlite", papers.pdf()
    async with opened(house):
        person = await make_person(has_accepted=False)
        await documents.keep("CV.pdf", paper, by=person, now=person.created_at)
        await backup.back_up(copy, lambda _: None)
        await documents.remove(by=person, now=person.created_at)
        await backup.restore(copy, lambda _: None)
        cv = await documents.of(person)
        assert cv and await documents.content(cv) == paper
        assert (await documents.content(cv, 1) or b"").startswith(b"\x89PNG")


async def test_onto_a_new_machine(house: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    async with opened(house) as engine:
        await _note(engine, "before")
        await backup.back_up(copy, lambda _: None)

    with bound(f"sqlite:///{tmp_path}/new/mentorat.sqlite") as engine:
        await backup.restore(copy, lambda _: None)
        assert await _notes(engine) == ["before"]
        assert await upgrade.pending() == []


async def test_an_existing_file_is_never_overwritten(house: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_text("something dear")

    with bound(house), pytest.raises(backup.Refused, match="there already"):
        await backup.back_up(copy, lambda _: None)

    assert copy.read_text() == "something dear"


async def test_nothing_is_no_backup(tmp_path: Path) -> None:
    with bound(f"sqlite:///{tmp_path}/mentorat.sqlite"), pytest.raises(backup.Refused):
        await backup.back_up(tmp_path / "copy.sqlite", lambda _: None)

    assert not (tmp_path / "copy.sqlite").exists()


@pytest.mark.parametrize("content", [b"no database", None], ids=["rubbish", "missing"])
async def test_rubbish_is_not_restored(house: str, tmp_path: Path, content: bytes | None) -> None:
    copy = tmp_path / "copy.sqlite"
    if content:
        copy.write_bytes(content)

    async with opened(house) as engine:
        await _note(engine, "before")
        with pytest.raises(backup.Refused, match="nothing was changed"):
            await backup.restore(copy, lambda _: None)
        assert await _notes(engine) == ["before"]


async def test_a_damaged_backup_is_not_restored(house: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    async with opened(house) as engine:
        await _note(engine, "before")
        await backup.back_up(copy, lambda _: None)
        with closing(sqlite3.connect(copy)) as other, other:
            other.execute("INSERT INTO notes_made VALUES (NULL)")
            other.execute("PRAGMA writable_schema = ON")
            other.execute("UPDATE sqlite_master SET sql = replace(sql, 'TEXT', 'TEXT NOT NULL')")
        with pytest.raises(backup.Refused, match="NULL value in notes_made"):
            await backup.restore(copy, lambda _: None)
        assert await _notes(engine) == ["before"]


async def test_an_older_backup_is_upgraded(house: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(copy)) as other, other:
        columns = "id INTEGER PRIMARY KEY, name TEXT, app_name TEXT, ran_on TIMESTAMP"
        other.execute(f"CREATE TABLE migration ({columns})")

    async with opened(house):
        await backup.restore(copy, lambda _: None)
        assert await upgrade.pending() == []


async def test_a_newer_backup_is_not_restored(house: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    async with opened(house) as engine:
        await backup.back_up(copy, lambda _: None)
        with closing(sqlite3.connect(copy)) as other, other:
            other.execute("INSERT INTO migration (name) VALUES ('9999-01-01')")
        await _note(engine, "before")
        with pytest.raises(upgrade.NewerDatabase):
            await backup.restore(copy, lambda _: None)
        assert await _notes(engine) == ["before"]


async def test_postgresql_has_its_own_tools(postgres: str, tmp_path: Path) -> None:
    with bound(postgres), pytest.raises(backup.Refused, match="pg_dump"):
        await backup.back_up(tmp_path / "copy", lambda _: None)


async def _note(engine: Any, word: str) -> None:
    await engine.run_ddl("CREATE TABLE IF NOT EXISTS notes_made (word TEXT)")
    await engine.run_ddl(f"INSERT INTO notes_made VALUES ('{word}')")


async def _notes(engine: Any) -> list[str]:
    return [row["word"] for row in await engine.run_ddl("SELECT word FROM notes_made")]


def _notes_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM notes_made")]
