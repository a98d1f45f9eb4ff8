"""Words for the office on the desk: read by one for all, taken back for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.office.desk import PAGE, card
from controllers.providers import found, number
from domain import evaluations
from domain.evaluations import OfficeWord
from domain.refusals import Refusal
from pages import Answer, Page, Region
from tables.people import Person

WORDS = "office/_words"


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
        return await _marked(evaluations.mark_read, word, viewer, now)

    @post("/reopening")
    async def reopen(
        self,
        word: NamedDependency[OfficeWord],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        return await _marked(evaluations.mark_unread, word, viewer, now)


async def _marked(verb: Any, word: OfficeWord, viewer: Person, now: datetime) -> Response[None]:
    """Whoever comes second sees the list as it is now."""
    try:
        await verb(word, by=viewer, now=now)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        also = [Region("#desk-words", "outerHTML", WORDS)]
        shown = await card(viewer, now)
        return Page(PAGE, status=409, also=also, toast=refusal.said, nav="desk", **shown)
    words = await evaluations.awaiting_office(viewer, now)
    return Answer(WORDS, instead=urls.DESK, words=words, now=now)
