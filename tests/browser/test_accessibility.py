"""Every page on the way: axe finds nothing, markup is sound, nothing scrolls sideways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import html5lib
import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Browser, BrowserContext, Page

from tests import databases
from tests.browser import people
from tests.browser.conftest import served
from tests.smtp import running

AXE = Path(__file__).parent / "vendored" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOBODY = ("/", "/sign-in", "/norms", "/privacy", "/application", "/nowhere")
MENTEE = (
    "/",
    "/mentors",
    "/mentors?q=fuhrung",
    "/mentors?q=zzzzzz",
    "/mentors/{mentor}",
    "/mentors/{mentor}/inquiry",
    "/inquiries",
    "/inquiries/{waiting}",
    "/inquiries/{accepted}",
    "/mentorships",
    "/mentorships/{mentorship}",
    "/favourites",
    "/account",
)
MENTOR = ("/", "/inquiries/{waiting}", "/availability", "/profile")
OFFICE = ("/desk",)
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nobody": ("", NOBODY),
    "mentee": (people.MENTEE, MENTEE),
    "mentor": (people.MENTOR, MENTOR),
    "office": (people.OFFICE, OFFICE),
}


@dataclass(frozen=True)
class Place:
    address: str
    numbers: dict[str, int]
    tokens: dict[str, str]

    def enter(self, context: BrowserContext, part: str) -> None:
        """Signed in without a letter: three an address in a quarter of an hour are the limit."""
        context.clear_cookies()
        if part in self.tokens:
            cookie = {"name": "session", "value": self.tokens[part], "url": self.address}
            context.add_cookies([cookie])  # type: ignore[list-item]


@pytest.fixture(scope="module")
def place(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One server for all these pages; what they show is the same on both engines."""
    folder = tmp_path_factory.mktemp("pages")
    url = databases.copied_sqlite(sqlite_template, folder)
    with running() as mail, served(url, mail, folder) as site:
        numbers, tokens = run_sync(_with_story(url))
        yield Place(site.address, numbers, tokens)


async def _with_story(url: str) -> tuple[dict[str, int], dict[str, str]]:
    async with databases.opened(url):
        numbers = await people.with_story()
        return numbers, {part: await people.token(who) for part, (who, _) in PARTS.items() if who}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light")])
def test_axe_finds_nothing(
    part: str,
    width: int,
    scheme: str,
    place: Place,
    chromium: Browser,
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        bypass_csp=True,  # axe comes as an inline script
        service_workers="block",
        locale="fr-CH",
    )
    page = context.new_page()
    place.enter(context, part)
    found = [fault for path in PARTS[part][1] for fault in _faults(page, place, path)]
    context.close()
    assert found == []


def test_the_ways_to_fail_are_accessible_too(place: Place, chromium: Browser) -> None:
    """Forms with their errors, choices that are open, a link that is void."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",
        bypass_csp=True,
        service_workers="block",
        locale="fr-CH",
    )
    page = context.new_page()
    page.goto(f"{place.address}/sign-in")
    page.fill("#email", "nobody")
    page.keyboard.press("Enter")
    page.locator(".error").first.wait_for()
    found = _axe(page, "sign-in with an error")
    place.enter(context, "mentee")
    page.goto(f"{place.address}/mentors/{place.numbers['mentor']}/inquiry")
    page.evaluate("document.querySelector('form.form').noValidate = true")
    if page.locator("#send").count():
        page.locator("#send").click()
        page.locator(".error").first.wait_for()
    found += _axe(page, "request with errors")
    place.enter(context, "mentor")
    page.goto(f"{place.address}/inquiries/{place.numbers['waiting']}")
    for number in range(page.locator("details.choice").count()):
        page.locator("details.choice > summary").nth(number).click()
        found += _axe(page, f"answer {number} open")
    context.close()
    assert found == []


@pytest.mark.parametrize("part", PARTS)
def test_markup_is_sound_and_fits_320_pixels(part: str, place: Place, chromium: Browser) -> None:
    context = chromium.new_context(
        viewport={"width": 320, "height": 700}, service_workers="block", locale="fr-CH"
    )
    page = context.new_page()
    place.enter(context, part)
    faults = []
    for path in PARTS[part][1]:
        page.goto(place.address + path.format(**place.numbers))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append((path, "scrolls sideways"))
        source = page.request.get(page.url).text()
        faults += [(path, fault) for fault in _markup_faults(source)]
        if re.search(r"%\(\w+\)s", source):
            faults.append((path, "a placeholder is left"))
    context.close()
    assert faults == []


def test_focus_is_seen_and_large_enough(place: Place, chromium: Browser) -> None:
    """2.4.11: not under the bar; 2.5.8: 24 pixels at least."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 640}, service_workers="block", locale="fr-CH"
    )
    page = context.new_page()
    place.enter(context, "mentee")
    bad = []
    for path in ("/", "/mentors", "/mentors/{mentor}", "/mentors/{mentor}/inquiry", "/account"):
        page.goto(place.address + path.format(**place.numbers))
        for _ in range(30):
            page.keyboard.press("Tab")
            page.wait_for_timeout(30)
            at = page.evaluate(PROBE)
            if at is None:
                break
            if not at["seen"] or at["small"]:
                bad.append((path, at))
    context.close()
    assert bad == [], bad


PROBE = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const shown = it.matches('.cover') ? it.closest('.card') : it;
  const box = shown.getBoundingClientRect();
  const at = share => document.elementFromPoint(
    box.left + box.width / 2, box.top + box.height * share);
  const isSeen = hit => !!hit && (shown.contains(hit) || hit.contains(shown));
  const tick = it.matches('[type=radio], [type=checkbox]');
  return {
    what: it.id || it.textContent.trim().slice(0, 30),
    seen: [.15, .5, .85].some(share => isSeen(at(share))),  // "not entirely hidden"
    small: !tick && (box.height < 24 || box.width < 24),
  };
}"""


def _faults(page: Page, place: Place, path: str) -> list[Any]:
    page.goto(place.address + path.format(**place.numbers))
    faults = _axe(page, path)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append((path, "scrolls sideways"))
    return faults


def _axe(page: Page, where: str) -> list[Any]:
    page.add_script_tag(path=AXE)
    run = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
    result = page.evaluate(run, TAGS)
    return [
        (where, each["id"], [node["target"] for node in each["nodes"]][:3])
        for each in result["violations"]
    ]


def _markup_faults(source: str) -> list[str]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    document = parser.parse(source)
    faults = [str(error) for error in parser.errors]
    if not document.get("lang"):
        faults.append("no language")
    if len(document.findall(".//h1")) != 1:
        faults.append("not one h1")
    names = [each.get("id") for each in document.iter() if each.get("id")]
    faults += [f"id twice: {name}" for name in set(names) if names.count(name) > 1]
    return faults
