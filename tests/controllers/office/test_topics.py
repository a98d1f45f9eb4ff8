"""The tree of topics in the office's hands; the search follows."""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any

import httpx
import pytest

import urls
from domain import topics
from tables.events import Event
from tables.people import Person
from tables.topics import Topic
from tests.cast import Browser

NAMES = {
    "name_fr": "Apiculture <urbaine>",
    "name_de": "Stadtimkerei",
    "name_it": "Apicoltura",
    "name_en": "Beekeeping",
    "also": "ruches\nmiel · abeilles",
}


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


async def row(key: str) -> Topic:
    [topic] = await Topic.objects().where(Topic.key == key)
    return topic


async def branch() -> Topic:
    return (await topics.tree())[0].topic


async def offered() -> list[str]:
    return [leaf.key for leaf in (await topics.tree())[0].leaves]


async def seen(window: httpx.AsyncClient, topic: Topic) -> str:
    text = (await window.get(urls.house_topic(topic))).text
    return html.unescape(re.findall(r'name="seen" value="([^"]*)"', text)[0])


async def test_added_once_and_found(window: httpx.AsyncClient) -> None:
    sent = NAMES | {"branch": str((await branch()).id)}

    first = await window.post(urls.HOUSE_TOPICS, data=sent)
    again = await window.post(urls.HOUSE_TOPICS, data=sent)
    topic = await row("apiculture-urbaine")

    assert (first.status_code, again.status_code) == (303, 422)
    assert topic.also == "ruches · miel · abeilles" and (await offered())[-1] == topic.key
    assert "Apiculture &lt;urbaine&gt;" in (await window.get(urls.HOUSE_TOPICS)).text
    assert "Apiculture &lt;urbaine&gt;" in (await window.get(urls.PROFILE)).text


@pytest.mark.parametrize("wrong", [{"name_fr": ""}, {"name_de": "x" * 81}, {"also": "x" * 1001}])
async def test_what_cannot_be_kept_is_said(wrong: Any, window: httpx.AsyncClient) -> None:
    before = await Topic.count()

    answer = await window.post(urls.HOUSE_TOPICS, data=NAMES | wrong)

    assert answer.status_code == 422 and f'id="{next(iter(wrong))}-error"' in answer.text
    assert await Topic.count() == before


async def test_a_leaf_has_no_leaves(window: httpx.AsyncClient) -> None:
    leaf = await row((await offered())[0])

    for given in (str(leaf.id), "9999999", "x", "²"):
        answer = await window.post(urls.HOUSE_TOPICS, data=NAMES | {"branch": given})
        assert answer.status_code == 404


async def test_moved_up_and_down_within_its_branch(window: httpx.AsyncClient) -> None:
    one, two, *_ = before = await offered()

    await window.post(urls.house_topic(await row(two), "up"))
    assert (await offered())[:2] == [two, one]
    await window.post(urls.house_topic(await row(two), "up"))  # it is the first already
    assert (await offered())[:2] == [two, one]
    await window.post(urls.house_topic(await row(two), "down"))
    assert await offered() == before

    first = await branch()
    await window.post(urls.house_topic(first, "down"))
    assert (await topics.tree())[1].topic.id == first.id
    assert await topics.keys() == [b.key for each in await topics.tree() for b in each.leaves]


async def test_retired_and_brought_back(window: httpx.AsyncClient) -> None:
    topic = await row((await offered())[0])

    answers = await asyncio.gather(
        *(window.post(urls.house_topic(topic, "retirement")) for _ in range(2))
    )
    assert {answer.status_code for answer in answers} == {303}
    assert topic.key not in await offered()
    assert await Event.count().where(Event.what == "topic.retire") == 1

    await window.post(urls.house_topic(topic, "return"))
    assert topic.key in await offered()


async def test_two_rename_at_once(window: httpx.AsyncClient) -> None:
    topic = await row((await offered())[0])
    mark = await seen(window, topic)
    mine = NAMES | {"seen": mark}
    theirs = NAMES | {"seen": mark, "name_fr": "Autre nom"}

    answers = await asyncio.gather(
        *(window.post(urls.house_topic(topic), data=data) for data in (mine, theirs))
    )
    [lost] = [answer for answer in answers if answer.status_code == 409]

    assert {answer.status_code for answer in answers} == {303, 409}
    assert ("Apiculture" if lost is answers[0] else "Autre nom") in lost.text
    assert await Event.count().where(Event.what == "topic.rename") == 1


async def test_a_preview_keeps_nothing(window: httpx.AsyncClient) -> None:
    sent = NAMES | {"branch": str((await branch()).id), "preview": "1"}
    before = await Topic.count()

    new = await window.post(urls.HOUSE_TOPICS, data=sent)
    topic = (await topics.tree())[0].leaves[0]
    known = NAMES | {"seen": await seen(window, topic)}
    old = await window.post(urls.house_topic(topic), data=known | {"preview": "1"})
    wrong = await window.post(urls.HOUSE_TOPICS, data=sent | {"name_de": ""})

    for page in (new, old):
        assert page.status_code == 200
        shown = page.text.partition('id="preview"')[2].partition("</section>")[0]
        assert "Apiculture &lt;urbaine&gt;" in shown and "Beekeeping" in shown
        assert "ruches · miel · abeilles" in shown
    assert wrong.status_code == 422 and 'id="preview"' not in wrong.text
    assert await Topic.count() == before and await Event.count() == 0
    assert (await window.post(urls.house_topic(topic), data=known)).status_code == 303
