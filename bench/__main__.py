"""`make bench`: the search window at 65, 10,000 and 100,000 mentors, on SQLite and PostgreSQL."""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import urlencode

from bench import members

ROOT = Path(__file__).parents[1]
SIZES = (65, 10_000, 100_000)
AT_ONCE = 8
SECONDS = 4.0
TYPED = 400  # keystrokes: without filters, and with one
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "accept-language": "fr"}


@dataclass(frozen=True)
class Answers:
    """Milliseconds, questions to the database and their milliseconds, bytes, compressed ones."""

    times: list[float]
    questions: list[int]
    database: list[float]
    sizes: list[int]
    packed: list[int]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="MENTORS")
    parser.add_argument("--engines", nargs="+", default=("sqlite", "postgres"))
    parser.add_argument("--only", choices=("search", "members"))
    parser.add_argument("--members", type=int, nargs="+", default=members.SIZES)
    given = parser.parse_args()
    say(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    for engine in given.engines:
        with _databases(engine) as new:
            for size in given.members if given.only != "search" else ():
                say(f"\n{engine}, {size:,} members")
                members.run(size, new(), say)
            for size in given.sizes if given.only != "members" else ():
                say(f"\n{engine}, {size:,} mentors")
                with _server(size, new()) as (address, told):
                    _measure(address, told)
                    if size == min(given.sizes):
                        _measure_pairs(address, told)


def _measure(address: tuple[str, int], told: dict[str, Any]) -> None:
    say(
        f"  search in process  median {told['middle']:6.1f} ms  p95 {told['late']:6.1f} ms"
        f"  slowest {told['slowest']:.0f} ms («{told['slowest_words']}»)"
    )
    say(
        f"  reading all        {told['reading']:.1f} s, {told['words']:,} words,"
        f" {told['megabytes']} MB for the whole process"
    )
    cookie = {"cookie": told["cookie"]}
    paths = _paths()
    whole = _one_by_one(address, paths, HTMX | cookie)
    share = sum(whole.database) / sum(whole.times)
    _tell("a keystroke's answer", whole.times)
    say(
        f"    of it the database {share:.0%} ({mean(whole.questions):.1f} questions),"
        f" {mean(whole.sizes) / 1024:.1f} kB, compressed {mean(whole.packed) / 1024:.1f} kB"
    )
    recorded = HTMX | cookie | {"x-recorded": "1"}
    _one_by_one(address, paths, recorded)
    without = _one_by_one(address, paths, recorded).times
    plain = _one_by_one(address, ["/bench/plain"] * len(paths), {}).times
    _tell("without database", without, whole.times)
    _tell("plain handler", plain, whole.times)
    fast = _per_second(address, paths, HTMX | cookie)
    idle = _per_second(address, paths, recorded)
    bare = _per_second(address, ["/bench/plain"], {})
    say(
        f"  {AT_ONCE} at once          {fast:5.0f} answers/s, without database {idle:.0f}"
        f" (ratio {fast / idle:.2f}), plain handler {bare:.0f} (ratio {fast / bare:.3f})"
    )


def _measure_pairs(address: tuple[str, int], told: dict[str, Any]) -> None:
    """At one size: how many others there are is nothing to a pair."""
    from bench import pairs

    known = {
        "cookie": f"{told['cookie']}; {told['csrf_cookie']}",
        "x-csrftoken": told["token"],
    }
    pairs.measure(address, told["pairs"], HTMX | known, say)


def _tell(what: str, times: list[float], beside: Sequence[float] = ()) -> None:
    """`beside`: whose median is told as a ratio to this one."""
    from bench.search import spread

    middle, late = spread(times)
    ratio = f"  the answer is {spread(list(beside))[0] / middle:.2f} times that" if beside else ""
    say(f"  {what:<20} median {middle:5.2f} ms  p95 {late:6.2f} ms{ratio}")


def _paths() -> list[str]:
    """The addresses the window asks while somebody types."""
    from bench.search import keystrokes
    from domain import searches

    return [
        f"/mentors?{urlencode(searches.fields_of(query), doseq=True)}"
        for query in islice(keystrokes(), TYPED)
    ]


def _one_by_one(address: tuple[str, int], paths: list[str], headers: dict[str, str]) -> Answers:
    answers = Answers([], [], [], [], [])
    connection = http.client.HTTPConnection(*address)
    for path in paths:
        begun = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        answers.times.append((time.perf_counter() - begun) * 1000)
        if response.status != 200:
            raise SystemExit(f"{path} answered {response.status}")
        questions, _, spent = response.headers.get("x-database", "0;0").partition(";")
        answers.questions.append(int(questions))
        answers.database.append(float(spent))
        answers.sizes.append(len(body))
        answers.packed.append(len(gzip.compress(body, 6)))
    connection.close()
    return answers


def _per_second(address: tuple[str, int], paths: list[str], headers: dict[str, str]) -> float:
    stop = time.perf_counter() + SECONDS

    def ask(number: int) -> int:
        connection = http.client.HTTPConnection(*address)
        answered = 0
        while time.perf_counter() < stop:
            path = paths[(number * 97 + answered) % len(paths)]
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
            answered += 1
        connection.close()
        return answered

    with ThreadPoolExecutor(AT_ONCE) as windows:
        return sum(windows.map(ask, range(AT_ONCE))) / SECONDS


@contextlib.contextmanager
def _server(size: int, database_url: str) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """A process of its own, as in earnest."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": database_url}
    with subprocess.Popen(
        [sys.executable, "-m", "bench.server", str(size), str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise SystemExit("the server did not start")
            yield ("127.0.0.1", port), json.loads(line)
        finally:
            process.terminate()


@contextlib.contextmanager
def _databases(engine: str) -> Iterator[Callable[[], str]]:
    """Each call names a new, empty one."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            yield lambda: f"sqlite:///{tempfile.mkdtemp(dir=folder)}/mentorat.sqlite"
        return
    from tests.databases import new_postgres
    from tests.postgres_server import running_server

    with running_server() as server, contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(new_postgres(server))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        # Before anything reads the settings: never the developer's own data.
        os.environ |= {
            "DATA_DIR": folder,
            "SECRET_KEY": "a key for benches alone and of no worth to anybody",
        }
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/unused.sqlite"
        main()
