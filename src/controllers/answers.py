"""The same replies from a letter's link: no sign-in, one use, GET only shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from controllers.arrival import greet
from controllers.guards import PUBLIC
from controllers.inquiries import DEEDS, card, perform, reply
from controllers.providers import found
from domain import inquiries, links
from domain.refusals import AlreadySettled, LinkVoid
from forms.fields import Sent
from i18n import N_, gettext
from pages import Page, Region
from tables.inquiries import Inquiry
from tables.links import Link
from tables.people import Person
from tables.transaction import transaction

AnyRequest = Request[Any, Any, Any]
VOID = N_("Ce lien a déjà servi ou n’est plus valable. Voici où en est la demande.")


class Answers(Controller):
    path = "/answer"
    opt = PUBLIC

    @get("/{secret:str}")
    async def show(
        self, request: AnyRequest, secret: FromPath[str], now: NamedDependency[datetime]
    ) -> Page:
        link, inquiry, mentor = await _opened(secret)
        greet(request, mentor)
        if not links.is_alive(link, now) or not inquiry.is_open:
            return await _void(inquiry, mentor, now)
        context = await card(inquiry, mentor, now, link=secret)
        return Page("answers/show", **context)

    @post("/{secret:str}/{deed:str}")
    async def act(
        self,
        request: AnyRequest,
        secret: FromPath[str],
        deed: FromPath[str],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        link, inquiry, mentor = await _opened(secret)
        greet(request, mentor)
        name = found(DEEDS.get(deed))
        if not links.is_alive(link, now) or not inquiry.is_open:
            return await _void(inquiry, mentor, now, toast=gettext(VOID))
        form = await reply(name, inquiry, sent, now)
        if form.errors:
            context = await card(inquiry, mentor, now, name, form, secret)
            return Page("answers/show", piece="inquiries/_card", status=422, **context)
        try:
            async with transaction():
                await links.spend(link, now)
                await perform(inquiry, mentor, name, form, now)
        except (LinkVoid, AlreadySettled):
            return await _void(inquiry, mentor, now, toast=gettext(VOID))
        context = await card(inquiry, mentor, now)
        return Page("answers/done", piece="answers/_done", **context)


async def _opened(secret: str) -> tuple[Link, Inquiry, Person]:
    """Raises LinkVoid for what was never a link of ours."""
    link = await links.look(secret, links.ANSWER)
    if link is None:
        raise LinkVoid
    mentor: Person = link.person
    return link, await inquiries.by_answer_link(link.about, mentor), mentor


async def _void(inquiry: Inquiry, mentor: Person, now: datetime, toast: str = "") -> Page:
    """Spent, expired or overtaken: never an error page, but how it stands now. `toast` where a
    deed came to nothing; who only looks reads it on the page."""
    fresh = await inquiries.by_answer_link(inquiry.id, mentor)
    context = await card(fresh, mentor, now)
    return Page(
        "answers/void",
        status=409 if not fresh.is_open else 410,
        also=[Region(f"#inquiry-{inquiry.id}", "outerHTML", "answers/_void")],
        toast=toast,
        **context,
    )
