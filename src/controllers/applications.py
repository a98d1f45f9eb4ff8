"""Candidatures, from the page everybody may see."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

import urls
from content import texts
from controllers.arrival import whence
from controllers.guards import PUBLIC, viewer_of
from domain import applications
from domain.refusals import TooOften
from forms.applications import Candidature
from forms.fields import Sent
from i18n import language, typeset
from pages import Go, Page, Region

AnyRequest = Request[Any, Any, Any]


class Applications(Controller):
    path = urls.APPLY
    opt = PUBLIC

    @get()
    async def show(self, request: AnyRequest) -> Page | Go:
        if viewer_of(request) is not None:
            return Go(urls.ACCOUNT)
        form = Candidature(typed={"key": secrets.token_urlsafe(16)})
        part = request.query_params.get("as", "mentee")
        form.ticked["parts"] = [part if part == "mentor" else "mentee"]
        return Page("applications/page", **card(form))

    @post()
    async def send(
        self, request: AnyRequest, sent: NamedDependency[Sent], now: NamedDependency[datetime]
    ) -> Response[None]:
        form = Candidature.read(sent)
        if form.errors:
            return _page(form, 422)
        try:
            await applications.send(_candidate(form, request), now)
        except TooOften as refusal:
            form.errors["form"] = refusal.said
            return _page(form, refusal.status)
        part = "mentor" if "mentor" in form.parts else ""
        return Go(urls.with_query(urls.APPLICATION_SENT, part=part))

    @get("/sent")
    async def thank(self, request: AnyRequest) -> Page:
        """The same for everybody: an address of its own, so that reloading sends nothing again."""
        return Page("applications/sent", as_mentor=request.query_params.get("part") == "mentor")


def card(form: Candidature) -> dict[str, Any]:
    """What applications/_form.html needs."""
    lists = texts.selfchecks(language())
    checks = {who: [(key, typeset(words)) for key, words in each] for who, each in lists.items()}
    return {"form": form, "checks": checks}


def _page(form: Candidature, status: int) -> Page:
    # 429 isn't swapped as the piece: as a region the reason stands above what was typed.
    again = [Region("#application", "outerHTML", "applications/_form")] if status == 429 else []
    shown = card(form)
    return Page("applications/page", piece="applications/_form", status=status, also=again, **shown)


def _candidate(form: Candidature, request: AnyRequest) -> applications.Candidate:
    return applications.Candidate(
        key=form.key,
        visitor=whence(request),
        email=form.email,
        first_name=form.first_name,
        last_name=form.last_name,
        language=language(),
        as_mentor="mentor" in form.parts,
        as_mentee="mentee" in form.parts,
        words=form.words,
        ticked=form.checked,
    )
