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
import sealing
import urls
from domain import first_run, founding
from running import keys, upgrade
from settings import KEY_FILE, settings
from tables.house import House

log = logging.getLogger("mentorat")

GRACE = 3  # seconds
STARTUP_FAILURE = 3  # as uvicorn's own
LOST_KEY = (
    "The key is missing: the database holds sealed texts. Put back {}, or set SECRET_KEY; a new one"
    " could not open them."
)
OTHER_KEY = (
    "The database was sealed under another key. Put back the one that belongs to it: SECRET_KEY, or"
    " the file secret.key in DATA_DIR."
)


class CannotStart(SystemExit):
    """Said in words, without a traceback."""


async def prepare() -> None:
    """Safe with several replicas: the upgrade holds a lock, the founding another."""
    _make_room()
    await _insist_on_database()
    await upgrade.upgrade()
    await _insist_on_key()
    try:
        await founding.found(clock.now())
    except sealing.Unreadable:
        raise CannotStart(OTHER_KEY) from None


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


def _make_room() -> None:
    file = getattr(piccolo_conf.DB, "path", None)
    for folder in (settings().data, *([Path(file).parent] if file else [])):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStart(f"{folder} cannot be made: {error.strerror}") from None


async def _insist_on_key() -> None:
    """Before anything would make a new one."""
    file = settings().data / KEY_FILE
    if not settings().keys and not file.exists() and await keys.holds_sealed_texts():
        raise CannotStart(LOST_KEY.format(file))


async def _insist_on_database() -> None:
    try:
        await House.raw("SELECT 1")
    except Exception as error:
        # An address that cannot be read would be quoted with its password.
        said = "" if isinstance(error, ValueError) else str(error)
        raise CannotStart(f"The database is out of reach: {said or type(error).__name__}") from None
