"""Contrast as written in app.css, the vendored script, the worker and its offline page."""

from __future__ import annotations

import hashlib
import re
import xml.dom.minidom
from typing import cast

import pytest

from assets import STATIC

CSS = (STATIC / "css/app.css").read_text()
PAIR = r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)"
TOKENS = {name: (light, dark) for name, light, dark in re.findall(PAIR, CSS)}
MEASURED = re.findall(PAIR + r"; /\* ([\d.]+) \| ([\d.]+) on --([\w-]+) \*/", CSS)
LINES = ("line", "focus")  # borders and rings need 3, words 4.5
HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("measured", MEASURED, ids=lambda measured: cast(str, measured[0]))
def test_contrast_is_enough_and_as_written(measured: tuple[str, ...]) -> None:
    name, *colours, light, dark, ground = measured
    for colour, under, written in zip(colours, TOKENS[ground], (light, dark), strict=True):
        counted = contrast(colour, under)

        assert counted >= (3 if name in LINES else 4.5)
        assert 0 <= counted - float(written) < 0.1


@pytest.mark.parametrize("ground", ["ground", "paper", "sunk"])
@pytest.mark.parametrize("ink", ["ink", "muted", "action", "waiting", "done", "harm"])
def test_words_stand_out_on_every_ground(ink: str, ground: str) -> None:
    pairs = zip(TOKENS[ink], TOKENS[ground], strict=True)

    assert all(contrast(one, other) >= 4.5 for one, other in pairs)


def test_browsers_without_light_dark_get_the_light_values() -> None:
    plain = dict(re.findall(r"--([\w-]+): (#\w{6});", CSS.partition("@supports")[0]))

    assert plain == {name: light for name, (light, _) in TOKENS.items()}


def test_the_style_asks_no_other_host() -> None:
    assert re.findall(r"url\((?!\"data:)|@import", CSS) == []


def test_htmx_is_exactly_this_release() -> None:
    script = (STATIC / "vendored/htmx-4.0.1.min.js").read_bytes()

    assert hashlib.sha256(script).hexdigest() == HTMX


def test_scripts_need_no_eval() -> None:
    for name in ("js/app.js", "js/tt.js", "sw.js"):
        assert not re.search(r"\beval\(|innerHTML\s*=|new Function", (STATIC / name).read_text())


def test_the_sprite_is_one_file_of_named_signs() -> None:
    sprite = xml.dom.minidom.parse(str(STATIC / "icons.svg"))
    ids = [sign.getAttribute("id") for sign in sprite.getElementsByTagName("symbol")]

    assert len(ids) == len(set(ids)) > 40
    assert (STATIC / "vendored/lucide-LICENSE.txt").exists()


def test_the_worker_keeps_what_the_server_lists() -> None:
    assert (STATIC / "sw.js").read_text().count("__KEEP__") == 1


def test_the_offline_page_speaks_four_languages_and_names_nobody() -> None:
    page = (STATIC / "offline.html").read_text()

    assert all(f'lang="{code}"' in page for code in ("fr", "de", "it", "en"))
    assert "csrf" not in page and "{{" not in page


@pytest.mark.parametrize(
    ("name", "size"),
    [("icon-192", 192), ("icon-512", 512), ("icon-512-maskable", 512), ("favicon", 32)],
)
def test_icons_have_their_size(name: str, size: int) -> None:
    header = (STATIC / f"img/{name}.png").read_bytes()[:24]

    assert [int.from_bytes(header[i : i + 4], "big") for i in (16, 20)] == [size, size]
