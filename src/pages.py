"""A page, its changed pieces, or 303: the only reader of htmx's headers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.response.base import ASGIResponse
from litestar.types import Empty
from litestar.utils.scope.state import ScopeState

import urls
from settings import settings
from templating import render

AnyRequest = Request[Any, Any, Any]
VARY = "HX-Request, HX-Request-Type"  # what the same address answers differently by
SAID = "said"  # a toast that outlives one redirect, for browsers without JavaScript


class Region(NamedTuple):
    """A further piece of the page: where, how, what."""

    target: str
    swap: str
    template: str


class Hx(NamedTuple):
    is_sent: bool  # by htmx at all
    is_partial: bool  # wants pieces; everything else, errors too, gets a page
    page: str  # path and query of the page the person looks at

    @classmethod
    def of(cls, connection: ASGIConnection[Any, Any, Any, Any]) -> Hx:
        headers = connection.headers
        is_sent = headers.get("hx-request") == "true"
        page = parted(headers.get("hx-current-url", ""))
        path = (page.path or "/") + (f"?{page.query}" if page.query else "")
        return cls(is_sent, is_sent and headers.get("hx-request-type") == "partial", path)


class Page(Response[None]):
    """`template` for a whole page, `piece` for htmx, with further regions and a toast.

    `shown_at`: the address from now on, without a step in the browser's history.
    With 4xx but 422 htmx doesn't swap the piece: give it as a region (see `also`).
    """

    def __init__(
        self,
        template: str,
        *,
        piece: str = "",
        status: int = 200,
        also: Sequence[Region] = (),
        toast: str = "",
        events: Mapping[str, Any] | None = None,
        shown_at: str = "",
        **context: Any,
    ) -> None:
        super().__init__(None)
        self.status = status
        self.template, self.piece, self.also, self.toast = template, piece, also, toast
        self.context = context
        if shown_at:
            self.headers["HX-Replace-Url"] = shown_at
        if events:  # ASCII, because header values are latin-1
            self.headers["HX-Trigger"] = json.dumps(events)

    def to_asgi_response(self, app: Any, request: Any, **others: Any) -> ASGIResponse:
        return ASGIResponse(
            body=self.body(request).encode(),
            cookies=_all_cookies(self, others),
            headers={**(others.get("headers") or {}), **self.headers},
            is_head_response=bool(others.get("is_head_response")),
            media_type="text/html",
            status_code=self.status,
        )

    def body(self, request: AnyRequest) -> str:
        frame = frame_of(request) | self.context
        if Hx.of(request).is_partial and (self.piece or self.also or self.toast):
            return pieces(self, frame)
        frame |= {"toast": self.toast or frame["toast"], "is_harm": self.status >= 400}
        return render(f"{self.template}.html", partial=False, **frame)


class Answer(Page):
    """After a deed: pieces for htmx, 303 to `instead` otherwise."""

    def __init__(
        self,
        piece: str,
        *,
        instead: str,
        also: Sequence[Region] = (),
        toast: str = "",
        events: Mapping[str, Any] | None = None,
        **context: Any,
    ) -> None:
        super().__init__("", piece=piece, also=also, toast=toast, events=events, **context)
        self.instead = instead

    def to_asgi_response(self, app: Any, request: Any, **others: Any) -> ASGIResponse:
        if Hx.of(request).is_partial:
            return super().to_asgi_response(app, request, **others)
        others["cookies"] = _all_cookies(self, others)
        return Go(self.instead, toast=self.toast).to_asgi_response(app, request, **others)


class Go(Response[None]):
    """Leave for another page: htmx would follow a 303 itself and swap what it finds there."""

    def __init__(self, address: str, *, toast: str = "") -> None:
        super().__init__(None, status_code=303)
        self.address = address
        if toast:
            # Read and removed by the next page; shown escaped.
            self.set_cookie(
                SAID,
                quote(toast),
                max_age=60,
                secure=settings().https,
                httponly=True,
                samesite="lax",
            )

    def to_asgi_response(self, app: Any, request: Any, **others: Any) -> ASGIResponse:
        is_sent = Hx.of(request).is_sent
        name = "HX-Redirect" if is_sent else "Location"
        return ASGIResponse(
            cookies=_all_cookies(self, others),
            headers={**self.headers, name: self.address},
            status_code=204 if is_sent else 303,
        )


def parted(address: str) -> SplitResult:
    """A header's address, whatever it holds: errors ask for it too, so it must not be one."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def norms_first(request: AnyRequest) -> Response[None]:
    """Read and accepted, then on to what was wanted."""
    hx = Hx.of(request)
    here = hx.page if hx.is_sent else _here(request)
    back = here if hx.is_sent or request.method == "GET" else urls.HOME
    return Go(urls.with_query(urls.NORMS, next=back))


def sign_in_first(request: AnyRequest) -> Response[None]:
    """401 for htmx (a poll stays silent, so that nobody loses what they type), 303 for a page."""
    hx = Hx.of(request)
    if hx.is_sent:
        to = urls.with_query(urls.SIGN_IN, next=hx.page)
        is_poll = "poll" in request.query_params
        return Response(None, status_code=401, headers={} if is_poll else {"HX-Redirect": to})
    back = _here(request) if request.method == "GET" else urls.HOME
    return Go(urls.with_query(urls.SIGN_IN, next=back))


def frame_of(request: AnyRequest) -> dict[str, Any]:
    """What the layout needs, whoever's page it is."""
    visit: Any = request.scope.get("visit")
    token = ScopeState.from_scope(request.scope).csrf_token
    value = "" if token is Empty or not token else str(token)
    here = Hx.of(request).page if Hx.of(request).is_sent else _here(request)
    return {
        "csrf_token": lambda: value,
        "here": here,
        "unfolded": _unfolded(here),
        "toast": unquote(request.cookies.get(SAID, "")),
        "is_harm": False,
        "is_focused": False,
        "nav": "",
        **visit.frame(),
    }


def pieces(page: Page, frame: dict[str, Any]) -> str:
    """htmx swaps the piece for 2xx and 422; of other answers it takes the regions alone."""
    is_swapped = page.status < 400 or page.status == 422
    return render(
        "shared/_pieces.html",
        **frame
        | {
            "piece": f"{page.piece}.html" if page.piece and is_swapped else "",
            "also": [(each.target, each.swap, f"{each.template}.html") for each in page.also],
            "toast": page.toast,
            "is_harm": page.status >= 400,
            "partial": True,
        },
    )


def _all_cookies(response: Response[Any], others: Mapping[str, Any]) -> Iterable[Cookie]:
    return itertools.chain(response.cookies, others.get("cookies") or ())


def _unfolded(here: str) -> set[str]:
    """Parts that stand open, as app.js writes them into the address."""
    return set(parse_qs(parted(here).query).get("open", [""])[0].split(","))


def _here(request: AnyRequest) -> str:
    """Not by `request.url`, which fails over a Host header that makes no sense."""
    query = request.scope["query_string"].decode(errors="replace")
    return request.scope["path"] + (f"?{query}" if query else "")
