"""A new key under the feet of those who are here: nobody is thrown out in the middle."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import app
import clock
import urls
from controllers.arrival import session_cookie
from domain import founding, house, sessions
from tables.letters import Letter
from tests.cast import HOST
from tests.factories import make_person
from tests.test_sealing import NEW, OLD, OTHER, under

__all__ = ["under"]
Under = Callable[[str], None]


@pytest.fixture
async def open_house(under: Under, database: Any) -> None:
    under(OLD)
    house.forget()
    await founding.found(clock.now())


def client(cookies: httpx.Cookies | None = None) -> httpx.AsyncClient:
    """Of a server that has just started."""
    transport = httpx.ASGITransport(app=app.build())  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=HOST, cookies=cookies)


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="_csrf_token" value="(\w+)"', page.text)
    assert found is not None
    return found[1]


async def test_a_code_and_an_open_page_outlive_the_rotation(open_house: None, under: Under) -> None:
    await make_person("David", "Moser", email="david.moser@example.org")
    async with client() as before:
        form = {"_csrf_token": token_in(await before.get(urls.SIGN_IN))}
        asked = await before.post(
            urls.SIGN_IN, data=form | {"email": "david.moser@example.org", "next": "/"}
        )
        [letter] = await Letter.objects()
        code = re.search(r"\b\d{6}\b", letter.subject)
        assert asked.status_code == 200 and code is not None
        under(f"{NEW},{OLD}")
        async with client(before.cookies) as after:
            typed = form | {"code": code[0], "email": "david.moser@example.org", "next": "/"}
            entered = await after.post(f"{urls.SIGN_IN}/code", data=typed)

    assert entered.status_code == 303 and session_cookie() in entered.cookies


async def test_a_session_outlives_the_old_key(open_house: None, under: Under) -> None:
    person = await make_person()
    begun = await sessions.begin(person, "", clock.now())
    under(NEW)
    house.forget()
    async with client(httpx.Cookies({session_cookie(): begun.token})) as window:
        assert (await window.get(urls.ACCOUNT)).status_code == 200


async def test_a_page_loaded_after_the_old_key_is_gone_can_post(
    open_house: None, under: Under
) -> None:
    """A cookie under a key that is gone gives way to a new one."""
    async with client() as before:
        old = token_in(await before.get(urls.SIGN_IN))
        cookies = before.cookies
    under(OTHER)
    async with client(cookies) as after:
        left_open = await after.post(urls.LANGUAGE, data={"_csrf_token": old})
    async with client(cookies) as after:
        new = token_in(await after.get(urls.SIGN_IN))
        posted = await after.post(urls.LANGUAGE, data={"_csrf_token": new, "language": "de"})

    assert left_open.status_code == 403 and new != old
    assert posted.status_code == 303
