"""A contact in two taps, in two windows that look at each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Page, expect

import clock
import urls
from tables.people import Person
from tests import databases
from tests.browser import people
from tests.browser.conftest import ON_POSTGRES, Site
from tests.factories import make_mentorship

Window = Callable[..., Page]
pytestmark = ON_POSTGRES


@pytest.fixture
def pair(database_url: str, site: Site) -> dict[str, str]:
    """The page's address, and each one's session."""
    return run_sync(_begun(database_url, site))


async def _begun(url: str, site: Site) -> dict[str, str]:
    async with databases.opened(url):
        found = {row.email: row for row in await Person.objects()}
        began_at = clock.now() - timedelta(days=30)
        mentorship = await make_mentorship(
            found[people.MENTEE], found[people.MENTOR], began_at=began_at
        )
        await Person.update({Person.language: "fr"}, force=True)
        return {
            "page": site.address + urls.mentorship(mentorship),
            "nadia": await people.token(people.MENTEE),
            "ursula": await people.token(people.MENTOR),
        }


def look(window: Window, pair: dict[str, str], who: str, **options: object) -> Page:
    page = window(**options)
    cookie = {"name": "session", "value": pair[who], "url": pair["page"]}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(pair["page"])
    return page


def pulse(page: Page) -> None:
    """What app.js does every five seconds; the first time, below, it does so itself."""
    page.evaluate("htmx.trigger(document.body, 'pulse')")


def test_two_taps_and_the_partners_page_shows_it_while_they_type(
    window: Window, pair: dict[str, str]
) -> None:
    nadia, ursula = look(window, pair, "nadia"), look(window, pair, "ursula")
    ursula.click("#log-open")
    ursula.click("#log-more > summary")
    ursula.fill("#log-line", "Trois pistes")
    ursula.fill("#log-minutes", "35")

    nadia.click("#log-open")
    nadia.click("#log-phone")

    expect(nadia.locator(".contact")).to_have_count(1)
    expect(nadia.locator("#toasts")).to_contain_text("1 sur 4")
    expect(nadia.locator("#log-panel")).not_to_have_attribute("open", "")
    expect(nadia.locator("#log-open")).to_be_focused()
    expect(ursula.locator(".contact")).to_contain_text("noté par Nadia")
    expect(ursula.locator("#log-line")).to_have_value("Trois pistes")
    expect(ursula.locator("#log-minutes")).to_have_value("35")
    expect(ursula.locator("#log-panel")).to_have_attribute("open", "")

    _the_question_stays_until_it_is_answered(nadia, ursula)
    _the_fourth_takes_the_form_away(nadia, ursula)


def _the_question_stays_until_it_is_answered(nadia: Page, ursula: Page) -> None:
    """What was typed goes along; the partner's next deed doesn't wipe it away."""
    ursula.click("#log-phone")
    expect(ursula.locator("#same-h")).to_be_focused()

    nadia.click("#log-open")
    nadia.click("#log-more > summary")
    expect(nadia.locator("#log-line")).to_have_value("")
    nadia.fill("#log-on", (clock.day(clock.now()) - timedelta(days=3)).isoformat())
    nadia.click("#log-written")

    expect(nadia.locator(".contact")).to_have_count(2)
    pulse(ursula)
    expect(ursula.locator(".contact")).to_have_count(2)
    ursula.click("#same-yes")
    shared = ursula.locator(".contact", has_text="Trois pistes")
    expect(shared).to_contain_text("noté par vous deux")
    expect(shared).to_contain_text("35 minutes")
    expect(ursula.locator("#log-open")).to_be_focused()
    pulse(nadia)
    expect(nadia.locator(".contact", has_text="Trois pistes")).to_have_count(1)


def _the_fourth_takes_the_form_away(nadia: Page, ursula: Page) -> None:
    """Also from the page that only looks on."""
    for count in (3, 4):
        ursula.click("#log-open")
        ursula.click("#log-video")
        ursula.click("#same-no")
        expect(ursula.locator(".contact")).to_have_count(count)

    pulse(nadia)
    for page in (ursula, nadia):
        expect(page.locator(".contact")).to_have_count(4)
        expect(page.locator("#log-open")).to_be_hidden()
        expect(page.locator("#standing")).to_contain_text("Officiellement terminé")


def test_what_one_types_stays_when_the_partner_notes_the_fourth(
    window: Window, pair: dict[str, str]
) -> None:
    """And may still be the same one."""
    nadia, ursula = look(window, pair, "nadia"), look(window, pair, "ursula")
    for count in (1, 2, 3):
        nadia.click("#log-open")
        nadia.click("#log-written")
        if count > 1:
            nadia.click("#same-no")
        expect(nadia.locator(".contact")).to_have_count(count)
    ursula.click("#log-open")
    ursula.click("#log-more > summary")
    ursula.fill("#log-line", "Trois pistes, longuement décrites")

    nadia.click("#log-open")
    nadia.click("#log-phone")
    nadia.click("#same-no")
    expect(nadia.locator(".contact")).to_have_count(4)
    pulse(ursula)

    expect(ursula.locator("#standing")).to_contain_text("Officiellement terminé")
    expect(ursula.locator("#log-line")).to_have_value("Trois pistes, longuement décrites")
    ursula.click("#log-phone")
    ursula.click("#same-yes")
    shared = ursula.locator(".contact", has_text="Trois pistes, longuement décrites")
    expect(shared).to_contain_text("noté par vous deux")
    expect(ursula.locator("#log-open")).to_have_count(0)


def test_enter_in_a_field_notes_nothing(window: Window, pair: dict[str, str]) -> None:
    page = look(window, pair, "nadia")
    page.click("#log-open")
    page.click("#log-more > summary")
    page.fill("#log-minutes", "20")

    page.press("#log-minutes", "Enter")

    expect(page.locator("#log-kind-error")).to_be_visible()
    expect(page.locator("#log-minutes")).to_have_value("20")
    expect(page.locator("#log-phone")).to_be_focused()
    expect(page.locator(".contact")).to_have_count(0)

    page.fill("#log-minutes", "2000")
    page.click("#log-phone")
    expect(page.locator("#log-minutes-error")).to_be_visible()
    expect(page.locator("#log-minutes")).to_be_focused()


def test_by_keyboard_alone(window: Window, pair: dict[str, str]) -> None:
    page = look(window, pair, "nadia")
    page.locator("#log-open").focus()
    page.keyboard.press("Enter")
    for _ in range(3):  # what is more, phone, video
        page.keyboard.press("Tab")
    expect(page.locator("#log-video")).to_be_focused()

    page.keyboard.press("Space")

    expect(page.locator(".contact")).to_contain_text("Skype / visio")


def test_without_a_script(window: Window, pair: dict[str, str]) -> None:
    page = look(window, pair, "nadia", java_script_enabled=False)
    page.click("#log-open")
    page.click("#log-in_person")
    expect(page.locator(".contact")).to_have_count(1)

    page.click("#log-open")
    page.click("#log-phone")
    expect(page.locator("#same-h")).to_contain_text("En noter un autre")
    page.click("#same-no")
    expect(page.locator(".contact")).to_have_count(2)

    page.locator(".contact", has_text="Téléphone").get_by_role("link").click()
    page.fill("#line", "Un mot encore")
    page.click("#correct")
    expect(page.locator(".contact", has_text="Un mot encore")).to_contain_text("corrigé par vous")
