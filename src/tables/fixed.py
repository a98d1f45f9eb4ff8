"""Events can be added and nothing else: the database itself refuses the rest, on both engines.

But for `why`, an internal note: a new key seals it anew, and one day it is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

FIXED = ("id", "at", "what", "noun", "about", "by")
SAID = "events are fixed"


async def fix_events(on: Any) -> None:
    """`on` is the engine."""
    for statement in _on_sqlite() if on.engine_type == "sqlite" else _on_postgres():
        await on.run_ddl(statement)


async def loosen_events(on: Any) -> None:
    """For a migration that makes the table anew, and for tests that begin without a past."""
    table = "" if on.engine_type == "sqlite" else " ON events"
    for name in ("changed", "removed", "emptied"):
        await on.run_ddl(f"DROP TRIGGER IF EXISTS events_{name}{table}")


def _on_sqlite() -> Iterable[str]:
    columns = ", ".join(f'"{column}"' for column in FIXED)
    for name, deed in (("changed", f"UPDATE OF {columns}"), ("removed", "DELETE")):
        yield (
            f"CREATE TRIGGER events_{name} BEFORE {deed} ON events"
            f" BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )


def _on_postgres() -> Iterable[str]:
    yield f"""
        CREATE OR REPLACE FUNCTION events_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{SAID}'; END $$
    """
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in FIXED)
    call = "EXECUTE FUNCTION events_fixed()"
    yield (
        "CREATE TRIGGER events_changed BEFORE UPDATE ON events"
        f" FOR EACH ROW WHEN ({changed}) {call}"
    )
    yield f"CREATE TRIGGER events_removed BEFORE DELETE ON events FOR EACH ROW {call}"
    yield f"CREATE TRIGGER events_emptied BEFORE TRUNCATE ON events FOR EACH STATEMENT {call}"
