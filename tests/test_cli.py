"""The operator's commands, as processes of their own: what they say, and how they end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import settings
from tests import databases
from tests.smtp import MailServer, free_port, mail_server, running

__all__ = ["mail_server"]

SOURCE = Path(settings.__file__).parent
KEY, OTHER = "a key of this test " * 3, "another key of it " * 3
ADDRESS = "sandra.weber@example.org"
Environ = dict[str, str]


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environ]:
    """As on a new machine: an empty folder, or an empty PostgreSQL database beside it."""
    here = environ(tmp_path / "data")
    if request.param == "sqlite":
        yield here
    else:
        with databases.new_postgres(request.getfixturevalue("postgres")) as url:
            yield here | {"DATABASE_URL": url}


@pytest.fixture
def sqlite(tmp_path: Path) -> Environ:
    return environ(tmp_path / "data")


def environ(data: Path, **more: str) -> Environ:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"PYTHONPATH": str(SOURCE), "DATA_DIR": str(data)} | more


def mentorat(given: Environ, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", *arguments]
    done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    return done


# coordinator add


def test_a_coordinator_is_added_and_added_again(empty: Environ) -> None:
    first = mentorat(empty, "coordinator", "add", ADDRESS, "--first-name", "Sandra")
    again = mentorat(empty, "coordinator", "add", f"{ADDRESS.upper()}")

    assert (first.returncode, again.returncode) == (0, 0)
    assert first.stdout == "Done. They sign in with their e-mail address.\n"
    told = mentorat(empty, "doctor")
    assert told.returncode == 0 and "people     1 coordinate" in told.stdout


def test_what_is_no_address_or_language_is_refused(sqlite: Environ) -> None:
    no_address = mentorat(sqlite, "coordinator", "add", "nobody")
    no_language = mentorat(sqlite, "coordinator", "add", ADDRESS, "--language", "xx")

    assert (no_address.returncode, no_address.stderr) == (1, "That is no e-mail address.\n")
    assert no_language.returncode == 2 and "invalid choice: 'xx'" in no_language.stderr
    assert not Path(sqlite["DATA_DIR"]).exists()


# mail test


def test_a_letter_arrives_and_the_answer_is_shown(sqlite: Environ, mail_server: MailServer) -> None:
    done = mentorat(sqlite | mail_server.environ(), "mail", "test", ADDRESS)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Sent. The server answered: 250 taken, thank you\n"
    assert mail_server.wait_for(ADDRESS).message["To"] == ADDRESS


def test_a_refusal_is_shown_in_the_servers_words(sqlite: Environ, mail_server: MailServer) -> None:
    mail_server.to_recipient = ["550 5.1.1 nobody of that name, désolé"]
    refused = mentorat(sqlite | mail_server.environ(), "mail", "test", ADDRESS)
    strange = mentorat(sqlite | mail_server.environ(), "mail", "test", "nobody")

    assert refused.returncode == 1 and refused.stderr.startswith("Not sent. ")
    assert "550 5.1.1 nobody of that name" in refused.stderr
    assert strange.returncode == 1 and "not an e-mail address" in strange.stderr
    assert mail_server.received == []


def test_a_wrong_password_is_named_and_not_shown(sqlite: Environ) -> None:
    with running(password="right") as server:
        given = server.environ() | {"SMTP_USER": "office", "SMTP_PASSWORD": "no-good"}
        done = mentorat(sqlite | given, "mail", "test", ADDRESS)

    assert done.returncode == 1 and "SMTP_PASSWORD" in done.stderr and "535" in done.stderr
    assert "no-good" not in done.stderr


def test_without_mail_settings_it_says_which(sqlite: Environ) -> None:
    done = mentorat(sqlite, "mail", "test", ADDRESS)

    assert done.returncode == 1 and "Set SMTP_HOST" in done.stderr


# doctor


def test_the_doctor_finds_all_well_and_tells_no_secret(
    empty: Environ, mail_server: MailServer
) -> None:
    given = empty | mail_server.environ() | {"SECRET_KEY": KEY}
    assert mentorat(given, "coordinator", "add", ADDRESS).returncode == 0
    told = mentorat(given, "doctor")

    assert (told.returncode, told.stderr) == (0, "")
    assert [line.split()[0] for line in told.stdout.splitlines()] == [
        "address", "proxies", "database", "key", "people", "letters", "mail"
    ]  # fmt: skip
    assert "up to date" in told.stdout and "opens what is there" in told.stdout
    assert "127.0.0.1" in told.stdout and KEY.strip() not in told.stdout
    assert mail_server.received == []  # only knocked


def test_the_doctor_looks_and_makes_nothing(sqlite: Environ) -> None:
    told = mentorat(sqlite, "doctor")

    assert told.returncode == 0
    assert "upgrades pending" in told.stdout and "no SMTP_HOST" in told.stdout
    assert "made at the first start" in told.stdout
    assert not (Path(sqlite["DATA_DIR"]) / "secret.key").exists()


def test_the_doctor_notices_a_wrong_and_a_lost_key(sqlite: Environ) -> None:
    assert mentorat(sqlite, "coordinator", "add", ADDRESS).returncode == 0
    wrong = mentorat(sqlite | {"SECRET_KEY": OTHER}, "doctor")
    (Path(sqlite["DATA_DIR"]) / "secret.key").unlink()
    lost = mentorat(sqlite, "doctor")

    assert wrong.returncode == 1 and "key        WRONG (from SECRET_KEY)" in wrong.stdout
    assert lost.returncode == 1 and "key        MISSING" in lost.stdout
    assert not (Path(sqlite["DATA_DIR"]) / "secret.key").exists()


def test_the_doctor_says_what_is_out_of_reach(sqlite: Environ) -> None:
    away = {"DATABASE_URL": f"postgresql://u:pass-word@127.0.0.1:{free_port()}/x"}
    mail = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(free_port()), "SMTP_SECURITY": "none"}
    told = mentorat(sqlite | away | mail, "doctor")

    assert told.returncode == 1
    assert "database   OUT OF REACH" in told.stdout and "mail       NOT READY" in told.stdout
    assert "pass-word" not in told.stdout + told.stderr


# What stops every command


@pytest.mark.parametrize("command", [["serve"], ["doctor"], ["coordinator", "add", ADDRESS]])
def test_wrong_settings_are_all_said_and_nothing_is_done(
    sqlite: Environ, command: list[str]
) -> None:
    wrong = {"PORT": "no", "BASE_URL": "nowhere", "SMTP_SECURITY": "perhaps"}
    done = mentorat(sqlite | wrong, *command)

    assert done.returncode == 1 and done.stderr.startswith("Settings that cannot be used:\n- ")
    assert all(f"- {name} must" in done.stderr for name in wrong)
    assert not Path(sqlite["DATA_DIR"]).exists()


def test_a_wrong_key_stops_the_start(empty: Environ) -> None:
    assert mentorat(empty | {"SECRET_KEY": KEY}, "coordinator", "add", ADDRESS).returncode == 0

    stopped = mentorat(empty | {"SECRET_KEY": OTHER}, "serve")

    assert stopped.returncode == 1
    assert stopped.stderr.splitlines()[-1].startswith("The database was sealed under another key.")
    added = mentorat(empty | {"SECRET_KEY": f"{OTHER},{KEY}"}, "coordinator", "add", ADDRESS)
    assert added.returncode == 0  # rotated
    still = mentorat(empty | {"SECRET_KEY": OTHER}, "serve")
    assert still.returncode == 1  # the old one is needed still


def test_a_lost_key_stops_the_start_and_none_is_made(empty: Environ) -> None:
    assert mentorat(empty, "coordinator", "add", ADDRESS).returncode == 0
    file = Path(empty["DATA_DIR"]) / "secret.key"
    key = file.read_text()
    file.unlink()

    for command in (["serve"], ["coordinator", "add", ADDRESS], ["keys", "rotate"]):
        stopped = mentorat(empty, *command)
        assert stopped.returncode == 1
        assert stopped.stderr.splitlines()[-1].startswith("The key is missing: ")
        assert not file.exists()
    file.write_text(key)
    assert mentorat(empty, "coordinator", "add", ADDRESS).returncode == 0


# keys


def test_a_key_of_ours_is_long_and_new_each_time(sqlite: Environ) -> None:
    first, second = (mentorat(sqlite, "keys", "new").stdout for _ in range(2))

    assert len(first.strip()) >= 64 and "," not in first and first != second
    assert not Path(sqlite["DATA_DIR"]).exists()


def test_a_new_key_while_the_server_runs_and_then_without_the_old_one(empty: Environ) -> None:
    both, new = {"SECRET_KEY": f"{OTHER},{KEY}"}, {"SECRET_KEY": OTHER}
    assert mentorat(empty | {"SECRET_KEY": KEY}, "coordinator", "add", ADDRESS).returncode == 0
    with serving(empty | both) as server:
        turning = mentorat(empty | both, "doctor")
        done = mentorat(empty | both, "keys", "rotate")
        turned = mentorat(empty | both, "doctor")
        page = server.web.get("/sign-in")

    assert (done.returncode, page.status_code) == (0, 200)
    assert "private texts" in done.stdout and "The old key is no longer needed" in done.stdout
    assert done.stderr == ""  # no bar where nobody looks
    assert "mentorat keys rotate" in turning.stdout and "keys rotate" not in turned.stdout
    assert mentorat(empty | new, "coordinator", "add", ADDRESS).returncode == 0


def test_the_keys_of_a_file_are_divided_by_commas_too(sqlite: Environ) -> None:
    file = Path(sqlite["DATA_DIR"]) / "secret.key"
    assert mentorat(sqlite, "coordinator", "add", ADDRESS).returncode == 0
    file.write_text(f"{KEY},{file.read_text()}")
    done = mentorat(sqlite, "keys", "rotate")
    file.write_text(KEY)

    assert done.returncode == 0
    assert mentorat(sqlite, "coordinator", "add", ADDRESS).returncode == 0


def no_folder(given: Environ) -> str:
    Path(given["DATA_DIR"]).write_text("a file")
    return "cannot be made"


def no_database(given: Environ) -> str:
    Path(given["DATA_DIR"]).mkdir()
    (Path(given["DATA_DIR"]) / "mentorat.sqlite").write_text("not a database\n" * 100)
    return "The database is out of reach: file is not a database"


def no_server(given: Environ) -> str:
    given["DATABASE_URL"] = f"postgresql://u:pass-word@127.0.0.1:{free_port()}/x"
    return "The database is out of reach: "


def no_address(given: Environ) -> str:
    given["DATABASE_URL"] = "postgresql://u:pass-word/more@127.0.0.1/x"
    return "The database is out of reach: "


@pytest.mark.parametrize("fault", [no_folder, no_database, no_server, no_address])
def test_what_is_missing_is_said_in_words(sqlite: Environ, fault: Callable[[Environ], str]) -> None:
    said = fault(sqlite)
    done = mentorat(sqlite, "serve")

    assert done.returncode == 1 and said in done.stderr
    assert "pass-word" not in done.stderr and "more" not in done.stderr


# serve


class Served:
    """A server of its own, and what it says."""

    def __init__(self, given: Environ, *arguments: str) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "cli", "serve", "--port", str(self.port), *arguments]
        self.process = subprocess.Popen(command, env=given, stderr=subprocess.PIPE, text=True)
        self.said = ""
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=5)

    def listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.said += line

    def is_open(self) -> bool:
        try:
            return self.web.get("/health").text == "ok"
        except httpx.TransportError:
            return False

    def stop(self, how: signal.Signals, within: float) -> int:
        """The exit code."""
        self.process.send_signal(how)
        code = self.process.wait(within)
        self.listener.join(5)
        return code


@contextmanager
def serving(given: Environ, *arguments: str) -> Iterator[Served]:
    server = Served(given, *arguments)
    try:
        end = time.monotonic() + 30
        while not server.is_open():
            assert server.process.poll() is None and time.monotonic() < end, server.said
            time.sleep(0.05)
        yield server
    finally:
        server.process.kill()
        server.process.wait()
        server.listener.join(5)
        server.web.close()
        if server.process.stderr:
            server.process.stderr.close()


def test_from_an_empty_folder_to_open_doors(empty: Environ) -> None:
    with serving(empty) as server:
        ready = server.web.get("/ready")
        home = server.web.get("/", headers={"x-forwarded-for": "192.0.2.7"})
        page = server.web.get(home.headers["location"])
        head = server.web.head("/first-run")
        house = server.web.get("/manifest.webmanifest").json()
        code = server.stop(signal.SIGTERM, within=5)

    assert (ready.status_code, ready.text) == (200, "ready")
    assert (home.status_code, page.status_code, head.status_code) == (303, 200, 200)
    assert house["name"] == "Programme de mentorat"
    assert head.content == b"" and "server" not in head.headers
    key = re.search(
        r"Open http://localhost:\d+/first-run with this key: ([0-9a-f]{24})", server.said
    )
    assert key and f":{server.port}/first-run" in key[0]
    assert code == 0
    said = [json.loads(line) for line in server.said.splitlines()]
    assert {"answered"} <= {line["said"] for line in said}
    assert {line["level"] for line in said} == {"info", "warning"}
    assert "192.0.2.7" not in server.said and "127.0.0.1:" not in server.said.replace(
        f"127.0.0.1:{server.port}", ""
    )
    mode = stat.S_IMODE((Path(empty["DATA_DIR"]) / "secret.key").stat().st_mode)
    assert mode == 0o600


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_time_while_requests_are_open(sqlite: Environ, how: signal.Signals) -> None:
    begun = (
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail="
    )
    with (
        serving(sqlite) as server,
        socket.create_connection(("127.0.0.1", server.port)) as idle,
        socket.create_connection(("127.0.0.1", server.port)) as waiting,
    ):
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        waiting.sendall(begun.encode())
        time.sleep(0.3)
        code = server.stop(how, within=8)

    assert code == 0
    assert "Application shutdown complete" in server.said


def test_a_second_start_keeps_the_key_and_says_no_more_than_needed(sqlite: Environ) -> None:
    assert mentorat(sqlite, "coordinator", "add", ADDRESS).returncode == 0
    key = (Path(sqlite["DATA_DIR"]) / "secret.key").read_text()
    with serving(sqlite) as server:
        home = server.web.get("/")
        server.stop(signal.SIGTERM, within=5)

    assert home.status_code == 200 and "with this key" not in server.said
    assert "No SMTP_HOST: letters wait" in server.said
    assert (Path(sqlite["DATA_DIR"]) / "secret.key").read_text() == key


def test_a_taken_port_is_said(sqlite: Environ) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = mentorat(sqlite, "serve", "--port", str(taken.getsockname()[1]))

    assert done.returncode != 0 and "address already in use" in done.stderr


def test_no_command_is_no_success() -> None:
    assert mentorat(environ(Path("nowhere"))).returncode == 2
