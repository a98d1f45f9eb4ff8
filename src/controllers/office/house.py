"""The house's settings and logo, edited by the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from controllers.documents import HASH
from controllers.guards import COOKIELESS, coordinators_only
from controllers.providers import found
from controllers.static import YEAR
from domain import deadlines, house, retention
from domain.refusals import EditedMeanwhile
from forms.fields import Form, Sent
from forms.house import GROUPS, LOGO_BYTES, HouseForm, LogoForm
from i18n import gettext
from pages import Go, Page
from tables.house import House
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
PAGE = "office/house/page"


class OfficeHouse(Controller):
    path = urls.HOUSE
    guards = [coordinators_only]

    @get()
    async def show(self) -> Page:
        return await _page()

    @post()
    async def change(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Kept, or with `preview` only shown."""
        form = HouseForm.read(sent)
        if form.errors:
            return await _page(form, 422, seen=form.seen)
        if sent.one("preview"):
            preview = await _preview(form.values, viewer, now)
            return await _page(form, seen=form.seen, preview=preview)
        try:
            await house.change(form.values, seen=form.seen, by=viewer, now=now)
        except EditedMeanwhile as refusal:  # with what was typed, on top of how it is by now
            return await _page(form, 409, toast=refusal.said)
        return Go(urls.HOUSE, toast=gettext("Les réglages sont enregistrés."))

    @post("/logo", request_max_body_size=LOGO_BYTES + 100_000)
    async def show_logo(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        given = (await request.form()).get("logo")
        form = LogoForm.read(await given.read() if isinstance(given, UploadFile) else b"")
        if form.errors:
            return await _page(None, 422, logo_form=form)
        await house.show_logo(form.image, form.kind, by=viewer, now=now)
        return Go(urls.HOUSE, toast=gettext("Le logo est changé."))

    @post("/logo/end")
    async def drop_logo(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Response[None]:
        await house.drop_logo(by=viewer, now=now)
        return Go(urls.HOUSE, toast=gettext("Le logo est retiré."))


@get(f"{urls.LOGO}/{{name:str}}", opt=COOKIELESS)
async def logo(name: FromPath[str]) -> Response[bytes]:
    """Its address is its content's, so it may be kept for a year."""
    picture, kind = found(await house.logo(found(HASH.fullmatch(name))[0]))
    return Response(picture, media_type=kind, headers={"Cache-Control": YEAR})


async def _preview(values: dict[str, Any], viewer: Person, now: datetime) -> dict[str, Any]:
    """What these settings would look like and do, from today on."""
    house_then = House(**values, _ignore_missing=True)
    lines = await retention.preview(now, by=viewer, months=house_then.retention_months)
    return {
        "names": [(code, house_then.name_in(code)) for code in ("fr", "de", "it", "en")],
        "short_name": house_then.short_name,
        "reminders": [deadlines.reminder_due(now, step) for step in house_then.reminders],
        "release": deadlines.answer_by(now, house_then.release_day),
        "texts": sum(line.now for line in lines),
    }


async def _page(
    form: Form | None = None,
    status: int = 200,
    *,
    seen: str = "",
    toast: str = "",
    logo_form: LogoForm | None = None,
    preview: dict[str, Any] | None = None,
) -> Page:
    values, mark = await house.to_edit()
    shown: dict[str, Any] = {
        "form": form or Form(typed=values),
        "seen": mark if status == 409 else seen or mark,
        "groups": GROUPS,
        "logo_form": logo_form or Form(),
        "preview": preview,
    }
    return Page(PAGE, status=status, toast=toast, nav="desk", **shown)
