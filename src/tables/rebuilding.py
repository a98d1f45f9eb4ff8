"""For migrations that SQLite cannot do by ALTER: a new table, its rows copied, the names swapped.

In the generated migration take RebuildOnSQLite for MigrationManager and leave its calls as they
are: PostgreSQL runs them, and the next `migrations new` compares with them.
"""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder
from piccolo.table import Table


class RebuildOnSQLite(MigrationManager):
    """Tables with altered, added or dropped columns are made anew; the rest as generated."""

    # SQL over the old row where a plain copy is wrong: {"room": {"size": "CAST(size AS TEXT)"}}.
    values: dict[str, dict[str, str]] = {}

    async def _run_alter_columns(self, backwards: bool = False) -> None:
        if not _on_sqlite():
            await super()._run_alter_columns(backwards)
            return
        if backwards:
            raise RuntimeError("No way back from a rebuilt table: restore the copy")
        changes = (self.alter_columns, self.add_columns, self.drop_columns)
        for name in sorted({name for change in changes for name in change.table_class_names}):
            # As it is after this migration, not as today's class has it.
            after = await self.get_table_from_snapshot(name, self.app_name)
            await rebuild(after, self.values.get(after._meta.tablename, {}))

    async def _run_add_columns(self, backwards: bool = False) -> None:
        if not _on_sqlite():
            await super()._run_add_columns(backwards)

    async def _run_drop_columns(self, backwards: bool = False) -> None:
        if not _on_sqlite():
            await super()._run_drop_columns(backwards)


async def rebuild(after: type[Table], values: dict[str, str]) -> None:
    engine: Any = engine_finder()
    run = engine.run_ddl  # takes braces as they are, unlike Table.raw
    [setting] = await run("PRAGMA foreign_keys")
    if setting["foreign_keys"]:
        raise RuntimeError("With foreign keys on, DROP TABLE deletes the children: use upgrade")
    name = after._meta.tablename
    belongings = await run(
        "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
        f" AND tbl_name = '{name}' AND sql IS NOT NULL"
    )
    before = {column["name"] for column in await run(f'PRAGMA table_info("{name}")')}
    kept = [c for c in _columns(after) if c in before or c in values]
    into = ", ".join(f'"{column}"' for column in kept)
    values_of = ", ".join(values.get(column, f'"{column}"') for column in kept)
    definition = ", ".join(column.ddl for column in after._meta.columns)
    await run(f'CREATE TABLE "{name}_new" ({definition})')
    await run(f'INSERT INTO "{name}_new" ({into}) SELECT {values_of} FROM "{name}"')
    await run(f'DROP TABLE "{name}"')
    await run(f'ALTER TABLE "{name}_new" RENAME TO "{name}"')
    for belonging in belongings:
        await run(belonging["sql"])


def _columns(table: type[Table]) -> list[str]:
    return [column._meta.db_column_name for column in table._meta.columns]


def _on_sqlite() -> bool:
    engine = engine_finder()
    return engine is not None and engine.engine_type == "sqlite"
