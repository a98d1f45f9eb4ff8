"""A note on a phone: no typed word is lost, none is overwritten unseen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

import clock
from domain import notes, sessions
from domain.typed_texts import Answers
from tables.mentorships import Mentorship, State
from tables.people import Person
from tables.sessions import Session
from tests import databases
from tests.browser.chromium import found as chromium_path
from tests.browser.conftest import FLAGS, PHONE, Site, served
from tests.browser.people import MENTEE
from tests.factories import make_mentor, make_mentorship
from tests.smtp import running

Got = TypeVar("Got")
SAVED = re.compile("Enregistré à")
OFFLINE = re.compile("gardé sur cet appareil")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Place:
    site: Site
    url: str

    def ask(self, work: Callable[[], Coroutine[Any, Any, Got]]) -> Got:
        """In the server's database."""

        async def asked() -> Got:
            async with databases.opened(self.url):
                return await work()

        return run_sync(asked())


@dataclass(frozen=True)
class Sheet:
    """Nadia's, of a mentorship of its own."""

    place: Place
    mentorship: int
    partner: str

    @property
    def address(self) -> str:
        return f"{self.place.site.address}/mentorships/{self.mentorship}/notes/1"

    def enter(self, context: BrowserContext, email: str = MENTEE) -> None:
        async def begin() -> sessions.Begun:
            person = await Person.objects().where(Person.email == email).first()
            assert person is not None
            return await sessions.begin(person, "Chromium", clock.now())

        begun = self.place.ask(begin)
        url = self.place.site.address
        context.add_cookies(
            [
                {"name": "session", "value": begun.token, "url": url},
                {"name": "mark", "value": begun.mark, "url": url},
            ]
        )

    def kept(self) -> Answers:
        """What the server has."""

        async def read() -> Answers:
            pair = await Mentorship.objects(Mentorship.mentee, Mentorship.mentor).where(
                Mentorship.id == self.mentorship
            ).first()  # fmt: skip
            assert pair is not None
            nadia: Person = pair.mentee
            return notes.text_of(await notes.of(pair, 1, nadia)).answers

        return self.place.ask(read)

    def end(self) -> None:
        async def ended() -> None:
            here = Mentorship.id == self.mentorship
            values: dict[Any, Any] = {Mentorship.state: State.CLOSED, Mentorship.ended_at: NOW}
            await Mentorship.update(values).where(here)

        NOW = clock.now()
        self.place.ask(ended)


@pytest.fixture(scope="module")
def place(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One server for all; what two write at once is tested on both engines elsewhere."""
    folder = tmp_path_factory.mktemp("notes")
    url = databases.copied_sqlite(sqlite_template, folder)
    with running() as mail, served(url, mail, folder) as site:
        yield Place(site, url)


@pytest.fixture
def site(place: Place) -> Site:
    """For the fixture `window`."""
    return place.site


@pytest.fixture
def sheet(place: Place) -> Sheet:
    email = f"partner.{next(_numbers)}@example.org"

    async def begin() -> int:
        nadia = await Person.objects().where(Person.email == MENTEE).first()
        assert nadia is not None
        partner = await make_mentor("Marc", "Partenaire", email=email)
        return (await make_mentorship(nadia, partner)).id

    return Sheet(place, place.ask(begin), email)


@pytest.fixture
def opened(sheet: Sheet, window: Callable[..., Page]) -> Callable[..., Page]:
    """`opened()`: the sheet on a device of its own, signed in; `opened(page.context)`: in a
    further window there."""

    def open_one(context: BrowserContext | None = None, **options: Any) -> Page:
        page = context.new_page() if context else window(**options)
        if context is None:
            sheet.enter(page.context)
        page.goto(sheet.address)
        ready(page)
        return page

    return open_one


def ready(page: Page) -> None:
    """htmx is there, and what was kept is brought back."""
    page.wait_for_timeout(250)


def state(page: Page) -> Any:
    return expect(page.locator("#note-saved"))


def kept_on_device(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).filter(n => n.startsWith('kept:')).length"))


def write(page: Page, text: str, name: str = "needs") -> None:
    page.locator(f"#{name}").press_sequentially(text, delay=5)


def until(page: Page, expression: str) -> None:
    """Playwright's own way makes a function of a text, which the page's policy forbids."""
    for _ in range(300):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


# What the line says one after the other: some of it for less than a second.
LISTEN = """() => {
  window.told = [];
  const line = document.getElementById('note-saved');
  const hear = () => {
    const said = line.textContent.trim();
    const word = said.startsWith('Enregistré à') ? 'saved'
      : said === 'Pas encore enregistré' ? 'not yet' : said;
    if (word && word !== told.at(-1)) told.push(word);
  };
  new MutationObserver(hear).observe(line, {childList: true, characterData: true, subtree: true});
}"""


def test_it_is_saved_while_one_types_and_says_so(sheet: Sheet, opened: Callable[..., Page]) -> None:
    page = opened()
    page.evaluate(LISTEN)
    write(page, "un regard franc")
    until(page, "told.length >= 2")
    page.get_by_text("un savoir, un conseil").click()
    until(page, "told.length >= 4")
    write(page, " et doux")
    until(page, "told.length >= 6")
    assert page.evaluate("told") == ["not yet", "saved"] * 3

    assert sheet.kept()["needs"] == "un regard franc et doux"
    assert sheet.kept()["received"] == ["knowledge"]
    assert kept_on_device(page) == 0
    page.reload()
    expect(page.locator("#needs")).to_have_value("un regard franc et doux")
    expect(page.get_by_label("un savoir, un conseil")).to_be_checked()


def test_the_line_is_cut_for_a_while(sheet: Sheet, opened: Callable[..., Page]) -> None:
    page = opened()
    write(page, "avant ")
    state(page).to_have_text(SAVED)
    page.context.set_offline(True)
    write(page, "pendant ")
    state(page).to_have_text(OFFLINE)
    write(page, "encore")
    state(page).to_have_text(OFFLINE)
    assert sheet.kept()["needs"] == "avant" and kept_on_device(page) == 1
    page.context.set_offline(False)

    state(page).to_have_text(SAVED)
    assert sheet.kept()["needs"] == "avant pendant encore"
    assert kept_on_device(page) == 0


def test_the_answer_got_lost_on_its_way(sheet: Sheet, opened: Callable[..., Page]) -> None:
    """Saved, but the page doesn't know: what follows is no conflict with oneself."""
    page = opened()
    cut: list[str] = []

    def lose(route: Route) -> None:
        cut.append(route.fetch().text())
        route.abort()

    page.route("**/notes/1", lose)
    write(page, "un")
    state(page).to_have_text(OFFLINE)
    assert sheet.kept()["needs"] == "un" and cut
    page.unroute("**/notes/1")
    write(page, ", deux")
    state(page).to_have_text(SAVED)

    assert sheet.kept()["needs"] == "un, deux"
    expect(page.locator("#note-compare")).to_have_count(0)


def test_without_a_word_from_the_line_it_tries_again(
    sheet: Sheet, opened: Callable[..., Page]
) -> None:
    """The server was away for a moment; the browser never said "online"."""
    page = opened()
    page.route("**/notes/1", lambda route: route.abort())
    write(page, "toujours là")
    state(page).to_have_text(OFFLINE)
    page.unroute("**/notes/1")

    state(page).to_have_text(SAVED, timeout=15_000)
    assert sheet.kept()["needs"] == "toujours là"


def test_words_typed_while_a_saving_is_under_way_follow_it(
    sheet: Sheet, opened: Callable[..., Page]
) -> None:
    page = opened()
    held: list[Route] = []
    page.route("**/notes/1", lambda route: held.append(route))
    write(page, "un")
    for _ in range(300):
        if held:
            break
        page.wait_for_timeout(50)
    write(page, ", deux")
    page.wait_for_timeout(1000)  # its own moment passes while the line is taken
    assert len(held) == 1
    held[0].continue_()
    page.unroute("**/notes/1")

    state(page).to_have_text(SAVED)
    expect(page.locator("#note-version")).to_have_value("2")
    assert sheet.kept()["needs"] == "un, deux" and kept_on_device(page) == 0


def test_the_window_is_closed_in_the_middle_of_a_word(
    sheet: Sheet, opened: Callable[..., Page]
) -> None:
    first = opened()
    context = first.context
    # Within the page: a line that is cut from outside is whole again as soon as the page closes.
    first.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()) }")
    write(first, "au milieu d’un m")
    first.close()
    assert sheet.kept() == {}

    page = opened(context)
    expect(page.locator("#needs")).to_have_value("au milieu d’un m")
    state(page).to_have_text(SAVED)
    assert sheet.kept()["needs"] == "au milieu d’un m" and kept_on_device(page) == 0


def test_the_browser_is_closed_and_opened_again(
    sheet: Sheet, chromium: Browser, tmp_path: Path
) -> None:
    def start() -> BrowserContext:
        return chromium.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=chromium_path(),
            args=list(FLAGS),
            viewport=PHONE,  # type: ignore[arg-type]
            locale="fr-CH",
            service_workers="block",
        )

    context = start()
    sheet.enter(context)
    page = context.new_page()
    page.goto(sheet.address)
    ready(page)
    write(page, "un")
    state(page).to_have_text(SAVED)
    context.set_offline(True)
    write(page, ", deux")
    state(page).to_have_text(OFFLINE)
    context.close()

    context = start()
    sheet.enter(context)
    page = context.new_page()
    page.goto(sheet.address)
    expect(page.locator("#needs")).to_have_value("un, deux")
    state(page).to_have_text(SAVED)
    context.close()
    assert sheet.kept()["needs"] == "un, deux"


def test_two_windows_closed_while_offline_both_come_back(
    sheet: Sheet, opened: Callable[..., Page]
) -> None:
    one = opened()
    two = opened(one.context)
    one.context.set_offline(True)
    write(one, "le premier texte")
    write(two, "le second texte")
    one.wait_for_timeout(1200)
    keeper = one.context.new_page()
    one.close()
    two.close()
    keeper.context.set_offline(False)
    keeper.goto(sheet.address)

    keeper.locator("#note-compare").click()
    keeper.locator("#note-choose").click()
    expect(keeper.locator("#note-version")).to_have_value("2")
    needs = str(sheet.kept()["needs"])
    assert "le premier texte" in needs and "le second texte" in needs
    ready(keeper)
    assert kept_on_device(keeper) == 0
    expect(keeper.locator("#note-compare")).to_have_count(0)


def test_two_windows_on_one_note(sheet: Sheet, opened: Callable[..., Page]) -> None:
    one = opened()
    two = opened(one.context)
    write(one, "du premier")
    state(one).to_have_text(SAVED)
    write(two, "du second")
    write(two, "se taire", "agenda")

    # Told beside the text, which stays, and can be written on.
    two.locator("#note-compare").wait_for()
    write(two, " encore")
    two.wait_for_timeout(1000)
    expect(two.locator("#needs")).to_have_value("du second encore")
    assert sheet.kept()["needs"] == "du premier"

    two.locator("#note-compare").click()
    choice = two.locator("#note")
    expect(choice).to_contain_text("du premier")
    expect(choice).to_contain_text("du second encore")
    expect(
        two.get_by_role("group", name="Ce dont j’ai besoin").get_by_label("Les deux")
    ).to_be_checked()
    expect(two.get_by_role("group", name="Ce que j’aimerais aborder").get_by_label(
        "Ce que vous venez d’écrire"
    )).to_be_checked()  # fmt: skip
    two.locator("#note-choose").click()
    expect(two.locator("#needs")).to_have_value("du premier\n\ndu second encore")
    assert sheet.kept()["agenda"] == "se taire"
    ready(two)
    assert kept_on_device(two) == 0

    # The first window goes on from its old text: told too.
    write(one, " aussi")
    one.locator("#note-compare").wait_for()
    assert sheet.kept()["needs"] == "du premier\n\ndu second encore"


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ("mine", "de la tablette"),
        ("theirs", "du téléphone"),
        ("both", "du téléphone\n\nde la tablette"),
    ],
)
def test_two_devices(sheet: Sheet, opened: Callable[..., Page], wanted: str, left: str) -> None:
    phone, tablet = opened(), opened(viewport={"width": 820, "height": 1180})
    write(phone, "du téléphone")
    phone.locator("#received-support + *, label:has(#received-support)").first.click()
    state(phone).to_have_text(SAVED)
    tablet.context.set_offline(True)
    write(tablet, "de la tablette")
    state(tablet).to_have_text(OFFLINE)
    tablet.context.set_offline(False)
    tablet.locator("#note-compare").click()
    tablet.locator(f"#keep_needs-{wanted}").check()
    tablet.locator("#note-choose").click()

    expect(tablet.locator("#needs")).to_have_value(left)
    ready(tablet)
    assert sheet.kept()["received"] == ["support"]
    assert kept_on_device(tablet) == 0


def test_the_session_ended_while_one_types(sheet: Sheet, opened: Callable[..., Page]) -> None:
    page = opened()
    write(page, "avant ")
    state(page).to_have_text(SAVED)

    async def end() -> None:
        await Session.delete(force=True)

    sheet.place.ask(end)
    write(page, "après")
    page.wait_for_url(re.compile("/sign-in"))
    mail = sheet.place.site.mail
    before = len(mail.to(MENTEE))
    page.fill("#email", MENTEE)
    page.keyboard.press("Enter")
    letter = mail.wait_for(MENTEE, before + 1)
    code = re.search(r"\b(\d{6})\b", str(letter.message["Subject"]))
    assert code is not None
    page.fill("#code", code[1])
    page.keyboard.press("Enter")
    page.wait_for_url(sheet.address)

    expect(page.locator("#needs")).to_have_value("avant après")
    state(page).to_have_text(SAVED)
    assert sheet.kept()["needs"] == "avant après" and kept_on_device(page) == 0


def test_back_overwrites_nothing_unseen(sheet: Sheet, opened: Callable[..., Page]) -> None:
    """An old page out of the browser’s memory, or old words laid over a new one."""
    page = opened()
    page.evaluate("addEventListener('unload', () => {})")  # no back/forward cache
    page.route(
        "**/notes/1",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    write(page, "vieux")
    page.evaluate("localStorage.clear()")  # and nothing kept either
    page.goto(f"{sheet.place.site.address}/mentorships")
    other = opened()
    write(other, "neuf")
    state(other).to_have_text(SAVED)
    page.unroute("**/notes/1")
    page.go_back()
    ready(page)

    # Whichever page the browser shows: what it hasn't seen, it doesn't overwrite.
    write(page, "ou presque", "agenda")
    page.locator("#note-compare").click()
    page.locator("#note-choose").click()
    expect(page.locator("#agenda")).to_have_value("ou presque")
    assert "neuf" in str(sheet.kept()["needs"])


def test_without_a_script(sheet: Sheet, opened: Callable[..., Page]) -> None:
    one = opened(java_script_enabled=False)
    two = opened(java_script_enabled=False)
    one.fill("#needs", "du premier")
    one.get_by_role("button", name="Enregistrer et revenir").click()
    expect(one.get_by_text("Votre note est enregistrée.")).to_be_visible()
    assert sheet.kept()["needs"] == "du premier"

    two.fill("#needs", "du second")
    two.locator("#note-done").click()
    expect(two.get_by_role("heading", name="Deux textes pour une note")).to_be_visible()
    two.locator("#keep_needs-both").check()
    two.locator("#note-choose").click()
    expect(two.locator("#needs")).to_have_value("du premier\n\ndu second")

    two.fill("#needs", "partagé en un geste")
    two.locator("#note-share").click()
    expect(two.get_by_text("Marc lit cette note")).to_be_visible()
    assert sheet.kept()["needs"] == "partagé en un geste"


def test_shared_and_hidden_again(
    sheet: Sheet, opened: Callable[..., Page], window: Callable[..., Page]
) -> None:
    page, partner = opened(), window()
    sheet.enter(partner.context, sheet.partner)
    partner.goto(sheet.address.removesuffix("/notes/1"))
    expect(partner.locator("#notes")).not_to_contain_text("Nadia partage")
    write(page, "à montrer")
    page.locator("#note-share").click()
    expect(page.get_by_text("Marc lit cette note")).to_be_visible()

    expect(partner.locator("#notes")).to_contain_text("Nadia partage", timeout=15_000)
    partner.get_by_role("link", name=re.compile("Nadia partage")).click()
    expect(partner.get_by_text("à montrer")).to_be_visible()
    expect(partner.locator("main textarea")).to_have_count(0)
    page.locator("#note-share").click()
    expect(page.get_by_text("Vous seul·e pouvez lire ceci.")).to_be_visible()
    partner.reload()
    expect(partner.get_by_text("à montrer")).to_have_count(0)


def test_it_ended_while_one_types(sheet: Sheet, opened: Callable[..., Page]) -> None:
    """What came too late is shown, so that it can be copied."""
    page = opened()
    write(page, "à temps")
    state(page).to_have_text(SAVED)
    sheet.end()
    write(page, ", trop tard")
    expect(page.locator(".toast").first).to_contain_text("terminé")
    state(page).to_have_text("Pas encore enregistré")
    page.reload()

    expect(page.locator("[data-kept]")).to_contain_text("à temps, trop tard")
    expect(page.locator("main .sheet")).to_contain_text("à temps")
    expect(page.locator("main textarea")).to_have_count(0)


def test_by_keyboard(sheet: Sheet, opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator("#agenda").focus()
    page.keyboard.type("au clavier")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#received-knowledge")).to_be_checked()
    page.locator("#note-done").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Votre note est enregistrée.")).to_be_visible()
    assert sheet.kept()["agenda"] == "au clavier"
