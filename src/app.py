"""Joins the parts, alone knows all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.types import ControllerRouterHandler, Message, Scope

import i18n
import jobs
import piccolo_conf
import sealing
from controllers import calendars, forgery, health, providers, shell, static
from controllers.accounts import Accounts
from controllers.addresses import AddressLinks, OwnAddress
from controllers.agreements import Agreements
from controllers.answers import Answers
from controllers.applications import Applications
from controllers.arrival import anonymous, recognise_visitors
from controllers.availability import Availability
from controllers.calendars import Calendars
from controllers.certificates import Certificates
from controllers.contacts import Contacts
from controllers.documents import Documents, OwnCv
from controllers.endings import Endings
from controllers.evaluations import Evaluations
from controllers.favourites import Favourites
from controllers.first_run import FirstRun
from controllers.first_talks import FirstTalks
from controllers.guards import signed_in
from controllers.inquiries import Asking, Inquiries
from controllers.meetings import Meetings
from controllers.mentors import Mentors
from controllers.mentorships import Mentorships
from controllers.norms import Norms
from controllers.notes import Notes
from controllers.office.applications import OfficeApplications
from controllers.office.desk import Desk
from controllers.office.evaluations import OfficeEvaluations
from controllers.office.events import OfficeEvents, events_csv
from controllers.office.figures import OfficeFigures, figures_csv
from controllers.office.house import OfficeHouse, logo
from controllers.office.imports import OfficeImports
from controllers.office.members import OfficeMembers, members_csv, members_xlsx
from controllers.office.norms import OfficeNorms
from controllers.office.profiles import OfficeProfiles
from controllers.office.reports import OfficeReports
from controllers.office.retention import OfficeRetention
from controllers.office.topics import OfficeTopics
from controllers.office.wordings import OfficeWordings
from controllers.own_data import OwnData
from controllers.profiles import Profiles
from controllers.reports import Reports
from controllers.searches import Searches
from controllers.sessions import Sessions
from controllers.unsubscribe import Unsubscribe
from domain.refusals import NormsFirst, Refusal
from i18n import N_, gettext
from pages import VARY, Hx, Page, norms_first, sign_in_first
from settings import settings

log = logging.getLogger("mentorat")

MOST_BYTES = 1_000_000  # of a form: ten times the longest honest one
CSRF_COOKIE = "csrftoken"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types default",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HANDLERS: list[ControllerRouterHandler] = [
    *shell.HANDLERS,
    static.static,
    calendars.feed,
    health.health,
    health.ready,
    events_csv,
    logo,
    figures_csv,
    members_csv,
    members_xlsx,
    Accounts,
    AddressLinks,
    Agreements,
    Answers,
    Applications,
    Asking,
    Availability,
    Calendars,
    Certificates,
    Contacts,
    Desk,
    Documents,
    Evaluations,
    Endings,
    Favourites,
    FirstRun,
    FirstTalks,
    Inquiries,
    Meetings,
    Mentors,
    Mentorships,
    Norms,
    Notes,
    OfficeApplications,
    OfficeEvaluations,
    OfficeEvents,
    OfficeHouse,
    OfficeFigures,
    OfficeNorms,
    OfficeImports,
    OfficeMembers,
    OfficeProfiles,
    OfficeReports,
    OfficeTopics,
    OfficeWordings,
    OfficeRetention,
    OwnAddress,
    OwnCv,
    OwnData,
    Profiles,
    Reports,
    Searches,
    Sessions,
    Unsubscribe,
]
ERRORS = {
    400: N_("Cet envoi n’a pas pu être lu. Revenez en arrière et réessayez."),
    403: N_("Cette page est restée ouverte trop longtemps. Revenez en arrière, rechargez-la et "
            "envoyez à nouveau: ce que vous avez écrit est encore là."),
    404: N_("Cette page n’existe pas, ou elle ne vous est pas destinée."),
    405: N_("Cette page n’existe pas, ou elle ne vous est pas destinée."),
    413: N_("C’est trop long pour être envoyé. Raccourcissez votre texte."),
    429: N_("Il y a eu trop d’essais. Patientez un quart d’heure, puis réessayez."),
    500: N_("Quelque chose n’a pas marché chez nous. Rien n’a été enregistré; réessayez dans un "
            "instant."),
}  # fmt: skip
FILE_TOO_LARGE = N_(
    "Ce fichier est trop grand pour être envoyé. Revenez en arrière et choisissez-en un plus "
    "petit: la limite figure sous le champ."
)


class Doors(Litestar):
    """HEAD is GET without its body: who watches servers or previews links asks so."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_head(message: Any) -> None:
            is_body = message["type"] == "http.response.body"
            await send({**message, "body": b""} if is_body else message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope, send_on = {**scope, "method": "GET"}, send_head
        else:
            send_on = send
        await super().__call__(scope, receive, send_on)


def build(further: list[ControllerRouterHandler] | None = None) -> Litestar:
    """`further`: the demo's doors."""
    csrf = CSRFConfig(
        secret=sealing.csrf_secret(),
        cookie_name=CSRF_COOKIE,
        cookie_httponly=True,
        cookie_secure=settings().https,
    )
    provided = ("now", "viewer", "sent", "inquiry", "mentorship", "mentor_profile")
    return Doors(
        [*HANDLERS, *(further or [])],
        guards=[signed_in],
        # Not csrf_config: that one would run before we know whose language an error is in.
        middleware=[recognise_visitors, DefineMiddleware(forgery.Guard, config=csrf)],
        dependencies={name: Provide(getattr(providers, name)) for name in provided},
        exception_handlers={Refusal: refused, HTTPException: failed, Exception: failed},
        before_send=[dress],
        lifespan=[running],
        openapi_config=None,
        request_class=providers.Reading,
        request_max_body_size=MOST_BYTES,
        logging_config=None,
    )


@asynccontextmanager
async def running(_: Litestar) -> AsyncIterator[None]:
    """The pool, and the clock's jobs beside the doors."""
    engine: Any = piccolo_conf.DB
    await engine.start_connection_pool()
    stop = asyncio.Event()
    clockwork = asyncio.create_task(jobs.run(stop))
    try:
        yield
    finally:
        stop.set()
        await clockwork
        await engine.close_connection_pool()


def refused(request: Request[Any, Any, Any], refusal: Refusal) -> Response[None]:
    """A page, or a toast over the page that stays as it is."""
    if isinstance(refusal, NormsFirst):
        return norms_first(request)
    return _shown(request, refusal.status, refusal.said)


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[None]:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 401:
        return sign_in_first(request)
    if status >= 500:
        # The pattern, never the path: it may hold a link's secret.
        log.error("failed: %s", request.scope.get("path_template", ""), exc_info=error)
    is_file = status == 413 and request.content_type[0] == "multipart/form-data"
    text = FILE_TOO_LARGE if is_file else ERRORS.get(status, ERRORS[500])
    return _shown(request, status, gettext(text))


async def dress(message: Message, scope: Scope) -> None:
    """Headers on every answer, errors and files included."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)  # a stranger's file comes with a stricter policy
    if settings().https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if "cache-control" not in headers:
        # no-store would lose the page for Back, and with it what was typed.
        headers["Cache-Control"] = "private, no-cache"
        headers["Vary"] = VARY


def _shown(request: Request[Any, Any, Any], status: int, text: str) -> Response[None]:
    visit = anonymous(request.scope)
    i18n.speak(visit.language)
    toast = text if Hx.of(request).is_partial else ""
    return Page("shared/error", status=status, toast=toast, code=status, text=text)
