"""The demo's doors: there in the demo, nowhere else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import cache

import httpx
import pytest
from litestar import Litestar
from litestar.middleware.csrf import generate_csrf_token

import app
import clock
import sealing
import urls
from demo import doors, paper, people
from mail import letters, outbox
from tables.letters import Letter
from tables.people import Person
from tests.cast import HOST, Browser
from tests.factories import make_inquiry, make_person


@cache
def built() -> Litestar:
    return app.build(further=doors.HANDLERS)


@pytest.fixture
async def visitor(founded: None) -> AsyncIterator[httpx.AsyncClient]:
    token = generate_csrf_token(sealing.csrf_secret())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=built()),  # type: ignore[arg-type]
        base_url=HOST,
        cookies={app.CSRF_COOKIE: token},
        headers={"x-csrftoken": token, "accept-language": "fr"},
    ) as client:
        yield client


@pytest.mark.parametrize("part", list(doors.PARTS))
async def test_inside_with_one_tap(visitor: httpx.AsyncClient, part: str) -> None:
    await make_person("Somebody", email=people.address(doors.PARTS[part]))

    entered = await visitor.post("/demo/enter", data={"part": part})
    home = await visitor.get(urls.ACCOUNT)

    assert entered.status_code == 303 and entered.headers["location"] == urls.HOME
    assert home.status_code == 200 and "Somebody" in home.text


async def test_no_other_part_can_be_taken(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/demo/enter", data={"part": "operator"})).status_code == 404
    assert (await visitor.post("/demo/enter", data={"part": "mentor"})).status_code == 404
    assert (await visitor.get(urls.ACCOUNT)).status_code == 303


async def test_letters_newest_first(visitor: httpx.AsyncClient, mentor: Person) -> None:
    now = clock.now()
    await letters.turned_busy(mentor, now - timedelta(days=1))
    await letters.sign_in(mentor, "123456", "/sign-in/link/secret", now)
    older, newer = await Letter.objects().order_by(Letter.id)

    page = await visitor.get(urls.DEMO_LETTERS)
    one = await visitor.get(f"{urls.DEMO_LETTERS}/{newer.id}")

    assert page.status_code == 200 and mentor.name in page.text
    assert page.text.index(f'letters/{newer.id}"') < page.text.index(f'letters/{older.id}"')
    assert one.status_code == 200 and "123456" in one.text
    assert re.search(r'<a href="/sign-in/link/secret" class="btn">', one.text)
    assert "Message-ID" in one.text and f"{mentor.email}" in one.text
    assert "style=" not in one.text


async def test_a_letter_shows_its_answer_link(
    visitor: httpx.AsyncClient, mentor: Person, mentee: Person
) -> None:
    inquiry = await make_inquiry(mentee, mentor, problem="<script>alert(1)</script> " * 3)
    await letters.inquiry_received(inquiry, urls.answer("token"), clock.now())
    [letter] = await Letter.objects()

    page = await visitor.get(f"{urls.DEMO_LETTERS}/{letter.id}")

    assert 'href="/answer/token"' in page.text
    assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text


async def test_letters_to_strangers_are_shown_too(
    visitor: httpx.AsyncClient, founded: None
) -> None:
    to = outbox.Stranger("somebody@example.org", "fr")
    await letters.sign_in_unknown(to.email, to.language, clock.now())
    [letter] = await Letter.objects()

    page = await visitor.get(f"{urls.DEMO_LETTERS}/{letter.id}")

    assert page.status_code == 200 and to.email in page.text


async def test_what_is_no_letter(visitor: httpx.AsyncClient) -> None:
    assert "Aucun message" in (await visitor.get(urls.DEMO_LETTERS)).text
    for number in (0, 1, 2**31):
        assert (await visitor.get(f"{urls.DEMO_LETTERS}/{number}")).status_code == 404


async def test_without_the_demo_nothing_of_it_is_there(browser: Browser, mentor: Person) -> None:
    await letters.turned_busy(mentor, clock.now())
    [letter] = await Letter.objects()

    for person in (None, mentor):
        window = await browser(person)
        for path in (urls.DEMO_LETTERS, f"{urls.DEMO_LETTERS}/{letter.id}"):
            assert (await window.get(path)).status_code == 404
        entered = await window.post("/demo/enter", data={"part": "coordinator"})
        assert entered.status_code == 404 and "session" not in entered.cookies


def test_links_of_an_earlier_port_lead_here() -> None:
    html = '<title>x</title><p style="a">Hier <a href="http://localhost:9/answer/x" id="b">go</a>'
    assert paper.face(html) == '<p>Hier <a href="/answer/x">go</a>'


def test_plain_text_has_links() -> None:
    text = "Ici: http://localhost:9/norms.\n<b> a@example.org"
    assert paper.plain(text) == (
        'Ici: <a href="/norms">http://localhost:8000/norms</a>.<br>\n'
        '&lt;b&gt; <a href="mailto:a@example.org">a@example.org</a>'
    )
