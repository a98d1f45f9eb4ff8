"""The year's page fills one sheet of paper, however much there is to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Browser

import clock
from content import catalogue, texts
from domain import sessions
from tables.house import House
from tables.inquiries import State as Asked
from tables.mentorships import State
from tables.searches import SoughtInVain
from tests import databases
from tests.browser.conftest import Site, served
from tests.factories import (
    make_evaluation,
    make_inquiry,
    make_mentor,
    make_mentorship,
    make_person,
)
from tests.smtp import running

HOUSE = "Schweizerische Vereinigung der Führungskräfte und des höheren Kaders in Wirtschaft"
YEAR = clock.day(clock.now()).year


@pytest.fixture(scope="module")
def place(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The site, and a coordinator's session by language."""
    folder = tmp_path_factory.mktemp("figures")
    url = databases.copied_sqlite(sqlite_template, folder)
    with running() as mail, served(url, mail, folder) as site:
        yield site, run_sync(_told(url))


async def _told(url: str) -> dict[str, str]:
    """Each canton, all benefits, long words."""
    now = clock.now()
    async with databases.opened(url):
        for row in await House.objects():
            row.name_fr = row.name_de = HOUSE
            await row.save()
        for words in ("m" * 60, "unternehmensnachfolgeregelung", *"abcdefgh"):
            await SoughtInVain(words=words, day=clock.day(now), times=99).save()
        every = " ".join(key for each in texts.benefits("fr").values() for key, _ in each)
        for canton in catalogue.cantons():
            mentee, mentor = await make_person(canton=canton), await make_mentor(canton=canton)
            begun_by = await make_inquiry(mentee, mentor, state=Asked.ACCEPTED, replied_at=now)
            pair = await make_mentorship(
                mentee,
                mentor,
                inquiry=begun_by,
                state=State.COMPLETED,
                contacts=4,
                completed_at=now,
            )
            for author in (mentee, mentor):
                await make_evaluation(pair, author, benefits=every)
        return {
            language: (await sessions.begin(await _coordinator(language), "Chromium", now)).token
            for language in ("fr", "de")
        }


async def _coordinator(language: str) -> Any:
    return await make_person("Sandra", "Weber", language=language, is_coordinator=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "de"])
def test_a_year_prints_on_one_page(
    language: str, scheme: Any, place: tuple[Site, dict[str, str]], chromium: Browser
) -> None:
    site, tokens = place
    context = chromium.new_context(service_workers="block", color_scheme=scheme)
    context.add_cookies([{"name": "session", "value": tokens[language], "url": site.address}])
    page = context.new_page()
    page.goto(f"{site.address}/desk/figures/year/{YEAR}")

    paper = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 643, "height": 971})  # A4 without its margins
    outside = page.evaluate(OUTSIDE)
    charts = page.locator("#year svg.chart").count()
    context.close()

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][\d.]* 84[12]", paper)
    assert outside == [] and charts == 6


OUTSIDE = """() => {
  const frame = document.querySelector('#year').getBoundingClientRect();
  return [...document.querySelectorAll('#year > *, #year section, #year svg')].filter(each => {
    const box = each.getBoundingClientRect();
    return box.bottom > frame.bottom + 1 || box.right > frame.right + 1
      || box.left < frame.left - 1;
  }).map(each => each.id || each.className.baseVal || each.className || each.tagName);
}"""
