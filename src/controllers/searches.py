"""Saved searches: kept, ended, taken back; and words that found nobody, once they have settled."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import clock
import urls
from controllers.mentors import address, is_in_vain
from controllers.providers import number
from domain import searches
from forms.fields import Sent
from i18n import gettext, language
from pages import Answer, Go
from search import find
from tables.people import Person
from tables.searches import SavedSearch


class Searches(Controller):
    path = urls.SAVED_SEARCHES

    @get()
    async def index(self) -> Go:
        """They stand with the favourites."""
        return Go(f"{urls.FAVOURITES}#searches")

    @post()
    async def save(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        query = searches.query_of(sent.one("query"))
        found = await find.find(query, viewer, language(), clock.day(now))
        if found.total:  # no need to wait
            return Go(address(query), toast=gettext("Bonne nouvelle: quelqu’un correspond déjà."))
        search = await searches.save(found.query, by=viewer, now=now)
        if sent.one("at") == "list":
            return await _line("searches/_item", search)
        return Answer(
            "searches/_save",
            instead=address(found.query),
            saved=search,
            saved_query=search.query,
        )

    @post("/{search_id:int}/end")
    async def end(
        self,
        search_id: FromPath[int],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
    ) -> Answer:
        """Ended twice is ended; the line becomes its own undo."""
        search = await searches.end(number(search_id), by=viewer)
        if sent.one("at") == "list":
            return await _line("searches/_ended", search)
        query = searches.query_of(sent.one("query"))
        return Answer(
            "searches/_save",
            instead=address(query),
            saved=None,
            saved_query=searches.text_of(query),
        )

    @post("/in-vain")
    async def settle(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Sent by the page when a search without a hit has stood for some seconds."""
        query = searches.query_of(sent.one("query"))
        found = await find.find(query, viewer, language(), clock.day(now))
        if await is_in_vain(found, viewer, now):
            await searches.count_in_vain(query.words, by=viewer, now=now)
        return Response(None, status_code=204)


async def _line(piece: str, search: SavedSearch | None) -> Answer:
    rows = await searches.described([search] if search else [], language())
    return Answer(piece, instead=urls.FAVOURITES, line=rows[0] if rows else None, address=address)
