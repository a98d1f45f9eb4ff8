"""Static files: kept for a year where they are the ones named, and never wrongly."""

from __future__ import annotations

import gzip
import hashlib

import pytest

from assets import STATIC, asset
from tests.cast import Browser

FILE = "css/app.css"
VERSION = hashlib.sha256((STATIC / FILE).read_bytes()).hexdigest()[:12]


async def test_only_the_right_version_is_kept_for_a_year(browser: Browser) -> None:
    window = await browser(None)
    kept = {
        query: (await window.get(f"/static/{FILE}{query}")).headers["cache-control"]
        for query in (
            f"?v={VERSION}",
            "",
            "?v=",
            "?v=000000000000",
            f"?w={VERSION}",
            f"?v={VERSION}0",
        )
    }

    assert kept.pop(f"?v={VERSION}") == "public, max-age=31536000, immutable"
    assert set(kept.values()) == {"no-cache"}


@pytest.mark.parametrize("query", ["", f"?v={VERSION}"])
async def test_compressed_for_whoever_can_read_it(browser: Browser, query: str) -> None:
    window = await browser(None)
    plain = await window.get(f"/static/{FILE}{query}", headers={"accept-encoding": "identity"})
    async with window.stream(
        "GET", f"/static/{FILE}{query}", headers={"accept-encoding": "gzip, br"}
    ) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])

    assert plain.content == gzip.decompress(raw) == (STATIC / FILE).read_bytes()
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(raw) < len(plain.content)
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


async def test_each_file_has_its_kind(browser: Browser) -> None:
    window = await browser(None)
    kinds = {
        "css/app.css": "text/css",
        "js/app.js": "text/javascript",
        "icons.svg": "image/svg+xml",
        "img/icon-192.png": "image/png",
        "offline.html": "text/html",
        "vendored/htmx-4.0.1.min.js": "text/javascript",
        "vendored/htmx-LICENSE.txt": "text/plain",
    }
    for name, kind in kinds.items():
        answer = await window.get(asset(name))
        assert answer.headers["content-type"].split(";")[0] == kind, name


async def test_what_is_no_file_is_not_there(browser: Browser) -> None:
    window = await browser(None)
    for name in ("none.css", "css", "css/", "../src/app.py", "css/../css/app.css", "CSS/app.css"):
        assert (await window.get(f"/static/{name.replace('..', '%2e%2e')}")).status_code == 404


async def test_files_ask_nothing_of_the_database(browser: Browser, queries: object) -> None:
    window = await browser(None)
    assert callable(queries)
    with queries() as asked:
        await window.get(asset(FILE))
        await window.get("/health")

    assert asked == []
