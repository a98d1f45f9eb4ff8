"""`mentorat demo` as people start it: an address to open, Ctrl-C, and what it refuses."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import sleep

import httpx
import pytest

import settings
from demo import running

SOURCE = str(Path(running.__file__).parents[1])
PATIENCE = 90  # seconds: only so that nothing hangs for ever
Clean = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled by the first test that needs it."""
    return tmp_path_factory.mktemp("demo") / "data"


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as any_port:
        return int(any_port.getsockname()[1])


def environment(folder: Path, **more: str) -> Clean:
    """As on a machine where nothing is set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"DEMO_DIR": str(folder)} | more


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "cli", "demo", "--port", str(port)]


@contextmanager
def started(folder: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the address it says."""
    port = free_port()
    process = subprocess.Popen(
        command(port),
        env=environment(folder, PYTHONPATH=SOURCE, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = first_line(process)
        assert line == f"Open http://localhost:{port}\n", process.stderr and process.stderr.read()
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    lines: Queue[str] = Queue()
    assert process.stdout is not None
    Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()  # type: ignore[union-attr]
    try:
        return lines.get(timeout=PATIENCE)
    except Empty:
        process.kill()
        return ""


def refused(folder: Path, **more: str) -> str:
    """What is said on the way out."""
    ended = subprocess.run(
        command(free_port()),
        env=environment(folder, PYTHONPATH=SOURCE, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 1 and not ended.stdout
    return ended.stderr


def made_at(folder: Path, change: Callable[[sqlite3.Connection], object] | None = None) -> str:
    with closing(sqlite3.connect(running.database(folder))) as connection, connection:
        if change:
            connection.execute("DROP TRIGGER IF EXISTS events_changed")  # a test's own privilege
            change(connection)
        return str(connection.execute("SELECT at FROM events WHERE what = 'demo.make'").fetchone())


def test_from_nothing_to_ctrl_c_and_again(folder: Path) -> None:
    with started(folder, SMTP_HOST="mail.example.org") as (process, address):
        page = httpx.get(f"{address}/sign-in")
        letters = httpx.get(f"{address}/demo/letters")
        process.send_signal(signal.SIGINT)
        said, wrong = process.communicate(timeout=PATIENCE)
    assert page.status_code == 200 and 'name="part"' in page.text
    assert letters.status_code == 200 and letters.text.count('id="letter-') > 20
    assert (process.returncode, said, wrong) == (0, "", "")

    made = made_at(folder)
    with started(folder) as (_, address):
        assert httpx.get(f"{address}/ready").status_code == 200
    assert made_at(folder) == made


def test_an_old_story_is_told_anew(folder: Path) -> None:
    with started(folder):
        pass
    old = (datetime.now(UTC) - timedelta(days=4)).isoformat(" ")
    moved = "UPDATE events SET at = ? WHERE what = 'demo.make'"
    earlier = made_at(folder, lambda connection: connection.execute(moved, (old,)))

    with started(folder) as (_, address):
        assert httpx.get(f"{address}/ready").status_code == 200
    assert made_at(folder) > earlier


def test_ctrl_c_while_the_story_is_told(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command(free_port()),
        env=environment(tmp_path / "new", PYTHONPATH=SOURCE),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and not running.database(tmp_path / "new").exists():
        sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, wrong = process.communicate(timeout=PATIENCE)

    assert (process.returncode, said, wrong) == (0, "", "")


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """The folder of an installation where somebody lives."""
    with closing(sqlite3.connect(running.database(tmp_path))) as connection, connection:
        connection.execute("CREATE TABLE events (what TEXT)")
        connection.execute("CREATE TABLE people (email TEXT)")
        connection.execute("INSERT INTO people VALUES ('claire@example.org')")
    return tmp_path


def test_refused_where_members_live(real: Path, tmp_path: Path) -> None:
    before = running.database(real).read_bytes()
    elsewhere = tmp_path / "elsewhere"

    for said in (
        refused(real),
        refused(elsewhere, DATA_DIR=str(real)),
        refused(elsewhere, DATABASE_URL=f"sqlite:///{running.database(real)}"),
        refused(elsewhere, DATABASE_URL="postgresql://localhost/mentorat"),
    ):
        assert said.startswith("Refused: ") and said.count("\n") == 1
    assert running.database(real).read_bytes() == before
    assert not elsewhere.exists()


def test_what_is_no_installation_is_not_inhabited(real: Path) -> None:
    with closing(sqlite3.connect(running.database(real))) as connection, connection:
        connection.execute("INSERT INTO events VALUES ('demo.make')")
    assert not running.lives_somebody(running.database(real))

    empty, letters = real / "empty.sqlite", real / "letters.sqlite"
    empty.touch()
    letters.write_text("no database at all, but somebody's")
    assert not running.lives_somebody(empty)
    assert running.lives_somebody(letters)


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            command(port),
            env=environment(tmp_path / "new", PYTHONPATH=SOURCE),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == running.TAKEN.format(port, port + 1) + "\n"
    assert not (tmp_path / "new").exists()


def test_where_the_demo_lives(tmp_path: Path) -> None:
    assert running.home({}) == running.FOLDER
    assert running.home({"DATA_DIR": "/data"}) == Path("/data/demo")
    assert running.home({"DATA_DIR": "/data", "DEMO_DIR": "/demo"}) == Path("/demo")
    file = tmp_path / "file"
    file.touch()
    assert refused(file / "below").startswith("The demo cannot live in ")


def test_made_up_people_get_no_letters(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path), "SMTP_HOST": "mail.example.org"}
    assert settings.load(given).smtp is not None
    assert settings.load(given | {"DEMO": "1"}).smtp is None
