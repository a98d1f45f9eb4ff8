"""Candidatures on the desk: accepted, refused, taken back for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.office.desk import settle
from controllers.providers import found, number
from domain import applications, desk
from domain.desk import Line
from forms.desk import Note
from forms.fields import Sent
from tables.people import Person


async def _line(application_id: FromPath[int], now: NamedDependency[datetime]) -> Line:
    return found(await desk.application(number(application_id), now))


async def _note(sent: NamedDependency[Sent]) -> Note:
    return Note.read(sent)


class OfficeApplications(Controller):
    path = f"{urls.DESK}/applications/{{application_id:int}}"
    guards = [coordinators_only]
    dependencies = {"line": Provide(_line), "note": Provide(_note)}

    @post("/acceptance")
    async def accept(
        self,
        line: NamedDependency[Line],
        note: NamedDependency[Note],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        deed = partial(applications.accept, line.row, by=viewer, note=note.words, now=now)
        return await settle(_again(line, now), deed, note, now)

    @post("/refusal")
    async def refuse(
        self,
        line: NamedDependency[Line],
        note: NamedDependency[Note],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        deed = partial(applications.refuse, line.row, by=viewer, note=note.words, now=now)
        return await settle(_again(line, now), deed, note, now)

    @post("/reopening")
    async def reopen(
        self,
        line: NamedDependency[Line],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        deed = partial(applications.reopen, line.row, by=viewer, now=now)
        return await settle(_again(line, now), deed, Note(), now)


def _again(line: Line, now: datetime) -> Callable[[], Awaitable[Line | None]]:
    """The line as the database has it by then."""
    return partial(desk.application, line.row.id, now)
