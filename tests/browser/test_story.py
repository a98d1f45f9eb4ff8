"""The two-person story on a phone: a mentee finds, asks, and gets an answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import ON_POSTGRES, ON_SQLITE, Site
from tests.browser.people import MENTEE, MENTOR
from tests.browser.whole_way import Pair
from tests.smtp import Received

PROBLEM = "Je dirige depuis trois mois mes anciens collègues et j’hésite à trancher."
VISION = "Dans un an, l’équipe avance sans que je doive tout décider moi-même."
EXPECTATIONS = "Un regard franc d’une personne qui a vécu la même situation."
ANSWER = "Gerne! Rufen Sie mich am Dienstag an."


def link_in(letter: Received, path: str) -> str:
    found = re.search(rf"https?://\S+{path}/[\w-]+", letter.part("plain"))
    assert found is not None, letter.part("plain")
    return found[0]


def sign_in(page: Page, site: Site, email: str) -> None:
    page.goto(f"{site.address}/sign-in")
    before = len(site.mail.to(email))
    page.fill("#email", email)
    page.keyboard.press("Enter")
    letter = site.mail.wait_for(email, before + 1)
    code = re.search(r"\b(\d{6})\b", str(letter.message["Subject"]))
    assert code is not None
    page.fill("#code", code[1])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Bonjour|Guten Tag"))


def ask(page: Page) -> None:
    page.fill("#problem", PROBLEM)
    page.fill("#vision", VISION)
    page.fill("#expectations", EXPECTATIONS)
    page.get_by_label("Téléphone").check()


def test_on_a_phone(site: Site, window: Callable[..., Page]) -> None:
    mentee = window()
    sign_in(mentee, site, MENTEE)

    # Search: hits change while one types, the address follows, accents and language don't matter.
    mentee.get_by_role("link", name="Chercher").click()
    search, hits = mentee.locator("#q"), mentee.locator(".hit")
    search.press_sequentially("fuhr", delay=40)
    expect(hits.filter(has_text="Livia C.")).to_have_count(0)
    expect(hits.filter(has_text="Ursula K.")).to_be_visible()  # first on some days only
    expect(mentee).to_have_url(re.compile(r"q=fuhr"))
    search.fill("")
    search.press_sequentially("conduite d'equipe", delay=20)
    expect(mentee).to_have_url(re.compile(r"q=conduite\+d%27equipe"))
    expect(hits.filter(has_text="Ursula K.")).to_be_visible()
    expect(hits.filter(has_text="Ursula K.").locator("mark").first).to_be_visible()
    assert mentee.locator("#count").inner_text() != ""

    # A mentor: no address anywhere, one button.
    hits.filter(has_text="Ursula K.").get_by_role("link").first.click()
    expect(mentee.get_by_role("heading", level=1)).to_have_text("Ursula Keller")
    assert MENTOR not in mentee.content()
    mentee.get_by_role("link", name="Demander un mentorat").click()

    # The request: saved as one types, what is wrong is said, then sent.
    mentee.fill("#problem", "Trop court")
    expect(mentee.locator("#saved")).to_contain_text("Brouillon enregistré")
    mentee.locator("#send").click()
    expect(mentee.locator("#problem")).to_be_focused()
    expect(mentee.locator("#problem")).to_have_value("Trop court")
    ask(mentee)
    mentee.locator("#send").click()
    expect(mentee.get_by_text("En attente d’une réponse").first).to_be_visible()

    # The letter: read, opened without signing in, accepted.
    letter = site.mail.wait_for(MENTOR)
    assert PROBLEM in letter.part("plain") and MENTEE not in letter.raw.decode()
    assert letter.message["Content-Language"] == "de"
    mentor = window(locale="it-CH")
    mentor.goto(link_in(letter, "answer"))
    expect(mentor.locator("html")).to_have_attribute("lang", "de")
    expect(mentor.get_by_text(PROBLEM)).to_be_visible()
    mentor.locator("details.choice summary").first.click()
    expect(mentor.locator("#acceptance-words")).to_have_value(re.compile("Bonjour Nadia Rochat"))
    mentor.locator("#acceptance-words").fill(ANSWER)
    mentor.locator("#accept").click()
    expect(mentor.get_by_text(MENTEE).first).to_be_visible()
    mentor.goto(link_in(letter, "answer"))
    assert MENTEE not in mentor.content()

    # The mentee has the answer, the address and a mentorship at 0 of 4.
    answer = site.mail.wait_for(MENTEE, 2)
    assert ANSWER in answer.part("plain")
    assert str(answer.message["Reply-To"]) == MENTOR
    mentee.goto(f"{site.address}/mentorships")
    mentee.get_by_role("link", name="Ursula Keller").click()
    expect(mentee.get_by_text("0 contact sur 4")).to_be_visible()
    expect(mentee.get_by_text(MENTOR)).to_be_visible()

    # Four contacts, an agreement, notes, and the end.
    sign_in(mentor, site, MENTOR)
    Pair(mentee, mentor, live=True).walk(site)


@ON_SQLITE
def test_without_javascript(site: Site, window: Callable[..., Page]) -> None:
    mentee = window(java_script_enabled=False)
    sign_in(mentee, site, MENTEE)

    mentee.get_by_role("link", name="Chercher").click()
    mentee.fill("#q", "fuhrung")
    mentee.get_by_role("button", name="Chercher").click()
    mentee.locator(".hit").filter(has_text="Ursula K.").get_by_role("link").first.click()
    mentee.get_by_role("link", name="Demander un mentorat").click()
    mentee.fill("#problem", "Trop court")
    mentee.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(mentee.locator("#problem")).to_have_value("Trop court")
    mentee.locator("#send").click()
    expect(mentee.locator(".error").first).to_be_visible()
    ask(mentee)
    mentee.locator("#send").click()
    expect(mentee.get_by_text("Votre demande est partie.")).to_be_visible()

    mentor = window(java_script_enabled=False)
    mentor.goto(link_in(site.mail.wait_for(MENTOR), "answer"))
    mentor.locator("details.choice summary").nth(3).click()
    mentor.locator("#question-words").fill("Welche Kollegen?")
    mentor.locator("#ask-back").click()

    mentee.goto(link_in(site.mail.wait_for(MENTEE, 2), "inquiries"))
    expect(mentee.get_by_text("Welche Kollegen?")).to_be_visible()
    mentee.locator("#explanation-words").fill("Mes anciens collègues de l’atelier.")
    mentee.locator("#explain").click()

    sign_in(mentor, site, MENTOR)
    busy = mentor.locator("#availability-switch")
    busy.click()
    expect(busy).to_have_attribute("aria-pressed", "true")
    busy.click()
    expect(busy).to_have_attribute("aria-pressed", "false")

    # The clarified request is accepted, and the whole way walked.
    mentor.get_by_role("link", name="Anfragen").click()
    mentor.get_by_role("link", name="Nadia Rochat").first.click()
    mentor.locator("details.choice summary").first.click()
    mentor.locator("#accept").click()
    mentee.goto(f"{site.address}/mentorships")
    mentee.get_by_role("link", name="Ursula Keller").click()
    Pair(mentee, mentor, live=False).walk(site)


@ON_POSTGRES
def test_by_keyboard_alone(site: Site, window: Callable[..., Page]) -> None:
    page = window()
    sign_in(page, site, MENTEE)

    def reach(name: str, role: str = "link") -> None:
        wanted = page.get_by_role(role, name=re.compile(name)).first  # type: ignore[arg-type]
        handle = wanted.element_handle()
        for _ in range(80):
            page.keyboard.press("Tab")
            if handle.evaluate("here => here === document.activeElement"):
                return
        raise AssertionError(f"never reached: {name}")

    reach("Chercher")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mentors*")
    reach("Thème", "searchbox")
    page.keyboard.type("fuhrung")
    expect(page).to_have_url(re.compile("q=fuhrung"))
    reach("Ursula")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/mentors/\d+"))
    reach("Demander un mentorat")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inquiry")
    for label, words in (
        ("Problématique", PROBLEM),
        ("Vision", VISION),
        ("Attentes", EXPECTATIONS),
    ):
        reach(label, "textbox")
        page.keyboard.type(words)
    reach("Téléphone", "checkbox")
    page.keyboard.press("Space")
    reach("Envoyer la demande", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("En attente d’une réponse").first).to_be_visible()

    mentor = window()
    mentor.goto(link_in(site.mail.wait_for(MENTOR), "answer"))
    page = mentor
    first = mentor.locator("details.choice summary").first
    for _ in range(60):
        mentor.keyboard.press("Tab")
        if first.evaluate("here => here === document.activeElement"):
            break
    mentor.keyboard.press("Enter")
    reach("Anfrage annehmen", "button")
    mentor.keyboard.press("Enter")
    expect(mentor.get_by_text(MENTEE).first).to_be_visible()


@ON_POSTGRES
def test_a_busy_mentor_undoes_it_from_anywhere(site: Site, window: Callable[..., Page]) -> None:
    mentor = window()
    sign_in(mentor, site, MENTOR)
    mentor.get_by_role("link", name="Anfragen").click()
    busy = mentor.locator("#availability-switch")

    busy.click()
    expect(busy).to_have_attribute("aria-pressed", "true")
    expect(busy).to_have_attribute("value", "0")  # answered: until then a second tap is the same
    expect(busy).to_be_focused()
    busy.click()
    expect(busy).to_have_attribute("aria-pressed", "false")
    expect(busy).to_have_attribute("value", "1")
    mentor.context.set_offline(True)
    busy.click()
    expect(mentor.locator(".toast")).to_contain_text(["Kein Netz"])
    expect(busy).to_have_attribute("aria-pressed", "false")
    mentor.context.set_offline(False)
