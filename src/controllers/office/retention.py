"""What goes by itself: how much of what, before it goes."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, get
from litestar.di import NamedDependency

import urls
from controllers.guards import coordinators_only
from domain import retention
from pages import Page
from tables.people import Person


class OfficeRetention(Controller):
    path = urls.RETENTION
    guards = [coordinators_only]

    @get()
    async def show(self, viewer: NamedDependency[Person], now: NamedDependency[datetime]) -> Page:
        lines = await retention.preview(now, by=viewer)
        return Page("office/retention", nav="desk", lines=lines)
