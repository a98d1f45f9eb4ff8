"""A Chromium for the tests: found, else installed, else one line that says what to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# First without a window of its own: the same pages for a third less work.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
BY_HAND = "No browser for the tests: type `sudo apt-get install chromium`"


def found() -> str | None:
    """The machine's own, else the one Playwright downloads."""
    paths = filter(None, map(shutil.which, NAMES))
    return next(filter(_runs, paths), None) or _downloaded()


def installed() -> str | None:
    """The first way that works here."""
    for way in (_by_apt, _by_playwright):
        if way() and (path := found()):
            return path
    return None


def _runs(path: str) -> bool:
    """Some systems have a mere hint under the name."""
    return subprocess.run([path, "--version"], capture_output=True).returncode == 0


def _downloaded() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _by_apt() -> bool:
    if not shutil.which("apt-get"):
        return False
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if root and not (shutil.which("sudo") and _done(*root, "true")):
        return False
    apt = (*root, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300")
    _done(*apt, "update")
    install = (*apt, "install", "-y", "--no-install-recommends")
    return _done(*install, "chromium-headless-shell") or _done(*install, "chromium")


def _by_playwright() -> bool:
    return _done(sys.executable, "-m", "playwright", "install", "chromium")


def _done(*command: str) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=quiet, stdout=sys.stderr).returncode == 0


if __name__ == "__main__":
    if not (found() or installed()):
        sys.exit(BY_HAND)
