"""Reports on the desk: opened one by one, each reading logged."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.providers import found, number
from domain import reports
from pages import Page
from tables.people import Person


class OfficeReports(Controller):
    path = f"{urls.DESK}/reports/{{report_id:int}}"
    guards = [coordinators_only]

    @post("/reading")
    async def read(
        self,
        report_id: FromPath[int],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        """A page, not a piece of the desk: what is on it is kept in view by nobody's poll."""
        report = found(await reports.seen_on_desk(number(report_id), viewer))
        words = await reports.read(report, by=viewer, now=now)
        readings = await reports.readings_of(report)
        return Page("office/report", nav="desk", report=report, words=words, readings=readings)
