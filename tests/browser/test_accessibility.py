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
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import databases
from tests.browser import people
from tests.browser.conftest import filled, served
from tests.smtp import running

AXE = Path(__file__).parent / "vendored" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOBODY = ("/", "/sign-in", "/norms", "/privacy", "/application", "/nowhere")
MENTEE = (
    "/",
    "/mentors",
    "/mentors?q=fuhrung",
    "/mentors?q=zzzzzz",
    "/mentors?topic=women-in-leadership&topic=leadership&canton=VS&language=it",
    "/mentors/{mentor}",
    "/mentors/{mentor}/inquiry",
    "/inquiries",
    "/inquiries/{waiting}",
    "/inquiries/{accepted}",
    "/mentorships",
    "/mentorships/{mentorship}",
    "/mentorships/{mentorship}/contacts",
    "/mentorships/{mentorship}/contacts/1/correction",
    "/mentorships/{mentorship}/first-talk",
    "/mentorships/{mentorship}/agreement",
    "/mentorships/{mentorship}/agreement?version=2",
    "/mentorships/{mentorship}/agreement/print",
    "/mentorships/{mentorship}/end",
    "/mentorships/{parting}",
    "/mentorships/{parting}/end",
    "/mentorships/{parting}/agreement",
    "/mentorships/{left}/end",
    "/mentorships/{ended}/end",
    "/mentorships/{mentorship}/notes",
    "/mentorships/{mentorship}/notes/3",
    "/mentorships/{mentorship}/meetings",
    "/mentorships/{mentorship}/meetings/{meeting}/move",
    "/mentorships/{ended}",
    "/mentorships/{ended}/evaluation",
    "/mentorships/{ended}/certificate",
    "/mentorships/{parted}",
    "/mentorships/{parted}/evaluation",
    "/mentorships/{parted}/later",
    "/favourites",
    "/account",
    "/account/deletion",
    "/profile",
)
MENTOR = ("/", "/inquiries/{waiting}", "/availability", "/profile")
OFFICE = (
    "/desk",
    "/desk/reports/{report}",
    "/desk/members",
    "/desk/members?q=zzzz",
    "/desk/members/{mentor}",
    "/desk/members/{mentor}/exclusion",
    "/desk/members/{excluded}",
    "/desk/imports",
    "/desk/imports/{list}",
    "/desk/events",
    "/desk/events?noun=person",
    "/desk/figures",
    "/desk/figures/year/2026",
    "/desk/retention",
    "/desk/house",
    "/desk/house/norms",
    "/desk/house/norms?language=de",
    "/desk/house/topics",
    "/desk/house/topics/new",
    "/desk/house/topics/1",
    "/desk/house/letters",
    "/desk/house/letters/_signature",
    "/desk/house/letters/inquiry_declined",
    "/desk/house/letters/search_fits?language=de",
)
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nobody": ("", NOBODY),
    "mentee": (people.MENTEE, MENTEE),
    "mentor": (people.MENTOR, MENTOR),
    "office": (people.OFFICE, OFFICE),
}


ON_SQLITE, ON_POSTGRES = (
    pytest.mark.parametrize("place", [engine], indirect=True, scope="module")
    for engine in ("sqlite", "postgres")
)


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
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """One server for all these pages, on either engine."""
    folder = tmp_path_factory.mktemp("pages")
    with (
        filled(request, folder) as url,
        running() as mail,
        served(url, mail, folder) as site,
    ):
        numbers, tokens = run_sync(_with_story(url))
        yield Place(site.address, numbers, tokens)


async def _with_story(url: str) -> tuple[dict[str, int], dict[str, str]]:
    async with databases.opened(url):
        numbers = await people.with_story()
        return numbers, {part: await people.token(who) for part, (who, _) in PARTS.items() if who}


@ON_SQLITE
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light")])
def test_axe_finds_nothing(
    part: str, width: int, scheme: str, place: Place, chromium: Browser
) -> None:
    assert _faults_of(part, place, chromium, width, scheme) == []


@ON_POSTGRES
def test_the_ways_to_fail_are_accessible_too(place: Place, chromium: Browser) -> None:
    """Forms with their errors, choices that are open, a link that is void."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",
        service_workers="block",
        locale="fr-CH",
    )
    context.add_init_script(path=AXE)
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
    page.goto(f"{place.address}/mentorships/{place.numbers['mentorship']}/contacts")
    page.locator("#log-more > summary").click()
    page.fill("#log-minutes", "9999")
    page.locator("#log-phone").click()
    page.locator("#log-minutes-error").wait_for()
    found += _axe(page, "contact with an error")
    page.fill("#log-minutes", "45")
    page.locator("#log-phone").click()
    page.locator("#same-h").wait_for()
    found += _axe(page, "contact of the same day")
    place.enter(context, "mentor")
    page.goto(f"{place.address}/inquiries/{place.numbers['waiting']}")
    for number in range(page.locator("details.choice").count()):
        page.locator("details.choice > summary").nth(number).click()
        found += _axe(page, f"answer {number} open")
    found += _office_at_work(page, place)
    found += _desk_and_cv(page, place)
    context.close()
    assert found == []


def _office_at_work(page: Page, place: Place) -> list[Any]:
    """The desk unfolded, a report read, settings and lists with a mistake."""
    place.enter(page.context, "office")
    page.goto(f"{place.address}/desk")
    for summary in page.locator("#desk-list > li > details > summary").all():
        summary.click()
    found = _axe(page, "desk unfolded")
    page.goto(f"{place.address}/desk/reports/{place.numbers['report']}")
    report = f"#report-{place.numbers['report']}"
    page.locator(f"{report}-request").click()
    page.locator(f"{report}-read-h").wait_for()
    found += _axe(page, "report read")
    page.goto(f"{place.address}/desk/house")
    page.fill("#release_day", "0")
    page.locator("main form .actions button").first.click()
    page.locator("#release_day-error").wait_for()
    found += _axe(page, "settings with an error")
    page.goto(f"{place.address}/desk/house/topics/new")
    page.locator("main form .actions button").first.click()
    page.locator("#name_fr-error").wait_for()
    found += _axe(page, "topic with an error")
    page.goto(f"{place.address}/desk/imports")
    page.locator("main form .actions button").first.click()
    page.locator("#file-error").wait_for()
    return found + _axe(page, "list without a file")


def _desk_and_cv(page: Page, place: Place) -> list[Any]:
    """Lines that are open, with pictures of pages; a question that wasn't written, no PDF."""
    place.enter(page.context, "office")
    page.goto(f"{place.address}/desk")
    for name in ("Remo", "Pia"):
        page.locator(".desk-item", has_text=name).locator("summary").first.click()
    line = page.locator(".desk-item", has_text="Remo")
    line.locator(".reveal > summary").first.click()
    line.locator("button[formaction$=question]").click()
    line.locator(".error").wait_for()
    found = _axe(page, "desk with open lines")
    place.enter(page.context, "mentor")
    page.goto(f"{place.address}/profile")
    page.locator("#cv-look > summary").click()
    page.locator("#cv-send").click()
    page.locator("#cv-error").wait_for()
    return found + _axe(page, "profile with a CV")


@ON_SQLITE
@pytest.mark.parametrize("part", PARTS)
def test_markup_is_sound_and_fits_320_pixels(part: str, place: Place, chromium: Browser) -> None:
    """In German too, whose words are the longest."""
    context = chromium.new_context(
        viewport={"width": 320, "height": 700}, service_workers="block", locale="fr-CH"
    )
    page = context.new_page()
    place.enter(context, part)
    faults = []
    for language in ("de", "fr"):
        _speak(page, place, language)
        for path in PARTS[part][1]:
            answer = page.goto(place.address + path.format(**place.numbers))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append((path, language, "scrolls sideways"))
            assert answer is not None
            source = answer.text()
            faults += [(path, language, fault) for fault in _markup_faults(source)]
            if re.search(r"%\(\w+\)s", source):
                faults.append((path, language, "a placeholder is left"))
    context.close()
    assert faults == []


@ON_POSTGRES
def test_focus_is_seen_and_large_enough(place: Place, chromium: Browser) -> None:
    """2.4.7: with a ring; 2.4.11: not under the bar; 2.5.8: 24 pixels at least."""
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
            if not (at["seen"] and at["ringed"]) or at["small"]:
                bad.append((path, at))
    context.close()
    assert bad == [], bad


@ON_POSTGRES
def test_a_menu_closes_behind_whoever_tabs_on(place: Place, chromium: Browser) -> None:
    """2.4.11: else it lies over what has the focus."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = context.new_page()
    place.enter(context, "mentee")
    page.goto(place.address)
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()

    page.keyboard.press("Space")
    inside = menu.locator("button")
    for number in range(inside.count()):
        page.keyboard.press("Tab")
        expect(inside.nth(number)).to_be_focused()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(menu).not_to_have_attribute("open", "")
    context.close()


PROBE = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const shown = it.matches('.cover') ? it.closest('.card') : it;
  const box = shown.getBoundingClientRect();
  const at = share => document.elementFromPoint(
    box.left + box.width / 2, box.top + box.height * share);
  const isSeen = hit => !!hit && (shown.contains(hit) || hit.contains(shown));
  const ring = (at, part) => parseFloat(getComputedStyle(at, part).outlineWidth) >= 2
    && getComputedStyle(at, part).outlineStyle !== 'none';
  const tick = it.matches('[type=radio], [type=checkbox]');
  return {
    what: it.id || it.textContent.trim().slice(0, 30),
    seen: [.15, .5, .85].some(share => isSeen(at(share))),  // "not entirely hidden"
    ringed: ring(it) || ring(it, '::after') || ring(it.closest('.chip, .option') ?? it),
    small: !tick && (box.height < 24 || box.width < 24),
  };
}"""

# What is right is left in the page: to bring it over takes twice as long as to find it.
RUN_AXE = """async tags => {
  const options = {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']};
  const found = await axe.run(document, options);
  return found.violations.map(each => [each.id, each.nodes.slice(0, 3).map(node => node.target)]);
}"""


def _speak(page: Page, place: Place, language: str) -> None:
    page.goto(place.address)
    page.locator("details.menu > summary").first.click()
    page.locator(f"button[name=language][value={language}]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def _faults_of(
    part: str, place: Place, chromium: Browser, width: int = 390, scheme: str = "light"
) -> list[Any]:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        service_workers="block",
        locale="fr-CH",
    )
    context.add_init_script(path=AXE)
    page = context.new_page()
    place.enter(context, part)
    found = [fault for path in PARTS[part][1] for fault in _faults(page, place, path)]
    context.close()
    return found


def _faults(page: Page, place: Place, path: str) -> list[Any]:
    page.goto(place.address + path.format(**place.numbers))
    faults = _axe(page, path)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append((path, "scrolls sideways"))
    return faults


def _axe(page: Page, where: str) -> list[Any]:
    if not page.evaluate("'axe' in window"):  # the page is older than the script
        page.add_script_tag(path=AXE)
    return [(where, *each) for each in page.evaluate(RUN_AXE, TAGS)]


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
