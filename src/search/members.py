"""The office's members: found by the beginnings of folded words, in the order of their names.

Words stand in a table of their own, so that a hundred thousand people need no memory and every
process finds the same. Who changed is told by an emptied `sort_as` (a trigger) and gets new words
before the next search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from content import catalogue
from search import folding
from tables import bulk
from tables.member_words import MemberWord
from tables.people import Person, Standing, by_email, initials
from tables.profiles import State
from tables.transaction import transaction

A_PAGE = 50
AT_ONCE = 500
LONGEST = 80
MOST_WORDS = 6
BEYOND = "\U0010ffff"  # after every word that begins with what stands before it
MANY = 2000  # found: from there on walking along the list is quicker than sorting
STANDINGS = ("active", "not_come", "not_invited", "excluded")

COLUMNS = """people.id, people.email, people.first_name, people.last_name, people.language,
    people.function, people.sector, people.canton, people.standing, people.is_coordinator,
    people.joined_at, people.invited_at, people.invite_from, people.paused_at, profiles.state"""
STANDING = {
    "active": f"people.standing = '{Standing.ACTIVE}'",
    "not_come": f"people.standing = '{Standing.INVITED}' AND people.invited_at IS NOT NULL",
    "not_invited": f"people.standing = '{Standing.INVITED}' AND people.invited_at IS NULL",
    "excluded": f"people.standing = '{Standing.EXCLUDED}'",
}
IS_MENTOR = f"""EXISTS (SELECT 1 FROM profiles AS own
    WHERE own.person = people.id AND own.state = '{State.RELEASED}')"""
IS_AMONG = "people.id IN (SELECT person FROM member_words WHERE {between})"
HAS = "EXISTS (SELECT 1 FROM member_words WHERE person = people.id AND {between})"
STALE = f"""SELECT id, first_name, last_name, email, function, canton FROM people
    WHERE sort_as = '' AND standing <> '{Standing.GONE}' LIMIT {AT_ONCE}"""
CHANGING = ("first_name", "last_name", "email", "function", "canton")


@dataclass(frozen=True)
class Query:
    words: str = ""
    standing: str = ""
    mentor: bool = False
    coordinator: bool = False
    page: int = 1


@dataclass(frozen=True)
class Hit:
    """A line of the list: nothing of it is private to the member."""

    id: int
    email: str
    first_name: str
    last_name: str
    language: str
    function: str
    sector: str
    canton: str
    standing: str
    is_coordinator: bool
    joined_at: Any
    invited_at: Any
    invite_from: Any
    paused_at: Any
    profile: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        return initials(self.first_name, self.last_name)

    @property
    def is_mentor(self) -> bool:
        return self.profile == State.RELEASED


@dataclass(frozen=True)
class Found:
    query: Query
    hits: list[Hit]
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // A_PAGE))


def query_of(written: str) -> Query:
    """From an address; what makes no sense is left out."""
    fields = parse_qs(written)

    def one(name: str) -> str:
        return fields.get(name, [""])[-1]

    standing = one("standing")
    return Query(
        words=" ".join(one("q").replace("\0", "").split())[:100],
        standing=standing if standing in STANDINGS else "",
        mentor=one("mentor") == "1",
        coordinator=one("coordinator") == "1",
        page=_number(one("page")),
    )


def _number(written: str) -> int:
    is_number = written.isascii() and written.isdigit() and len(written) < 8
    return max(1, int(written)) if is_number else 1


def fields_of(query: Query) -> dict[str, str]:
    """As `query_of` reads it back."""
    return {
        "q": query.words,
        "standing": query.standing,
        "mentor": "1" if query.mentor else "",
        "coordinator": "1" if query.coordinator else "",
        "page": str(query.page) if query.page > 1 else "",
    }


async def find(query: Query) -> Found:
    """Three small questions: how frequent each word is tells how to ask for the others."""
    await freshen()
    asked = await _asked(query)
    total = await _count(asked)
    page = min(query.page, max(1, -(-total // A_PAGE)))
    hits = await _page(asked, total, A_PAGE, (page - 1) * A_PAGE) if total else []
    return Found(replace(query, page=page), hits, total)


async def every(query: Query) -> list[Hit]:
    """For an export."""
    await freshen()
    return await _page(await _asked(query), MANY, None, 0)


async def freshen() -> None:
    """One small question where nobody has changed. Several processes share the work."""
    while await Person.raw(f"{STALE.rpartition(' LIMIT')[0]} LIMIT 1"):
        async with transaction():
            lock = "" if bulk.is_sqlite() else " FOR NO KEY UPDATE SKIP LOCKED"
            rows = await Person.raw(STALE + lock)
            if not rows:
                return  # another process is at it: what it has not yet done is found next time
            await forget([row["id"] for row in rows])
            await keep(rows)


async def keep(rows: Sequence[dict[str, Any]]) -> None:
    """Words and place of these, who have none: `id` and what is CHANGING."""
    await keep_words(rows)
    places = bulk.packed((row["id"], sort_key(row)) for row in rows)
    await Person.raw(
        "UPDATE people SET sort_as = given.place"
        f" FROM {bulk.given({'id': 'int', 'place': 'text'})} WHERE people.id = given.id",
        places,
    )


async def keep_words(rows: Sequence[dict[str, Any]]) -> None:
    pairs = bulk.packed((word, row["id"]) for row in rows for word in words_of(row))
    await MemberWord.raw(
        "INSERT INTO member_words (word, person) SELECT word, person"
        f" FROM {bulk.given({'word': 'text', 'person': 'int'})}",
        pairs,
    )


async def forget(people: Sequence[int]) -> None:
    await MemberWord.raw(
        f"DELETE FROM member_words WHERE person IN ({_marks(len(people))})", *people
    )


def sort_key(row: dict[str, Any]) -> str:
    """Never empty: that would be a row nobody has looked at yet."""
    name = " ".join(folding.words(f"{row['last_name']} {row['first_name']}"))
    return (name or folding.fold(row["email"]) or "?")[:170]


def words_of(row: dict[str, Any]) -> set[str]:
    """Of an address also its parts, but for the last, which nearly everybody has."""
    local, _, domain = row["email"].partition("@")
    address = f"{local} {domain.rpartition('.')[0]}".replace("-", " ")
    said = f"{row['first_name']} {row['last_name']} {row['function']} {address}".replace("_", " ")
    return {word[:LONGEST] for word in folding.words(said)} | _canton_words(row["canton"])


@cache
def _canton_words(key: str) -> frozenset[str]:
    """Its sign and its names: «vd», «vaud», «waadt»."""
    entry = catalogue.cantons().get(key)
    names = " ".join(entry.names.values()) if entry else ""
    return frozenset(folding.words(f"{key} {names}"))


async def create_finding(on: Any) -> None:
    """For the migration; `on` is the engine."""
    for statement in _on_sqlite() if on.engine_type == "sqlite" else _on_postgres():
        await on.run_ddl(statement)


@dataclass(frozen=True)
class Asked:
    """Conditions with their values; words from the rarest to the most frequent one."""

    words: tuple[str, ...]
    conditions: tuple[str, ...]
    values: tuple[Any, ...]
    is_in_vain: bool = False


async def _asked(query: Query) -> Asked:
    addresses = [part for part in query.words.split() if "@" in part.strip("@")]
    rest = " ".join(part for part in query.words.split() if part not in addresses)
    words = [word[:LONGEST] for word in sorted(set(folding.typed(rest)))[:MOST_WORDS]]
    conditions, values = [f"people.standing <> '{Standing.GONE}'"], []
    if query.standing:
        conditions.append(STANDING[query.standing])
    if query.coordinator:
        conditions.append("people.is_coordinator")
    if query.mentor:
        conditions.append(IS_MENTOR)
    for address in map(by_email, addresses[:2]):
        conditions.append(_between("people.email"))
        values += [address, address + BEYOND]
    often = await _frequencies(words)
    words.sort(key=lambda word: often[word])
    is_in_vain = not all(often.values())
    return Asked(tuple(words), tuple(conditions), tuple(values), is_in_vain)


async def _frequencies(words: Sequence[str]) -> dict[str, int]:
    if not words:
        return {}
    each = f"(SELECT count(*) FROM member_words WHERE {_between('word')})"
    columns = ", ".join(f"{each} AS n{number}" for number in range(len(words)))
    values = [value for word in words for value in (word, word + BEYOND)]
    [row] = await MemberWord.raw(f"SELECT {columns}", *values)
    return {word: row[f"n{number}"] for number, word in enumerate(words)}


async def _count(asked: Asked) -> int:
    if asked.is_in_vain:
        return 0
    if len(asked.words) == 1 and len(asked.conditions) == 1:
        # Whoever is gone has no words: the index alone knows.
        [word] = asked.words
        counted = (
            f"SELECT count(DISTINCT person) AS total FROM member_words WHERE {_between('word')}"
        )
        rows = await MemberWord.raw(counted, word, word + BEYOND)
    else:
        where, values = _where(asked, from_the_rarest=True)
        rows = await Person.raw(f"SELECT count(*) AS total FROM people WHERE {where}", *values)
    return int(rows[0]["total"])


async def _page(asked: Asked, total: int, limit: int | None, offset: int) -> list[Hit]:
    """Of many the first ones by walking along the list; of few all, then put in order."""
    where, values = _where(asked, from_the_rarest=limit is None or total < MANY)
    ordered = "people.sort_as" if bulk.is_sqlite() else 'people.sort_as COLLATE "C"'
    cut = f" LIMIT {int(limit)} OFFSET {int(offset)}" if limit else ""
    # The page's numbers first: an offset walks over the narrow index alone.
    rows = await Person.raw(
        f"SELECT {COLUMNS} FROM (SELECT people.id AS number FROM people WHERE {where}"
        f" ORDER BY {ordered}, people.id{cut}) AS page JOIN people ON people.id = page.number"
        f" LEFT JOIN profiles ON profiles.person = people.id ORDER BY {ordered}, people.id",
        *values,
    )
    return [_hit(row) for row in rows]


def _where(asked: Asked, *, from_the_rarest: bool) -> tuple[str, list[Any]]:
    conditions, values = list(asked.conditions), list(asked.values)
    for number, word in enumerate(asked.words):
        is_first = from_the_rarest and not number
        conditions.append((IS_AMONG if is_first else HAS).format(between=_between("word")))
        values += [word, word + BEYOND]
    return " AND ".join(f"({each})" for each in conditions), values


def _hit(row: dict[str, Any]) -> Hit:
    profile = row.pop("state") or ""
    row["is_coordinator"] = bool(row["is_coordinator"])
    return Hit(**row, profile=profile)


def _between(column: str) -> str:
    """Byte by byte on both engines, so that an index finds what begins so."""
    if bulk.is_sqlite():
        return f"{column} >= {{}} AND {column} < {{}}"
    return f"{column} ~>=~ {{}} AND {column} ~<~ {{}}"


def _marks(count: int) -> str:
    return ", ".join(["{}"] * count)


def _on_sqlite() -> Iterable[str]:
    yield "CREATE INDEX member_words_word ON member_words (word, person)"
    yield "CREATE INDEX member_words_person ON member_words (person, word)"
    yield "CREATE INDEX people_sort_as ON people (sort_as, id)"
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in CHANGING)
    yield (
        f"CREATE TRIGGER members_changed AFTER UPDATE OF {', '.join(CHANGING)} ON people"
        f" WHEN {changed} BEGIN"
        " UPDATE people SET sort_as = '' WHERE id = NEW.id;"
        " DELETE FROM member_words WHERE person = NEW.id; END"
    )


def _on_postgres() -> Iterable[str]:
    yield "CREATE INDEX member_words_word ON member_words (word text_pattern_ops, person)"
    yield "CREATE INDEX member_words_person ON member_words (person, word text_pattern_ops)"
    yield "CREATE INDEX people_email_begins ON people (email text_pattern_ops)"
    yield 'CREATE INDEX people_sort_as ON people (sort_as COLLATE "C", id)'
    yield """
        CREATE FUNCTION members_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.sort_as := '';
            DELETE FROM member_words WHERE person = OLD.id;
            RETURN NEW;
        END $$
    """
    changed = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in CHANGING)
    yield (
        f"CREATE TRIGGER members_changed BEFORE UPDATE OF {', '.join(CHANGING)} ON people"
        f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION members_changed()"
    )
