"""The product's own server, filled, with a clock at its database; and two to compare it with.

`x-recorded: 1` answers the database's questions from memory: the same handler without it.
`/bench/plain` is the least a Litestar handler does.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from contextvars import ContextVar
from typing import Any

from litestar import Litestar, get
from litestar.middleware.csrf import generate_csrf_token

import app
import clock
import piccolo_conf
import sealing
from bench import fill, pairs, search
from controllers.arrival import session_cookie
from domain import norms, sessions
from running import serving
from tables.people import Person, Standing

_spent: ContextVar[list[float] | None] = ContextVar("spent", default=None)
_is_recorded: ContextVar[bool] = ContextVar("is_recorded", default=False)
_answers: dict[str, Any] = {}


@get("/bench/plain", sync_to_thread=False)
def plain() -> str:
    return "plain"


def main(count: int, port: int) -> None:
    cookie, mentorships, speed = asyncio.run(_prepare(count))
    _put_clock_at(piccolo_conf.DB)
    token = generate_csrf_token(sealing.csrf_secret())
    serving.open_doors(
        _Doors(app.build(), Litestar([plain], openapi_config=None, logging_config=None)),
        port,
        once_open=lambda: _tell(
            {
                "cookie": cookie,
                "token": token,
                "csrf_cookie": f"{app.CSRF_COOKIE}={token}",
                "pairs": mentorships,
                **vars(speed),
            }
        ),
    )


def _tell(speed: dict[str, Any]) -> None:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(json.dumps({**speed, "megabytes": most}) + "\n")
    sys.stdout.flush()


async def _prepare(count: int) -> tuple[str, list[int], search.Speed]:
    await serving.prepare()
    engine: Any = piccolo_conf.DB
    await engine.start_connection_pool()
    try:
        await fill.fill(count)
        cookie, mentorships = await _viewer()
        return cookie, mentorships, await search.measure()
    finally:
        await engine.close_connection_pool()


async def _viewer() -> tuple[str, list[int]]:
    """Who searches, and has mentorships of their own."""
    now = clock.now()
    viewer = Person(
        email="viewer@bench.example",
        first_name="Viewer",
        sector="banking",
        standing=Standing.ACTIVE,
        created_at=now,
    )
    await viewer.save()
    version = await norms.current()
    if version is not None:
        await norms.accept(version, by=viewer, now=now)
    begun = await sessions.begin(viewer, "bench", now)
    return f"{session_cookie()}={begun.token}", await pairs.fill(viewer, now)


class _Doors:
    """Beside each answer what the database took of it."""

    def __init__(self, product: Any, least: Any) -> None:
        self.product, self.least = product, least

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.product(scope, receive, send)
            return
        if scope["path"] == "/bench/plain":
            await self.least(scope, receive, send)
            return
        _is_recorded.set((b"x-recorded", b"1") in scope["headers"])
        spent: list[float] = []
        _spent.set(spent)

        async def send_on(message: Any) -> None:
            if message["type"] == "http.response.start":
                told = f"{len(spent)};{sum(spent) * 1000:.3f}".encode()
                message["headers"] = [*message["headers"], (b"x-database", told)]
            await send(message)

        await self.product(scope, receive, send_on)


def _put_clock_at(engine: Any) -> None:
    for name in ("_run_in_new_connection", "_run_in_pool", "_run_in_existing_connection"):
        if usual := getattr(type(engine), name, None):
            setattr(type(engine), name, _timed(usual))


def _timed(usual: Any) -> Any:
    async def timed(self: Any, *asked: Any, **more: Any) -> Any:
        spent = _spent.get()
        question = repr((asked, more))
        if _is_recorded.get() and question in _answers:
            return [dict(row) for row in _answers[question]]
        begun = time.perf_counter()
        try:
            answer = await usual(self, *asked, **more)
        finally:
            if spent is not None:
                spent.append(time.perf_counter() - begun)
        if _is_recorded.get():
            _answers[question] = answer
        return answer

    return timed


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
