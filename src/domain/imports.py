"""Members' lists: looked through, confirmed, then worked off in batches by whoever gets to it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain import departures, exclusions, history, import_lines
from domain.import_lines import BrokenList, Line, Members, Remark
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, insist
from search import members as index
from tables import bulk
from tables.imports import Import, ImportText, State
from tables.people import Person, Standing
from tables.transaction import hold_word, transaction

log = logging.getLogger("mentorat.imports")

MOVES = {
    "confirm": ((State.CHECKED,), State.RUNNING),
    "finish": ((State.RUNNING,), State.DONE),
    "drop": ((State.CHECKED, State.RUNNING), State.DROPPED),
}
BATCH = 250  # lines in one transaction: others who write wait so long
SHOWN = 12  # first lines of a preview
REMARKED = 300  # lines with a remark of a preview
LISTED = 10  # imports on the page
KEPT = timedelta(days=1)  # how long a list waits for its confirmation
FIELDS = ("first_name", "last_name", "function", "sector", "canton", "language")
KNOWN = """SELECT people.id, people.email, people.first_name, people.last_name, people.language,
    people.function, people.sector, people.canton, people.standing, people.invite_from,
    people.invited_at FROM people WHERE people.email IN"""


@dataclass(frozen=True)
class Verdict:
    """What a line would do: new, changed, unchanged, wrong. `changes`: of somebody known."""

    line: Line
    kind: str
    fault: Remark | None = None
    person: int = 0
    changes: dict[str, str] = field(default_factory=dict)
    is_uninvited: bool = False


@dataclass(frozen=True)
class Preview:
    members: Members
    totals: Counter[str]
    first: list[Verdict]
    remarked: list[Verdict]
    uninvited: int

    @property
    def lines(self) -> int:
        return len(self.members.lines)


async def check(file_name: str, text: str, *, key: str, by: Person | None, now: datetime) -> Import:
    """Kept sealed until it is confirmed or dropped; a resend is the same one. Raises BrokenList."""
    insist(by is None or may_settle(by))
    found = await asyncio.to_thread(import_lines.read, text)
    async with transaction():
        await hold_word(key)  # a double tap: the second waits, and finds the first one's
        kept = await Import.objects().where(Import.key == key).first()
        if kept is not None:
            return kept
        row = Import(
            key=key,
            by=by.id if by else None,
            file_name=file_name[:120],
            lines=len(found.lines),
            made_at=now,
        )
        await row.save()
        written = ImportText(of=row.id)
        written.content = text
        await written.save()
        await history.record("import.check", row, by, now)
    return row


async def preview(row: Import) -> Preview:
    """As it would be now; nothing is stored."""
    return await look_through(await _members(row.id))


async def look_through(members: Members) -> Preview:
    """A dry run."""
    totals: Counter[str] = Counter(new=0, changed=0, unchanged=0, wrong=0)
    first: list[Verdict] = []
    remarked: list[Verdict] = []
    uninvited = 0
    for some in _parted(members.lines, BATCH):
        for verdict in await _weighed(some):
            totals[verdict.kind] += 1
            uninvited += verdict.kind == "new" or verdict.is_uninvited
            if len(first) < SHOWN:
                first.append(verdict)
            if (verdict.fault or verdict.line.hints) and len(remarked) < REMARKED:
                remarked.append(verdict)
    return Preview(members, totals, first, remarked, uninvited)


async def confirm(row: Import, *, invites: bool, by: Person | None, now: datetime) -> None:
    insist(by is None or may_settle(by))
    async with transaction():
        await _move(row, "confirm", by, now, {Import.invites: invites, Import.worked_at: now})


async def drop(row: Import, *, by: Person, now: datetime) -> None:
    """Also in the middle: what was brought in stays."""
    insist(may_settle(by))
    await _drop(row, by, now)


async def work_due(now: datetime) -> None:
    """Several processes may share one list: each batch is claimed together with its lines."""
    for row in await Import.select(Import.id).where(Import.state == State.RUNNING):
        try:
            await work(row["id"], now)
        except BrokenList:  # an older program took it for a list: it never will be one
            await _give_up(row["id"], now)
        except Exception as error:  # never its words: they would quote a member
            log.error("import %s: %s", row["id"], type(error).__name__)


async def work(number: int, now: datetime, told: Callable[[Import], None] | None = None) -> None:
    """To its end, from where it is."""
    members = await _members(number)
    while (row := await one(number)) is not None and row.state == State.RUNNING:
        await _batch(row, members.lines, now)
        await index.freshen()
        if told:
            told(row)


async def forget_due(now: datetime) -> None:
    """A list that nobody confirmed is not kept."""
    old = (Import.state == State.CHECKED) & (Import.made_at < now - KEPT)
    ended: dict[Any, Any] = {Import.state: State.DROPPED, Import.finished_at: now}
    async with transaction():
        for row in await Import.update(ended).where(old).returning(Import.id):
            await ImportText.delete().where(ImportText.of == row["id"])


async def one(number: int) -> Import | None:
    return await Import.objects().where(Import.id == number).first()


async def latest() -> list[Import]:
    return await Import.objects().order_by(Import.id, ascending=False).limit(LISTED)


async def _give_up(number: int, now: datetime) -> None:
    row = await one(number)
    if row is not None:
        with suppress(AlreadySettled):
            await _drop(row, None, now)


async def _drop(row: Import, by: Person | None, now: datetime) -> None:
    async with transaction():
        await _move(row, "drop", by, now, {Import.finished_at: now})
        await ImportText.delete().where(ImportText.of == row.id)


async def _members(number: int) -> Members:
    rows = await ImportText.objects().where(ImportText.of == number)
    text = await asyncio.to_thread(lambda: rows[0].content if rows else "")
    if not text:
        return Members([], {}, [])
    return await asyncio.to_thread(import_lines.read, text)


async def _batch(row: Import, lines: Sequence[Line], now: datetime) -> None:
    some = lines[row.done : row.done + BATCH]
    async with transaction():
        done = row.done + len(some)
        claimed: dict[Any, Any] = {Import.done: done, Import.worked_at: now}
        here = (Import.id == row.id) & (Import.state == State.RUNNING) & (Import.done == row.done)
        if not await Import.update(claimed).where(here).returning(Import.id):
            return  # another process has these lines
        verdicts = await _weighed(some)
        counted = Counter(verdict.kind for verdict in verdicts)
        added = await _add([v for v in verdicts if v.kind == "new"], row, now)
        counted["unchanged"] += counted["new"] - added
        counted["new"] = added
        by = await Person.objects().where(Person.id == row.by).first() if row.by else None
        for verdict in verdicts:
            if verdict.changes:
                await _change(verdict, by, now)
        if row.invites:
            await _invite([v.person for v in verdicts if v.is_uninvited], now)
        totals: dict[Any, Any] = {
            Import.added: Import.added + counted["new"],
            Import.changed: Import.changed + counted["changed"],
            Import.unchanged: Import.unchanged + counted["unchanged"],
            Import.wrong: Import.wrong + counted["wrong"],
        }
        await Import.update(totals).where(Import.id == row.id)
        row.done = done
        if done >= len(lines):
            await _move(row, "finish", None, now, {Import.finished_at: now})
            await ImportText.delete().where(ImportText.of == row.id)


async def _weighed(lines: Sequence[Line]) -> list[Verdict]:
    addresses = [line.email for line in lines if line.fault is None]
    known = await _known(addresses)
    barred = await exclusions.barred_among(addresses)
    departed = await departures.departed_among(addresses)
    out = dict.fromkeys(departed, "departed") | dict.fromkeys(barred, "excluded")
    return [_verdict(line, known.get(line.email), out.get(line.email, "")) for line in lines]


def _verdict(line: Line, person: dict[str, Any] | None, left_out: str) -> Verdict:
    """`left_out`: why whoever is unknown stays so; whoever is barred is known in vain."""
    if line.fault:
        return Verdict(line, "wrong", line.fault)
    if left_out == "excluded" or (person and person["standing"] == Standing.EXCLUDED):
        return Verdict(line, "wrong", Remark("excluded"))
    if left_out and person is None:
        return Verdict(line, "wrong", Remark(left_out))
    if person is None:
        return Verdict(line, "new")
    changes = dict(_changes(line, person))
    waits = person["invite_from"] or person["invited_at"]
    is_uninvited = person["standing"] == Standing.INVITED and not waits
    kind = "changed" if changes else "unchanged"
    return Verdict(line, kind, None, person["id"], changes, is_uninvited)


def _changes(line: Line, person: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The list tells of whoever hasn't come yet. Who has keeps their own words: only what is
    missing is filled in. An empty cell takes nothing away."""
    is_own = person["standing"] != Standing.INVITED
    for name in FIELDS:
        said = getattr(line, name)
        if said and said != person[name] and not (is_own and person[name]):
            yield name, said


async def _known(addresses: Sequence[str]) -> dict[str, dict[str, Any]]:
    if not addresses:
        return {}
    rows = await Person.raw(
        f"{KNOWN} (SELECT address FROM {bulk.given({'address': 'text'})})",
        bulk.packed([address] for address in addresses),
    )
    return {row["email"]: row for row in rows}


async def _add(verdicts: Sequence[Verdict], row: Import, now: datetime) -> int:
    """Who came to be in this very moment by another way stays as they are."""
    if not verdicts:
        return 0
    people = [_person(verdict.line) for verdict in verdicts]
    names = list(people[0])
    moment = "{}" if bulk.is_sqlite() else "{}::timestamptz"
    given = bulk.given(dict.fromkeys(names, "text"))
    made = await Person.raw(
        f"INSERT INTO people ({', '.join(names)}, is_coordinator, internal_note, created_at,"
        f" invite_from) SELECT {', '.join(names)}, false, '', {moment}, {moment}"
        f" FROM {given} WHERE true ON CONFLICT (email) DO NOTHING RETURNING id, email",
        now,
        now if row.invites else None,
        bulk.packed(list(person.values()) for person in people),
    )
    numbers = {each["email"]: each["id"] for each in made}
    await index.keep_words(
        [{**p, "id": numbers[p["email"]]} for p in people if p["email"] in numbers]
    )
    return len(made)


def _person(line: Line) -> dict[str, str]:
    said = {name: getattr(line, name) for name in FIELDS} | {"email": line.email}
    said["language"] = line.language or import_lines.NO_LANGUAGE
    return said | {"standing": Standing.INVITED.value, "sort_as": index.sort_key(said)}


async def _change(verdict: Verdict, by: Person | None, now: datetime) -> None:
    here = (Person.id == verdict.person) & (Person.standing != Standing.EXCLUDED)
    values: dict[Any, Any] = {getattr(Person, name): said for name, said in verdict.changes.items()}
    await Person.update(values).where(here)
    person = await Person.objects().where(here).first()
    if person is not None:
        await history.record("person.import", person, by, now)


async def _invite(people: Sequence[int], now: datetime) -> None:
    if people:
        waiting = Person.invite_from.is_null() & Person.invited_at.is_null()
        here = Person.id.is_in(list(people)) & (Person.standing == Standing.INVITED) & waiting
        await Person.update({Person.invite_from: now}).where(here)


async def _move(
    row: Import, verb: str, by: Person | None, now: datetime, also: dict[Any, Any]
) -> None:
    origins, goal = MOVES[verb]
    here = (Import.id == row.id) & Import.state.is_in(list(origins))
    if not await Import.update({**also, Import.state: goal}).where(here).returning(Import.id):
        raise AlreadySettled
    row.state = goal
    await history.record(f"import.{verb}", row, by, now)


def _parted(lines: Sequence[Line], size: int) -> Iterable[Sequence[Line]]:
    for begin in range(0, len(lines), size):
        yield lines[begin : begin + size]
