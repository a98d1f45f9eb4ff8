"""From the acceptance to the certificate: a French mentee and a German mentor on phones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from time import sleep

from playwright.sync_api import Page, expect

import clock
from tests.browser.conftest import Site
from tests.browser.people import MENTEE, MENTOR

GOAL = "Trancher sans demander pardon"
PROMISE = "Le compte rendu de ma première séance"
TO_MENTOR = "Vous m’avez laissé chercher, merci."
TO_MENTEE = "Sie haben den Mut selbst gefunden."
SOON = 12_000  # milliseconds: an open page asks every five seconds


def wait_out_midnight() -> None:
    """Contacts of one evening are asked about as one: the walk (a minute) stays within a day."""
    now = clock.now()
    ends = datetime.combine(clock.day(now) + timedelta(days=1), time(), tzinfo=clock.ZURICH)
    if ends - now < timedelta(minutes=2):
        sleep((ends - now).total_seconds() + 1)


@dataclass
class Pair:
    """Both on their mentorship's page. `live`: with a script, the partner's page follows by
    itself; without one it is loaded again."""

    mentee: Page
    mentor: Page
    live: bool

    def walk(self, site: Site) -> None:
        wait_out_midnight()
        self.home = self.mentee.url.partition("#")[0]
        self.mentor.goto(self.home)
        self.meet_once()
        self.go_on()
        self.agree()
        self.prepare()
        self.meet_to_the_end(site)
        self.look_back(site)
        self.certify()

    def meet_once(self) -> None:
        """Two taps; the partner's page follows; the same contact told by both is one."""
        log(self.mentee, "in_person")
        expect(self.mentee.get_by_text("1 contact sur 4")).to_be_visible()
        expect(self.fresh(self.mentor).get_by_text("1 von 4 Kontakten")).to_be_visible(timeout=SOON)
        log(self.mentor, "in_person")
        self.mentor.locator("#same-yes").click()
        expect(self.mentor.get_by_text("1 von 4 Kontakten")).to_be_visible()

    def go_on(self) -> None:
        """Each says so; what the first one said is nowhere on the other's page."""
        self.mentee.goto(f"{self.home}/first-talk")
        self.mentee.locator("input[name=answer][value=yes]").check()
        self.mentee.locator("#say").click()
        mentor = self.fresh(self.mentor)
        expect(mentor.get_by_text("Nadia hat geantwortet").first).to_be_visible(timeout=SOON)
        mentor.locator("#next input[value=yes]").check()
        mentor.locator("#talk-say").click()
        expect(mentor.locator("#standing")).to_contain_text("bis zum vierten Kontakt")
        self.mentee.goto(self.home)
        expect(self.mentee.locator("#standing")).to_contain_text("faire le chemin ensemble")

    def agree(self) -> None:
        self.mentee.locator("#agreement a").click()
        self.mentee.fill("#goals", GOAL)
        self.mentee.locator("#propose").click()
        expect(self.mentee.locator("#agreement")).to_contain_text("votre proposition")
        self.mentor.goto(f"{self.home}/agreement")
        self.mentor.locator("#accept").click()
        self.mentee.goto(self.home)
        expect(self.mentee.locator("#agreement")).to_contain_text(GOAL)

    def prepare(self) -> None:
        """Written for the next time, and shared on purpose."""
        self.mentee.goto(f"{self.home}/notes/1")
        self.mentee.fill("#bring", PROMISE)
        if self.live:
            expect(self.mentee.locator("#note-saved")).to_contain_text("Enregistré à")
        else:
            self.mentee.locator("#note-done").click()
        self.mentor.goto(f"{self.home}/notes")
        expect(self.mentor.get_by_text(PROMISE)).to_have_count(0)
        self.mentee.goto(f"{self.home}/notes/1")
        self.mentee.locator("#note-share").click()
        expect(self.mentee.get_by_text("Ne plus partager")).to_be_visible()
        self.mentor.goto(f"{self.home}/notes")
        expect(self.mentor.get_by_text(PROMISE)).to_be_visible()
        self.mentee.goto(f"{self.home}/notes/2")
        expect(self.mentee.get_by_text(PROMISE)).to_be_visible()

    def meet_to_the_end(self, site: Site) -> None:
        """Three more on one day, each said to be another one; the fourth ends it officially."""
        for number, page in enumerate((self.mentor, self.mentee, self.mentor), start=2):
            page.goto(self.home)
            log(page, "phone")
            page.locator("#same-no").click()
            so_far = re.compile(rf"{number} (contacts sur 4|von 4 Kontakten)")
            expect(page.get_by_text(so_far)).to_be_visible()
        expect(self.mentor.locator("#standing")).to_contain_text("Offiziell beendet")
        letter = wait_for(site, MENTEE, "officiellement terminé")
        assert "/evaluation" in letter
        assert "offiziell beendet" in wait_for(site, MENTOR, "offiziell beendet")

    def look_back(self, site: Site) -> None:
        """Neither word is seen before both have answered."""
        for page, words in ((self.mentee, TO_MENTOR), (self.mentor, TO_MENTEE)):
            page.goto(f"{self.home}/evaluation")
            assert TO_MENTOR not in page.content()
            page.locator("label:has(input[name=goal_0][value=yes])").click()
            page.fill("#to_partner", words)
            page.locator("#evaluation-send").click()
            expect(page.locator("#evaluation-send")).to_have_count(0)
        expect(self.mentor.get_by_text(TO_MENTOR).first).to_be_visible()
        self.mentee.goto(self.home)
        expect(self.mentee.get_by_text(TO_MENTEE).first).to_be_visible()

    def certify(self) -> None:
        self.mentee.get_by_role("link", name="Certificat de participation").first.click()
        expect(self.mentee.locator("#certificate")).to_contain_text("Nadia Rochat")
        expect(self.mentee.locator("#certificate")).to_contain_text("Ursula Keller")
        self.mentor.goto(f"{self.home}/certificate")
        expect(self.mentor.locator("html")).to_have_attribute("lang", "de")
        expect(self.mentor.locator("#certificate")).to_contain_text("Ursula Keller")

    def fresh(self, page: Page) -> Page:
        if not self.live:
            page.goto(self.home)
        return page


def log(page: Page, kind: str) -> None:
    page.locator("#log-open").click()
    page.locator(f"#log-{kind}").click()


def wait_for(site: Site, address: str, subject: str) -> str:
    """The text of the letter whose subject says so."""
    for count in range(1, 30):
        letter = site.mail.wait_for(address, count)
        for each in site.mail.to(address):
            if subject in str(each.message["Subject"]):
                return each.part("plain") + str(each.message["Subject"])
    raise AssertionError(f"no letter to {address}: {letter.message['Subject']}")
