"""`mentorat import`: a members' list from the command line, with the office's own steps."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path

import clock
from domain import import_lines, imports
from domain.import_lines import BrokenList, Members
from domain.imports import Preview
from tables.imports import Import

Say = Callable[[str], None]


async def bring(file: Path, is_dry: bool, invites: bool, say: Say) -> None:
    """A server that runs meanwhile helps: each batch is done once."""
    now = clock.now()
    try:
        text = import_lines.text_of(await asyncio.to_thread(file.read_bytes))
        members = import_lines.read(text)
    except OSError as error:
        raise SystemExit(f"{file} cannot be read: {error.strerror}") from error
    except BrokenList as trouble:
        raise SystemExit(trouble.said) from trouble
    _tell(members, await imports.look_through(members), say)
    if is_dry:
        say("Nothing was changed.")
        return
    row = await imports.check(file.name, text, key=secrets.token_urlsafe(16), by=None, now=now)
    await imports.confirm(row, invites=invites, by=None, now=now)
    await imports.work(row.id, now, lambda part: say(f"{part.done} of {part.lines}"))
    _end(await imports.one(row.id), say)


def _tell(members: Members, preview: Preview, say: Say) -> None:
    """Where and what, never whom: a terminal is kept in logs."""
    say(f"Columns: {', '.join(members.known)}")
    if members.unknown:
        say(f"Left aside: {', '.join(members.unknown)}")
    for verdict in preview.remarked:
        remarks = [verdict.fault] if verdict.fault else verdict.line.hints
        for remark in remarks:
            say(f"Line {verdict.line.number}: {remark.said}")
    totals = preview.totals
    say(
        f"{preview.lines} lines: {totals['new']} new, {totals['changed']} changed,"
        f" {totals['unchanged']} unchanged, {totals['wrong']} left out"
    )


def _end(row: Import | None, say: Say) -> None:
    if row is not None:
        say(f"Done: {row.added} added, {row.changed} changed, {row.wrong} left out.")
