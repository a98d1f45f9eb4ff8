"""The norms' next version: written, compared, published once; then everybody is asked again."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest

import clock
import urls
from domain import norms, norms_drafts
from tables.events import Event
from tables.norms import NormsVersion
from tables.people import Person
from tests.cast import Browser
from tests.factories import make_person


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


async def seen(window: httpx.AsyncClient, form: str, code: str = "de") -> str:
    text = (await window.get(urls.house_norms(code))).text
    marks: list[str] = re.findall(r'name="seen" value="(\w+)"', text)
    return marks[0 if form == "text" else 1]


async def write(window: httpx.AsyncClient, text: str, **more: Any) -> httpx.Response:
    data = {"language": "de", "text": text, "seen": await seen(window, "text"), **more}
    return await window.post(urls.HOUSE_NORMS, data=data)


async def publish(window: httpx.AsyncClient, mark: str = "") -> httpx.Response:
    data = {"seen": mark or await seen(window, "publish")}
    return await window.post(urls.house_norms("", "publication"), data=data)


async def test_a_draft_is_nobodys_norms_until_published(
    window: httpx.AsyncClient, browser: Browser, mentee: Person
) -> None:
    reader = await browser(mentee)
    reader.headers["accept-language"] = "de"

    saved = await write(window, "# Neu\n\n**Alles** <script>x</script>")
    page = (await window.get(urls.house_norms("de"))).text
    before = await reader.get(urls.NORMS)
    published = await publish(window)
    current = await norms.current()

    assert (saved.status_code, published.status_code) == (303, 303)
    assert "<strong>Alles</strong>" in page and "<script>x" not in page and "<ins>" in page
    assert "Alles" not in before.text
    assert current and (current.number, current.text_de[:5]) == (2, "# Neu")
    assert current.text_fr  # the other languages as they were
    assert not await norms.has_accepted(mentee)
    [first, last] = await Event.select(Event.what).order_by(Event.id)
    assert (first["what"], last["what"]) == ("norms.write", "norms.publish")


async def test_a_preview_keeps_nothing(window: httpx.AsyncClient) -> None:
    answer = await write(window, "# Nur ein Blick", preview="1")

    assert answer.status_code == 200 and ">Nur ein Blick</h2>" in answer.text
    assert await NormsVersion.count() == 1


@pytest.mark.parametrize("text", ["", "  \n", "x" * 60_001])
async def test_a_text_that_cannot_be_kept(text: str, window: httpx.AsyncClient) -> None:
    answer = await write(window, text)

    assert answer.status_code == 422 and 'id="text-error"' in answer.text
    assert await NormsVersion.count() == 1


async def test_two_write_at_once(window: httpx.AsyncClient, browser: Browser) -> None:
    other = await browser(await make_person("Martine", "Dubois", is_coordinator=True))
    mark = await seen(window, "text")

    answers = await asyncio.gather(
        write(window, "Meine Fassung", seen=mark), write(other, "Andere Fassung", seen=mark)
    )
    [lost] = [answer for answer in answers if answer.status_code == 409]

    assert {answer.status_code for answer in answers} == {303, 409}
    assert ("Meine Fassung" if lost is answers[0] else "Andere Fassung") in lost.text
    assert await NormsVersion.count() == 2


async def test_two_publish_at_once(window: httpx.AsyncClient, browser: Browser) -> None:
    other = await browser(await make_person("Martine", "Dubois", is_coordinator=True))
    await write(window, "Neu")
    mark = await seen(window, "publish")

    answers = await asyncio.gather(publish(window, mark), publish(other, mark))

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert await Event.count().where(Event.what == "norms.publish") == 1


async def test_what_changed_after_it_was_read_is_not_published(window: httpx.AsyncClient) -> None:
    await write(window, "Neu")
    mark = await seen(window, "publish")
    await write(window, "Noch neuer")

    assert (await publish(window, mark)).status_code == 409
    current = await norms.current()
    assert current and current.number == 1


async def test_a_draft_that_changes_nothing_is_not_published(window: httpx.AsyncClient) -> None:
    current = await norms.current()
    assert current
    before = current.text_de
    await write(window, "Neu")
    await write(window, before)

    assert "rien à publier" in (await publish(window)).text


async def test_who_has_yet_to_accept(
    window: httpx.AsyncClient, mentee: Person, stranger: Person
) -> None:
    await write(window, "Neu")
    await publish(window)
    current = await norms.current()
    assert current
    before = await norms_drafts.count_waiting(current)

    await norms.accept(current, by=mentee, now=clock.now())
    names = [row["last_name"] for row in await norms_drafts.waiting(current)]

    assert await norms_drafts.count_waiting(current) == before - 1 == len(names)
    assert "Bianchi" in names and "Moser" not in names
    assert "Elena Bianchi" in (await window.get(urls.HOUSE_NORMS)).text
