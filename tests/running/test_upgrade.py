"""Upgrades of a small program of its own, in processes of their own, on either engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager

from tables.piccolo_app import APP_CONFIG
from tests.databases import new_postgres

SOURCE = Path(__file__).parents[2] / "src"

CONF = """
import os
from piccolo.conf.apps import AppRegistry
from engines.postgres import SafePostgresEngine
from engines.sqlite import PooledSQLiteEngine
url = os.environ["DATABASE_URL"]
sqlite = url.startswith("sqlite")
DB = PooledSQLiteEngine(url[10:]) if sqlite else SafePostgresEngine({"dsn": url})
APP_REGISTRY = AppRegistry(apps=["hotel"])
"""
APP = """
from pathlib import Path
from piccolo.conf.apps import AppConfig
APP_CONFIG = AppConfig("hotel", str(Path(__file__).parent / "steps"), [])
"""
STEP = """
import asyncio
import os
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import ForeignKey, Integer, Serial, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table
from piccolo_conf import DB
from tables.rebuilding import RebuildOnSQLite
ID = {name!r}
async def forwards():
    manager = {manager}(migration_id=ID, app_name="hotel", description="")
    async def run():
{body}
    manager.add_raw(run)
{calls}
    return manager
"""
UPGRADE = "import asyncio; from running.upgrade import upgrade; print(asyncio.run(upgrade()))"
ASK = """
import asyncio
from piccolo_conf import DB
print([dict(row) for row in asyncio.run(DB.run_ddl({!r}))])
"""

ROOMS = """
    manager.add_table("Room", tablename="rooms")
    manager.add_column("Room", "rooms", "id", column_class_name="Serial", column_class=Serial,
        params={"default": None, "null": False, "primary_key": True, "unique": False,
        "index": False, "index_method": IndexMethod.btree, "choices": None, "secret": False,
        "db_column_name": None})
    manager.add_column("Room", "rooms", "size", column_class_name="Integer", column_class=Integer,
        params={"default": 0, "null": False, "primary_key": False, "unique": False,
        "index": False, "index_method": IndexMethod.btree, "choices": None, "secret": False,
        "db_column_name": None})
"""
WORDS_FOR_SIZES = """
    manager.alter_column("Room", "rooms", "size", params={"length": 9, "default": ""},
        old_params={"length": None, "default": 0}, column_class=Varchar, old_column_class=Integer)
"""


class Program:
    """A version of a program, its migrations as files."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        (folder / "steps").mkdir(parents=True)
        (folder / "piccolo_conf.py").write_text(CONF)
        (folder / "hotel.py").write_text(APP)

    def step(
        self,
        name: str,
        *statements: str,
        then: str = "pass",
        calls: str = "",
        manager: str = "MigrationManager",
    ) -> Path:
        lines = [*(f"await DB.run_ddl({statement!r})" for statement in statements), then]
        body = "\n".join(f"        {line}" for line in lines)
        file = self.folder / "steps" / f"step_{name}.py"
        file.write_text(STEP.format(name=name, body=body, calls=calls, manager=manager))
        return file

    def start(self, program: str = UPGRADE) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(self.folder), str(SOURCE)])
        return subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "DATABASE_URL": self.url, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, program: str = UPGRADE, *, code: int = 0) -> str:
        process = self.start(program)
        said = process.communicate(timeout=60)[0]
        assert process.returncode == code, said
        return said.strip()

    def ask(self, statement: str) -> str:
        return self.run(ASK.format(statement))

    def tables(self) -> str:
        if self.url.startswith("sqlite"):
            return self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")
        return self.ask("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")


@pytest.fixture(params=["sqlite", "postgres"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Program]:
    if request.param == "sqlite":
        yield Program(tmp_path / "program", f"sqlite:///{tmp_path}/data/hotel.sqlite")
    else:
        with new_postgres(request.getfixturevalue("postgres")) as url:
            yield Program(tmp_path / "program", url)


def test_six_replicas_upgrade_once(program: Program) -> None:
    slowly = "await asyncio.sleep(1)"  # so that all six have started before one is done
    program.step("1", "CREATE TABLE rooms (size INTEGER)", then=slowly)
    program.step("2", "INSERT INTO rooms VALUES (12)")

    replicas = [program.start() for _ in range(6)]
    said = sorted(replica.communicate(timeout=60)[0].strip() for replica in replicas)

    assert [replica.returncode for replica in replicas] == [0] * 6, said
    assert said == ["['1', '2']"] + ["[]"] * 5
    assert program.ask("SELECT count(*) AS n FROM rooms") == "[{'n': 1}]"


def test_a_failing_migration_leaves_nothing(program: Program) -> None:
    program.step("1", "CREATE TABLE rooms (size INTEGER)")
    program.step("2", "CREATE TABLE beds (size INTEGER)", then="1 / 0")

    assert "ZeroDivisionError" in program.run(code=1)
    assert program.tables() == "[]"

    program.step("2", "CREATE TABLE beds (size INTEGER)")
    assert program.run() == "['1', '2']"


def test_a_process_killed_midway_leaves_nothing(program: Program) -> None:
    program.step("1", "CREATE TABLE rooms (size INTEGER)", then="os.kill(os.getpid(), 9)")
    program.run(code=-signal.SIGKILL)
    assert program.tables() == "[]"

    program.step("1", "CREATE TABLE rooms (size INTEGER)")
    assert program.run() == "['1']"


def test_a_newer_database_is_refused_in_words(program: Program) -> None:
    program.step("1", "CREATE TABLE rooms (size INTEGER)")
    newer = program.step("2", "INSERT INTO rooms VALUES (12)")
    program.run()
    newer.unlink()
    program.step("3", "DROP TABLE rooms")

    assert program.run(code=1) == "The database is newer than this program: 2"
    assert program.ask("SELECT size FROM rooms") == "[{'size': 12}]"


def test_a_rebuilt_table_keeps_its_children_and_indexes(program: Program) -> None:
    program.step("1", calls=ROOMS)
    program.step(
        "2",
        "CREATE INDEX by_size ON rooms (size)",
        "CREATE TABLE beds (room INTEGER REFERENCES rooms (id) ON DELETE CASCADE)",
        "INSERT INTO rooms (id, size) VALUES (1, 12)",
        "INSERT INTO beds VALUES (1)",
    )
    program.run()
    program.step("3", calls=WORDS_FOR_SIZES, manager="RebuildOnSQLite")

    program.run()

    assert program.ask("SELECT size FROM rooms") == "[{'size': '12'}]"
    assert program.ask("SELECT room FROM beds") == "[{'room': 1}]"
    again = "CREATE INDEX by_size ON rooms (size)"
    assert "already exists" in program.run(ASK.format(again), code=1)


def test_sqlite_is_copied_before_it_changes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    program = Program(tmp_path / "program", f"sqlite:///{data}/hotel.sqlite")
    program.step("1", "CREATE TABLE rooms (size INTEGER)", "INSERT INTO rooms VALUES (12)")
    program.run()
    assert [*data.glob("*.before-*")] == []

    program.step("2", "UPDATE rooms SET size = 13")
    program.run()
    program.run()
    program.step("3", "UPDATE rooms SET size = 14")
    program.run()

    [copy] = data.glob("*.before-*")
    assert copy.name == "hotel.before-3.sqlite"
    assert copy.stat().st_mode & 0o777 == 0o600
    before = Program(tmp_path / "before", f"sqlite:///{copy}")
    assert before.ask("SELECT size FROM rooms") == "[{'size': 13}]"


async def test_the_migrations_make_the_tables_as_declared() -> None:
    changes = await AutoMigrationManager().get_alter_statements(APP_CONFIG)

    assert [statement for change in changes for statement in change.statements] == []
