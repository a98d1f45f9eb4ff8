"""A coordinator rewords a letter: sees it while typing, corrects, tries it out, keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from mail import sentences
from tests.browser.conftest import ON_POSTGRES, ON_SQLITE, Site
from tests.browser.people import OFFICE
from tests.browser.test_story import sign_in

ADDRESS = "/desk/house/letters/inquiry_declined"
SUBJECT = f"#{sentences.of('inquiry_declined')[0].key}"
NEWS = f"#{sentences.of('inquiry_declined')[1].key}"  # a colleague is recommended

OWN = "{mentor} connaît mieux que soi.\n\nEt le dit volontiers."


@ON_POSTGRES
def test_a_letter_is_reworded(site: Site, window: Callable[..., Page]) -> None:
    page = window()
    sign_in(page, site, OFFICE)
    page.goto(f"{site.address}{ADDRESS}")
    preview = page.locator("#preview")

    # Seen as it is typed, in the case that is looked at; what is wrong is said beside it.
    page.select_option("#case", "2")
    expect(preview).to_contain_text("vous recommande Luca Rossi")
    page.fill(NEWS, "{mentor} connaît mieux que soi.\n\nEt le dit {volontiers}.")
    expect(preview).to_contain_text("Claire Favre connaît mieux que soi.")
    expect(preview).to_contain_text("{volontiers} n’est pas connu")
    expect(page.locator(NEWS)).to_be_focused()
    page.locator("#letter-save").click()
    expect(page.locator(f"{NEWS}-error")).to_be_visible()
    expect(page.locator(NEWS)).to_be_focused()

    # Corrected and tried out before it is kept.
    page.fill(NEWS, OWN)
    expect(preview.locator(".notice")).to_have_count(0)
    page.locator("#letter-trial").dblclick()
    expect(page.locator("#toasts")).to_contain_text(OFFICE)
    letter = site.mail.wait_for(OFFICE, 2)  # the first was the code
    assert letter.message["Subject"].startswith("Essai") and "volontiers." in letter.part("plain")

    # Kept by Enter; then its first sentence as it was shipped, which is kept only when saved.
    page.locator(SUBJECT).press("Enter")
    expect(page.locator("#toasts")).to_contain_text("enregistrés")
    expect(page.locator("#origin")).to_be_visible()
    page.locator(f"#origin-{NEWS[1:]} > summary").click()
    page.locator(f"#back-{NEWS[1:]}").click()
    expect(page.locator(NEWS)).to_have_value(re.compile("^{mentor} a lu .* vous aidera mieux.$"))
    expect(preview).to_contain_text("vous aidera mieux")
    page.reload()
    expect(page.locator(NEWS)).to_have_value(OWN)

    # The whole letter, asked once.
    page.locator("#revert > summary").click()
    page.locator("#revert-sure").click()
    expect(page.locator("#origin")).to_have_count(0)
    expect(page.locator(NEWS)).not_to_have_value(OWN)


@ON_SQLITE
def test_without_a_script(site: Site, window: Callable[..., Page]) -> None:
    page = window(java_script_enabled=False)
    sign_in(page, site, OFFICE)
    page.goto(f"{site.address}{ADDRESS}")

    page.fill(NEWS, "{mentor} connaît mieux que soi.")
    page.select_option("#case", "2")
    page.get_by_role("button", name="Mettre à jour l’aperçu").click()
    expect(page.locator("#preview")).to_contain_text("Claire Favre connaît mieux que soi.")
    expect(page.locator("#case")).to_have_value("2")
    page.fill(SUBJECT, "")
    page.locator("#letter-save").click()
    expect(page.locator(f"{SUBJECT}-error")).to_be_visible()
    expect(page.locator(NEWS)).to_have_value("{mentor} connaît mieux que soi.")
    page.fill(SUBJECT, "Réponse de {mentor}")
    page.locator("#letter-trial").click()
    expect(page.locator("#toasts")).to_contain_text(OFFICE)
    page.locator("#letter-save").click()
    expect(page.locator("#toasts")).to_contain_text("enregistrés")
    expect(page.locator(SUBJECT)).to_have_value("Réponse de {mentor}")
