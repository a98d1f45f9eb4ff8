"""A new key: every sealed text is sealed anew, while the house is open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any, TextIO

from piccolo.table import Table

import sealing
from tables.barred import Barred
from tables.house import House
from tables.piccolo_app import TABLES
from tables.private import holds_files, sealed_columns

Say = Callable[[str], None]
BATCH = 200  # rows read at once
FEW = 4  # of those that hold files
PAUSE = 2.0  # seconds: who has just read a row may still write it back as it was
ROUNDS = 10
WIDTH = 30

DONE = "The old key is no longer needed: leave only the first one, and start again."
ALONE = "There is only one key. For a new one put it first: SECRET_KEY=new,old."
RESTLESS = (
    "Texts are still being sealed under the old key: give the new one to every server, start them"
    " again, and call this once more."
)


@dataclass
class Round:
    """`missed`: changed by somebody else just then; they come along in the next round."""

    texts: int = 0
    anew: int = 0
    missed: int = 0
    unreadable: list[str] = field(default_factory=list)


class Bar:
    """On a terminal only."""

    def __init__(self, total: int, stream: TextIO = sys.stderr) -> None:
        self.total, self.done, self.stream = max(total, 1), 0, stream

    def step(self, rows: int) -> None:
        self.done = min(self.done + rows, self.total)
        if self.stream.isatty():
            full = "#" * (WIDTH * self.done // self.total)
            self.stream.write(f"\r[{full:<{WIDTH}}] {self.done}/{self.total}")
            self.stream.flush()

    def end(self) -> None:
        if self.stream.isatty():
            self.stream.write("\r\x1b[K")


async def rotate(say: Say) -> int:
    """May be stopped at any time and called again: what is done already is only looked at.

    The house's probe comes last: as long as an old key is needed, no start without it.
    """
    anew = 0
    for _ in range(ROUNDS):
        found = await _round()
        anew += found.anew
        if not found.anew and not found.missed:
            return await _end(found, anew, say)
        await asyncio.sleep(PAUSE)
    say(RESTLESS)
    return 1


async def holds_sealed_texts() -> bool:
    for table in TABLES:
        for column in sealed_columns(table):
            if await table.exists().where(column != column.value_type()):
                return True
    return False


async def _end(found: Round, anew: int, say: Say) -> int:
    probe = Round()
    await _table(House, probe, Bar(1))
    say(f"{found.texts} private texts, {anew} of them sealed anew under the first key.")
    for place in found.unreadable:
        say(f"UNREADABLE under any of the keys: {place}")
    say(DONE if sealing.has_older_keys() else ALONE)
    return 1 if found.unreadable else 0


async def _round() -> Round:
    tables = [table for table in TABLES if table is not House and sealed_columns(table)]
    bar = Bar(sum([await table.count() for table in tables]))
    found = Round()
    for table in tables:
        await _table(table, found, bar)
    bar.end()
    return found


async def _table(table: type[Table], found: Round, bar: Bar) -> None:
    key: Any = table._meta.primary_key
    columns, last = sealed_columns(table), 0
    most = FEW if holds_files(table) else BATCH
    while rows := await table.select(key, *columns).where(key > last).order_by(key).limit(most):
        for row in rows:
            await _row(table, row, found)
        last = rows[-1]["id"]
        bar.step(len(rows))


async def _row(table: type[Table], row: dict[str, Any], found: Round) -> None:
    """One statement a row: nobody waits for us, and whoever writes at the same time wins."""
    columns = {each: row[each._meta.name] for each in sealed_columns(table)}
    changed: dict[Any, Any] = {}
    for column, sealed in columns.items():
        found.texts += bool(sealed)
        try:
            is_file = isinstance(sealed, bytes)
            new = sealing.resealed_file(sealed) if is_file else sealing.resealed(sealed)
        except sealing.Unreadable:
            found.unreadable.append(f"{table._meta.tablename} {row['id']} {column._meta.name}")
            continue
        if new != sealed:
            changed[column] = new
    if not changed:
        return
    as_read = reduce(and_, (column == columns[column] for column in changed))
    here = (table._meta.primary_key == row["id"]) & as_read
    values = changed | _hashed_anew(table, row)
    if await table.update(values).where(here).returning(table._meta.primary_key):
        found.anew += len(changed)
    else:
        found.missed += 1


def _hashed_anew(table: type[Table], row: dict[str, Any]) -> dict[Any, Any]:
    """What is looked for by a hash under the key. Others (codes, limits) live for a day at most."""
    if table is not Barred:
        return {}
    return {Barred.hashed: Barred.hashes(sealing.unseal(row["address_sealed"]))[0]}
