"""Events can be added and nothing else: the database itself refuses the rest, on both engines.

But for `why`, an internal note: a new key seals it anew, and one day it is forgotten. Where there
was none, none is added.
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
    for name in ("changed", "removed", "emptied", "replaced"):
        await on.run_ddl(f"DROP TRIGGER IF EXISTS events_{name}{table}")


def _on_sqlite() -> Iterable[str]:
    """INSERT OR REPLACE removes a row without asking the trigger for that."""
    changed = _changed("IS NOT")
    there = "NEW.id > 0 AND EXISTS (SELECT 1 FROM events WHERE id = NEW.id)"
    for name, deed, when in (
        ("changed", "UPDATE", f" WHEN {changed}"),  # of no column by name: a rowid has several
        ("removed", "DELETE", ""),
        ("replaced", "INSERT", f" WHEN {there}"),
    ):
        yield (
            f"CREATE TRIGGER events_{name} BEFORE {deed} ON events{when}"
            f" BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )


def _on_postgres() -> Iterable[str]:
    yield f"""
        CREATE OR REPLACE FUNCTION events_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{SAID}'; END $$
    """
    changed = _changed("IS DISTINCT FROM")
    call = "EXECUTE FUNCTION events_fixed()"
    yield (
        "CREATE TRIGGER events_changed BEFORE UPDATE ON events"
        f" FOR EACH ROW WHEN ({changed}) {call}"
    )
    yield f"CREATE TRIGGER events_removed BEFORE DELETE ON events FOR EACH ROW {call}"
    yield f"CREATE TRIGGER events_emptied BEFORE TRUNCATE ON events FOR EACH STATEMENT {call}"


def _changed(differs: str) -> str:
    fixed = " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in FIXED)
    return f"{fixed} OR (OLD.why_sealed = '' AND NEW.why_sealed <> '')"
