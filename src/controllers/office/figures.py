"""The programme in figures: charts with their tables, a spreadsheet, a year on one page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

import clock
import urls
from controllers.guards import coordinators_only
from controllers.office import figure_parts
from domain import figures
from domain.figures import Figures, Period
from formats import sheets
from i18n import gettext
from pages import Page

INDEX, YEAR = "office/figures/index", "office/figures/year"


class OfficeFigures(Controller):
    path = urls.FIGURES
    guards = [coordinators_only]

    @get()
    async def index(self, now: NamedDependency[datetime], period: FromQuery[str] = "") -> Page:
        today = clock.day(now)
        chosen = figures.period_of(period, today)
        years = await figures.years(today)
        return Page(INDEX, nav="desk", years=years, **shown(await figures.count(chosen), now))

    @get("/year/{year:str}")
    async def year(self, year: FromPath[str], now: NamedDependency[datetime]) -> Page:
        today = clock.day(now)
        if not figures.is_year(year, today):
            raise NotFoundException
        told = await figures.count(figures.year_of(int(year)))
        return Page(YEAR, nav="desk", year=int(year), **shown(told, now))


@get(f"{urls.FIGURES}.csv", guards=[coordinators_only])
async def figures_csv(now: NamedDependency[datetime], period: FromQuery[str] = "") -> Stream:
    chosen = figures.period_of(period, clock.day(now))
    told = await figures.count(chosen)
    head = (gettext("Sujet"), gettext("Ligne"), gettext("Mesure"), gettext("Nombre"))
    body = [(gettext("Période"), named(chosen), "", ""), *figure_parts.lines(told)]
    pieces = sheets.as_csv(head, body)
    return Stream(pieces, media_type="text/csv", headers=_attached(chosen, now))


def shown(told: Figures, now: datetime) -> dict[str, Any]:
    """What the pages of office/figures need."""
    return {
        "figures": told,
        "parts": figure_parts.parts(told),
        "key_figures": figure_parts.key_figures(told),
        "period_named": named(told.period),
        "least": figures.LEAST,
        "now": now,
    }


def named(period: Period) -> str:
    if period.key == figures.ALL:
        return gettext("Depuis le début")
    return period.key or gettext("Douze derniers mois")


def _attached(period: Period, now: datetime) -> dict[str, str]:
    name = f"chiffres-{period.key or clock.day(now).isoformat()}.csv"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
