"""The link that ends letters: GET shows, POST acts, also a mail program's own, without cookies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from controllers.arrival import greet
from controllers.guards import PUBLIC
from domain import links, searches
from forms.fields import Sent
from pages import Answer, Page
from tables.links import Link
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
PIECE = "unsubscribe/_unsubscribe"


class Unsubscribe(Controller):
    path = "/unsubscribe/{secret:str}"
    opt = PUBLIC

    @get()
    async def show(
        self, request: AnyRequest, secret: FromPath[str], now: NamedDependency[datetime]
    ) -> Page:
        link = await searches.by_end_link(secret)
        return _page(request, secret, link, is_done=not links.is_alive(link, now))

    # RFC 8058: mail programs post without cookies. Whoever holds the link may end the letters.
    @post(exclude_from_csrf=True)
    async def end(
        self,
        request: AnyRequest,
        secret: FromPath[str],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        link = await searches.by_end_link(secret)
        await searches.end_by_link(link, now)
        if sent.one("List-Unsubscribe"):  # a mail program: it follows no redirect
            return _page(request, secret, link, is_done=True)
        return Answer(PIECE, instead=urls.unsubscribe(secret), secret=secret, is_done=True)


def _page(request: AnyRequest, secret: str, link: Link, *, is_done: bool) -> Page:
    reader: Person = link.person
    greet(request, reader)
    return Page("unsubscribe/show", piece=PIECE, secret=secret, is_done=is_done)
