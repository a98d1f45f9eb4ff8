"""Candidatures on the desk: accepted, refused, taken back for a while."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.office.desk import Decision, decision
from controllers.providers import found, number
from domain import applications, desk, exclusions
from domain.desk import Line


async def _line(application_id: FromPath[int], now: NamedDependency[datetime]) -> Line:
    return found(await desk.application(number(application_id), now))


class OfficeApplications(Controller):
    path = f"{urls.DESK}/applications/{{application_id:int}}"
    guards = [coordinators_only]
    dependencies = {"line": Provide(_line), "decision": Provide(decision)}

    @post("/acceptance")
    async def accept(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.settle(applications.accept)

    @post("/refusal")
    async def refuse(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.settle(applications.refuse)

    @post("/reopening")
    async def reopen(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.undo(applications.reopen)

    @post("/readmission")
    async def readmit(self, decision: NamedDependency[Decision]) -> Response[None]:
        return await decision.undo(exclusions.readmit)
