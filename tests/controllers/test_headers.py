"""What goes along with every answer: headers, cookies, and nothing in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator
from functools import cache
from http.cookies import Morsel, SimpleCookie
from typing import Any, NamedTuple

import httpx
import pytest
from litestar import Litestar, get
from litestar.params import FromPath

import app
import settings
import urls
from assets import asset
from controllers.guards import PUBLIC
from running import logs
from tables.letters import Letter
from tables.people import Person
from tests.cast import HOST, HTMX, Browser, built
from tests.factories import make_inquiry

# As WEB.md has it: a second copy, so that a change is one on purpose.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
HTTPS = "https://mentorat.example.org"
SECRET = "secret-words-of-an-address"


class Ask(NamedTuple):
    status: int
    method: str
    path: str
    more: dict[str, Any] = {}


ASKS = {
    "page": Ask(200, "GET", urls.NORMS),
    "piece": Ask(200, "POST", urls.SIGN_IN, {"data": {"email": "a@b.ch"}, "headers": HTMX}),
    "head": Ask(200, "HEAD", urls.NORMS),
    "redirect": Ask(303, "GET", urls.ACCOUNT),
    "htmx redirect": Ask(204, "POST", urls.LANGUAGE, {"headers": HTMX}),
    "bad form": Ask(400, "POST", urls.SIGN_IN, {"content": b"-", "headers": {
        "content-type": "multipart/form-data"}}),
    "signed out": Ask(401, "GET", urls.ACCOUNT, {"headers": HTMX}),
    "forged": Ask(403, "POST", urls.SIGN_IN, {"headers": {"x-csrftoken": "forged"}}),
    "unknown": Ask(404, "GET", "/no/such/page"),
    "unknown file": Ask(404, "GET", "/static/none.css"),
    "wrong method": Ask(405, "PUT", "/"),
    "too long": Ask(413, "POST", urls.SIGN_IN, {"data": {"email": "x" * 1_100_000}}),
    "invalid": Ask(422, "POST", urls.SIGN_IN, {"data": {"email": "no"}}),
    "invalid piece": Ask(422, "POST", urls.SIGN_IN, {"data": {"email": "no"}, "headers": HTMX}),
    "failed": Ask(500, "GET", f"/fails/{SECRET}"),
    "failed piece": Ask(500, "GET", f"/fails/{SECRET}", {"headers": HTMX}),
    "file": Ask(200, "GET", asset("css/app.css")),
    "worker": Ask(200, "GET", "/sw.js"),
    "manifest": Ask(200, "GET", "/manifest.webmanifest"),
    "robots": Ask(200, "GET", "/robots.txt"),
    "health": Ask(200, "GET", "/health"),
    "ready": Ask(200, "GET", "/ready"),
}  # fmt: skip
FILES = {"file", "unknown file", "worker", "manifest", "robots", "health", "ready"}


@get("/fails/{secret:str}", opt=PUBLIC)
async def fails(secret: FromPath[str]) -> None:
    raise RuntimeError("something of ours is wrong")


@cache
def with_a_failing_door() -> Litestar:
    return app.build([fails])


@pytest.fixture
async def nobody(browser: Browser) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of nobody's, before one door more."""
    ours = await browser(None)
    transport: Any = httpx.ASGITransport(app=with_a_failing_door())  # type: ignore[arg-type]
    async with httpx.AsyncClient(
        transport=transport, base_url=HOST, cookies=ours.cookies, headers=ours.headers
    ) as client:
        yield client


@pytest.fixture
async def https(founded: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that comes for the first time, as in production."""
    monkeypatch.setenv("BASE_URL", HTTPS)
    settings.forget()
    transport: Any = httpx.ASGITransport(app=app.build())  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=HTTPS) as client:
        yield client
    monkeypatch.undo()
    settings.forget()


async def asked(client: httpx.AsyncClient, name: str) -> httpx.Response:
    ask = ASKS[name]
    answer = await client.request(ask.method, ask.path, **ask.more)
    assert answer.status_code == ask.status
    return answer


async def test_every_answer_is_safe(nobody: httpx.AsyncClient) -> None:
    for name in ASKS:
        headers = (await asked(nobody, name)).headers
        assert {key: headers.get(key) for key in SAFE} == SAFE, name
        assert "strict-transport-security" not in headers, name  # http on localhost
        assert headers.get("content-type", "").count("charset") <= 1, name
        assert "server" not in headers, name


async def test_pages_are_kept_by_their_browser_alone(nobody: httpx.AsyncClient) -> None:
    """no-store would lose the page for Back; without Vary, Back shows a piece as a page."""
    for name in ASKS.keys() - FILES:
        headers = (await asked(nobody, name)).headers
        assert headers["cache-control"] == "private, no-cache", name
        assert headers["vary"] == "HX-Request, HX-Request-Type", name


async def test_only_files_are_compressed(nobody: httpx.AsyncClient) -> None:
    """A page holds its token beside words that a stranger may choose."""
    nobody.headers["accept-encoding"] = "gzip, deflate, br"
    packed = {name for name in ASKS if "content-encoding" in (await asked(nobody, name)).headers}

    assert packed == {"file"}


async def test_files_leave_no_cookies(nobody: httpx.AsyncClient) -> None:
    for name in FILES - {"unknown file"}:
        nobody.cookies.clear()
        assert (await asked(nobody, name)).headers.get_list("set-cookie") == [], name


async def test_a_failure_says_nothing_of_itself(nobody: httpx.AsyncClient) -> None:
    page, piece = await asked(nobody, "failed"), await asked(nobody, "failed piece")

    for answer in (page, piece):
        assert "n’a pas marché" in answer.text and "something of ours" not in answer.text
    assert "<html" in page.text and "<html" not in piece.text


async def test_errors_speak_the_readers_language(
    nobody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("i18n.offered", lambda: ("fr", "de"))
    nobody.headers["accept-language"] = "de-CH"

    for name in ("unknown", "unknown file", "wrong method", "failed"):
        assert '<html lang="de"' in (await asked(nobody, name)).text, name


async def test_over_https_browsers_are_told_to_stay(https: httpx.AsyncClient) -> None:
    for path in ("/", "/static/none.css", "/health"):
        answer = await https.get(path)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


# HEAD


async def test_head_is_get_without_its_body(browser: Browser) -> None:
    window = await browser(None)
    for path in (urls.NORMS, "/health", "/ready", asset("css/app.css"), "/none"):
        full, head = await window.get(path), await window.head(path)

        assert head.content == b"" and full.content
        assert head.status_code == full.status_code
        for name in ("content-type", "content-length", "cache-control", "vary"):
            assert head.headers.get(name) == full.headers.get(name)


async def test_no_byte_of_a_body_goes_out_for_head(database: Any) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "http", "method": "HEAD", "path": "/health", "headers": []}
    await built()(scope | {"query_string": b"", "root_path": ""}, receive, send)

    assert sent[0]["status"] == 200 and (b"content-length", b"2") in sent[0]["headers"]
    assert [each["body"] for each in sent[1:]] == [b""]


async def test_head_does_nothing_that_get_does_not(browser: Browser) -> None:
    window = await browser(None)

    assert (await window.head(urls.SIGN_OUT)).status_code == 405
    assert (await window.head(urls.ACCOUNT)).status_code == 303


# Cookies


class Jar:
    """Every cookie that was set, as it was set."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.set: dict[str, list[Morsel[str]]] = {}
        client.event_hooks["response"].append(self.note)

    async def note(self, answer: httpx.Response) -> None:
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.set.setdefault(name, []).append(morsel)


async def story(client: httpx.AsyncClient, member: Person) -> None:
    """Somebody comes, chooses language and light, signs in by the code, and leaves again."""
    page = await client.get(urls.SIGN_IN)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    client.headers["x-csrftoken"] = token[1]
    await client.post(urls.LANGUAGE, data={"language": "fr"})
    await client.post(urls.THEME, data={"theme": "dark"})
    await client.post(urls.SIGN_IN, data={"email": member.email})
    letter = await Letter.objects().order_by(Letter.id, ascending=False).first()
    code = re.search(r"\d{6}", letter.subject if letter else "")
    assert code
    entered = await client.post(
        f"{urls.SIGN_IN}/code", data={"code": code[0], "email": member.email}
    )
    assert entered.status_code == 303
    assert (await client.get(urls.ACCOUNT)).status_code == 200
    names = ("first_name", "last_name", "function", "sector", "canton")
    saved = await client.post(urls.ACCOUNT, data={each: getattr(member, each) for each in names})
    assert saved.status_code == 303
    assert "Enregistré." in (await client.get(urls.ACCOUNT)).text
    assert "Enregistré." not in (await client.get(urls.ACCOUNT)).text
    assert (await client.post(urls.SIGN_OUT)).status_code == 303


async def test_over_https_each_cookie_is_for_https_alone(
    https: httpx.AsyncClient, mentee: Person
) -> None:
    jar = Jar(https)
    await story(https, mentee)

    assert jar.set.keys() == {
        "__Host-session", "csrftoken", "mark", "language", "theme", "browser", "said"
    }  # fmt: skip
    for name, cookies in jar.set.items():
        for cookie in cookies:
            assert cookie["secure"], name
            assert cookie["path"] == "/" and not cookie["domain"], name
            assert cookie["samesite"].lower() == "lax", name
            assert bool(cookie["httponly"]) is (name != "mark"), name  # app.js compares the mark
    for name in ("__Host-session", "mark"):
        first, last = jar.set[name][0], jar.set[name][-1]
        assert first.value and int(first["max-age"]) > 86400
        assert not last.value and last["max-age"] == "0"


async def test_over_http_nothing_is_for_https(browser: Browser, mentee: Person) -> None:
    window = await browser(None)
    jar = Jar(window)
    await story(window, mentee)

    assert "session" in jar.set
    assert not any(cookie["secure"] for cookies in jar.set.values() for cookie in cookies)


async def test_a_form_that_is_refused_leaves_the_other_tabs_alone(
    nobody: httpx.AsyncClient,
) -> None:
    """Their token is the cookie's: without it each of them would fail once more."""
    answer = await asked(nobody, "forged")
    [token] = set(re.findall(r'name="_csrf_token" value="([^"]*)"', answer.text))
    other = await nobody.post(urls.LANGUAGE, data={"language": "fr"})
    here = await nobody.post(
        urls.LANGUAGE, data={"language": "fr", "_csrf_token": token}, headers={"x-csrftoken": ""}
    )

    assert answer.status_code == 403 and answer.headers.get_list("set-cookie") == []
    assert (other.status_code, here.status_code) == (303, 303)


# The log


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        for noisy in ("httpx", "asyncio", "aiosqlite"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        yield caplog


def written(log: pytest.LogCaptureFixture) -> str:
    kinds = (logs.Plain(), logs.AsJson())
    return "\n".join(kind.format(record) for record in log.records for kind in kinds)


async def test_the_log_knows_routes_and_no_secrets(
    nobody: httpx.AsyncClient,
    mentee: Person,
    mentor: Person,
    log: pytest.LogCaptureFixture,
) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    await nobody.post(urls.SIGN_IN, data={"email": mentee.email, "next": f"/{SECRET}"})
    letter = await Letter.objects().order_by(Letter.id, ascending=False).first()
    assert letter
    link, code = re.search(r"/sign-in/link/(\S+)", letter.text), re.search(r"\d{6}", letter.subject)
    assert link and code
    for path in (f"/answer/{SECRET}", f"/unsubscribe/{SECRET}", f"/no/{SECRET}?q={SECRET}"):
        await nobody.get(path)
        await nobody.post(path, data={"words": SECRET})
    await asked(nobody, "failed")
    await nobody.get(link[0], headers={"user-agent": SECRET, "referer": f"{HOST}/{SECRET}"})
    assert (await nobody.post(link[0])).status_code == 303
    session = nobody.cookies["session"]
    assert (await nobody.get(urls.inquiry(inquiry))).status_code == 200

    said = written(log)
    assert '"route": "/sign-in/link/{secret}"' in said and '"status": 303' in said
    assert '"route": "/inquiries/{inquiry_id}"' in said
    assert "failed: /fails/{secret}" in said
    for secret in (
        link[1], code[0], session, nobody.headers["x-csrftoken"], SECRET, mentee.email,
        mentee.last_name, mentor.last_name, urls.inquiry(inquiry), inquiry.problem, "127.0.0.1",
    ):  # fmt: skip
        assert secret not in said, secret


async def test_a_refused_row_is_not_quoted(
    mentee: Person, database: Any, log: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL says which row is there already, with all its words."""

    @get("/twice", opt=PUBLIC)
    async def twice() -> None:
        await Person(email=mentee.email, created_at=mentee.created_at).save()

    transport: Any = httpx.ASGITransport(app=app.build([twice]))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        assert (await client.get("/twice")).status_code == 500

    said = written(log)
    assert "failed: /twice" in said and "Traceback" in said
    assert mentee.email not in said
