"""The house's settings: edited whole or not at all; whoever is second keeps what they typed."""

from __future__ import annotations

import asyncio
import re
import struct
from typing import Any

import httpx
import pytest

import urls
from domain import house
from formats import pictures
from tables.events import Event
from tables.house import House, Logo
from tables.people import Person
from tests.cast import Browser
from tests.factories import make_person

PNG = pictures.PNG_BEGIN + b"\0" * 12 + pictures.PNG_END
JPEG = pictures.JPEG_BEGIN + b"\xe0" * 20 + pictures.JPEG_END
WEBP = b"RIFF" + struct.pack("<I", 16) + b"WEBPVP8 " + b"\0" * 8


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


async def typed(window: httpx.AsyncClient, **changed: Any) -> dict[str, Any]:
    """What the page would send."""
    text = (await window.get(urls.HOUSE)).text
    form = text.partition('id="house"')[2].partition("</form>")[0]
    fields = re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', form)
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


@pytest.mark.parametrize("image", [PNG, JPEG, WEBP])
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
    ],
)
async def test_what_is_no_picture_is_no_logo(image: bytes, window: httpx.AsyncClient) -> None:
    answer = await window.post(urls.HOUSE_LOGO, files={"logo": ("logo.png", image, "image/png")})

    assert answer.status_code == 422 and 'id="logo-error"' in answer.text
    assert not await Logo.exists()
