"""A CV is added, looked at beside the profile, asked about, answered, and the profile released."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import papers
from tests.browser.conftest import ON_SQLITE, PHONE, Site
from tests.browser.people import MENTOR, OFFICE
from tests.browser.test_story import sign_in

pytestmark = ON_SQLITE
WIDE = {"width": 1280, "height": 900}
QUESTION, ANSWER = "Combien de personnes dirigez-vous?", "Achtzehn, seit 2019."


@pytest.fixture
def paper(tmp_path: Path) -> dict[str, Path]:
    contents = {
        "cv.pdf": papers.pdf("Ursula Keller", pages=2),
        "page.pdf": b"<!doctype html><p>no PDF",
        "heavy.pdf": b"%PDF-" + b"x" * 6_000_000,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def hand_in_with(page: Page, site: Site, paper: dict[str, Path]) -> None:
    """Her published profile is taken back, and handed in again with a CV."""
    page.goto(f"{site.address}/profile")
    page.locator("#profile-take-back button").click()
    expect(page.locator("#profile-hand-in")).to_be_visible()
    page.fill("#about", "Neu geschrieben, noch nicht gespeichert.")
    page.set_input_files("#cv", paper["cv.pdf"])
    page.locator("#cv-send").click()
    expect(page.locator("#cv-drop")).to_be_visible()


def drawn(picture: Locator) -> None:
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    picture.evaluate("async picture => { await picture.decode(); }")
    assert picture.evaluate("picture => picture.naturalWidth") == 1100


def box(part: Locator) -> dict[str, float]:
    found = part.bounding_box()
    assert found is not None
    return {name: float(value) for name, value in found.items()}  # type: ignore[arg-type]


def test_from_the_file_to_the_release(
    site: Site, window: Callable[..., Page], paper: dict[str, Path]
) -> None:
    mentor, office = window(), window(viewport=WIDE)
    sign_in(mentor, site, MENTOR)
    sign_in(office, site, OFFICE)

    # Added: what is typed beside it stays, what is wrong is said there, and the old one is kept.
    hand_in_with(mentor, site, paper)
    expect(mentor.locator("#about")).to_have_value("Neu geschrieben, noch nicht gespeichert.")
    mentor.set_input_files("#cv", paper["page.pdf"])
    mentor.locator("#cv-send").click()
    expect(mentor.locator("#cv-error")).to_contain_text("kein PDF")
    expect(mentor.locator("#cv")).to_be_focused()
    mentor.set_input_files("#cv", paper["heavy.pdf"])
    expect(mentor.locator("#cv-error")).to_contain_text("zu gross")
    expect(mentor.locator("#cv")).to_have_value("")
    mentor.locator("#cv-look summary").click()
    drawn(mentor.locator(".cv-pages img").nth(1))
    mentor.locator("#profile-hand-in").click()
    expect(mentor.locator("#profile-where .state")).to_be_visible()

    # Beside the profile on a wide screen, under it on a phone.
    office.goto(f"{site.address}/desk")
    line = office.locator(".desk-item", has_text="Ursula Keller")
    line.locator("summary").first.click()
    told, pages = line.locator(".facts"), line.locator(".cv-pages")
    drawn(pages.locator("img").first)
    assert box(pages)["x"] > box(told)["x"] + box(told)["width"] - 1
    office.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert box(pages)["y"] > box(told)["y"] + box(told)["height"] - 1
    expect(pages.locator("img").nth(1)).to_have_attribute("alt", "Ursula Keller\u202f: CV, page 2")

    # A picture opens alone, the file is saved: neither runs anything.
    with office.expect_popup() as opened:
        pages.locator("a").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("document.images[0].naturalWidth") == 1100
    opened.value.close()
    with office.expect_download() as saved:
        line.get_by_role("link", name="Télécharger le PDF").click()
    assert saved.value.suggested_filename == "cv.pdf"
    assert Path(saved.value.path()).read_bytes() == paper["cv.pdf"].read_bytes()

    # Asked, thought better of, asked again.
    def ask(words: str) -> None:
        line.get_by_text("Poser une question").click()
        line.get_by_label("Question à la personne").fill(words)
        line.get_by_role("button", name="Envoyer la question").click()
        expect(line).to_contain_text("question envoyée")

    ask("Mauvaise question")
    undo = line.locator("[data-undo]")
    expect(undo).to_be_focused()
    office.keyboard.press("Enter")
    expect(line.locator("summary").first).to_be_focused()
    line.locator("summary").first.click()
    ask(QUESTION)

    # She sees it at home, answers, and it is back on the desk.
    mentor.goto(site.address)
    mentor.get_by_role("link", name="Frage beantworten").click()
    expect(mentor.locator("#question blockquote")).to_have_text(QUESTION)
    mentor.fill("#answer", ANSWER)
    mentor.locator("#profile-hand-in").click()
    expect(mentor.locator("#profile-exchanges")).to_be_visible()
    expect(mentor.locator("#answer")).to_have_count(0)
    office.evaluate("htmx.trigger(document.body, 'stale')")
    line.locator("summary").first.click()
    expect(line.locator(".exchanges")).to_contain_text(ANSWER)
    line.get_by_role("button", name="Publier le profil").click()
    expect(line).to_contain_text("profil publié")


def test_without_a_script(site: Site, window: Callable[..., Page], paper: dict[str, Path]) -> None:
    mentor, office = window(java_script_enabled=False), window(java_script_enabled=False)
    sign_in(mentor, site, MENTOR)
    sign_in(office, site, OFFICE)
    hand_in_with(mentor, site, paper)
    for name, said in (("page.pdf", "kein PDF"), ("heavy.pdf", "zu gross")):
        mentor.set_input_files("#cv", paper[name])
        mentor.locator("#cv-send").click()
        expect(mentor.locator("main")).to_contain_text(said)
        mentor.goto(f"{site.address}/profile")
        expect(mentor.locator("#cv-drop")).to_be_visible()
    mentor.locator("#profile-hand-in").click()

    office.goto(f"{site.address}/desk")
    line = office.locator(".desk-item", has_text="Ursula Keller")
    line.locator("summary").first.click()
    line.get_by_text("Poser une question").click()
    line.get_by_role("button", name="Envoyer la question").click()
    expect(line.locator(".error")).to_be_visible()
    line.get_by_label("Question à la personne").fill(QUESTION)
    line.get_by_role("button", name="Envoyer la question").click()
    expect(line).to_contain_text("question envoyée")

    mentor.goto(f"{site.address}/profile")
    mentor.fill("#answer", ANSWER)
    mentor.locator("#profile-hand-in").click()
    office.goto(f"{site.address}/desk")
    line.locator("summary").first.click()
    expect(line.locator(".exchanges")).to_contain_text(ANSWER)
    line.get_by_role("button", name="Publier le profil").click()  # no empty question holds it up
    expect(line).to_contain_text("profil publié")
    mentor.locator("#cv-drop").click()
    expect(mentor.locator("#cv-drop")).to_have_count(0)
