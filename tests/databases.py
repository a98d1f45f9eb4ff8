"""A fresh database for each test, copied from one that was migrated, or also filled, once."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import asyncpg
from piccolo.apps.migrations.tables import Migration
from piccolo.table import Table
from piccolo.utils.sync import run_sync  # also while a browser test has a loop running

import piccolo_conf
from running.upgrade import upgrade
from tables.piccolo_app import TABLES

NEWER = 15  # from here on PostgreSQL has two ways to copy: files are quicker than pages
Filling = Callable[[], Awaitable[None]]


def migrated_sqlite(folder: Path) -> Path:
    file = folder / "template.sqlite"
    _migrate(f"sqlite:///{file}")
    return file


@contextmanager
def migrated_postgres(server: str) -> Iterator[str]:
    with new_postgres(server) as url:
        _migrate(url)
        yield url


def filled_sqlite(template: Path, folder: Path, filling: Filling) -> Path:
    _fill(copied_sqlite(template, folder), filling)
    return folder / "mentorat.sqlite"


@contextmanager
def filled_postgres(server: str, template: str, filling: Filling) -> Iterator[str]:
    with new_postgres(server, template) as url:
        _fill(url, filling)
        yield url


def copied_sqlite(template: Path, folder: Path) -> str:
    return f"sqlite:///{shutil.copy(template, folder / 'mentorat.sqlite')}"


@contextmanager
def new_postgres(server: str, template: str = "") -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _clerk(server).create(name, _name(template))
    try:
        yield _renamed(server, name)
    finally:
        _clerk(server).drop(name)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Any]:
    """The engine all tables use meanwhile."""
    with bound(url) as engine:
        await engine.start_connection_pool()
        try:
            yield engine
        finally:
            async with asyncio.timeout(10):  # a connection that was never given back
                await engine.close_connection_pool()


@contextmanager
def bound(url: str) -> Iterator[Any]:
    engine = piccolo_conf.engine_for(url)
    tables: list[type[Table]] = [Migration, *TABLES]
    before = [table._meta._db for table in tables]
    usual, piccolo_conf.DB = piccolo_conf.DB, engine
    for table in tables:
        table._meta.db = engine
    try:
        yield engine
    finally:
        piccolo_conf.DB = usual
        for table, earlier in zip(tables, before, strict=True):
            table._meta._db = earlier


def _migrate(url: str) -> None:
    with bound(url):
        run_sync(upgrade())


def _fill(url: str, filling: Filling) -> None:
    async def filled() -> None:
        async with opened(url):
            await filling()

    run_sync(filled())


class Clerk:
    """One connection that makes and drops databases, in a loop beside those of the tests: to
    connect twice for each test takes longer than many a test."""

    def __init__(self, server: str) -> None:
        self.loop = asyncio.new_event_loop()
        Thread(target=self.loop.run_forever, daemon=True).start()
        self.connection: asyncpg.Connection[Any] = self._done(asyncpg.connect(server))

    def create(self, name: str, template: str) -> None:
        like = f"TEMPLATE {template}" if template else ""
        if template and self.connection.get_server_version().major >= NEWER:
            like += " STRATEGY FILE_COPY"
        self._done(self.connection.execute(f"CREATE DATABASE {name} {like}"))

    def drop(self, name: str) -> None:
        self._done(self.connection.execute(f"DROP DATABASE {name} WITH (FORCE)"))

    def _done(self, work: Any) -> Any:
        async def waited() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(waited(), self.loop).result()


@cache
def _clerk(server: str) -> Clerk:
    return Clerk(server)


def _renamed(url: str, name: str) -> str:
    address, question, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{question}{options}"


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
