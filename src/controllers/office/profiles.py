"""Profiles on the desk: released, refused, taken back for a while."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.office.desk import Decision, decision
from controllers.providers import found, number
from domain import desk, profiles
from domain.desk import Line


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

    @post("/reopening")
    async def reopen(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.undo(profiles.reopen)
