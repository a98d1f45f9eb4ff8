"""The office's members: a list brought in, brought in again, members sought as one types; and the
office's desk among so many.

A process of its own for each size (`python -m bench.members 11000`), so that its memory is told.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SIZES = (11_000, 100_000)
TYPED = (
    "claire favre",
    "directrice",
    "müller zürich",
    "fav@",
    "geneve",
    "responsable achats",
    "leiter einkauf",
    "zzz",
    "schmid",
)
ENDS = ("gmail.com", "bluewin.ch", "hispeed.ch", "example.org")
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
KEY = "a-list-of-members-0001"


def run(size: int, database_url: str, say: Callable[[str], None]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.members", str(size)],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    say(
        f"  list looked through {told['looked']:6.0f} lines/s\n"
        f"  brought in          {told['brought']:6.0f} lines/s, {told['seconds']:.1f} s in all"
        f" ({told['own']:.1f} s of this process),"
        f" longest batch {told['longest']:.0f} ms\n"
        f"  the same again      {told['again']:6.0f} lines/s\n"
        f"  memory              {told['before']} MB before, {told['most']} MB at most,"
        f" for {told['megabytes']:.1f} MB of list\n"
        f"  search in process   median {told['middle']:6.1f} ms  p95 {told['late']:6.1f} ms"
        f"  slowest {told['slowest']:.0f} ms («{told['slowest_words']}»)\n"
        f"{_row(told, 'answer', 'keystroke answered')}\n"
        f"{_row(told, 'desk', 'desk, {:.0f} duties'.format(told['duties']))}\n"
        f"{_row(told, 'poll', 'an open desk asks')}"
    )


def _row(told: dict[str, Any], name: str, what: str) -> str:
    """Beside the least a handler does, asked in the same way."""
    middle, late, least = told[name], told[f"{name}_late"], told["plain"]
    return (
        f"  {what:<20}median {middle:6.1f} ms  p95 {late:6.1f} ms"
        f"  {middle / least:.0f} and {late / least:.0f} times the plain handler"
    )


async def measure(size: int) -> dict[str, Any]:
    from tests import cast

    import clock
    from domain import founding, imports
    from running import serving

    cast.built()  # what the product itself takes belongs to no list
    await serving.prepare()
    import piccolo_conf

    engine: Any = piccolo_conf.DB
    await engine.start_connection_pool()
    now = clock.now()
    await founding.found(now)
    text, before = _list(size), _memory()
    told: dict[str, Any] = {"megabytes": len(text.encode()) / 1e6, "before": before}
    row = await imports.check("members.csv", text, key=KEY, by=None, now=now)
    begun = time.perf_counter()
    await imports.preview(row)
    told["looked"] = size / (time.perf_counter() - begun)
    told |= await _bring(row, size, now)
    again = await imports.check("members.csv", text, key=f"{KEY}-again", by=None, now=now)
    told["again"] = (await _bring(again, size, now))["brought"]
    told["most"] = _memory()
    if engine.engine_type == "postgres":
        await engine.run_ddl("ANALYZE")  # as its own clock does within the minute
    told |= await _search()
    told |= await _desk(size, now)
    await engine.close_connection_pool()
    return told


async def _bring(row: Any, size: int, now: Any) -> dict[str, float]:
    from domain import imports

    batches: list[float] = []
    begun = last = time.perf_counter()
    spent = time.process_time()

    def batch(_: Any) -> None:
        nonlocal last
        batches.append(time.perf_counter() - last)
        last = time.perf_counter()

    await imports.confirm(row, invites=True, by=None, now=now)
    await imports.work(row.id, now, batch)
    seconds = time.perf_counter() - begun
    done = await imports.one(row.id)
    assert done is not None and done.done == size and done.wrong == 0
    return {
        "brought": size / seconds,
        "seconds": seconds,
        "own": time.process_time() - spent,
        "longest": max(batches[1:] or batches) * 1000,
    }


async def _search() -> dict[str, Any]:
    from tests.cast import window
    from tests.factories import make_person

    from bench.search import spread
    from search import members

    took: list[tuple[float, str]] = []
    for words in _keystrokes():
        begun = time.perf_counter()
        await members.find(members.Query(words=words))
        took.append(((time.perf_counter() - begun) * 1000, words))
    office = await window(await make_person("Sandra", "Weber", is_coordinator=True))
    answers = []
    for words in _keystrokes():
        begun = time.perf_counter()
        answer = await office.get("/desk/members", params={"q": words}, headers=HTMX)
        answers.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200
    slowest, words = max(took)
    middle, late = spread([milliseconds for milliseconds, _ in took])
    answer_middle, answer_late = spread(answers)
    return {
        "middle": middle,
        "late": late,
        "slowest": slowest,
        "slowest_words": words,
        "answer": answer_middle,
        "answer_late": answer_late,
    }


async def _desk(size: int, now: Any) -> dict[str, Any]:
    import httpx
    from litestar import Litestar
    from tests.cast import HOST, window
    from tests.factories import make_person

    from bench import desk
    from bench.server import plain
    from tables.people import Person

    duties = await desk.fill(size, now)
    if Person._meta.db.engine_type == "postgres":
        await Person._meta.db.run_ddl("ANALYZE")
    least = Litestar([plain], openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(app=least)  # type: ignore[arg-type]
    office = await window(await make_person("Martine", "Dubois", is_coordinator=True))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        return {"duties": duties} | await desk.measure(office, client)


def _keystrokes() -> Iterator[str]:
    for typed in TYPED:
        for length in range(len(typed) + 1):
            yield typed[:length]


def _list(size: int) -> str:
    """As an association's program exports it."""
    from bench import fill

    dice = random.Random(fill.SEED)
    lines = ["Prénom;Nom;E-mail;Langue;Fonction;Canton;N° de membre"]
    for number, row in enumerate(fill.mentors(size)):
        first, last = row["first_name"], row["last_name"]
        local = f"{first}.{last}{number}".casefold().replace(" ", "")
        address = f"{local}@{dice.choice(ENDS)}"
        language = row["language"] if row["language"] in ("fr", "de") else "fr"
        said = (first, last, address, language, row["function"], row["canton"], str(number))
        lines.append(";".join(said))
    return "\r\n".join(lines)


def _memory() -> int:
    """Megabytes at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure(int(sys.argv[1])))) + "\n")
