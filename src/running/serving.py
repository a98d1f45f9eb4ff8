"""From settings to a running server: database upgraded, house founded, doors open."""

from __future__ import annotations

import logging
from pathlib import Path
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


def open_doors(app: Any, port: int) -> None:
    """Until told to stop; requests under way get some seconds. One process: SQLite has one
    writer, and with PostgreSQL several containers stand side by side."""
    uvicorn.run(
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


def _make_room(engine: object) -> None:
    path = getattr(engine, "path", None)
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
