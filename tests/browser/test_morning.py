"""A coordinator's morning on a phone: all that waits is settled where it stands, by touch, without
a script, and by keyboard alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Browser, Locator, Page, expect

from tests import databases
from tests.browser import people
from tests.browser.conftest import Site, filled, served, windows
from tests.browser.people import CLOSED, COLLEAGUE, OFFICE, TOLD, Desk
from tests.browser.test_story import PROBLEM as ASKED
from tests.browser.test_story import ask
from tests.factories import PROBLEM
from tests.smtp import running

Windows = Callable[..., Page]


class House(NamedTuple):
    """One server for the mornings on an engine."""

    site: Site
    url: str


@pytest.fixture(scope="module")
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("morning")
    with filled(request, folder) as url, running() as mail, served(url, mail, folder) as site:
        yield House(site, url)


@pytest.fixture
def opened(chromium: Browser, house: House) -> Iterator[Windows]:
    with windows(chromium) as each:
        yield each


class Finger:
    """Taps; what is folded is unfolded first."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.tap()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def unfold(self, item: Locator) -> None:
        self.press(item.locator("summary").first)
        expect(item.locator("details").first).to_have_attribute("open", "")

    def settle(self, item: Locator) -> None:
        self.unfold(item)
        self.press(item.locator("[data-settle]"))

    def undo(self, item: Locator) -> None:
        self.press(item.locator("[data-undo]"))


class Pointer(Finger):
    def press(self, target: Locator) -> None:
        target.click()


class Keys(Finger):
    """Nothing but keys: Tab reaches everything, and the desk has its own."""

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.type(text)

    def unfold(self, item: Locator) -> None:
        self.step_to(item)
        self.page.keyboard.press("s")
        expect(item.locator("details").first).to_have_attribute("open", "")

    def settle(self, item: Locator) -> None:
        self.unfold(item)
        self.page.keyboard.press("s")

    def undo(self, item: Locator) -> None:
        self.page.keyboard.press("u")

    def step_to(self, item: Locator) -> None:
        """From the top of the list, one after the other."""
        self.page.evaluate("document.activeElement.blur()")
        for _ in range(40):
            self.page.keyboard.press("j")
            if item.evaluate("it => it.contains(document.activeElement)"):
                return
        raise AssertionError("j never came to it")

    def reach(self, target: Locator) -> None:
        for _ in range(120):
            if target.evaluate("it => it === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {target}")


@dataclass
class Morning:
    """`hand`: of the coordinator; `colleague`: another one, who opened the desk a minute ago."""

    house: House
    desk: Desk
    hand: Finger
    colleague: Page

    @property
    def page(self) -> Page:
        return self.hand.page

    def walk(self) -> None:
        self.come_in()
        self.decide_on_applications()
        self.release()
        self.see_what_stayed_unanswered()
        self.read_and_settle_the_report()
        self.send_again()
        self.be_done()

    def come_in(self) -> None:
        self.sign_in()
        self.hand.press(self.page.get_by_role("link", name="Ouvrir le bureau"))
        self.waits(7)
        dates = [time.get_attribute("datetime") for time in self.page.locator("summary time").all()]
        assert dates == sorted(dates, key=str)
        self.colleague.goto(f"{self.house.site.address}/desk")

    def sign_in(self) -> None:
        mail = self.house.site.mail
        before = len(mail.to(OFFICE))
        self.page.goto(f"{self.house.site.address}/sign-in")
        self.hand.write(self.page.locator("#email"), OFFICE)
        self.hand.press(self.page.locator("#sign-in-ask"))
        code = re.search(r"\b\d{6}\b", str(mail.wait_for(OFFICE, before + 1).message["Subject"]))
        assert code is not None
        self.hand.write(self.page.locator("#code"), code[0])
        self.hand.press(self.page.locator("#sign-in-enter"))

    def decide_on_applications(self) -> None:
        """Taken, refused, taken with a second thought. The colleague is too late for the first."""
        nora, tom, mia = (self.item("application", each) for each in self.desk.applications)
        self.hand.settle(nora)
        expect(nora).to_contain_text("candidature acceptée")
        late = self.colleague.locator(f"#application-{self.desk.applications[0]}")
        late.locator("summary").first.click()
        late.locator("[id$=-no]").click()
        expect(self.colleague.locator("#toasts")).to_contain_text("Martine Dubois s’en est déjà")
        expect(late).to_contain_text("candidature acceptée")
        expect(late).to_contain_text("Martine Dubois")

        self.hand.unfold(tom)
        self.hand.press(tom.locator("[id$=-no]"))
        expect(tom).to_contain_text("candidature refusée")
        self.hand.settle(mia)
        expect(mia).to_contain_text("candidature acceptée")
        self.waits(4)
        self.hand.undo(mia)
        expect(mia.locator("summary").first).to_contain_text("Mia")
        self.waits(5)
        self.hand.unfold(mia)
        self.hand.press(mia.locator("[id$=-no]"))
        expect(mia).to_contain_text("candidature refusée")

    def release(self) -> None:
        profile = self.item("profile", self.desk.profile)
        self.hand.settle(profile)
        expect(profile).to_contain_text("profil publié")

    def see_what_stayed_unanswered(self) -> None:
        """Who waited for whom, and not a word of what was asked."""
        inquiry = self.item("inquiry", self.desk.inquiry)
        expect(inquiry).to_contain_text("Demande restée sans réponse")
        assert PROBLEM not in self.page.content()
        self.hand.settle(inquiry)
        expect(inquiry).to_contain_text("vu par Martine Dubois")

    def read_and_settle_the_report(self) -> None:
        """Only what its author opened; they see who has read it."""
        report = self.item("report", self.desk.report)
        assert TOLD not in self.page.content()
        own = f"#report-{self.desk.report}"
        self.hand.unfold(report)
        expect(report.locator("button[name=what]")).to_have_count(2)
        self.hand.press(self.page.locator(f"{own}-words"))
        expect(self.page.get_by_text(TOLD)).to_be_visible()
        self.hand.press(self.page.locator(f"{own}-request"))
        expect(self.page.get_by_text(PROBLEM)).to_be_visible()
        assert CLOSED not in self.page.content()
        self.hand.press(self.page.locator(f"{own}-yes"))
        expect(report).to_contain_text("signalement réglé")

        self.colleague.context.clear_cookies()
        self.author(self.colleague).goto(
            f"{self.house.site.address}/mentorships/{self.desk.pair}/report"
        )
        read = self.colleague.locator("li").filter(has_text="Lu par Martine Dubois")
        expect(read).to_have_text([re.compile("votre message$"), re.compile("la demande et")])

    def send_again(self) -> None:
        """The address was unknown a while ago; now it is known."""
        mail = self.house.site.mail
        mail.unknown.discard(self.desk.address)
        letter = self.page.locator("li.desk-item").filter(has_text="Ines")
        expect(letter).to_contain_text("Message non remis")
        assert self.desk.address not in self.page.content()
        self.hand.unfold(letter)
        expect(letter).to_contain_text("550")
        self.hand.press(letter.locator("[id$=-again]"))
        expect(self.page.locator("#toasts")).to_contain_text("Le message va repartir.")
        expect(letter).to_have_count(0)
        assert ASKED in mail.wait_for(self.desk.address).part("plain")

    def be_done(self) -> None:
        expect(self.page.locator("#desk-count")).to_have_text("Aucune décision en attente")
        week = self.page.locator("#desk-week")
        expect(week).to_contain_text("Tout est décidé")
        expect(week.locator("li")).to_have_text(
            [re.compile(rf"^\s*\d+ {each}") for each in ("nouv", "réponse", "contact", "mentorat")]
        )
        assert self.page.url.endswith("/desk")
        assert not self.page.evaluate("document.documentElement.scrollWidth > innerWidth")

    # What stands there

    def item(self, noun: str, number: int) -> Locator:
        return self.page.locator(f"#{noun}-{number}")

    def waits(self, count: int) -> None:
        said = re.compile(rf"^{count} décisions? en attente")
        expect(self.page.locator("#desk-count")).to_have_text(said)

    def author(self, page: Page) -> Page:
        return enter(page, self.house, self.desk.author)


def enter(page: Page, house: House, email: str) -> Page:
    """Without a letter: for whom this isn't the story."""
    known = run_sync(on(house, people.token, email))
    cookie: Any = {"name": "session", "value": known, "url": house.site.address}
    page.context.add_cookies([cookie])
    return page


async def on(house: House, verb: Any, *given: Any) -> Any:
    async with databases.opened(house.url):
        return await verb(*given)


def begun(house: House, opened: Windows, name: str, hand: Finger) -> Morning:
    """Somebody asked a mentor this night, whom no letter reached."""
    desk: Desk = run_sync(on(house, people.a_morning, name))
    mail = house.site.mail
    mail.unknown.add(desk.address)
    author = enter(opened(), house, desk.author)
    author.goto(f"{house.site.address}/mentors/{desk.mentor}/inquiry")
    ask(author)
    author.locator("#send").click()
    end = time.monotonic() + 10
    while desk.address not in mail.turned_away:
        assert time.monotonic() < end, "no letter was sent"
        time.sleep(0.02)
    return Morning(house, desk, hand, enter(opened(), house, COLLEAGUE))


def on_engines(*engines: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("house", engines, indirect=True, scope="module")


@on_engines("sqlite", "postgres")
def test_by_touch(house: House, opened: Windows) -> None:
    hand = Finger(opened(has_touch=True, is_mobile=True))

    begun(house, opened, "Tang", hand).walk()


@on_engines("sqlite")
def test_without_a_script(house: House, opened: Windows) -> None:
    hand = Pointer(opened(java_script_enabled=False))

    begun(house, opened, "Sand", hand).walk()


@on_engines("postgres")
def test_by_keyboard_alone(house: House, opened: Windows) -> None:
    hand = Keys(opened())

    begun(house, opened, "Ross", hand).walk()
