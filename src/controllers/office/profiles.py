"""Profiles on the desk: released, refused, asked about, taken back for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.office.desk import Decision, decision
from controllers.providers import found, number
from domain import desk, profiles
from domain.desk import Line
from forms.desk import Question
from forms.fields import Sent


async def _line(profile_id: FromPath[int], now: NamedDependency[datetime]) -> Line:
    return found(await desk.profile(number(profile_id), now))


class OfficeProfiles(Controller):
    path = f"{urls.DESK}/profiles/{{profile_id:int}}"
    guards = [coordinators_only]
    dependencies = {"line": Provide(_line), "decision": Provide(decision)}

    @post("/release")
    async def release(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.settle(profiles.release)

    @post("/refusal")
    async def refuse(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.settle(profiles.refuse)

    @post("/question")
    async def ask(
        self, decision: NamedDependency[Decision], sent: NamedDependency[Sent]
    ) -> Response[None]:
        asked = Question.read(sent)
        deed = partial(profiles.ask, question=asked.question)
        return await replace(decision, note=asked).settle(deed)

    @post("/waiver")
    async def waive(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.settle(profiles.waive)

    @post("/reopening")
    async def reopen(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.undo(profiles.reopen)
