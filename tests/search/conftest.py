"""A directory of the demo's mentors, and how to ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import clock
from search import index
from search.facets import Query
from search.find import Found, find
from tables.people import Person
from tests import databases
from tests.search import directory

TODAY = date(2026, 11, 23)
Asked = list[str]


@pytest.fixture(scope="session")
def sqlite_directory(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("directory")
    return databases.filled_sqlite(sqlite_template, folder, directory.fill)


@pytest.fixture(scope="session")
def postgres_directory(postgres: str, postgres_template: str) -> Iterator[str]:
    with databases.filled_postgres(postgres, postgres_template, directory.fill) as url:
        yield url


@pytest.fixture
def model(request: pytest.FixtureRequest, model: str) -> str:
    return "directory" if "mentors" in request.fixturenames else model


@pytest.fixture
async def mentors(database: Any) -> AsyncIterator[None]:
    """They came with the copy."""
    yield
    index.forget()


@pytest.fixture
def asked(database: Any, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Every statement sent."""
    statements: Asked = []

    def noting(usual: Any) -> Any:
        async def noted(self: Any, query: str, *rest: Any, **more: Any) -> Any:
            statements.append(query)
            return await usual(self, query, *rest, **more)

        return noted

    for name in ("_run_in_new_connection", "_run_in_pool"):
        if usual := getattr(type(database), name, None):
            monkeypatch.setattr(type(database), name, noting(usual))
    return statements


def visitor(sector: str = "") -> Person:
    """Somebody who is no mentor."""
    person = Person(first_name="V", sector=sector, created_at=clock.now())
    person.id = 0
    return person


async def ask(words: str = "", language: str = "fr", **query: Any) -> Found:
    return await find(Query(words=words, **query), visitor(), language, TODAY)


async def everybody(words: str, **query: Any) -> list[str]:
    """The names on all pages."""
    names: list[str] = []
    page = 1
    while True:
        found = await ask(words, page=page, **query)
        names += [hit.name for hit in found.hits]
        if page >= found.pages:
            return names
        page += 1
