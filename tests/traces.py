"""What a request leaves behind, and how to leave nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from piccolo.table import Table

from domain import house
from tables.people import Person
from tables.piccolo_app import TABLES
from tables.transaction import transaction


class _Unmade(Exception):
    """Ends the transaction."""


@asynccontextmanager
async def unmade() -> AsyncIterator[None]:
    """Whatever is done within has not been done: the next one finds the world as it was."""
    try:
        async with transaction():
            yield
            raise _Unmade
    except _Unmade:
        house.forget()


async def everything() -> dict[str, str]:
    """All rows of all tables, by table, as one text each: one question, so that it may be asked
    after every request."""
    read = _on_sqlite if Person._meta.db.engine_type == "sqlite" else _on_postgres
    rows = await Person.raw(" UNION ALL ".join(read(table) for table in TABLES))
    return {row["name"]: row["rows"] or "" for row in rows}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Tables."""
    return {name for name in before if before[name] != after[name]}


def _on_sqlite(table: type[Table]) -> str:
    columns: list[Any] = table.all_columns()
    row = " || '|' || ".join(f'quote("{column._meta.db_column_name}")' for column in columns)
    name = table._meta.tablename
    return f"SELECT '{name}' AS name, group_concat({row}) AS rows FROM {name}"


def _on_postgres(table: type[Table]) -> str:
    name = table._meta.tablename
    return (
        f"SELECT '{name}' AS name, string_agg(t::text, ',' ORDER BY t::text) AS rows FROM {name} t"
    )
