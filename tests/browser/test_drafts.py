"""What is typed and not sent yet: on two devices, on one that is shared, on the way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Page, expect

import clock
from domain import sessions
from tables.people import Person
from tests import databases
from tests.browser.conftest import Site, served
from tests.browser.people import MENTEE, OFFICE
from tests.factories import make_mentor
from tests.smtp import running

SAVED = re.compile("Brouillon enregistré à")
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def place(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, str]]:
    """One server for all; what two write at once is tested on both engines elsewhere."""
    folder = tmp_path_factory.mktemp("drafts")
    url = databases.copied_sqlite(sqlite_template, folder)
    with running() as mail, served(url, mail, folder) as site:
        yield site, url


@pytest.fixture
def site(place: tuple[Site, str]) -> Site:
    """For the fixture `window`."""
    return place[0]


@pytest.fixture
def opened(place: tuple[Site, str], window: Callable[..., Page]) -> Opened:
    """`opened()`: Nadia's request to a mentor, on a device of its own; `opened(page)` there."""
    site, url = place

    async def _mentor() -> int:
        async with databases.opened(url):
            return (await make_mentor("Vera", "Graf")).id

    async def _begin(email: str) -> sessions.Begun:
        async with databases.opened(url):
            person = await Person.objects().where(Person.email == email).first()
            assert person is not None
            return await sessions.begin(person, "Chromium", clock.now())

    address = f"{site.address}/mentors/{run_sync(_mentor())}/inquiry"

    def open_one(page: Page | None = None, email: str = MENTEE) -> Page:
        page = page or window()
        begun = run_sync(_begin(email))
        cookies: list[Any] = [
            {"name": name, "value": value, "url": site.address}
            for name, value in (("session", begun.token), ("mark", begun.mark))
        ]
        page.context.add_cookies(cookies)
        page.goto(address)
        page.wait_for_timeout(250)  # htmx is there, and what was kept is brought back
        return page

    return open_one


def state(page: Page) -> Any:
    return expect(page.locator("#saved"))


def kept_on_device(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).filter(n => n.startsWith('kept:')).length"))


def test_the_train_overwrites_nothing_of_the_office(opened: Opened) -> None:
    phone = opened()
    phone.fill("#problem", "Je dirige depuis peu")
    state(phone).to_have_text(SAVED)
    phone.context.set_offline(True)
    phone.locator("#problem").press_sequentially(" une équipe", delay=5)
    state(phone).to_contain_text("gardé sur cet appareil")
    laptop = opened()
    expect(laptop.locator("#problem")).to_have_value("Je dirige depuis peu")
    laptop.fill("#problem", "Je dirige depuis un an huit personnes")
    state(laptop).to_have_text(SAVED)

    phone.context.set_offline(False)
    expect(phone.locator("#draft-elsewhere")).to_contain_text("depuis un an huit personnes")
    phone.reload()
    expect(phone.locator("#draft-elsewhere")).to_contain_text("depuis un an huit personnes")
    expect(phone.locator("#problem")).to_have_value("Je dirige depuis peu une équipe")

    phone.get_by_role("link", name="Reprendre l’autre texte").click()
    expect(phone.locator("#problem")).to_have_value("Je dirige depuis un an huit personnes")
    phone.wait_for_timeout(400)
    assert kept_on_device(phone) == 0
    phone.fill("#problem", "Je dirige depuis un an")
    state(phone).to_have_text(SAVED)
    laptop.fill("#vision", "Plus de temps")
    laptop.locator("#draft-over").click()
    expect(laptop.locator("#draft-elsewhere")).to_be_empty()
    state(laptop).to_have_text(SAVED)
    phone.reload()
    expect(phone.locator("#problem")).to_have_value("Je dirige depuis un an huit personnes")
    expect(phone.locator("#vision")).to_have_value("Plus de temps")


def sign_out(page: Page) -> None:
    menu = page.locator("[data-menu]")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    page.locator("[data-sign-out]").click()


def test_on_the_way_out_what_was_just_typed_is_saved(opened: Opened) -> None:
    page = opened()
    page.fill("#problem", "Jusqu’au dernier mot")

    sign_out(page)

    page.wait_for_url(re.compile("/sign-in"))
    assert kept_on_device(page) == 0
    expect(opened().locator("#problem")).to_have_value("Jusqu’au dernier mot")


def test_without_a_network_nobody_is_out_and_nothing_lost(opened: Opened) -> None:
    page = opened()
    page.context.set_offline(True)
    page.fill("#problem", "Dans le tunnel")

    sign_out(page)

    expect(page.locator("#toasts")).to_contain_text("pas encore parti")
    assert kept_on_device(page) == 1
    page.context.set_offline(False)
    state(page).to_have_text(SAVED)
    sign_out(page)
    page.wait_for_url(re.compile("/sign-in"))


def test_another_person_finds_nothing_here(opened: Opened) -> None:
    """What could not be sent goes with whoever leaves all the same, from every window."""
    page = opened()
    other = page.context.new_page()
    other.goto(page.url)
    page.route("**/draft", lambda route: route.abort())
    page.fill("#problem", "Rien que pour moi")
    sign_out(page)
    expect(page.locator("#toasts")).to_contain_text("pas encore parti")
    assert kept_on_device(page) == 1

    sign_out(page)

    page.wait_for_url(re.compile("/sign-in"))
    assert kept_on_device(page) == 0
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    other.wait_for_url(re.compile("/sign-in"))


def test_whoever_comes_without_the_other_leaving(opened: Opened) -> None:
    page = opened()
    page.route("**/draft", lambda route: route.abort())
    page.fill("#problem", "Rien que pour moi")
    assert kept_on_device(page) == 1
    page.unroute("**/draft")

    opened(page, OFFICE)

    expect(page.locator("#problem")).to_have_value("")
    assert kept_on_device(page) == 0


@pytest.mark.parametrize(
    ("field", "words"),
    [("expectations", "Rat"), ("kinds", "Einen Rat von aussen, mit etwas Zeit.")],
)
def test_what_is_wrong_comes_into_view_with_what_is_said_of_it(
    opened: Opened, field: str, words: str
) -> None:
    """A field, and a group of them whose words stand at its end."""
    phone = opened()
    for each in ("#problem", "#vision"):
        phone.fill(each, "Wie baue ich ein Team auf, das ohne mich entscheidet?")
    phone.fill("#expectations", words)
    phone.evaluate("scrollTo(0, 0)")
    phone.evaluate("document.querySelector('#send').click()")  # without scrolling to it

    expect(phone.locator(f"#{field}")).to_be_focused()
    said, bar = (phone.locator(each).bounding_box() for each in (f"#{field}-error", ".fixed"))
    assert said and bar and said["y"] > 0 and said["y"] + said["height"] <= bar["y"]
