"""Words for the office on the desk: read by one for all, taken back for a while."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.office.desk import done
from controllers.providers import found, number
from domain import evaluations
from domain.evaluations import OfficeWord
from tables.people import Person


async def _word(evaluation_id: FromPath[int], viewer: NamedDependency[Person]) -> OfficeWord:
    return found(await evaluations.office_word(number(evaluation_id), viewer))


class OfficeEvaluations(Controller):
    path = f"{urls.DESK}/evaluations/{{evaluation_id:int}}"
    guards = [coordinators_only]
    dependencies = {"word": Provide(_word)}

    @post("/reading")
    async def read(
        self,
        word: NamedDependency[OfficeWord],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        deed = evaluations.mark_read(word, by=viewer, now=now)
        return await done(deed, viewer, now, f"evaluation-{word.id}")

    @post("/reopening")
    async def reopen(
        self,
        word: NamedDependency[OfficeWord],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        deed = evaluations.mark_unread(word, by=viewer, now=now)
        return await done(deed, viewer, now, f"evaluation-{word.id}")
