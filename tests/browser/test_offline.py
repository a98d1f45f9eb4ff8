"""Without a network: the page kept on the device stands in for every other."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import ON_SQLITE, Site

CONTROLLED = """new Promise(done => {
  const look = () => navigator.serviceWorker.controller ? done() : setTimeout(look, 50);
  look();
})"""


@ON_SQLITE
def test_without_a_network_the_kept_page_says_so(site: Site, window: Callable[..., Page]) -> None:
    page = window(service_workers="allow")
    page.goto(site.address)
    page.evaluate(CONTROLLED)

    page.context.set_offline(True)
    page.goto(f"{site.address}/norms")

    expect(page.get_by_role("heading", name="Vous êtes hors ligne")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.btn')).display") != "inline"
