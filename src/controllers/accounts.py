"""One's own account: who one is, languages, where one is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from content import catalogue
from controllers.providers import number
from controllers.sessions import left
from domain import addresses, calendars, documents, norms, people, profiles, sessions
from forms.accounts import Description
from forms.fields import Sent
from i18n import gettext, language
from pages import Answer, Page
from search.folding import fold
from tables.people import Person

AnyRequest = Request[Any, Any, Any]


class Accounts(Controller):
    path = urls.ACCOUNT

    @get()
    async def show(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        return await _page(request, viewer, Description.of(viewer), now)

    @post()
    async def describe(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Description.read(sent)
        if form.errors:
            return await _page(request, viewer, form, now, 422)
        await people.describe(
            viewer,
            first_name=form.first_name,
            last_name=form.last_name,
            function=form.function,
            sector=form.sector,
            canton=form.canton,
            now=now,
        )
        said = gettext("Enregistré.")
        return Answer("accounts/_description", instead=urls.ACCOUNT, toast=said, **_choices(form))

    @post("/sessions/{session_id:int}/end")
    async def end(
        self,
        request: AnyRequest,
        session_id: FromPath[int],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        await sessions.end(number(session_id), by=viewer)
        if _current(request) == session_id:
            return left()
        said = gettext("Cette session est terminée.")
        shown = await _sessions(request, viewer, now)
        return Answer("accounts/_sessions", instead=urls.ACCOUNT, toast=said, **shown)


async def _page(
    request: AnyRequest, viewer: Person, form: Description, now: datetime, status: int = 200
) -> Page:
    version = await norms.current()
    return Page(
        "accounts/page",
        piece="accounts/_description",
        status=status,
        nav="account",
        profile=await profiles.of(viewer),
        cv=await documents.of(viewer),
        moving=await addresses.of(viewer),
        calendar=await calendars.of(viewer),
        version=version,
        accepted_at=await norms.accepted_at(version, viewer) if version else None,
        consents=await norms.accepted_by(viewer),
        **_choices(form),
        **await _sessions(request, viewer, now),
    )


def _choices(form: Description) -> dict[str, Any]:
    """What accounts/_description.html needs: choices as the reader's language sorts them."""
    return {
        "form": form,
        "sectors": _named(catalogue.sectors().values()),
        "cantons": _named(catalogue.cantons().values()),
    }


async def _sessions(request: AnyRequest, viewer: Person, now: datetime) -> dict[str, Any]:
    """What accounts/_sessions.html needs."""
    return {"sessions": await sessions.open_ones(viewer, now), "current": _current(request)}


def _current(request: AnyRequest) -> int:
    visit: Any = request.scope.get("visit")
    return int(visit.session.id)


def _named(entries: Any) -> list[tuple[str, str]]:
    named = [(entry.key, entry.name_in(language())) for entry in entries]
    return sorted(named, key=lambda pair: fold(pair[1]))
