"""Who changed: noted by triggers, read before each search by one small query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tables.profiles import Profile
from tables.search_changes import SearchChange

# Columns the index knows, besides people.paused_at (`watch_pauses`); the others (a note, the last
# warning) change nothing found.
WATCHED = {
    "people": "first_name, last_name, function, sector, canton, standing",
    "profiles": "person, state, about, languages, kinds, roles, is_busy",
}

# Versions grow in the order of commits: SQLite has one writer.
NEXT_ON_SQLITE = "(SELECT coalesce(max(version), 0) + 1 FROM search_changes)"

# PostgreSQL has many, and a later number may be committed earlier. The transaction's own number
# stands for the version, and what is younger than the oldest transaction still running is read
# again: no counter that all writers would have to queue for.
NEXT_ON_POSTGRES = "txid_current()"

SINCE_ON_SQLITE = """
SELECT known.seen, changed.about, changed.version
FROM (SELECT coalesce(max(version), 0) AS seen FROM search_changes) AS known
LEFT JOIN search_changes AS changed ON changed.version > {}
"""

# Numbers beyond the last transaction come from another server (a restored backup, a copy).
SINCE_ON_POSTGRES = """
SELECT known.seen, changed.about, changed.version
FROM (
    SELECT
        txid_snapshot_xmin(txid_current_snapshot()) AS seen,
        greatest(
            txid_snapshot_xmax(txid_current_snapshot()), coalesce(txid_current_if_assigned(), 0)
        ) AS last
) AS known
LEFT JOIN search_changes AS changed ON changed.version >= {} AND changed.version <= known.last
"""


@dataclass(frozen=True)
class Changes:
    """`seen` is where the next question begins; `about` tells each row's version."""

    seen: int
    about: dict[str, int]


async def since(seen: int) -> Changes:
    rows = await Profile.raw(SINCE_ON_SQLITE if on_sqlite() else SINCE_ON_POSTGRES, seen)
    return Changes(
        seen=rows[0]["seen"],
        about={row["about"]: row["version"] for row in rows if row["about"]},
    )


def numbers(about: Iterable[str], noun: str) -> list[int]:
    """`numbers(["person 7", "topics"], "person")` is [7]."""
    return [int(text.split()[1]) for text in about if text.startswith(f"{noun} ")]


async def note(about: str) -> None:
    """By hand what the triggers do by themselves."""
    version = NEXT_ON_SQLITE if on_sqlite() else NEXT_ON_POSTGRES
    await SearchChange.raw(
        f"INSERT INTO search_changes (about, version) VALUES ({{}}, {version})"
        " ON CONFLICT (about) DO UPDATE SET version = excluded.version",
        about,
    )


def on_sqlite() -> bool:
    return str(engine().engine_type) == "sqlite"


def engine() -> Any:
    return Profile._meta.db


async def create_triggers(on: Any) -> None:
    """For the migration that makes the tables; `on` is the engine. A trigger names no table but
    search_changes: else none of the others could be rebuilt on SQLite."""
    for statement in _on_sqlite() if on.engine_type == "sqlite" else _on_postgres():
        await on.run_ddl(statement)


async def watch_pauses(on: Any) -> None:
    """For a later migration: a column that the first ones don't have yet."""
    deed = "AFTER UPDATE OF paused_at ON people"
    if on.engine_type == "sqlite":
        about = "'person ' || NEW.id"
        does = (
            f"BEGIN INSERT INTO search_changes (about, version) VALUES ({about}, {NEXT_ON_SQLITE})"
            " ON CONFLICT (about) DO UPDATE SET version = excluded.version; END"
        )
    else:
        does = "FOR EACH ROW EXECUTE FUNCTION search_changed('person ', 'id')"
    await on.run_ddl(f"CREATE TRIGGER search_people_pause {deed} {does}")


def _watched() -> Iterable[tuple[str, str, str, str]]:
    """Table, deed, noun and the column that holds its number. New people have no profile yet,
    and a person's profile goes with them: only their changes count."""
    yield "people", f"UPDATE OF {WATCHED['people']}", "person ", "id"
    yield "profiles", "INSERT", "profile ", "id"
    yield "profiles", f"UPDATE OF {WATCHED['profiles']}", "profile ", "id"
    yield "profiles", "DELETE", "profile ", "id"
    for deed in ("INSERT", "UPDATE", "DELETE"):
        yield "profile_topics", deed, "profile ", "profile"
    for deed in ("INSERT", "UPDATE", "DELETE"):
        yield "topics", deed, "topics", ""


def _on_sqlite() -> Iterable[str]:
    for table, deed, noun, column in _watched():
        row = "OLD" if deed == "DELETE" else "NEW"
        about = f"'{noun}' || {row}.{column}" if column else f"'{noun}'"
        yield (
            f"CREATE TRIGGER search_{table}_{_first_word(deed)} AFTER {deed} ON {table} BEGIN"
            f" INSERT INTO search_changes (about, version) VALUES ({about}, {NEXT_ON_SQLITE})"
            " ON CONFLICT (about) DO UPDATE SET version = excluded.version; END"
        )


def _on_postgres() -> Iterable[str]:
    yield f"""
        CREATE FUNCTION search_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO search_changes (about, version)
            VALUES (
                TG_ARGV[0] || coalesce(
                    to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> TG_ARGV[1], ''
                ),
                {NEXT_ON_POSTGRES}
            )
            ON CONFLICT (about) DO UPDATE SET version = excluded.version
            WHERE search_changes.version <> excluded.version;
            RETURN NULL;
        END $$
    """
    for table, deed, noun, column in _watched():
        yield (
            f"CREATE TRIGGER search_{table}_{_first_word(deed)} AFTER {deed} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION search_changed('{noun}', '{column}')"
        )
    # A table emptied at once fires no trigger of rows.
    for table in ("profiles", "profile_topics", "people"):
        yield (
            f"CREATE TRIGGER search_{table}_truncate AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION search_changed('all', '')"
        )


def _first_word(deed: str) -> str:
    return deed.split()[0].lower()
