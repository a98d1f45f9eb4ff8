"""The house's settings: edited whole or not at all; whoever is second keeps what they typed."""

from __future__ import annotations

import asyncio
import re
import struct
from datetime import timedelta
from typing import Any

import httpx
import pytest

import clock
import urls
from domain import house
from formats import pictures
from i18n import short_day
from tables.events import Event
from tables.house import House, Logo
from tables.inquiries import State
from tables.people import Person
from tests.cast import Browser
from tests.factories import make_inquiry, make_person


def png(width: int = 64, height: int = 64) -> bytes:
    return pictures.PNG_BEGIN + struct.pack(">II", width, height) + b"\0" * 12 + pictures.PNG_END


def jpeg(width: int = 64, height: int = 64) -> bytes:
    """With a comment before its frame."""
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"Gimp"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + comment + frame + pictures.JPEG_END


def webp(part: bytes, data: bytes) -> bytes:
    body = b"WEBP" + part + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


PNG, JPEG = png(), jpeg()
WEBP = webp(b"VP8 ", b"\0" * 6 + struct.pack("<HH", 64, 48))
LOSSLESS = webp(b"VP8L", b"\x2f" + struct.pack("<I", 63 | 47 << 14))
EXTENDED = webp(b"VP8X", b"\0" * 4 + (63).to_bytes(3, "little") + (47).to_bytes(3, "little"))


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


async def typed(window: httpx.AsyncClient, **changed: Any) -> dict[str, Any]:
    """What the page would send."""
    text = (await window.get(urls.HOUSE)).text
    form = text.partition('id="house"')[2].partition("</form>")[0]
    fields = re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', form)
    return {**dict(fields), "contact": "bureau@association.example", **changed}


async def kept() -> House:
    [row] = await House.objects()
    return row


async def test_what_is_saved_is_shown_at_once(window: httpx.AsyncClient) -> None:
    probe = (await kept()).probe_sealed

    sent = await typed(window, name_de="Mentoring <Bern>", release_day="21", reminder_days="10, 5")
    answer = await window.post(urls.HOUSE, data=sent)
    row = await kept()

    assert answer.status_code == 303
    assert (row.name_de, row.release_day, row.reminder_days) == ("Mentoring <Bern>", 21, "5 10")
    assert row.probe_sealed == probe and (await house.current()).release_day == 21
    assert [event["what"] for event in await Event.select(Event.what)] == ["house.change"]
    assert "Mentoring &lt;Bern&gt;" in (await window.get(urls.HOUSE)).text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name_fr", ""),
        ("name_it", "x" * 121),
        ("contact", "nobody"),
        ("release_day", "0"),
        ("release_day", "²"),
        ("quiet_days", "-5"),
        ("retention_months", "1.5"),
        ("invitations_an_hour", "99999"),
        ("reminder_days", "3 3"),
        ("reminder_days", "0 3"),
        ("reminder_days", "three"),
        ("reminder_days", "3 14"),
        ("reminder_days", "1 2 3 4 5 6"),
    ],
)
async def test_a_bad_value_is_said_beside_its_field(
    name: str, value: str, window: httpx.AsyncClient
) -> None:
    before = (await kept()).to_dict()

    answer = await window.post(urls.HOUSE, data=await typed(window, **{name: value}))

    assert answer.status_code == 422 and f'id="{name}-error"' in answer.text
    assert answer.text.count('class="error"') == 1
    assert (await kept()).to_dict() == before


async def test_whoever_is_second_keeps_what_they_typed(
    window: httpx.AsyncClient, browser: Browser
) -> None:
    other = await browser(await make_person("Martine", "Dubois", is_coordinator=True))
    mine, theirs = await typed(window, open_limit="5"), await typed(other, open_limit="7")

    answers = await asyncio.gather(
        window.post(urls.HOUSE, data=mine), other.post(urls.HOUSE, data=theirs)
    )
    [lost] = [answer for answer in answers if answer.status_code == 409]
    won = "7" if answers[0] is lost else "5"

    assert {answer.status_code for answer in answers} == {303, 409}
    assert str((await kept()).open_limit) == won
    assert 'value="5"' in lost.text if won == "7" else 'value="7"' in lost.text
    seen = re.findall(r'name="seen" value="(\w+)"', lost.text)
    assert seen and seen[0] != mine["seen"]  # sent once more it is saved


async def test_the_same_form_twice_is_one_change(window: httpx.AsyncClient) -> None:
    sent = await typed(window, open_limit="5")

    first, again = [await window.post(urls.HOUSE, data=sent) for _ in range(2)]

    assert (first.status_code, again.status_code) == (303, 303)
    assert await Event.count() == 1


@pytest.mark.parametrize("image", [PNG, JPEG, WEBP, LOSSLESS, EXTENDED])
async def test_the_logo_is_shown_on_every_page(image: bytes, window: httpx.AsyncClient) -> None:
    answer = await window.post(urls.HOUSE_LOGO, files={"logo": ("x.exe", image, "text/html")})
    address = urls.logo((await house.current()).logo)
    served = await window.get(address)

    assert answer.status_code == 303
    assert f'src="{address}"' in (await window.get(urls.NORMS)).text
    assert served.content == image and "immutable" in served.headers["cache-control"]
    assert served.headers["content-type"] == pictures.kind_of(image)

    await window.post(urls.HOUSE_LOGO_END)
    assert address not in (await window.get(urls.NORMS)).text
    assert (await window.get(address)).status_code == 404


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        PNG + b"<script>",
        JPEG[:-2],
        WEBP + b"more",
        b"GIF89a",
        pictures.PNG_BEGIN + b"\0" * 200_000 + pictures.PNG_END,
        png(30_000, 30_000),  # some hundred bytes that are gigabytes on every screen
        png(64, 4001),
        png(0, 64),
        jpeg(65_000, 64),
        pictures.JPEG_BEGIN + b"\xe0" * 20 + pictures.JPEG_END,
        webp(b"VP8 ", b"\0" * 6 + struct.pack("<HH", 16_383, 64)),
        webp(b"VP8L", b"\x2f" + struct.pack("<I", 16_383)),
        webp(b"VP8X", b"\0" * 4 + b"\xff" * 6),
        webp(b"VP8 ", b""),
    ],
)
async def test_what_is_no_picture_is_no_logo(image: bytes, window: httpx.AsyncClient) -> None:
    answer = await window.post(urls.HOUSE_LOGO, files={"logo": ("logo.png", image, "image/png")})

    assert answer.status_code == 422 and 'id="logo-error"' in answer.text
    assert not await Logo.exists()


async def test_a_preview_keeps_nothing(window: httpx.AsyncClient) -> None:
    """Names in every language, the days of a request sent today, what would go."""
    before = (await kept()).to_dict()
    sent = await typed(window, name_de="Mentoring <Bern>", release_day="21", reminder_days="5")

    page = await window.post(urls.HOUSE, data=sent | {"preview": "1"})
    shown = page.text.partition('id="preview"')[2].partition("</section>")[0]

    assert page.status_code == 200 and "Mentoring &lt;Bern&gt;" in shown
    for days in (5, 21):
        assert short_day(clock.day(clock.now()) + timedelta(days=days)) in shown
    assert "Aucun texte ne s’effacerait" in shown
    assert (await kept()).to_dict() == before and await Event.count() == 0
    again = await window.post(urls.HOUSE, data=sent)  # what was seen before is still seen
    assert again.status_code == 303


async def test_a_preview_tells_what_a_shorter_time_would_take(
    window: httpx.AsyncClient, mentor: Person, mentee: Person
) -> None:
    long_ago = clock.now() - timedelta(days=100)
    await make_inquiry(mentee, mentor, state=State.DECLINED, sent_at=long_ago)

    sent = await typed(window, retention_months="2", preview="1")
    page = await window.post(urls.HOUSE, data=sent)

    assert "1 enregistrement perdrait son texte" in page.text


@pytest.mark.parametrize("name", ["x", "0" * 64, "%00", "0" * 64 + "%00", "..%2fhouse"])
async def test_a_logo_that_is_not_there(name: str, browser: Browser) -> None:
    window = await browser(None)

    assert (await window.get(f"{urls.LOGO}/{name}")).status_code == 404
