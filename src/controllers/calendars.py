"""One's meetings in one's own calendar program, by a secret address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import sealing
import urls
from controllers.guards import COOKIELESS
from controllers.providers import found
from domain import calendars
from domain.refusals import Unseen
from i18n import gettext
from pages import Answer
from tables.people import Person

SUFFIX = ".ics"
CALENDAR = "text/calendar"


class Calendars(Controller):
    path = urls.CALENDAR

    @post()
    async def make(self, viewer: NamedDependency[Person], now: NamedDependency[datetime]) -> Answer:
        await calendars.make(by=viewer, now=now)
        return await _shown(viewer, gettext("Votre adresse est prête."))

    @post("/renewal")
    async def renew(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Answer:
        await calendars.renew(by=viewer, now=now)
        return await _shown(viewer, gettext("L’ancienne adresse ne mène plus à rien."))

    @post("/end")
    async def end(self, viewer: NamedDependency[Person]) -> Answer:
        await calendars.end(by=viewer)
        return await _shown(viewer, gettext("L’adresse ne mène plus à rien."))


@get("/calendar/{secret:str}", opt=COOKIELESS)
async def feed(
    request: Request[Any, Any, Any], secret: FromPath[str], now: NamedDependency[datetime]
) -> Response[bytes]:
    """For programs: whoever has the address reads it, without signing in."""
    if not secret.endswith(SUFFIX):
        raise Unseen
    reader = found(await calendars.reader_of(secret.removesuffix(SUFFIX)))
    body = (await calendars.feed(reader, now)).encode()
    tag = f'"{sealing.hashed(body.decode())[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in _known(request):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type=CALENDAR, headers=headers)


async def _shown(viewer: Person, said: str) -> Answer:
    calendar = await calendars.of(viewer)
    instead = f"{urls.ACCOUNT}#calendar"
    return Answer("calendars/_calendar", instead=instead, toast=said, calendar=calendar)


def _known(request: Request[Any, Any, Any]) -> set[str]:
    """What the program has already; proxies on the way make tags weak."""
    given = request.headers.get("if-none-match", "")
    return {each.strip().removeprefix("W/") for each in given.split(",")}
