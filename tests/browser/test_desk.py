"""A visitor applies; two windows of the office decide, live, by keyboard, with a second thought."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import ON_POSTGRES, Site
from tests.browser.people import MENTEE, OFFICE
from tests.browser.test_story import sign_in

pytestmark = ON_POSTGRES


def apply(page: Page, site: Site, first_name: str) -> None:
    page.goto(f"{site.address}/application")
    page.fill("#first_name", first_name)
    page.fill("#last_name", "Keller")
    page.locator("#application-send").click()
    expect(page.locator("#email")).to_be_focused()
    page.fill("#email", f"{first_name.casefold()}@example.org")
    page.locator("#application-send").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c’est envoyé")


def grow_stale(page: Page) -> None:
    """What app.js does every half minute."""
    page.evaluate("htmx.trigger(document.body, 'stale')")


def test_two_at_the_desk(site: Site, window: Callable[..., Page]) -> None:
    visitor, one, other = window(), window(), window()
    apply(visitor, site, "Nora")
    sign_in(one, site, OFFICE)
    sign_in(other, site, OFFICE)
    for page in (one, other):
        page.goto(f"{site.address}/desk")
        expect(page.locator("#desk-count")).to_contain_text("1 décision")

    # By keyboard: open, note. Somebody else applies meanwhile: nothing moves, nothing is lost.
    nora = one.locator("#application-1")
    nora.locator("summary").first.focus()
    one.keyboard.press("Enter")
    nora.get_by_text("Ajouter une note interne").press("Enter")
    note = one.locator("#application-1-note")
    note.fill("CV lu, très bien")
    apply(visitor, site, "Tom")
    grow_stale(one)
    expect(one.locator("#application-2")).to_be_visible()
    expect(note).to_have_value("CV lu, très bien")
    expect(note).to_be_focused()

    # One tap; the undo has the focus; the other window is told, and sees it by itself.
    one.keyboard.press("Tab")
    one.keyboard.press("Enter")
    expect(one.locator("#application-1-undo")).to_be_focused()
    expect(one.locator("#desk-count")).to_contain_text("1 décision")
    other.locator("#application-1 summary").first.click()
    other.locator("#application-1-no").click()
    expect(other.locator("#toasts")).to_contain_text("déjà traité")
    expect(other.locator("#application-1")).to_contain_text("Martine Dubois")

    # Undone: it waits again, in both windows.
    one.keyboard.press("Enter")
    expect(one.locator("#application-1-summary")).to_be_focused()
    grow_stale(other)
    expect(other.locator("#application-1-summary")).to_be_visible()
    expect(other.locator("#application-1-undo")).to_have_count(0)


def test_without_a_script(site: Site, window: Callable[..., Page]) -> None:
    page = window(java_script_enabled=False)
    page.goto(f"{site.address}/application")
    page.fill("#first_name", "Nora")
    page.locator("#application-send").click()
    expect(page.locator("#first_name")).to_have_value("Nora")
    page.fill("#last_name", "Keller")
    page.fill("#email", "nora@example.org")
    page.locator("#application-send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c’est envoyé")

    sign_in(page, site, OFFICE)
    page.goto(f"{site.address}/desk")
    page.locator("#application-1 summary").first.click()
    page.locator("#application-1-no").click()
    expect(page.locator("#application-1")).to_contain_text("candidature refusée")
    page.locator("#application-1-undo").click()
    expect(page.locator("#application-1-summary")).to_be_visible()


def test_a_morning_by_keyboard_on_a_phone(site: Site, window: Callable[..., Page]) -> None:
    """Next, previous, settle (opens first), undo; letters are only letters while one types."""
    visitor, page = window(), window(viewport={"width": 390, "height": 844})
    for name in ("Nora", "Tom"):
        apply(visitor, site, name)
    sign_in(page, site, OFFICE)
    page.goto(f"{site.address}/desk")
    nora, tom = page.locator("#application-1"), page.locator("#application-2")

    page.keyboard.press("j")
    expect(page.locator("#application-1-summary")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#application-2-summary")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#application-1-summary")).to_be_focused()

    page.keyboard.press("s")  # nobody decides what is not open
    expect(nora.locator("details").first).to_have_attribute("open", "")
    nora.get_by_text("Ajouter une note interne").click()
    page.locator("#application-1-note").press_sequentially("jus su")
    expect(page.locator("#application-1-note")).to_have_value("jus su")
    expect(nora).not_to_have_class("settled")

    page.locator("#application-1-summary").focus()
    page.keyboard.press("s")
    expect(page.locator("#application-1-undo")).to_be_focused()
    expect(nora).to_contain_text("candidature acceptée")
    page.keyboard.press("u")
    expect(page.locator("#application-1-summary")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#application-2-summary")).to_be_focused()
    expect(tom).not_to_contain_text("candidature acceptée")
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide and page.url.endswith("/desk")


def test_a_report_is_read_in_its_place(site: Site, window: Callable[..., Page]) -> None:
    """Never another page; no poll takes away what one reads, nor shows it to anybody else."""
    member, page = window(), window()
    sign_in(member, site, MENTEE)
    member.goto(f"{site.address}/mentors")
    member.get_by_role("link", name="Ursula").first.click()
    member.goto(f"{member.url.partition('?')[0]}/report")
    member.fill("#words", "Des remarques déplacées.")
    member.locator("#report-send").click()
    expect(member.locator("#toasts")).to_contain_text("arrivé au secrétariat")

    sign_in(page, site, OFFICE)
    page.goto(f"{site.address}/desk")
    line = page.locator("#report-1")
    line.locator("summary").first.click()
    expect(line).not_to_contain_text("remarques")
    page.locator("#report-1-words").click()
    expect(line).to_contain_text("Des remarques déplacées.")
    expect(page.locator("#report-1-read-h")).to_be_focused()
    grow_stale(page)
    page.wait_for_timeout(500)
    expect(line).to_contain_text("Des remarques déplacées.")
    expect(line.get_by_role("listitem")).to_have_count(1)  # one reading, told
    assert page.url.endswith("/desk")

    member.reload()
    expect(member.locator("main")).to_contain_text("Lu par Martine Dubois")
    page.locator("#report-1-yes").click()
    expect(line).to_have_class("desk-item settled")
    expect(line).not_to_contain_text("remarques")
