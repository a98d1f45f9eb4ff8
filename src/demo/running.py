"""From nothing to an address to open: the demo's own folder, never a real installation's."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "demo-data"  # beside the code, which git leaves alone
# A real installation's settings: its key, its mail server and its data are none of ours.
REAL = (
    "BASE_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "MAIL_FROM",
    "SECRET_KEY",
    "SMTP_HOST",
    "SMTP_PASSWORD",
    "SMTP_PORT",
    "SMTP_SECURITY",
    "SMTP_USER",
)
INHABITED = "Refused: real members live in {}. The demo needs a folder of its own: set DEMO_DIR."
ELSEWHERE = "Refused: DATABASE_URL names a server where real members may live. Unset it first."
TAKEN = "Port {0} is taken. Choose another one: mentorat demo --port {1}"
NOWHERE = "The demo cannot live in {} ({}): set DEMO_DIR to a folder that can be written."
CLOSED = "Port {} cannot be opened: {}."


def run(port: int) -> None:
    """Until Ctrl-C; then nothing is left but the folder."""
    try:
        folder = home(os.environ)
        insist_on_nobody(folder, os.environ)
        with door(port) as listening:
            move_in(folder, port)
            # Requests and the clock's deeds are nobody's news here: one line is enough.
            logging.getLogger().setLevel(logging.WARNING)
            with leaving_at_once():
                # Now, because settings are read when it is imported.
                from demo import stage

                asyncio.run(stage.prepare())
            stage.play(listening)
    except KeyboardInterrupt:
        sys.exit(0)


def home(environ: Mapping[str, str]) -> Path:
    """In a container beside the real data, because only there it can be written."""
    if own := environ.get("DEMO_DIR"):
        return Path(own).absolute()
    real = environ.get("DATA_DIR")
    return Path(real).absolute() / "demo" if real else FOLDER


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """Ctrl-C before the doors are open: a story half told is none, and was never kept."""
    usual = signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    yield
    signal.signal(signal.SIGINT, usual)


def insist_on_nobody(folder: Path, environ: Mapping[str, str]) -> None:
    """Neither in our folder nor where this machine's own settings point."""
    url = environ.get("DATABASE_URL") or environ.get("DATABASE_URL_FILE", "")
    if url and not url.startswith("sqlite:///"):
        sys.exit(ELSEWHERE)
    files = [database(folder), Path(url.removeprefix("sqlite:///"))]
    if real := environ.get("DATA_DIR"):
        files.append(database(Path(real)))
    for file in files:
        if file.is_file() and lives_somebody(file):
            sys.exit(INHABITED.format(file))


def lives_somebody(file: Path) -> bool:
    """Somebody whom no demo made up. Only looks, so that nothing can happen to the file."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        try:
            made_up = "SELECT 1 FROM events WHERE what = 'demo.make'"
            if connection.execute(made_up).fetchone():
                return False
            return connection.execute("SELECT 1 FROM people").fetchone() is not None
        except sqlite3.OperationalError as error:
            return "no such table" not in str(error)
        except sqlite3.DatabaseError:
            return True  # not SQLite at all: not ours


def door(port: int) -> socket.socket:
    """Taken before anything is made: whoever comes second hears it at once."""
    host = os.environ.get("HOST") or "127.0.0.1"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        sys.exit(
            TAKEN.format(port, port + 1)
            if error.errno == errno.EADDRINUSE
            else CLOSED.format(port, error.strerror)
        )


def move_in(folder: Path, port: int) -> None:
    """The environment of the demo, before anything reads it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(NOWHERE.format(folder, error.strerror))
    for name in REAL:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    here = {"DATA_DIR": str(folder), "BASE_URL": f"http://localhost:{port}", "DEMO": "1"}
    os.environ.update(here | {"PORT": str(port)})


def database(folder: Path) -> Path:
    return folder / "mentorat.sqlite"
