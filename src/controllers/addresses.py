"""Whether one's e-mail address may change: from the letter's link, or signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from controllers.arrival import greet
from controllers.guards import PUBLIC
from controllers.providers import found
from controllers.sessions import left
from domain import addresses
from domain.refusals import AddressBarred, AddressTaken, Refusal
from formats.plain import veiled
from i18n import gettext
from pages import Answer, Go, Page
from tables.address_changes import AddressChange
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
PAGE, PIECE = "addresses/show", "addresses/_change"
OWN = "accounts/_address"
Verb = Callable[..., Awaitable[None]]


class AddressLinks(Controller):
    """GET only shows. Whoever reads an old mailbox by now isn't told the new address."""

    path = "/address/{secret:str}"
    opt = PUBLIC

    @get()
    async def show(
        self, request: AnyRequest, secret: FromPath[str], now: NamedDependency[datetime]
    ) -> Page:
        change, _ = await _opened(request, secret, now)
        return _page(secret, change)

    @post("/confirmation")
    async def confirm(
        self, request: AnyRequest, secret: FromPath[str], now: NamedDependency[datetime]
    ) -> Response[None]:
        return await _decide(addresses.make, "made", request, secret, now)

    @post("/refusal")
    async def refuse(
        self, request: AnyRequest, secret: FromPath[str], now: NamedDependency[datetime]
    ) -> Response[None]:
        return await _decide(addresses.stop, "stopped", request, secret, now)


class OwnAddress(Controller):
    path = f"{urls.ACCOUNT}/address"

    @post("/confirmation")
    async def confirm(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Response[None]:
        """Signed out afterwards: the new address has to prove itself."""
        change = found(await addresses.of(viewer))
        try:
            await addresses.make(change, by=viewer, now=now)
        except (AddressTaken, AddressBarred) as refusal:  # meanwhile
            return Go(urls.ACCOUNT, toast=refusal.said)
        return left()

    @post("/refusal")
    async def refuse(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Response[None]:
        await addresses.stop(found(await addresses.of(viewer)), by=viewer, now=now)
        said = gettext("Votre adresse reste la même.")
        return Answer(OWN, instead=urls.ACCOUNT, toast=said, moving=None)


async def _opened(
    request: AnyRequest, secret: str, now: datetime
) -> tuple[AddressChange | None, Person]:
    link, change = await addresses.by_link(secret, now)
    person: Person = link.person
    greet(request, person)
    return change, person


async def _decide(
    verb: Verb, outcome: str, request: AnyRequest, secret: str, now: datetime
) -> Page:
    change, person = await _opened(request, secret, now)
    if change is None:
        return _page(secret, None)
    try:
        await verb(change, by=person, now=now)
    except Refusal as refusal:
        change, _ = await _opened(request, secret, now)  # as it is now
        return _page(secret, change, status=refusal.status, toast=refusal.said)
    return _page(secret, None, outcome)


def _page(
    secret: str,
    change: AddressChange | None,
    outcome: str = "over",
    *,
    status: int = 200,
    toast: str = "",
) -> Page:
    """`change`: none once it is decided, or too old."""
    return Page(
        PAGE,
        piece=PIECE,
        status=status,
        toast=toast,
        change=change,
        outcome=outcome,
        secret=secret,
        veiled=veiled(change.email) if change else "",
    )
