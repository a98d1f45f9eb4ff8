"""Events for the office: sifted, page by page, or taken along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.response import Stream

import clock
import urls
from controllers.guards import coordinators_only
from controllers.providers import GREATEST
from domain import event_words, events
from domain.events import Found, Query, Told
from formats import sheets
from formats.plain import in_one_line
from forms.fields import Form, Reader, Sent
from i18n import N_, gettext
from pages import Page
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
INDEX, FOUND = "office/events/index", "office/events/_found"
HEADS = (N_("Quand"), N_("Qui"), N_("Quoi"), N_("Au sujet de"), N_("Pourquoi (note interne)"))


class OfficeEvents(Controller):
    path = urls.EVENTS
    guards = [coordinators_only]

    @get()
    async def index(self, request: AnyRequest, viewer: NamedDependency[Person]) -> Page:
        query, form = _query(request)
        shown = await events.find(query, by=viewer)
        at = urls.events(**_fields(shown.query))
        return Page(INDEX, piece=FOUND, shown_at=at, nav="desk", form=form, **_listed(shown))


@get(f"{urls.EVENTS}.csv", guards=[coordinators_only])
async def events_csv(
    request: AnyRequest, viewer: NamedDependency[Person], now: NamedDependency[datetime]
) -> Stream:
    query, _ = _query(request)
    lines = [_line(told) async for told in events.every(query, by=viewer, now=now)]
    name = f"evenements-{clock.day(now).isoformat()}.csv"
    return Stream(
        sheets.as_csv([gettext(head) for head in HEADS], lines),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _line(told: Told) -> list[str]:
    at = told.event.at.astimezone(clock.ZURICH)
    return [
        at.strftime("%Y-%m-%d %H:%M:%S"),
        told.by.name if told.by else "",
        event_words.said(told.event.what),
        ", ".join(each.name for each in told.about),
        told.event.why,
    ]


def _query(request: AnyRequest) -> tuple[Query, Form]:
    """What makes no sense is left out; a day that is none is said beside its field."""
    given: Mapping[str, str] = request.query_params
    sent, form = Sent({name: [value] for name, value in given.items()}), Form()
    reader = Reader(sent, form)
    since, until = reader.day("since"), reader.day("until")
    kind = sent.one("kind")
    return Query(
        kind=kind if kind in event_words.KINDS else "",
        person=min(_number(sent.one("person")), GREATEST),
        words=in_one_line(sent.one("q"))[:100],
        since=since,
        until=until,
        page=max(1, _number(sent.one("page"))),
    ), form


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 8 else 0


def _fields(query: Query) -> dict[str, str]:
    """As `_query` reads it back."""
    return {
        "kind": query.kind,
        "person": str(query.person or ""),
        "q": query.words,
        "since": query.since.isoformat() if query.since else "",
        "until": query.until.isoformat() if query.until else "",
        "page": str(query.page) if query.page > 1 else "",
    }


def _listed(shown: Found) -> dict[str, Any]:
    """What office/events/_found.html needs."""
    fields = _fields(shown.query)
    return {
        "found": shown,
        "fields": fields,
        "said": event_words.said,
        "kinds": [(key, gettext(words)) for key, words in event_words.KINDS.items()],
        "page_at": lambda page: urls.events(**fields | {"page": str(page) if page > 1 else ""}),
        "export_at": urls.events("csv", **fields | {"page": ""}),
        "anybody_at": urls.events(**fields | {"page": "", "person": ""}),
    }
