"""Reports on the desk: opened piece by piece, each reading logged; settled, with an undo."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.office.desk import LIST, card, done
from controllers.office.desk import PAGE as DESK_PAGE
from controllers.providers import found, number
from domain import opened, reports
from domain.opened import Passage
from forms.fields import Sent
from forms.reports import Settlement
from pages import Page
from tables.people import Person
from tables.reports import Report, State


async def _report(report_id: FromPath[int], viewer: NamedDependency[Person]) -> Report:
    return found(await reports.to_decide(number(report_id), viewer))


class OfficeReports(Controller):
    path = f"{urls.DESK}/reports/{{report_id:int}}"
    guards = [coordinators_only]
    dependencies = {"report": Provide(_report)}

    @get()
    async def show(self, report: NamedDependency[Report]) -> Page:
        """Who, when, what is opened; to read takes one more tap."""
        _insist_waiting(report)
        return await _page(report)

    @post("/reading")
    async def read(
        self,
        report: NamedDependency[Report],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Page:
        """In its place on the desk, where no poll looks; a page where there is no script."""
        _insist_waiting(report)
        what = sent.one("what") or "words"
        passages = await opened.read(report, what, by=viewer, now=now)
        return await _page(report, what, passages)

    @post("/settlement")
    async def settle(
        self,
        report: NamedDependency[Report],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Settlement.read(sent)
        if form.errors:
            shown = await card(viewer, now) | {"settlements": {report.id: form}}
            return Page(DESK_PAGE, piece=LIST, status=422, nav="desk", **shown)
        verb = partial(reports.settle, note=form.note, is_told=form.is_told)
        deed = verb(report, by=viewer, now=now)
        return await done(deed, viewer, now, f"report-{report.id}")

    @post("/reopening")
    async def reopen(
        self,
        report: NamedDependency[Report],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        deed = reports.reopen(report, by=viewer, now=now)
        return await done(deed, viewer, now, f"report-{report.id}")


async def _page(report: Report, what: str = "", passages: list[Passage] | None = None) -> Page:
    shown: dict[str, Any] = {
        "report": report,
        "what": what,
        "passages": passages or [],
        "readings": await reports.readings_of(report),
        "form": Settlement(),
        "is_focused": bool(what),
    }
    return Page("office/report", piece="office/_report_read", nav="desk", **shown)


def _insist_waiting(report: Report) -> None:
    found(report if report.state == State.WAITING else None)
