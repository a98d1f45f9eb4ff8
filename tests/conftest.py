"""What every test may ask for; first of all a database of its own, on either engine."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

# Before anything reads the settings: never the developer's own data.
_nowhere = tempfile.mkdtemp(prefix="mentorat-tests")
atexit.register(shutil.rmtree, _nowhere, ignore_errors=True)
os.environ["DATA_DIR"] = _nowhere
os.environ["DATABASE_URL"] = f"sqlite:///{_nowhere}/ask-for-the-fixture-database.sqlite"
os.environ["SECRET_KEY"] = "a key for tests alone and of no worth to anybody"

from tests import databases  # noqa: E402
from tests.memory import in_memory  # noqa: E402
from tests.postgres_server import running_server  # noqa: E402

if place := in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)  # where `tmp_path` is


# They begin, so that no worker is left alone with one of them at the end.
LONG = (
    "tests/browser",
    "tests/test_cli.py",
    "tests/running",
    "tests/demo",
    "tests/domain/test_any_order.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server."""
    with running_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> Iterator[str]:
    with databases.migrated_postgres(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_founded(postgres: str, postgres_template: str) -> Iterator[str]:
    with databases.filled_postgres(postgres, postgres_template, after_the_first_start) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_founded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("founded")
    return databases.filled_sqlite(sqlite_template, folder, after_the_first_start)


@pytest.fixture
def model(request: pytest.FixtureRequest) -> str:
    """Which of those above a test's database is copied from. Folders may have more of them."""
    return "founded" if "founded" in request.fixturenames else "template"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, model: str, tmp_path: Path) -> Iterator[str]:
    """A migrated database for this test alone, not opened yet."""
    template = request.getfixturevalue(f"{request.param}_{model}")
    if request.param == "sqlite":
        yield databases.copied_sqlite(template, tmp_path)
    else:
        with databases.new_postgres(request.getfixturevalue("postgres"), template) as url:
            yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Any]:
    """The engine, with its pool, that all tables use during this test."""
    async with databases.opened(database_url) as engine:
        yield engine


# The cast reads settings when it is imported: after the environment above is set.
from tests.cast import (  # noqa: E402
    after_the_first_start,
    at,
    browser,
    coordinator,
    founded,
    mentee,
    mentor,
    queries,
    stranger,
)

__all__ = ["at", "browser", "coordinator", "founded", "mentee", "mentor", "queries", "stranger"]
