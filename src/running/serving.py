"""From settings to a running server: database upgraded, house founded, doors open."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Any

import uvicorn

import clock
import piccolo_conf
import urls
from domain import first_run, founding
from running import upgrade
from settings import settings

log = logging.getLogger("mentorat")

GRACE = 3  # seconds
STARTUP_FAILURE = 3  # as uvicorn's own


async def prepare() -> None:
    """Safe with several replicas: the upgrade holds a lock, the founding another."""
    settings().data.mkdir(parents=True, exist_ok=True)
    _make_room(piccolo_conf.DB)
    await upgrade.upgrade()
    await founding.found(clock.now())


async def announce() -> None:
    """What whoever reads the log should know."""
    if settings().smtp is None:
        log.warning("No SMTP_HOST: letters wait in the outbox until there is one.")
    if await first_run.is_open():
        address = urls.absolute(urls.FIRST_RUN)
        log.warning("Nobody coordinates yet. Open %s with this key: %s", address, first_run.key())


def open_doors(
    app: Any,
    port: int,
    *,
    listening: socket | None = None,
    once_open: Callable[[], None] = lambda: None,
) -> None:
    """Until told to stop; requests under way get some seconds. One process: SQLite has one
    writer, and with PostgreSQL several containers stand side by side."""
    config = uvicorn.Config(
        app,
        host=settings().host,
        port=port,
        access_log=False,  # its paths hold the secrets of links
        log_config=None,
        proxy_headers=True,
        forwarded_allow_ips=settings().trusted_proxies,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        date_header=True,
    )
    server = Server(config, once_open)
    # uvicorn raises its signal again once all is closed: being told to stop is no failure.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: None)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening] if listening else None)
    if not server.started:
        sys.exit(STARTUP_FAILURE)


class Server(uvicorn.Server):
    """Tells when it can be reached."""

    def __init__(self, config: uvicorn.Config, once_open: Callable[[], None]) -> None:
        super().__init__(config)
        self.once_open = once_open

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.once_open()


def _make_room(engine: object) -> None:
    path = getattr(engine, "path", None)
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
