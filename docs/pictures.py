"""Takes the README's pictures: `make demo PORT=8123`, then `.venv/bin/python docs/pictures.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.browser.chromium import found

DEMO = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8123"
SIZES = {"phone": (390, 844, 2), "desktop": (1280, 844, 1)}

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=found(), args=["--no-sandbox"])
    for name, (width, height, scale) in SIZES.items():
        page = browser.new_page(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            locale="fr-CH",
            color_scheme="light",
        )
        page.goto(f"{DEMO}/sign-in")
        page.click("button[name=part][value=mentee]")
        page.goto(f"{DEMO}/mentors?q=conduite+equipe")
        page.locator(".hit").first.wait_for()
        page.screenshot(path=Path(__file__).with_name(f"{name}.png"))
        page.close()
    browser.close()
