"""CVs: one's own is sent and removed; its owner and the office look at it, by page or whole."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE as TOO_MUCH

import i18n
import urls
from controllers.arrival import anonymous
from controllers.profiles import card, form_of
from controllers.providers import found, number
from domain import documents, profiles
from formats.pdfs import Undrawable
from forms.documents import MOST, TOO_LARGE, CvForm
from i18n import gettext
from pages import Answer, Page, Region
from tables.documents import Document
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
PAGE, PIECE, FIELD = "profiles/page", "profiles/_cv", "profiles/_cv_field"
HASH = re.compile("[0-9a-f]{64}")
FORM_BYTES = 100_000  # of what comes along with the file
# Of a stranger's file: whatever it holds, it does nothing here and stays nowhere.
ALONE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def too_large(request: AnyRequest, _: HTTPException) -> Page:
    """Before any of it was kept: beside the field, or on a page of its own."""
    i18n.speak(anonymous(request.scope).language)
    said = gettext(TOO_LARGE)
    field = Region("#cv-field", "outerHTML", FIELD)
    shown: dict[str, Any] = {"cv_form": CvForm(errors={"cv": said}), "code": TOO_MUCH, "text": said}
    return Page("shared/error", status=TOO_MUCH, also=[field], **shown)


class OwnCv(Controller):
    path = urls.CV

    @post(request_max_body_size=MOST + FORM_BYTES, exception_handlers={TOO_MUCH: too_large})
    async def keep(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = CvForm.read(await _files(request))
        if not form.errors:
            try:
                await documents.keep(form.name, form.content, by=viewer, now=now)
            except Undrawable as refusal:
                form.refuse(refusal.trouble)
        if form.errors:
            return await _again(viewer, form)
        return await _done(viewer, gettext("Votre CV est enregistré."))

    @post("/end")
    async def remove(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Response[None]:
        await documents.remove(by=viewer, now=now)
        return await _done(viewer, gettext("Votre CV est retiré."))


async def _document(hashed: FromPath[str], viewer: NamedDependency[Person]) -> Document:
    named = found(HASH.fullmatch(hashed))[0]
    return found(await Document.visible_to(viewer).where(Document.hashed == named).first())


class Documents(Controller):
    path = f"{urls.DOCUMENTS}/{{hashed:str}}"
    dependencies = {"document": Provide(_document)}

    @get()
    async def whole(self, document: NamedDependency[Document]) -> Response[bytes]:
        """Never shown, always saved: its reader is the person's own program."""
        content = found(await documents.content(document))
        headers = ALONE | {"Content-Disposition": _attached(document.name)}
        return Response(content, media_type="application/pdf", headers=headers)

    @get("/{page_number:int}")
    async def page(
        self, document: NamedDependency[Document], page_number: FromPath[int]
    ) -> Response[bytes]:
        picture = found(await documents.content(document, number(page_number)))
        return Response(picture, media_type="image/png", headers=ALONE)


async def _files(request: AnyRequest) -> list[tuple[str, bytes]]:
    """One byte more than may be is enough to know."""
    given = (await request.form()).getall("cv", [])
    return [
        (each.filename or "", await each.read(MOST + 1))
        for each in given
        if isinstance(each, UploadFile)
    ]


async def _again(viewer: Person, form: CvForm) -> Page:
    profile = await profiles.of(viewer)
    shown = await card(profile, await form_of(profile, viewer), viewer) | {"cv_form": form}
    return Page(PAGE, piece=PIECE, status=422, nav="account", **shown)


async def _done(viewer: Person, said: str) -> Answer:
    cv = await documents.of(viewer)
    return Answer(PIECE, instead=f"{urls.PROFILE}#profile-cv", toast=said, cv=cv, cv_form=CvForm())


def _attached(name: str) -> str:
    """RFC 6266: plain letters for all, its own ones for whoever knows them."""
    letters = unicodedata.normalize("NFKD", name.removesuffix(".pdf")).encode("ascii", "ignore")
    plain = re.sub(r"[^\w-]+", "-", letters.decode(), flags=re.ASCII).strip("-") or "cv"
    return f"attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(name, safe='')}"
