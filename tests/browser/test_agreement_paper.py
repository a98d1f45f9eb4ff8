"""An agreement is signed on one page of paper, however much was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Browser

import clock
from domain import agreements, sessions
from domain.agreements import GOALS, LONGEST, Terms
from forms.inquiries import KINDS
from tables.house import House
from tables.mentorships import State
from tests import databases
from tests.browser.conftest import Site, served
from tests.factories import make_mentorship, make_person, new_key
from tests.smtp import running

ROLES = ("adviser", "companion", "connector", "initiator", "knowledge_sharer")
GERMAN = (
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz und Mitarbeitendengespräch "
)
FULL = {
    "german": (GERMAN * 4)[:LONGEST].strip(),
    "wide": "W" * LONGEST,
    "words": ("Führungskräfteentwicklung " * 9)[:LONGEST].strip(),
    "short": "Nein sagen",
    "edge": "W" * 90,  # what is printed in large type, but for its width
}
NAMES = {"edge": ("W" * 80, "M" * 80), "german": ("Maximiliane " * 6, "von Hohenfels " * 5)}
HOUSE = "Schweizerische Vereinigung der Führungskräfte und des höheren Kaders in Wirtschaft und "


@pytest.fixture(scope="module")
def places(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The site and, by language and text, an agreement's number and a session."""
    folder = tmp_path_factory.mktemp("agreements")
    url = databases.copied_sqlite(sqlite_template, folder)
    with running() as mail, served(url, mail, folder) as site:
        yield site, run_sync(_settled(url))


async def _settled(url: str) -> dict[tuple[str, str], tuple[int, str]]:
    async with databases.opened(url):
        for row in await House.objects():
            row.name_fr = row.name_de = HOUSE + "Verwaltung der ganzen Schweiz"
            await row.save()
        return {(code, text): await _agreed(code, text) for code in ("fr", "de") for text in FULL}


async def _agreed(language: str, text: str) -> tuple[int, str]:
    now = clock.now()
    mentee = await make_person(*NAMES.get(text, ("Eva", "Lei")), language=language)
    mentor = await make_person(*NAMES.get(text, ("Urs", "Ott")), language=language)
    pair = await make_mentorship(mentee, mentor, state=State.RUNNING, contacts=1)
    words = FULL[text]
    count = 1 if text == "short" else GOALS
    terms = Terms((words,) * count, KINDS, words, words, ROLES, words)
    await agreements.propose(pair, terms, key=new_key(), base=0, by=mentee, now=now)
    await agreements.accept(pair, 1, by=mentor, now=now)
    begun = await sessions.begin(mentee, "Chromium", now)
    return pair.id, begun.token


@pytest.mark.parametrize("text", FULL)
@pytest.mark.parametrize("language", ["fr", "de"])
def test_one_page_of_paper(language: str, text: str, places: Any, chromium: Browser) -> None:
    site, numbers = places
    number, token = numbers[language, text]
    page = _opened(chromium, site, token)
    page.goto(f"{site.address}/mentorships/{number}/agreement/print")

    paper = page.pdf(prefer_css_page_size=True, print_background=False)

    page.emulate_media(media="print")
    page.set_viewport_size({"width": 643, "height": 971})  # A4 without its margins
    shown = page.locator(".signatures").bounding_box()
    width = page.evaluate("document.documentElement.scrollWidth")
    type_size = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.terms li')).fontSize) * .75"
    )
    page.context.close()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1
    assert shown is not None and shown["height"] > 40  # room to sign
    assert width <= 643  # else all of it is printed smaller
    assert type_size >= 8.5  # points: still read without glasses


def _opened(chromium: Browser, site: Site, token: str) -> Any:
    context = chromium.new_context(service_workers="block")
    context.add_cookies([{"name": "session", "value": token, "url": site.address}])
    return context.new_page()
