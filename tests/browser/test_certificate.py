"""A certificate fills one page of paper, whatever the names; what one types is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Browser, Page, expect

import clock
from domain import sessions
from tables.contacts import Contact
from tables.house import House
from tables.mentorships import State
from tests import databases
from tests.browser.conftest import Site, served
from tests.factories import make_mentorship, make_person, new_key
from tests.smtp import running

LONGEST = {
    "short": ("Eva", "Lei"),
    "words": ("Maximiliane Wilhelmina " * 3 + "Konstanze", "von Hohenfels Waldenburg " * 3 + "Ott"),
    "unbroken": ("M" * 80, "W" * 80),
}
HOUSE = "Schweizerische Vereinigung der Führungskräfte und des höheren Kaders in Wirtschaft und "


@pytest.fixture(scope="module")
def places(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The site and, by language and name, a certificate's number and a session."""
    folder = tmp_path_factory.mktemp("certificates")
    url = databases.copied_sqlite(sqlite_template, folder)
    with running() as mail, served(url, mail, folder) as site:
        yield site, run_sync(_settled(url))


async def _settled(url: str) -> dict[tuple[str, str], tuple[int, str]]:
    async with databases.opened(url):
        for row in await House.objects():
            row.name_fr = row.name_de = HOUSE + "Verwaltung der ganzen Schweiz"
            row.contact = "m" * 60 + "@example.org"
            await row.save()
        return {
            (language, name): await _certified(language, name)
            for language in ("fr", "de")
            for name in LONGEST
        }


async def _certified(language: str, name: str) -> tuple[int, str]:
    now = clock.now()
    mentee = await make_person(*LONGEST[name], language=language)
    mentor = await make_person(*LONGEST[name], language=language)
    pair = await make_mentorship(
        mentee, mentor, state=State.COMPLETED, contacts=4, completed_at=now
    )
    for number, kind in enumerate(("phone", "video", "in_person", "written"), 1):
        contact = Contact(
            key=new_key(),
            mentorship=pair.id,
            number=number,
            kind=kind,
            on=now.date(),
            minutes=47,
            by=mentee.id,
            logged_at=now,
        )
        contact.line = ""
        await contact.save()
    begun = await sessions.begin(mentee, "Chromium", now)
    return pair.id, begun.token


def _opened(chromium: Browser, site: Site, token: str, **options: Any) -> Page:
    context = chromium.new_context(service_workers="block", **options)
    context.add_cookies([{"name": "session", "value": token, "url": site.address}])
    return context.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LONGEST)
@pytest.mark.parametrize("language", ["fr", "de"])
def test_it_prints_on_one_page(
    language: str, name: str, scheme: str, places: Any, chromium: Browser
) -> None:
    site, numbers = places
    number, token = numbers[language, name]
    page = _opened(chromium, site, token, color_scheme=scheme)
    page.goto(f"{site.address}/mentorships/{number}/certificate")

    paper = page.pdf(prefer_css_page_size=True, print_background=False)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 643, "height": 971})  # A4 without its margins
    box = page.evaluate(INSIDE)
    page.context.close()

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][\d.]* 84[12]", paper)
    assert box == {"outside": [], "covered": []}


INSIDE = """() => {
  const sheet = document.querySelector('#certificate'), frame = sheet.getBoundingClientRect();
  const parts = [...sheet.children];
  const outside = parts.filter(each => {
    const box = each.getBoundingClientRect();
    return box.left < frame.left || box.right > frame.right + 1 || box.bottom > frame.bottom + 1
      || box.top < frame.top || each.scrollWidth > each.clientWidth + 1;
  }).map(each => each.className || each.tagName);
  const covered = parts.filter((each, place) => place
    && each.getBoundingClientRect().top < parts[place - 1].getBoundingClientRect().bottom - 1)
    .map(each => each.className || each.tagName);
  return {outside, covered};
}"""


def test_what_one_types_is_kept_on_the_device_until_it_is_sent(
    places: Any, chromium: Browser
) -> None:
    site, numbers = places
    number, token = numbers["fr", "short"]
    page = _opened(chromium, site, token, viewport={"width": 390, "height": 844})
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(f"{site.address}/mentorships/{number}/evaluation")
    page.locator("label[for=process_trust-no]").click()
    page.fill("#to_partner", "Merci de votre")
    page.locator("#benefits-2").check()
    expect(page.locator("#kept")).to_have_text("Gardé sur cet appareil")
    assert "POST" not in sent  # nothing leaves the device before it is sent

    page.reload()
    expect(page.locator("#to_partner")).to_have_value("Merci de votre")
    expect(page.locator("#process_trust-no")).to_be_checked()
    expect(page.locator("#benefits-2")).to_be_checked()

    page.fill("#to_office", "m" * 2001)
    page.locator("#evaluation-send").click()
    expect(page.locator("#to_office")).to_be_focused()
    expect(page.locator("#to_partner")).to_have_value("Merci de votre")
    page.fill("#to_office", "")
    page.locator("#evaluation-send").click()
    page.wait_for_url(f"{site.address}/mentorships/{number}")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('kept:'))") == []
    page.context.close()
