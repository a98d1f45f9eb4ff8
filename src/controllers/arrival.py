"""Who comes: session, language, theme and house, before any handler runs."""

from __future__ import annotations

import logging
import re
import time
from functools import cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

import clock
import i18n
import urls
from domain import house, profiles, sessions
from i18n import N_, gettext
from settings import settings
from tables.house import House
from tables.people import Person
from tables.profiles import Profile
from tables.sessions import Session

log = logging.getLogger("mentorat.requests")

SESSION, MARK = "session", "mark"
LANGUAGE, THEME = "language", "theme"
THEMES = ("light", "dark")
# (id, address, icon, label): the same list as bottom bar and side bar.
MEMBERS = (
    ("home", urls.HOME, "home", N_("Accueil")),
    ("mentors", urls.MENTORS, "search", N_("Chercher")),
    ("inquiries", urls.INQUIRIES, "inbox", N_("Demandes")),
    ("account", urls.ACCOUNT, "user", N_("Compte")),
)
OFFICE = ("desk", urls.DESK, "settings", N_("Bureau"))
STATIC = re.compile(r"/(static/|health$|ready$)")


def session_cookie() -> str:
    """`__Host-`: bound to this host and HTTPS, by the browser itself."""
    return f"__Host-{SESSION}" if settings().https else SESSION


class Visit:
    """One request's person and surroundings."""

    def __init__(self, session: Session | None, kept: House, language: str, theme: str) -> None:
        self.session = session
        self.viewer: Person | None = session.person if session else None
        self.profile: Profile | None = None
        self.house = kept
        self.language = language
        self.theme = theme

    def frame(self) -> dict[str, Any]:
        """For the layout."""
        return {
            "viewer": self.viewer,
            "own_profile": self.profile,
            "mark": self.session.mark if self.session else "",
            "house": self.house,
            "house_name": self.house.name_in(self.language),
            "theme": self.theme,
            "demo": settings().demo,
            "nav_items": self._nav(),
        }

    def _nav(self) -> list[tuple[str, str, str, str, int]]:
        if self.viewer is None:
            return []
        items = (*MEMBERS, OFFICE) if self.viewer.is_coordinator else MEMBERS
        return [(name, href, icon, gettext(label), 0) for name, href, icon, label in items]


def recognise_visitors(app: ASGIApp) -> ASGIApp:
    """Litestar middleware; runs for unknown paths too, because they have a handler (shell.py)."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or STATIC.match(scope["path"]):
            await app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope)
        _warn_of_unknown_proxy(request)
        visit = await _visit(request)
        scope["visit"] = visit  # type: ignore[typeddict-unknown-key]
        i18n.speak(visit.language)

        begun = time.perf_counter()

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                _log(scope, message["status"], begun)
                if "said" in request.cookies:
                    _forget_said(message)
            await send(message)

        await app(scope, receive, send_on)

    return middleware


async def _visit(request: Request[Any, Any, Any]) -> Visit:
    token = request.cookies.get(session_cookie(), "")
    session = await sessions.recognise(token, clock.now()) if token else None
    person: Person | None = session.person if session else None
    language = _language(request, person)
    theme = request.cookies.get(THEME, "")
    kept = await house.current()
    visit = Visit(session, kept, language, theme if theme in THEMES else "")
    if person is not None:
        visit.profile = await profiles.of(person)
    return visit


@cache
def _warn(_: str) -> None:
    """Once a process."""
    log.warning("A proxy speaks for visitors but isn't in TRUSTED_PROXIES: all look like one.")


def _warn_of_unknown_proxy(request: Request[Any, Any, Any]) -> None:
    """Of a proxy that is trusted, uvicorn has put the visitor in its place."""
    forwarded = request.headers.get("x-forwarded-for", "")
    if forwarded and request.client and request.client.host not in forwarded:
        _warn("unknown proxy")


def greet(request: Request[Any, Any, Any], reader: Person) -> None:
    """A letter's link speaks its reader's language, as the letter did: unless somebody is signed
    in, or has chosen another on this device."""
    visit = anonymous(request.scope)
    if visit.viewer is None and LANGUAGE not in request.cookies:
        visit.language = reader.language
        i18n.speak(reader.language)


def whence(request: Request[Any, Any, Any]) -> str:
    """For limits; of IPv6 the network, as every home has 2^64 addresses to ask from."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:  # what a proxy wrote, a socket's name
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((int(address) >> 64 << 64, 64)))
    return host


def anonymous(scope: Any) -> Visit:
    """For an error before anybody was recognised."""
    visit: Visit | None = scope.get("visit")
    if visit is None:
        kept = House(name_fr="Mentorat", short_name="Mentorat")
        visit = Visit(None, kept, _language(Request(scope), None), "")
        scope["visit"] = visit
    return visit


def _language(request: Request[Any, Any, Any], person: Person | None) -> str:
    own, accepted = person.language if person else None, request.headers.get("accept-language", "")
    return i18n.choose(own, request.cookies.get(LANGUAGE), accepted)


def _log(scope: Any, status: int, begun: float) -> None:
    """The route's pattern: a path may hold a link's secret."""
    spent = round((time.perf_counter() - begun) * 1000)
    told = {"method": scope["method"], "route": scope.get("path_template", ""), "status": status}
    log.info("answered", extra=told | {"milliseconds": spent})


def _forget_said(message: Any) -> None:
    """A toast kept over a redirect is shown once; the redirect that sets it doesn't remove it."""
    headers = MutableScopeHeaders.from_message(message)
    is_set_now = any(value.startswith("said=") for value in headers.getall("set-cookie", []))
    if not is_set_now and message["status"] == 200:
        secure = "; Secure" if settings().https else ""
        headers.add("set-cookie", f"said=; Max-Age=0; Path=/; HttpOnly; SameSite=lax{secure}")
