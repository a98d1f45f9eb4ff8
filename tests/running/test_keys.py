"""A new key while the house is open: everything is read under it, and nothing needs the old one."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest

import clock
import sealing
from domain import founding, house
from running import keys
from tables.barred import Barred
from tables.contacts import Contact
from tables.documents import Document, DocumentFile
from tables.events import Event
from tables.house import House
from tables.piccolo_app import TABLES
from tables.private import sealed_columns
from tests.factories import make_mentor, make_person
from tests.private_texts import sentence, write_everything, written
from tests.test_sealing import NEW, OLD, OTHER, under

__all__ = ["under"]
Under = Callable[[str], None]


@pytest.fixture
async def full(
    under: Under, database: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[str]]:
    """All private texts, sealed under the old key."""
    monkeypatch.setattr(keys, "PAUSE", 0.01)
    under(OLD)
    house.forget()
    await founding.found(clock.now())
    mentor, mentee = await make_mentor("Claire", "Favre"), await make_person("David", "Moser")
    await write_everything(mentor, mentee, await make_person("Sandra", is_coordinator=True))
    return await written()


async def rotated() -> tuple[int, list[str]]:
    said: list[str] = []
    return await keys.rotate(said.append), said


async def test_afterwards_the_new_key_alone_reads_everything(
    full: dict[str, list[str]], under: Under
) -> None:
    events = await Event.select(Event.id, Event.at, Event.what).order_by(Event.id)
    under(f"{NEW},{OLD}")
    code, said = await rotated()
    under(NEW)

    assert await written() == full
    assert code == 0 and said[-1] == keys.DONE
    assert await probe() == "mentorat"
    # Whoever was excluded is known by their address still.
    [barred] = await Barred.objects()
    assert barred.hashed in Barred.hashes(sentence("barred.address"))
    assert await Event.select(Event.id, Event.at, Event.what).order_by(Event.id) == events


async def test_it_tells_how_many_and_again_there_is_nothing_to_do(
    full: dict[str, list[str]], under: Under
) -> None:
    texts = sum(map(len, full.values()))
    under(f"{NEW},{OLD}")
    _, first = await rotated()
    before = await everything()
    _, again = await rotated()

    assert first[0] == f"{texts} private texts, {texts} of them sealed anew under the first key."
    assert again[0] == f"{texts} private texts, 0 of them sealed anew under the first key."
    assert await everything() == before


async def test_stopped_in_the_middle_it_goes_on_where_it_was(
    full: dict[str, list[str]], under: Under, monkeypatch: pytest.MonkeyPatch
) -> None:
    under(f"{NEW},{OLD}")
    usual, left = keys._row, iter(range(5))

    async def some(*given: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        await usual(*given)

    monkeypatch.setattr(keys, "_row", some)
    with pytest.raises(KeyboardInterrupt):
        await rotated()
    monkeypatch.setattr(keys, "_row", usual)
    mixed = await written()
    # The probe comes last: without the old key nothing starts yet.
    under(NEW)
    with pytest.raises(sealing.Unreadable):
        await probe()
    under(f"{NEW},{OLD}")
    code, said = await rotated()
    under(NEW)

    assert mixed == full and await written() == full
    assert code == 0 and ", 0 of them" not in said[0]


async def test_who_writes_at_the_same_moment_wins(
    full: dict[str, list[str]], under: Under, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server changes a line between our reading and our writing."""
    under(f"{NEW},{OLD}")
    usual, times = keys._row, 0

    async def disturbed(table: Any, *given: Any) -> None:
        nonlocal times
        if table is Contact and not times:
            times += 1
            await Contact.update({Contact.line_sealed: sealing.seal("corrected")}, force=True)
        await usual(table, *given)

    monkeypatch.setattr(keys, "_row", disturbed)
    code, _ = await rotated()
    under(NEW)

    assert (code, times) == (0, 1)
    assert (await written())["contacts.line"] == ["corrected"]


async def test_what_is_written_back_under_the_old_key_is_found_in_the_next_round(
    full: dict[str, list[str]], under: Under, monkeypatch: pytest.MonkeyPatch
) -> None:
    [old] = await Contact.select(Contact.line_sealed)
    under(f"{NEW},{OLD}")
    rounds, usual = 0, keys._round

    async def then_written_back() -> Any:
        nonlocal rounds
        rounds += 1
        found = await usual()
        if rounds == 1:
            await Contact.update({Contact.line_sealed: old["line_sealed"]}, force=True)
        return found

    monkeypatch.setattr(keys, "_round", then_written_back)
    await rotated()
    under(NEW)

    assert rounds == 3 and await written() == full


async def test_a_server_with_the_old_key_is_noticed(
    full: dict[str, list[str]], under: Under, monkeypatch: pytest.MonkeyPatch
) -> None:
    [old] = await Contact.select(Contact.line_sealed)
    under(f"{NEW},{OLD}")
    usual = keys._round

    async def always() -> Any:
        found = await usual()
        await Contact.update({Contact.line_sealed: old["line_sealed"]}, force=True)
        return found

    monkeypatch.setattr(keys, "_round", always)
    code, said = await rotated()

    assert (code, said) == (1, [keys.RESTLESS])
    under(NEW)
    with pytest.raises(sealing.Unreadable):
        await probe()


async def test_two_rotations_side_by_side(full: dict[str, list[str]], under: Under) -> None:
    under(f"{NEW},{OLD}")
    done = await asyncio.gather(rotated(), rotated())
    under(NEW)

    assert [code for code, _ in done] == [0, 0] and await written() == full


async def test_what_no_key_opens_is_named_and_kept(
    full: dict[str, list[str]], under: Under
) -> None:
    under(OTHER)
    lost = sealing.seal("of another house")
    await Contact.update({Contact.line_sealed: lost}, force=True)
    under(f"{NEW},{OLD}")
    code, said = await rotated()

    [contact] = await Contact.select(Contact.id, Contact.line_sealed)
    assert code == 1 and contact["line_sealed"] == lost
    assert f"UNREADABLE under any of the keys: contacts {contact['id']} line_sealed" in said


async def test_with_one_key_it_says_how_to_get_a_new_one(
    full: dict[str, list[str]], under: Under
) -> None:
    under(OLD)
    code, said = await rotated()

    assert code == 0 and ", 0 of them" in said[0] and said[-1] == keys.ALONE


async def test_it_reads_by_the_batch(
    full: dict[str, list[str]], under: Under, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "BATCH", 2)
    under(f"{NEW},{OLD}")
    await rotated()
    under(NEW)

    assert await written() == full


async def test_files_are_read_a_few_at_a_time(
    full: dict[str, list[str]],
    under: Under,
    monkeypatch: pytest.MonkeyPatch,
    queries: Callable[[], Any],
) -> None:
    """Five megabytes each: never all of them in memory."""
    [document] = await Document.select(Document.id)
    for number in range(2, 2 + 2 * keys.FEW):
        row = DocumentFile(document=document["id"], number=number)
        row.content = b"page %d" % number
        await row.save()
    before = await written()
    under(f"{NEW},{OLD}")
    with queries() as asked:
        await rotated()
    read = [each for each in asked if each.startswith("SELECT") and "content_sealed" in each]
    read = [each for each in read if "document_files" in each]
    under(NEW)

    assert await written() == before and read
    assert all(each.endswith(f"LIMIT {keys.FEW}") for each in read)


async def test_an_empty_house_holds_nothing_sealed(database: Any, under: Under) -> None:
    assert not await keys.holds_sealed_texts()
    under(OLD)
    await House(probe_sealed=sealing.seal("mentorat")).save()
    assert await keys.holds_sealed_texts()


async def test_a_file_alone_is_something_sealed(database: Any, under: Under) -> None:
    under(OLD)
    person = await make_person(has_accepted=False)
    document = Document(person=person.id, hashed="h" * 64, uploaded_at=clock.now())
    await document.save()
    assert not await keys.holds_sealed_texts()
    row = DocumentFile(document=document.id)
    row.content = b"%PDF-"
    await row.save()
    assert await keys.holds_sealed_texts()


class Terminal(io.StringIO):
    def __init__(self, is_one: bool) -> None:
        super().__init__()
        self.is_one = is_one

    def isatty(self) -> bool:
        return self.is_one


def test_the_bar_is_for_terminals() -> None:
    shown, silent = Terminal(True), Terminal(False)
    for stream in (shown, silent):
        bar = keys.Bar(4, stream)
        bar.step(3)
        bar.step(3)
        bar.end()

    assert "3/4" in shown.getvalue() and "4/4" in shown.getvalue() and silent.getvalue() == ""


async def probe() -> str:
    [row] = await House.select(House.probe_sealed)
    return sealing.unseal(row["probe_sealed"])


async def everything() -> list[Any]:
    return [
        await table.select(table._meta.primary_key, *sealed_columns(table)).order_by(
            table._meta.primary_key
        )
        for table in TABLES
        if sealed_columns(table)
    ]
