"""The norms: for everybody to read, for members to accept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

import urls
from controllers.guards import PUBLIC, viewer_of
from controllers.providers import found
from domain import norms
from forms.fields import Sent
from i18n import gettext, language
from pages import Go, Page
from tables.norms import NormsVersion
from tables.people import Person

AnyRequest = Request[Any, Any, Any]


class Norms(Controller):
    path = urls.NORMS

    @get(opt=PUBLIC)
    async def show(self, request: AnyRequest) -> Page:
        version = found(await norms.current())
        onward = urls.own_path(request.query_params.get("next", urls.HOME))
        return Page("norms/page", **await _card(version, viewer_of(request), onward))

    @post("/acceptance")
    async def accept(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Of the version that was read: a newer one is shown first."""
        version = found(await norms.current())
        onward = urls.own_path(sent.one("next"))
        if sent.one("version") != str(version.number):
            renewed = gettext("Les normes viennent de changer. Voici la nouvelle version.")
            card = await _card(version, viewer, onward)
            return Page("norms/page", status=409, toast=renewed, **card)
        await norms.accept(version, by=viewer, now=now)
        return Go(onward, toast=gettext("Merci. Les normes sont acceptées."))


async def _card(version: NormsVersion, viewer: Person | None, onward: str) -> dict[str, Any]:
    """What norms/page.html needs."""
    text, written_in = version.text_in(language())
    accepted = await norms.accepted_at(version, viewer) if viewer else None
    return {
        "version": version,
        "text": text,
        "written_in": written_in,
        "accepted_at": accepted,
        "onward": onward,
    }
