"""Nothing private lies in the clear: not in the file, beside it, in a backup, in PostgreSQL."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from piccolo.columns import Text

import piccolo_conf
from running import backup
from tables.documents import DocumentFile
from tables.people import Person
from tables.piccolo_app import TABLES
from tables.private import SEALED, Private, sealed_columns
from tables.profiles import Profile
from templating import SOURCE
from tests import papers
from tests.private_texts import (
    BY_ATTRIBUTE,
    private_places,
    sentence,
    write_everything,
    written,
)

# Long texts that are nobody's secret: published, or the house's own.
PUBLIC = {
    "logos.image",
    "profiles.about",
    "topics.also",
    "wordings.source",
    *(f"norms_versions.text_{language}" for language in ("fr", "de", "it", "en")),
}
# To be sealed before the first verb writes it.
UNUSED = {"people.internal_note"}
NO_TEXT = {"house.probe_sealed"}  # it tells the key


@pytest.fixture
async def full(mentor: Person, mentee: Person, coordinator: Person) -> None:
    await write_everything(mentor, mentee, coordinator)


async def raw() -> bytes:
    """All that somebody with the disk or the database's password could read."""
    engine: Any = piccolo_conf.DB
    if engine.engine_type == "sqlite":
        return b"".join(file.read_bytes() for file in files(Path(engine.path)))
    tables = (
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    lines = [
        str(row["line"])
        for table in await engine.run_ddl(tables)
        for row in await engine.run_ddl(f'SELECT t::text AS line FROM "{table["name"]}" AS t')
    ]
    return "\n".join(lines).encode()


def files(database: Path) -> list[Path]:
    found = sorted(database.parent.glob(f"{database.name}*"))
    assert any(file.name.endswith("-wal") and file.stat().st_size for file in found)
    return found


def read_in(clear: bytes) -> list[str]:
    """The places whose sentence stands there, however it is written; PostgreSQL tells bytes as
    hexadecimal digits."""
    text = clear.decode(errors="replace").casefold()
    return [
        place
        for place in private_places()
        if sentence(place).casefold() in text or sentence(place).encode().hex() in text
    ]


@pytest.mark.usefixtures("full")
async def test_every_private_place_is_written_to(database: Any) -> None:
    """A new Private column fails here until private_texts.py writes to it."""
    texts = await written()

    missing = [place for place in texts if not any(sentence(place) in t for t in texts[place])]
    assert missing == []
    assert texts.keys() >= BY_ATTRIBUTE


@pytest.mark.usefixtures("full")
async def test_nothing_private_lies_in_the_clear(database: Any) -> None:
    assert read_in(await raw()) == []


@pytest.mark.usefixtures("full")
async def test_what_is_sealed_elsewhere_is_not_in_a_letter_in_the_clear(database: Any) -> None:
    """Letters repeat requests, answers, thanks: whole, until they are sent."""
    texts = await written()
    letters = "\n".join(texts["letters.text"])

    assert sentence("inquiries.problem") in letters and sentence("thanks.words") in letters


@pytest.mark.usefixtures("full")
async def test_a_backup_holds_nothing_in_the_clear(database: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    if database.engine_type != "sqlite":
        with pytest.raises(backup.Refused):
            await backup.back_up(copy, lambda _: None)
        return
    await backup.back_up(copy, lambda _: None)

    assert read_in(copy.read_bytes()) == []
    assert b"Claire" in copy.read_bytes()  # a name, which is no secret: the file is read


@pytest.mark.usefixtures("full")
async def test_this_test_would_notice(database: Any) -> None:
    place, file = "contacts.line", "document_files.content"
    await Profile.update({Profile.about: f"x {sentence(place)} x"}, force=True)
    assert read_in(await raw()) == [place]

    paper = papers.pdf(sentence(file))
    await DocumentFile.update({DocumentFile.content_sealed: paper}, force=True)
    assert set(read_in(await raw())) == {place, file}


# What is kept as a text at all


def test_every_sealed_column_is_read_through_private() -> None:
    sealed = {
        f"{table._meta.tablename}.{column._meta.name}"
        for table in TABLES
        for column in sealed_columns(table)
    }
    read = {
        f"{table._meta.tablename}.{value.column}"
        for table in TABLES
        for value in vars(table).values()
        if isinstance(value, Private)
    }

    assert sealed - read == NO_TEXT and read <= sealed


def test_a_long_text_is_sealed_unless_it_is_public() -> None:
    clear = {
        f"{table._meta.tablename}.{column._meta.name}"
        for table in TABLES
        for column in table._meta.columns
        if isinstance(column, Text) and not column._meta.name.endswith(SEALED)
    }

    assert clear == PUBLIC | UNUSED


def test_the_unused_one_is_unused() -> None:
    used = [
        file.name
        for file in SOURCE.rglob("*.py")
        if "migrations" not in file.parts
        and re.search(r"\.internal_note\b(?!: \"\")|\binternal_note ?=(?! Text)", file.read_text())
    ]

    assert used == []
