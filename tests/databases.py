"""A fresh database for each test, copied from one that was migrated, or also filled, once."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
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
    run_sync(_create(server, name, _name(template)))
    try:
        yield _renamed(server, name)
    finally:
        run_sync(_drop(server, name))


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


async def _create(server: str, name: str, template: str) -> None:
    async with _connected(server) as connection:
        like = f"TEMPLATE {template}" if template else ""
        if template and connection.get_server_version().major >= NEWER:
            like += " STRATEGY FILE_COPY"
        await connection.execute(f"CREATE DATABASE {name} {like}")


async def _drop(server: str, name: str) -> None:
    async with _connected(server) as connection:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _renamed(url: str, name: str) -> str:
    address, question, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{question}{options}"


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
