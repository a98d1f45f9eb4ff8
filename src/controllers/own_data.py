"""A member's own data: paused, taken along, deleted."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

import clock
import urls
from controllers.sessions import left
from domain import departures, own_data
from domain.departures import WORD
from domain.refusals import LastCoordinator
from forms.departures import Deletion
from forms.fields import Sent
from i18n import gettext
from pages import Go, Page
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
DELETION = "accounts/deletion"


class OwnData(Controller):
    path = urls.ACCOUNT

    @post("/pause")
    async def pause(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Response[None]:
        await departures.pause(by=viewer, now=now)
        return Go(urls.ACCOUNT, toast=gettext("Votre compte est en pause."))

    @post("/return")
    async def come_back(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Response[None]:
        await departures.come_back(by=viewer, now=now)
        return Go(urls.ACCOUNT, toast=gettext("Vous revoilà: la pause est terminée."))

    @get("/deletion")
    async def ask(self, viewer: NamedDependency[Person]) -> Page:
        return await _deletion(viewer, Deletion())

    @post("/deletion")
    async def delete(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Deletion.read(sent)
        if form.errors:
            return await _deletion(viewer, form, 422)
        try:
            await departures.delete(by=viewer, now=now)
        except LastCoordinator as refusal:
            form.errors["word"] = refusal.said
            return await _deletion(viewer, form, 409)
        return left()

    @get("/data.json")
    async def as_json(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Response[bytes]:
        held = own_data.as_json(await own_data.of(viewer, now=now))
        body = json.dumps(held, ensure_ascii=False, indent=2).encode()
        return Response(body, media_type="application/json", headers=_attached("json", now))

    @get("/data.html")
    async def as_page(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Page:
        sections = own_data.readable(await own_data.of(viewer, now=now))
        page = Page("accounts/data", sections=sections, now=now)
        page.headers.update(_attached("html", now))
        return page


def _attached(kind: str, now: datetime) -> dict[str, str]:
    title = gettext("mes-donnees")  # of a file: plain letters
    name = f"{title}-{clock.day(now).isoformat()}.{kind}"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }


async def _deletion(viewer: Person, form: Deletion, status: int = 200) -> Page:
    return Page(
        DELETION,
        status=status,
        nav="account",
        form=form,
        word=gettext(WORD),
        ends=await departures.consequences(viewer),
    )
