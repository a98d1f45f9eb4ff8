"""Signing in and out: a code, a link that shows before it acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import sealing
import urls
from controllers.arrival import MARK, session_cookie, whence
from controllers.guards import PUBLIC, viewer_of
from domain import sessions
from domain.refusals import CodeSpent, LinkVoid, TooOften, WrongCode
from forms.fields import Sent
from forms.sign_in import Address, Code
from i18n import language
from pages import Go, Page, Region
from settings import settings

BROWSER = "browser"  # ties a code to where it was asked for
AnyRequest = Request[Any, Any, Any]


class Sessions(Controller):
    path = "/"
    opt = PUBLIC

    @get("/sign-in")
    async def show(self, request: AnyRequest) -> Page | Go:
        onward = urls.own_path(request.query_params.get("next", urls.HOME))
        if viewer_of(request) is not None:
            return Go(onward)
        form = Address(typed={"next": onward, "email": ""})
        return Page("sessions/sign_in", form=form, step="address")

    @post("/sign-in")
    async def ask(
        self, request: AnyRequest, sent: NamedDependency[Sent], now: NamedDependency[datetime]
    ) -> Response[None]:
        form = Address.read(sent)
        if form.errors:
            return _page(form, "address", 422)
        browser = request.cookies.get(BROWSER, "") or sealing.token()
        asking = sessions.Asking(form.email, browser, whence(request), form.onward, language())
        try:
            await sessions.ask(asking, now)
        except TooOften as refusal:
            return _too_often(form, refusal, is_again=bool(sent.one("again")))
        page = _page(_code_for(form), "code", 200)
        page.set_cookie(
            BROWSER,
            browser,
            max_age=3600,
            secure=settings().https,
            httponly=True,
            samesite="lax",
        )
        return page

    @post("/sign-in/code")
    async def type_code(
        self, request: AnyRequest, sent: NamedDependency[Sent], now: NamedDependency[datetime]
    ) -> Response[None]:
        form = Code.read(sent)
        if form.errors:
            return _page(form, "code", 422)
        browser = request.cookies.get(BROWSER, "")
        try:
            begun = await sessions.by_code(browser, form.code, device(request), now)
        except WrongCode as refusal:
            form.errors["code"] = refusal.said
            return _page(form, "code", 422)
        except (CodeSpent, LinkVoid):
            again = Address(typed={name: form.typed[name] for name in ("email", "next")})
            again.errors["email"] = CodeSpent().said
            return _page(again, "address", 422)
        return await entered(request, begun, now)

    @get("/sign-in/link/{secret:str}")
    async def look(self, secret: FromPath[str], now: NamedDependency[datetime]) -> Page:
        """Mail scanners open links: this only shows a button."""
        if await sessions.look(secret, now) is None:
            return Page("sessions/link_void", status=410)
        return Page("sessions/link", secret=secret)

    @post("/sign-in/link/{secret:str}")
    async def follow(
        self, request: AnyRequest, secret: FromPath[str], now: NamedDependency[datetime]
    ) -> Response[None]:
        try:
            begun = await sessions.by_link(secret, device(request), now)
        except LinkVoid:
            return Page("sessions/link_void", status=410)
        return await entered(request, begun, now)

    @post("/sign-out")
    async def leave(self, request: AnyRequest) -> Go:
        await _end_earlier(request)
        return left()


async def entered(request: AnyRequest, begun: sessions.Begun, now: datetime) -> Go:
    """The session's cookie, and the readable mark that app.js compares after Back. The earlier
    one, whose secret the browser forgets here, would stay open unseen."""
    await _end_earlier(request)
    answer = Go(urls.own_path(begun.onward))
    age = int((begun.expires_at - now).total_seconds())
    _remember(answer, begun.token, begun.mark, age)
    return answer


def left() -> Go:
    """Nothing private stays on a shared device: the browser drops the pages it kept, app.js what
    was typed."""
    answer = Go(f"{urls.SIGN_IN}#left")
    answer.headers["Clear-Site-Data"] = '"cache"'
    _remember(answer, "", "", 0)
    return answer


async def _end_earlier(request: AnyRequest) -> None:
    await sessions.end_this(request.cookies.get(session_cookie(), ""))


def _remember(answer: Go, token: str, mark: str, age: int) -> None:
    """Removed as they were set: browsers ignore a `__Host-` cookie that isn't `Secure`."""
    secure = settings().https
    answer.set_cookie(
        session_cookie(), token, max_age=age, secure=secure, httponly=True, samesite="lax"
    )
    answer.set_cookie(MARK, mark, max_age=age, secure=secure, samesite="lax")


def _code_for(form: Address) -> Code:
    return Code(typed={"email": form.email, "next": form.onward, "code": ""})


def _too_often(form: Address, refusal: TooOften, *, is_again: bool) -> Page:
    """Whoever asked for a further letter still has the code of the last one to type."""
    shown: Address | Code = _code_for(form) if is_again else form
    shown.errors["again" if is_again else "email"] = refusal.said
    return _page(shown, "code" if is_again else "address", refusal.status)


def _page(form: Address | Code, step: str, status: int) -> Page:
    # 429 isn't swapped as the piece, so the form stands as a region.
    piece = "sessions/_sign_in"
    again = [Region("#sign-in", "outerHTML", piece)] if status == 429 else []
    page = "sessions/sign_in"
    return Page(page, piece=piece, status=status, also=again, form=form, step=step)


def device(request: AnyRequest) -> str:
    """«Firefox, Android»: enough to recognise one's own on the account page."""
    agent = request.headers.get("user-agent", "")
    browsers = ("Edg", "OPR", "SamsungBrowser", "Firefox", "CriOS", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
    names = {"Edg": "Edge", "OPR": "Opera", "CriOS": "Chrome", "Mac OS X": "macOS"}
    parts = [
        next((names.get(each, each) for each in among if each in agent), "")
        for among in (browsers, systems)
    ]
    return ", ".join(part for part in parts if part)
