"""The pages behind links in letters: axe finds nothing, a mistake is shown where it was made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

from piccolo.utils.sync import run_sync
from playwright.sync_api import Page, expect

import clock
import sealing
import urls
from domain import addresses, links
from tables.people import Person
from tables.sessions import SignIn
from tests import databases
from tests.browser.conftest import ON_POSTGRES, Site
from tests.browser.people import MENTOR
from tests.browser.test_accessibility import AXE, _axe
from tests.factories import make_inquiry, make_person

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@ON_POSTGRES
def test_behind_a_letters_link(site: Site, window: Callable[..., Page], database_url: str) -> None:
    sign_in, answer, address = run_sync(_links(database_url))
    page = window(reduced_motion="reduce", locale="de-CH")
    page.context.add_init_script(path=AXE)
    found = []

    def look(where: str) -> None:
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found.extend(_axe(page, f"{where}, {scheme}"))

    page.goto(site.address + sign_in)
    look("to sign in")
    page.goto(site.address + answer)
    choices = page.locator("details.choice")
    for number in range(choices.count()):
        choices.nth(number).locator("summary").click()
        look(f"choice {number}")

    choices.nth(3).locator("summary").click()
    page.fill("#question-words", "")
    page.click("#ask-back")
    expect(page.locator("#question-words-error")).to_be_visible()
    expect(page.locator("#question-words")).to_be_focused()
    look("without words")

    page.fill("#question-words", "Welche Kollegen?")
    page.click("#ask-back")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Danke")
    look("answered")
    page.goto(site.address + answer)
    look("void")

    page.goto(site.address + address)
    look("another address")
    page.click("#address-keep")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    look("kept")
    assert found == []


async def _links(url: str) -> tuple[str, str, str]:
    """Fresh ones: to sign in, to answer a request that waits, to decide on another address."""
    async with databases.opened(url):
        now, secret = clock.now(), sealing.token()
        later = now + timedelta(minutes=15)
        mentor: Any = await Person.objects().where(Person.email == MENTOR).first()
        hashed = sealing.hashed(secret)
        await SignIn(person=mentor.id, asked_at=now, expires_at=later, link=hashed).save()
        inquiry = await make_inquiry(await make_person("Zoe", "Lang"), mentor)
        answer = await links.make(links.ANSWER, mentor, inquiry.id, later)
        office = await make_person("Nora", "Lang", is_coordinator=True)
        change: Any = await addresses.give(mentor, "u.keller@example.org", by=office, now=now)
        address = await links.make(links.ADDRESS, mentor, change.id, later)
        return urls.sign_in_link(secret), urls.answer(answer), urls.address_change(address)
