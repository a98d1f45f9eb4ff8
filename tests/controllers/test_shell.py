"""Home, language and theme, what installs, and every unknown address."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import assets
import urls
from assets import STATIC
from controllers.shell import KEPT_OFFLINE
from domain import people
from tables.house import House
from tables.people import Person
from tests.cast import HTMX, Browser, built
from tests.factories import make_person
from tests.test_urls import NOT_OURS


@pytest.fixture(autouse=True)
def languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when all catalogues are there; a text without one stays French."""
    monkeypatch.setattr("i18n.offered", lambda: ("fr", "de"))
    monkeypatch.setattr("controllers.shell.offered", lambda: ("fr", "de"))


# Home and privacy


async def test_before_anybody_coordinates_home_is_the_first_run(browser: Browser) -> None:
    answer = await (await browser(None)).get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, urls.FIRST_RUN)


async def test_home_for_a_visitor_and_for_a_member(
    browser: Browser, coordinator: Person, mentee: Person
) -> None:
    visitor, member = await (await browser(None)).get("/"), await (await browser(mentee)).get("/")

    assert visitor.status_code == member.status_code == 200
    assert urls.SIGN_IN in visitor.text and urls.SIGN_OUT not in visitor.text
    assert urls.SIGN_OUT in member.text and mentee.first_name in member.text
    assert mentee.first_name not in visitor.text


async def test_privacy_is_for_everybody(browser: Browser, mentee: Person) -> None:
    for person in (None, mentee):
        assert (await (await browser(person)).get(urls.PRIVACY)).status_code == 200


# Language


async def test_a_visitor_switches_language(browser: Browser) -> None:
    window = await browser(None)
    answer = await window.post(urls.LANGUAGE, data={"language": "de", "next": "/norms?a=b"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/norms?a=b")
    assert '<html lang="de"' in (await window.get(urls.NORMS)).text
    assert '<html lang="fr"' in (await (await browser(None)).get(urls.NORMS)).text


async def test_a_member_keeps_the_language_everywhere(browser: Browser, mentee: Person) -> None:
    await (await browser(mentee)).post(urls.LANGUAGE, data={"language": "de"})

    kept = await Person.objects().get(Person.id == mentee.id)
    assert kept and kept.language == "de"
    elsewhere = await browser(mentee)
    assert '<html lang="de"' in (await elsewhere.get(urls.NORMS)).text


async def test_the_members_own_setting_wins(browser: Browser, mentee: Person) -> None:
    await people.speak(mentee, "de")
    window = await browser(mentee)
    window.cookies.set("language", "fr")

    assert '<html lang="de"' in (await window.get(urls.NORMS)).text


@pytest.mark.parametrize("language", ["rm", "xx", "", "DE", "../de"])
async def test_another_language_changes_nothing(
    browser: Browser, mentee: Person, language: str
) -> None:
    answer = await (await browser(mentee)).post(urls.LANGUAGE, data={"language": language})

    kept = await Person.objects().get(Person.id == mentee.id)
    assert answer.status_code == 303 and kept and kept.language == "fr"
    assert answer.headers.get_list("set-cookie") == []


async def test_the_switch_leads_nowhere_else(browser: Browser) -> None:
    window = await browser(None)
    for address in (urls.LANGUAGE, urls.THEME):
        for there in NOT_OURS:
            sent = {"next": there.encode("utf-8", "surrogatepass")}
            answer = await window.post(address, data=sent)
            gone = answer.headers["location"]
            assert answer.status_code == 303
            assert re.fullmatch(r"/(?![/\\])[!-~]*", gone), there


async def test_htmx_is_told_to_go(browser: Browser) -> None:
    sent = {"language": "de", "next": urls.NORMS}
    answer = await (await browser(None)).post(urls.LANGUAGE, data=sent, headers=HTMX)

    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, urls.NORMS)


# Theme


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_light_or_dark(browser: Browser, theme: str) -> None:
    window = await browser(None)
    await window.post(urls.THEME, data={"theme": theme, "next": "/"})
    page = (await window.get(urls.NORMS)).text

    assert f'data-theme="{theme}"' in page and f'name="color-scheme" content="{theme}"' in page


@pytest.mark.parametrize("theme", ["auto", "", '"><script>'])
async def test_anything_else_is_as_the_device_has_it(browser: Browser, theme: str) -> None:
    window = await browser(None)
    await window.post(urls.THEME, data={"theme": "dark"})
    await window.post(urls.THEME, data={"theme": theme})

    assert "theme" not in window.cookies
    assert "data-theme" not in (await window.get(urls.NORMS)).text


async def test_a_made_up_cookie_reaches_no_page(browser: Browser) -> None:
    window = await browser(None)
    window.cookies.set("theme", "purple")
    window.cookies.set("language", "purple")
    window.cookies.set("said", "%3Cscript%3Epurple")
    page = (await window.get(urls.NORMS)).text

    assert "<script>purple" not in page and page.count("purple") == 1  # the toast, escaped


# What installs


async def test_the_manifest_names_the_house(browser: Browser) -> None:
    await House.update({House.short_name: "ASC"}, force=True)
    window = await browser(None)
    answer = await window.get("/manifest.webmanifest", headers={"accept-language": "de"})

    told = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json"
    assert (told["id"], told["start_url"], told["scope"], told["lang"]) == ("/", "/", "/", "de")
    assert told["name"] == "Mentoring-Programm" and told["short_name"] == "ASC"
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
    assert [icon.get("purpose") for icon in told["icons"]].count("maskable") == 1
    for icon in told["icons"]:
        assert (await window.get(icon["src"])).headers["content-type"] == icon["type"]


async def test_the_worker_keeps_what_is_versioned(browser: Browser) -> None:
    window = await browser(None)
    answer = await window.get("/sw.js")
    kept = json.loads(re.findall(r"KEEP = (\[.*?\]);", answer.text)[0])

    assert answer.headers["content-type"].startswith("text/javascript")
    assert "no-cache" in answer.headers["cache-control"] and "__KEEP__" not in answer.text
    assert any(address.startswith("/static/offline.html?v=") for address in kept)
    for address in kept:
        got = await window.get(address)
        assert got.status_code == 200 and "immutable" in got.headers["cache-control"]


@pytest.mark.parametrize("name", KEPT_OFFLINE)
async def test_another_file_is_another_worker(
    name: str, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, other = await browser(None), tmp_path / "other"
    other.write_text("other")

    before = await window.get("/sw.js")
    monkeypatch.setitem(assets.files(), name, assets.File(other))
    after = await window.get("/sw.js")

    assert before.text != after.text


async def test_what_every_page_loads_is_kept_offline(browser: Browser) -> None:
    window = await browser(None)
    page, worker = (await window.get(urls.NORMS)).text, (await window.get("/sw.js")).text

    wanted = re.findall(r'(?:<script src|<link rel="stylesheet" href)="([^"]+)"', page)
    assert len(wanted) >= 4
    assert [address for address in wanted if address not in worker] == []


def test_the_offline_page_knows_nobody_and_every_language() -> None:
    page = (STATIC / "offline.html").read_text()

    spoken: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[Any]) -> None:
            spoken.update(value for name, value in attrs if name == "lang")
            assert tag not in ("form", "input", "script")

    Reader().feed(page)
    assert spoken == {"fr", "de", "it", "en"}


async def test_robots_stay_outside(browser: Browser) -> None:
    assert (await (await browser(None)).get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"


# Unknown addresses

NOWHERE = (
    "/nowhere", "/a/b/c", "/.env", "/%00", "/%ff%fe", "/a%0d%0ab", "//evil.example/x", "/static",
    "/static/", "/static/../src/app.py", "/static/%2e%2e/%2e%2e/etc/passwd", "/mentors/0x1",
)  # fmt: skip


async def test_an_unknown_address_has_a_page_that_knows_who_asks(
    browser: Browser, mentee: Person
) -> None:
    window = await browser(mentee)
    for path in NOWHERE:
        answer = await window.get(path)
        assert answer.status_code == 404 and "mène nulle part" in answer.text, path
        assert "root:" not in answer.text and "import " not in answer.text
    assert mentee.first_name in (await window.get("/nowhere")).text
    assert (await window.post("/nowhere")).status_code == 404


async def test_an_unknown_address_for_htmx_is_a_toast(browser: Browser) -> None:
    answer = await (await browser(None)).get("/nowhere", headers=HTMX)

    assert answer.status_code == 404
    assert "<hx-partial" in answer.text and "<html" not in answer.text


async def test_strange_forms_are_no_failure(browser: Browser) -> None:
    """400 for what is no form, else the form as if it were empty."""
    window = await browser(await make_person())
    bodies = {
        "application/json": b"{bad",
        "application/x-www-form-urlencoded": b"next=%00%ff&language=%ED%A0%80&=&&;",
        "multipart/form-data; boundary=b": b"--b\r\nrubbish",
        "multipart/form-data": b"x",
        "text/plain; charset=none": b"\xff",
        "nonsense": b"",
    }
    for kind, body in bodies.items():
        answer = await window.post(urls.LANGUAGE, content=body, headers={"content-type": kind})
        assert answer.status_code in (303, 400), kind


async def test_who_goes_away_in_the_middle_is_no_failure(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    await browser(None)
    sent: list[Any] = []
    parts = iter([{"type": "http.request", "body": b"next=", "more_body": True}])

    async def receive() -> Any:
        return next(parts, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    scope: Any = {"type": "http", "method": "POST", "path": urls.LANGUAGE, "headers": headers}
    await built()(scope | {"query_string": b"", "root_path": ""}, receive, send)

    assert sent[0]["status"] == 400
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
