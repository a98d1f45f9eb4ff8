"""A real server, a real mail server, a real browser at phone size."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from piccolo.utils.sync import run_sync
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import databases
from tests.browser.chromium import found
from tests.browser.people import settle
from tests.smtp import MailServer, mail_server

__all__ = ["mail_server"]

# What comes by itself comes every five seconds, and later on a busy machine.
expect.set_options(timeout=15_000)
FLAGS = (
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The browser's own word for a change of page that was too quick to be animated.
SKIPPED = "Transition was aborted"
PHONE = {"width": 390, "height": 844}
# The policy must never be broken: what the browser blocks is gathered on every page.
WATCH = """window.blocked = [];
document.addEventListener('securitypolicyviolation',
  event => blocked.push(event.violatedDirective + ' ' + event.blockedURI));"""
SOURCE = Path(__file__).parents[2] / "src"


# What a browser does with a page doesn't depend on the engine, and that the pages are the same is
# tested without a browser: so a file or a test has one of them, the stories on a phone both.
ON_SQLITE, ON_POSTGRES = (
    pytest.mark.parametrize("database_url", [engine], indirect=True)
    for engine in ("sqlite", "postgres")
)


@dataclass(frozen=True)
class Site:
    address: str
    mail: MailServer


@pytest.fixture(scope="package")  # longer and its loop would be in the way of other tests
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found(),
            args=list(FLAGS),
            # Playwright switches the back/forward cache off; people have it on.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture
def site(database_url: str, mail_server: MailServer, tmp_path: Path) -> Iterator[Site]:
    """`mentorat serve` in a process of its own, with Nadia, Ursula and a few others in it."""
    with served(database_url, mail_server, tmp_path) as opened:
        yield opened


@contextmanager
def served(database_url: str, mail: MailServer, folder: Path) -> Iterator[Site]:
    run_sync(_settled(database_url))
    port = free_port()
    address = f"http://localhost:{port}"
    environ = os.environ | mail.environ()
    environ |= {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "BASE_URL": address,
        "PYTHONPATH": str(SOURCE),
    }
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
    log = folder / "server.log"
    with log.open("w") as file:
        server = subprocess.Popen(command, env=environ, stdout=file, stderr=file)
    try:
        _wait_until_ready(address, server, log)
        yield Site(address, mail)
    finally:
        server.terminate()
        assert server.wait(10) == 0, log.read_text()


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`window(java_script_enabled=False)`: a browser of its own, at phone size."""
    with windows(chromium) as opened:
        yield opened


@contextmanager
def filled(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """A database on the engine that is asked for, for all the tests of a file."""
    if request.param == "sqlite":
        yield databases.copied_sqlite(request.getfixturevalue("sqlite_template"), folder)
    else:
        server, template = map(request.getfixturevalue, ("postgres", "postgres_template"))
        with databases.new_postgres(server, template) as url:
            yield url


@contextmanager
def windows(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """At the end nothing may have broken the policy, no script may have failed."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def noticed(error: object) -> None:
        if SKIPPED not in str(error):
            faults.append(str(error))

    def opened(**options: Any) -> Page:
        usual = {"viewport": PHONE, "locale": "fr-CH", "service_workers": "block"}
        context = chromium.new_context(**(usual | options))
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", noticed)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            if page.evaluate("typeof blocked") == "object":
                faults += page.evaluate("blocked")
        context.close()
    assert faults == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _settled(url: str) -> None:
    async with databases.opened(url):
        await settle()


def _wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"{address}/ready", timeout=2)
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.1)
