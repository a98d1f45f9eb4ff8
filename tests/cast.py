"""The cast: a mentor, a mentee, a coordinator, a stranger, and a browser for each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import httpx
import pytest
from litestar import Litestar
from litestar.middleware.csrf import generate_csrf_token

import app
import clock
import sealing
from controllers.arrival import MARK, session_cookie
from domain import founding, house, searches, sessions
from tables import fixed
from tables.events import Event
from tables.people import Person
from tests.factories import make_mentor, make_person


class Browser(Protocol):
    """See the fixture of this name."""

    async def __call__(self, person: Person | None, *, visitor: str = ...) -> httpx.AsyncClient: ...


HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
HOST = "http://localhost:8000"


@pytest.fixture
async def founded(database: Any) -> None:
    """House, norms and topics as after the first start; history still empty. They came with the
    copy: see `model`."""
    house.forget()
    searches.forget()


async def after_the_first_start() -> None:
    house.forget()
    await founding.found(clock.now())
    await without_a_past(Event._meta.db)


async def without_a_past(database: Any) -> None:
    """Tests' own privilege: nobody else can remove an event."""
    await fixed.loosen_events(database)
    await Event.delete(force=True)
    await fixed.fix_events(database)


@pytest.fixture
async def mentor(founded: None) -> Person:
    """Claire, free, released; speaks French and German, leads people."""
    return await make_mentor(
        "Claire",
        "Favre",
        email="claire.favre@example.org",
        function="Directrice des opérations",
        sector="banking",
        canton="GE",
    )


@pytest.fixture
async def mentee(founded: None) -> Person:
    return await make_person("David", "Moser", email="david.moser@example.org")


@pytest.fixture
async def coordinator(founded: None) -> Person:
    return await make_person(
        "Sandra", "Weber", email="sandra.weber@example.org", is_coordinator=True
    )


@pytest.fixture
async def stranger(founded: None) -> Person:
    """Another member, whom nothing of the others concerns."""
    return await make_person("Elena", "Bianchi", email="elena.bianchi@example.org")


@pytest.fixture
async def browser(founded: None) -> AsyncIterator[Browser]:
    """`await browser(mentor)`: a client of the whole app, signed in; `browser(None)`: nobody.

    It carries the CSRF cookie and header as htmx does; each call is another browser, `visitor`
    the machine it runs on.
    """
    async with AsyncExitStack() as stack:

        async def opened(person: Person | None, *, visitor: str = "127.0.0.1") -> httpx.AsyncClient:
            return await stack.enter_async_context(await window(person, visitor))

        yield opened


async def window(person: Person | None, visitor: str = "127.0.0.1") -> httpx.AsyncClient:
    token = generate_csrf_token(sealing.csrf_secret())
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=built(), client=(visitor, 50000)),  # type: ignore[arg-type]
        base_url=HOST,
        cookies={app.CSRF_COOKIE: token},
        headers={"x-csrftoken": token, "accept-language": "fr"},
    )
    if person is not None:
        begun = await sessions.begin(person, "Firefox, Linux", clock.now())
        client.cookies.set(session_cookie(), begun.token)
        client.cookies.set(MARK, begun.mark)
    return client


@cache
def built() -> Litestar:
    """One app for all tests: it keeps nothing of a database."""
    return app.build()


@pytest.fixture
def queries(database: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """`with queries() as asked:`: the statements sent to the database meanwhile."""
    running: list[list[str]] = []
    kind = type(database)
    ask = kind.run_querystring
    monkeypatch.setattr(house, "FRESH", 3600.0)  # not read again where the machine is slow

    async def counted(engine: Any, querystring: Any, *more: Any, **named: Any) -> Any:
        for asked in running:
            asked.append(str(querystring))
        return await ask(engine, querystring, *more, **named)

    monkeypatch.setattr(kind, "run_querystring", counted)

    @contextmanager
    def counting() -> Iterator[list[str]]:
        asked: list[str] = []
        running.append(asked)
        yield asked
        running.remove(asked)

    return counting


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`at(moment)`: from here on it is that moment for whoever asks the clock."""

    def turned(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return turned
