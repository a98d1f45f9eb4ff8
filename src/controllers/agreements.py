"""The agreement: proposed, countered, accepted, compared, printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

import urls
from content import catalogue
from controllers.providers import found
from domain import agreements
from domain.agreements import GOALS, LONGEST, Terms
from domain.refusals import Refusal, Unseen
from forms.agreements import Proposal
from forms.fields import Sent, new_key
from forms.inquiries import KINDS
from i18n import gettext
from pages import Go, Page
from tables.agreements import Agreement
from tables.mentorships import Mentorship
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
NUMBER = re.compile(r"\d{1,5}", re.ASCII)
PAGE = "agreements/show"
DENSE = 900  # signs beyond which the printed page takes smaller type


class Agreements(Controller):
    path = "/mentorships/{mentorship_id:int}/agreement"

    @get()
    async def show(
        self,
        request: AnyRequest,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
    ) -> Page:
        context = await _shown(mentorship, viewer, request)
        return Page(PAGE, nav="home", **context)

    @post()
    async def propose(
        self,
        request: AnyRequest,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Proposal.read(sent)
        if form.terms is None:
            if "key" in form.errors:
                form.typed["key"] = new_key()
            return Page(PAGE, status=422, nav="home", **await _shown(mentorship, viewer, form=form))
        key = form.value("key")
        try:
            await agreements.propose(
                mentorship, form.terms, key=key, base=form.base, by=viewer, now=now
            )
        except Refusal as refusal:
            return await _overtaken(mentorship, viewer, refusal, form)
        return Go(urls.mentorship(mentorship), toast=gettext("Votre proposition est partie."))

    @post("/acceptance")
    async def accept(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        number = sent.one("number")
        accepted = int(number) if NUMBER.fullmatch(number) else 0
        try:
            await agreements.accept(mentorship, accepted, by=viewer, now=now)
        except Refusal as refusal:
            return await _overtaken(mentorship, viewer, refusal)
        return Go(urls.mentorship(mentorship), toast=gettext("Votre convention est conclue."))

    @get("/print")
    async def paper(
        self,
        request: AnyRequest,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
    ) -> Page:
        """One page to sign: the version in force, unless another is asked for."""
        versions = await agreements.of(mentorship)
        asked = request.query_params.get("version", "")
        usual = agreements.in_force(versions) or (versions[-1] if versions else None)
        agreement = found(_version(versions, asked) if asked else usual)
        terms = Terms.of(agreement)
        names = 2 * (mentorship.mentor.name + mentorship.mentee.name)  # on top, and to sign
        texts = (*terms.goals, terms.form, terms.frequency, terms.length, names)
        return Page(
            "agreements/print",
            nav="home",
            mentorship=mentorship,
            agreement=agreement,
            terms=terms,
            is_dense=sum(map(len, texts)) > DENSE,
        )


async def _shown(
    mentorship: Mentorship,
    viewer: Person,
    request: AnyRequest | None = None,
    form: Proposal | None = None,
) -> dict[str, Any]:
    """What agreements/show.html needs: the last version, or the one asked for, and what changed."""
    asked = request.query_params if request else {}
    versions = await agreements.of(mentorship)
    shown = _version(versions, asked.get("version", "")) or (versions[-1] if versions else None)
    against = _version(versions, asked.get("against", ""))
    terms = Terms.of(shown) if shown else None
    if against is None and shown is not None:
        against = _version(versions, str(shown.number - 1))
    changes = None
    if terms and against and against is not shown:
        changes = agreements.compare(Terms.of(against), terms)
    return {
        "mentorship": mentorship,
        "other": mentorship.partner_of(viewer),
        "versions": versions,
        "shown": shown,
        "terms": terms,
        "against": against,
        "changes": changes,
        "is_acceptable": shown is not None and agreements.is_acceptable(shown, viewer, mentorship),
        "agreed": agreements.in_force(versions),
        "form": form or await _form(mentorship, versions),
        "kinds": KINDS,
        "roles": tuple(catalogue.roles()),
        "goals_most": GOALS,
        "longest": LONGEST,
        "is_open": form is not None,
    }


async def _form(mentorship: Mentorship, versions: Sequence[Agreement]) -> Proposal:
    """From the last version, or from the request."""
    if versions:
        return Proposal.filled(Terms.of(versions[-1]), new_key(), versions[-1].number)
    length = gettext("Jusqu’au quatrième contact")
    return Proposal.filled(await agreements.first_terms(mentorship, length), new_key(), 0)


async def _overtaken(
    mentorship: Mentorship, viewer: Person, refusal: Refusal, form: Proposal | None = None
) -> Page:
    """The version that came meanwhile, beside what was typed, which may follow it."""
    if isinstance(refusal, Unseen):
        raise refusal
    rows = Mentorship.visible_to(viewer).where(Mentorship.id == mentorship.id)
    context = await _shown(await rows.first() or mentorship, viewer, form=form)
    if form is not None:
        shown = context["shown"]
        form.typed |= {"key": new_key(), "base": str(shown.number if shown else 0)}
    return Page(PAGE, status=refusal.status, toast=refusal.said, nav="home", **context)


def _version(versions: Sequence[Agreement], asked: str) -> Agreement | None:
    number = int(asked) if NUMBER.fullmatch(asked) else None
    return next((each for each in versions if each.number == number), None)
