"""`mentorat import`: a dry run, a run, the same again; what it says names nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from running import lists
from tables.events import Event
from tables.imports import Import, ImportText
from tables.people import Person

TEXT = "Nom;E-mail;Fax\nFavre;claire@x.ch;1\nMoser;nothing;2\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_text(TEXT, encoding="cp1252")
    return path


async def bring(file: Path, *, is_dry: bool = False, invites: bool = False) -> str:
    said: list[str] = []
    await lists.bring(file, is_dry, invites, said.append)
    return "\n".join(said)


async def test_a_dry_run_stores_nothing(file: Path, founded: None) -> None:
    said = await bring(file, is_dry=True)

    assert "2 lines: 1 new, 0 changed, 0 unchanged, 1 left out" in said and "Line 3" in said
    assert "Left aside: Fax" in said
    assert await Person.count() == await Import.count() == await Event.count() == 0


async def test_a_run_and_the_same_again(file: Path, founded: None) -> None:
    first, again = await bring(file, invites=True), await bring(file)

    [person] = await Person.objects()
    assert person.email == "claire@x.ch" and person.invite_from is not None
    assert "1 added" in first and "0 added, 0 changed" in again
    assert "Favre" not in first and "claire@" not in first
    assert await ImportText.count() == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a;b\nc;d"])
async def test_what_is_no_list_ends_in_words(content: bytes, tmp_path: Path, founded: None) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with pytest.raises(SystemExit) as told:
        await bring(path)

    assert isinstance(told.value.code, str) and await Import.count() == 0


async def test_a_file_that_is_not_there(tmp_path: Path, founded: None) -> None:
    with pytest.raises(SystemExit, match="cannot be read"):
        await bring(tmp_path / "none.csv")
