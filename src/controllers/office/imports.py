"""Members' lists: sent, looked through, confirmed, followed to their end."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.providers import found, number
from domain import house, imports
from domain.import_lines import TITLES, BrokenList
from domain.refusals import Refusal
from forms.fields import Sent
from forms.imports import MOST, Confirmation, Upload
from i18n import gettext
from pages import Go, Page
from tables.imports import Import, State
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
INDEX = "office/imports/index"
SHOW, PROGRESS = "office/imports/show", "office/imports/_progress"
FORM_BYTES = 100_000  # of what comes along with the file


async def _list(import_id: FromPath[int]) -> Import:
    return found(await imports.one(number(import_id)))


class OfficeImports(Controller):
    path = urls.IMPORTS
    guards = [coordinators_only]
    dependencies = {"row": Provide(_list)}

    @get()
    async def index(self) -> Page:
        return await _index(Upload(typed={"key": secrets.token_urlsafe(16)}))

    @post(request_max_body_size=MOST + FORM_BYTES)
    async def check(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Upload.read(sent, *await _file(request))
        if not form.errors:
            try:
                row = await imports.check(form.name, form.text, key=form.key, by=viewer, now=now)
                return Go(urls.members_list(row))
            except BrokenList as trouble:
                form.errors["file"] = trouble.said
        return await _index(form, 422)

    @get("/{import_id:int}")
    async def show(self, row: NamedDependency[Import]) -> Page:
        looked, broken = None, ""
        if row.state == State.CHECKED:
            try:
                looked = await imports.preview(row)
            except BrokenList as trouble:  # an older program took it for a list
                broken = trouble.said
        an_hour = (await house.current()).invitations_an_hour
        titles = {name: gettext(words) for name, words in TITLES.items()}
        shown: dict[str, Any] = {
            "row": row,
            "preview": looked,
            "broken": broken,
            "an_hour": an_hour,
            "titles": titles,
        }
        return Page(SHOW, piece=PROGRESS, nav="desk", **shown)

    @post("/{import_id:int}/confirmation")
    async def confirm(
        self,
        row: NamedDependency[Import],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        invites = Confirmation.read(sent).invites
        return await _went(imports.confirm(row, invites=invites, by=viewer, now=now), row)

    @post("/{import_id:int}/drop")
    async def drop(
        self,
        row: NamedDependency[Import],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        return await _went(imports.drop(row, by=viewer, now=now), row)


async def _index(form: Upload, status: int = 200) -> Page:
    latest = await imports.latest()
    return Page(INDEX, status=status, nav="desk", form=form, latest=latest)


async def _went(deed: Any, row: Import) -> Go:
    """Whoever comes second sees where it is by now."""
    try:
        await deed
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return Go(urls.members_list(row), toast=refusal.said)
    return Go(urls.members_list(row))


async def _file(request: AnyRequest) -> tuple[str, bytes]:
    given = (await request.form()).get("file")
    if not isinstance(given, UploadFile):
        return "", b""
    return given.filename or "", await given.read()
