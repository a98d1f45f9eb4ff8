"""The norms' next version: written, looked at, compared, published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

import urls
from controllers.guards import coordinators_only
from domain import norms, norms_drafts
from domain.norms_drafts import LANGUAGES
from domain.refusals import Refusal
from formats import differences
from forms.fields import Form, Reader, Sent
from i18n import gettext, language
from pages import Go, Page
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
PAGE = "office/house/norms"
LONGEST = 60_000


class OfficeNorms(Controller):
    path = urls.HOUSE_NORMS
    guards = [coordinators_only]

    @get()
    async def show(self, request: AnyRequest) -> Page:
        return await _page(_code(request.query_params.get("language", "")))

    @post()
    async def write(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Kept, or with `preview` only shown."""
        form, code = Form(), _code(sent.one("language"))
        text = Reader(sent, form).text("text", least=1, most=LONGEST)
        if form.errors or sent.one("preview"):
            seen = sent.one("seen")
            return await _page(code, form, 422 if form.errors else 200, seen=seen)
        try:
            await norms_drafts.write(text, code, seen=sent.one("seen"), by=viewer, now=now)
        except Refusal as refusal:
            return await _refused(code, refusal, form)
        return Go(urls.house_norms(code), toast=gettext("Le projet est enregistré."))

    @post("/publication")
    async def publish(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        try:
            await norms_drafts.publish(seen=sent.one("seen"), by=viewer, now=now)
        except Refusal as refusal:
            return await _refused(_code(sent.one("language")), refusal)
        return Go(urls.HOUSE_NORMS, toast=gettext("Les nouvelles normes sont en vigueur."))


async def _refused(code: str, refusal: Refusal, form: Form | None = None) -> Page:
    if refusal.status != 409:
        raise refusal
    return await _page(code, form, 409, toast=refusal.said)


async def _page(
    code: str, form: Form | None = None, status: int = 200, *, seen: str = "", toast: str = ""
) -> Page:
    current, draft = await norms.current(), await norms_drafts.draft()
    edited = draft or current
    published = getattr(current, f"text_{code}", "")
    kept = getattr(edited, f"text_{code}", "")
    typed = form.value("text") if form else kept
    changed = (
        [
            each
            for each in LANGUAGES
            if norms_drafts.mark(draft, each) != norms_drafts.mark(current, each)
        ]
        if draft
        else []
    )
    return Page(
        PAGE,
        status=status,
        toast=toast,
        nav="desk",
        code=code,
        codes=LANGUAGES,
        form=form or Form(typed={"text": kept}),
        typed=typed,
        seen=seen or norms_drafts.mark(edited, code),
        current=current,
        draft=draft,
        changed=changed,
        draft_seen=norms_drafts.mark(draft) if draft else "",
        lines=differences.lines(published.splitlines(), typed.splitlines()),
        is_other=published != typed,
        count=await norms_drafts.count_waiting(current) if current else 0,
        waiting=await norms_drafts.waiting(current) if current else [],
    )


def _code(given: str) -> str:
    return given if given in LANGUAGES else language()
