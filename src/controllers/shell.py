"""Home, privacy, language, theme, what installs; and the door of every unknown address."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from litestar import MediaType, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from assets import asset, files
from content import texts
from controllers.arrival import LANGUAGE, THEME, THEMES, anonymous
from controllers.guards import COOKIELESS, PUBLIC, viewer_of
from controllers.home import member_home
from domain import first_run, people
from domain.refusals import Unseen
from forms.fields import Sent
from i18n import language, offered
from pages import Go, Page
from settings import settings

YEAR = 365 * 24 * 3600
KEPT_OFFLINE = (
    "offline.html",
    "css/app.css",
    "js/app.js",
    "js/tt.js",
    "vendored/htmx-4.0.1.min.js",
    "icons.svg",
)


@get("/", opt=PUBLIC)
async def home(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Page | Go:
    viewer = viewer_of(request)
    if viewer is not None:
        return Page("home/member", nav="home", **await member_home(viewer, now))
    if await first_run.is_open():
        return Go(urls.FIRST_RUN)
    return Page("home/visitor", nav="home", benefits=texts.benefits(language()))


@get("/privacy", opt=PUBLIC)
async def privacy() -> Page:
    return Page("home/privacy")


@post("/language", opt=PUBLIC)
async def speak(request: Request[Any, Any, Any], sent: NamedDependency[Sent]) -> Go:
    """Kept with the member, and in a cookie for the next visit without a session."""
    answer = Go(urls.own_path(sent.one("next")))
    code = sent.one("language")
    if code in offered():
        viewer = viewer_of(request)
        if viewer is not None:
            await people.speak(viewer, code)
        answer.set_cookie(
            LANGUAGE, code, max_age=YEAR, secure=settings().https, httponly=True, samesite="lax"
        )
    return answer


@post("/theme", opt=PUBLIC)
async def dress(sent: NamedDependency[Sent]) -> Go:
    """Light, dark, or whatever the device says."""
    answer = Go(urls.own_path(sent.one("next")))
    theme = sent.one("theme")
    age = YEAR if theme in THEMES else 0
    answer.set_cookie(
        THEME,
        theme if age else "",
        max_age=age,
        secure=settings().https,
        httponly=True,
        samesite="lax",
    )
    return answer


@get("/manifest.webmanifest", opt=COOKIELESS, media_type="application/manifest+json")
async def manifest(request: Request[Any, Any, Any]) -> dict[str, Any]:
    visit = anonymous(request.scope)
    icons: list[dict[str, str]] = [
        {"src": asset(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    mask = {"src": asset("img/icon-512-maskable.png"), "sizes": "512x512", "type": "image/png"}
    return {
        "id": "/",
        "name": visit.house.name_in(language()),
        "short_name": visit.house.short_name,
        "lang": language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf8f3",
        "theme_color": "#0e5a47",
        "icons": [*icons, mask | {"purpose": "maskable"}],
    }


@get("/sw.js", opt=COOKIELESS, media_type="text/javascript")
async def service_worker() -> str:
    """From the root, because a worker's scope is its folder; the list names the versions, so that
    whatever changes in a file kept is a new worker."""
    kept = json.dumps([asset(name) for name in KEPT_OFFLINE])
    return files()["sw.js"].content.decode().replace("__KEEP__", kept)


@get("/robots.txt", opt=COOKIELESS, media_type=MediaType.TEXT)
async def robots() -> str:
    return "User-agent: *\nDisallow: /\n"


@get("/{nowhere:path}", opt=PUBLIC)
async def nowhere(nowhere: FromPath[str]) -> None:
    """Unknown addresses have a handler, so that their page knows who asks, in which language."""
    raise Unseen


@post("/{nowhere:path}", opt=PUBLIC)
async def nowhere_to_post(nowhere: FromPath[str]) -> None:
    raise Unseen


HANDLERS = [home, privacy, speak, dress, manifest, service_worker, robots, nowhere, nowhere_to_post]
