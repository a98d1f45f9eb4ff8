"""A members' list: what it says, what it does, and nothing twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import (
    applications,
    departures,
    exclusions,
    house,
    import_lines,
    imports,
    people,
)
from domain.import_lines import BrokenList
from domain.refusals import AlreadySettled, Unseen
from search import members
from tables.house import House
from tables.imports import Import, ImportText, State
from tables.letters import Letter
from tables.people import Person, Standing
from tables.private import sealed_columns
from tests.factories import make_application, make_list, make_person, new_key

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIST = (
    "Prénom;Nom;E-mail;Langue;Fonction;Canton\r\n"
    "Claire;Favre;Claire.Favre@Example.org;fr;Directrice;VD\r\n"
    'Jürg;Müller;juerg@example.org;Deutsch;"Leiter; Einkauf";Zürich\r\n'
)


def read(text: str) -> list[import_lines.Line]:
    return import_lines.read(text).lines


def faults(text: str) -> list[tuple[int, str]]:
    return [(line.number, line.fault.what) for line in read(text) if line.fault]


async def brought(text: str, by: Person, *, invites: bool = False, now: datetime = NOW) -> Import:
    row = await imports.check("members.csv", text, key=new_key(), by=by, now=now)
    await imports.confirm(row, invites=invites, by=by, now=now)
    await imports.work_due(now)
    done = await imports.one(row.id)
    assert done is not None
    return done


def told(row: Import) -> tuple[int, int, int, int]:
    return row.added, row.changed, row.unchanged, row.wrong


# What spreadsheets write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("divider", [";", ",", "\t"])
def test_what_spreadsheets_write_is_read(encoding: str, divider: str) -> None:
    rows = [["Vorname", "Nachname", "E-Mail"], ["Jürg", "Çelik-Brändli", "j@example.org"]]
    content = "\r\n".join(divider.join(row) for row in rows).encode(encoding)

    [line] = read(import_lines.text_of(content))

    assert (line.first_name, line.last_name, line.email) == (
        "Jürg",
        "Çelik-Brändli",
        "j@example.org",
    )


@pytest.mark.parametrize(
    "head",
    [
        "Nom,Prénom,Adresse e-mail,Langue,Fonction,Secteur,Canton",
        "NACHNAME,Vorname,E-Mail-Adresse,Korrespondenzsprache,Beruf,Branche,Kanton",
        "Cognome,Nome,Indirizzo e-mail,Lingua,Funzione,Settore,Cantone",
        "Last name,first_name,EMAIL,Language,Job title,Industry,canton",
    ],
)
def test_columns_are_known_in_four_languages(head: str) -> None:
    found = import_lines.read(f"{head}\nFavre,Claire,c@x.ch,Deutsch,Cheffe,Banken,Genf")

    [line] = found.lines
    assert found.unknown == []
    assert (line.last_name, line.first_name, line.language) == ("Favre", "Claire", "de")
    assert (line.function, line.sector, line.canton) == ("Cheffe", "banking", "GE")


def test_columns_stand_in_any_order_and_unknown_ones_are_told() -> None:
    found = import_lines.read("E-mail;N° de membre;Nom;E-mail privé\nc@x.ch;77;Favre;d@x.ch")

    assert found.unknown == ["N° de membre", "E-mail privé"]
    assert list(found.known) == ["email", "last_name"]
    assert found.lines[0].email == "c@x.ch"


@pytest.mark.parametrize(
    "head",
    [
        "Adresse de messagerie;Nom;Langue de contact",
        "E-Mail Geschäft;Name;Korr.-Sprache",
        "Indirizzo di posta elettronica;Cognome;Lingua preferita",
        "Work e-mail;Surname;Preferred language",
    ],
)
def test_a_column_is_also_known_by_a_word_in_its_title(head: str) -> None:
    [line] = read(f"{head}\nc@x.ch;Favre;Deutsch (Schweiz)")

    assert (line.email, line.last_name, line.language) == ("c@x.ch", "Favre", "de")


def test_a_title_is_no_function() -> None:
    found = import_lines.read("Titre;Nom;E-mail\nMme;Favre;c@x.ch")

    assert found.unknown == ["Titre"] and found.lines[0].function == ""


def test_what_stands_above_the_titles_is_passed_over() -> None:
    lines = read("Membres 2026;;\n;;\nÉtat au 30.11.2026;;\nNom;E-mail;\nFavre;c@x.ch;")

    assert [(line.number, line.email) for line in lines] == [(5, "c@x.ch")]


def test_a_line_break_in_quotes_is_one_line_of_many() -> None:
    lines = read('sep=;\nNom;E-mail;Fonction\n"Favre";a@x.ch;"Cheffe\nde projet"\nMoser;nothing')

    assert [line.number for line in lines] == [3, 5]
    assert lines[0].function == "Cheffe de projet"


def test_each_fault_has_its_line_and_its_words() -> None:
    text = (
        "Nom;E-mail;Langue;Canton\nFavre;a@x.ch;klingon;Atlantis\n;b@x.ch\nMoser;\n"
        f"Moser;b@x\n{'x' * 81};d@x.ch\nFavre;A@x.ch\n"
    )

    assert faults(text) == [
        (3, "no_name"),
        (4, "no_address"),
        (5, "bad_address"),
        (6, "too_long"),
        (7, "doubled"),
    ]
    said = [line.fault.said for line in read(text) if line.fault]
    assert "«b@x»" in said[2] and "80" in said[3] and "ligne 2" in said[4]
    hints = [hint.said for hint in read(text)[0].hints]
    assert "«klingon»" in hints[0] and "«Atlantis»" in hints[1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04...", "book"),
        (b"\xd0\xcf\x11\xe0...", "book"),
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"Nom;E-mail\n", "empty"),
        (b"Favre;c@x.ch\nMoser;d@x.ch", "no_heads"),
        (b"\0\0\0\0", "empty"),
        (b'Nom;E-mail\n"Favre;c@x.ch\n' + b"Moser;d@x.ch\n" * 50, "quotes"),
        (b'Nom;E-mail\n"' + b"x" * 200_000, "quotes"),
    ],
)
def test_what_is_no_list_is_told_in_words(content: bytes, why: str) -> None:
    with pytest.raises(BrokenList) as told:
        import_lines.read(import_lines.text_of(content))

    assert told.value.why == why and told.value.said


def test_our_own_export_is_a_list() -> None:
    """Its quotation mark before a formula is no part of the name."""
    [line] = read("Nom;E-mail\n'=1+1;c@x.ch")

    assert line.last_name == "=1+1"


# What it does


async def test_a_list_brings_members(coordinator: Person) -> None:
    row = await brought(LIST, coordinator)

    claire = await Person.objects().where(Person.email == "claire.favre@example.org").first()
    juerg = await Person.objects().where(Person.email == "juerg@example.org").first()
    assert claire is not None and juerg is not None
    assert told(row) == (2, 0, 0, 0) and row.state == State.DONE
    assert (claire.first_name, claire.canton, claire.standing) == ("Claire", "VD", "invited")
    assert (juerg.language, juerg.canton) == ("de", "ZH")
    assert claire.created_at == NOW and claire.invite_from is None and not claire.is_coordinator
    assert [hit.id for hit in (await members.find(members.Query("fuhr jur"))).hits] == []
    assert [hit.id for hit in (await members.find(members.Query("mull jur"))).hits] == [juerg.id]


async def test_the_same_list_twice_changes_nothing(coordinator: Person, database: Any) -> None:
    await brought(LIST, coordinator, invites=True)
    before = await Person.select().order_by(Person.id)

    again = await brought(LIST, coordinator, invites=True)

    assert told(again) == (0, 0, 2, 0)
    assert await Person.select().order_by(Person.id) == before


async def test_who_is_missing_is_left_alone(coordinator: Person, stranger: Person) -> None:
    await members.freshen()
    before = await Person.select().where(Person.id == stranger.id)

    await brought(LIST, coordinator)

    assert await Person.select().where(Person.id == stranger.id) == before


async def test_until_they_come_the_list_tells_and_then_they_do(
    coordinator: Person, founded: None
) -> None:
    waiting = await make_person("Klara", "X", email="a@x.ch", standing=Standing.INVITED)
    come = await make_person("Klara", "X", email="b@x.ch", canton="", language="fr")
    text = (
        "Prénom;Nom;E-mail;Langue;Canton;Fonction\nClaire;Y;a@x.ch;de;VS;\nClaire;Y;b@x.ch;de;VS;"
    )

    row = await brought(text, coordinator)

    one, other = (
        await Person.objects().where(Person.id.is_in([waiting.id, come.id])).order_by(Person.id)
    )
    assert told(row) == (0, 2, 0, 0)
    assert (one.name, one.language, one.canton, one.function) == (
        "Claire Y",
        "de",
        "VS",
        "Cheffe de projet",
    )
    assert (other.name, other.language, other.canton) == ("Klara X", "fr", "VS")


async def test_excluded_and_barred_are_told_and_left_out(coordinator: Person) -> None:
    person = await make_person("Zoé", "Roux", email="zoe@x.ch")
    await exclusions.exclude(person, by=coordinator, note="", now=NOW)
    await Person.update({Person.email: "gone@x.ch"}).where(Person.id == person.id)  # deleted later
    text = "Nom;E-mail\nRoux;zoe@x.ch\nRoux;gone@x.ch\nNeu;neu@x.ch"

    row = await imports.check("a.csv", text, key=new_key(), by=coordinator, now=NOW)
    looked = await imports.preview(row)
    done = await brought(text, coordinator)

    assert [verdict.fault and verdict.fault.what for verdict in looked.first] == [
        "excluded",
        "excluded",
        None,
    ]
    assert told(done) == (1, 0, 0, 2)


async def test_a_preview_stores_no_member(coordinator: Person) -> None:
    before = await Person.count()
    row = await imports.check("a.csv", LIST, key=new_key(), by=coordinator, now=NOW)

    looked = await imports.preview(row)
    await imports.work_due(NOW)

    assert dict(looked.totals) == {"new": 2, "changed": 0, "unchanged": 0, "wrong": 0}
    assert await Person.count() == before


async def test_the_list_is_sealed_and_gone_when_done(coordinator: Person) -> None:
    row = await imports.check("a.csv", LIST, key=new_key(), by=coordinator, now=NOW)
    [kept] = await ImportText.select(ImportText.content_sealed)

    await imports.confirm(row, invites=False, by=coordinator, now=NOW)
    await imports.work_due(NOW)
    [after] = await Import.select(Import.finished_at)

    assert kept["content_sealed"] and "Favre" not in kept["content_sealed"]
    assert after == {"finished_at": NOW} and await ImportText.count() == 0


async def test_a_list_that_nobody_confirms_is_forgotten(coordinator: Person) -> None:
    row = await imports.check("a.csv", LIST, key=new_key(), by=coordinator, now=NOW)

    await imports.forget_due(NOW + timedelta(hours=23))
    [kept] = await Import.select(Import.state)
    await imports.forget_due(NOW + timedelta(hours=25))

    [after] = await Import.select(Import.state)
    assert kept == {"state": "checked"}
    assert after == {"state": "dropped"} and await ImportText.count() == 0
    with pytest.raises(AlreadySettled):
        await imports.confirm(row, invites=False, by=coordinator, now=NOW)


async def test_a_resend_is_the_same_list(coordinator: Person) -> None:
    key = new_key()

    one, other = [
        await imports.check("a.csv", LIST, key=key, by=coordinator, now=NOW) for _ in "12"
    ]

    assert one.id == other.id and await Import.count() == 1


async def test_only_the_office(stranger: Person, coordinator: Person) -> None:
    with pytest.raises(Unseen):
        await imports.check("a.csv", LIST, key=new_key(), by=stranger, now=NOW)
    row = await imports.check("a.csv", LIST, key=new_key(), by=coordinator, now=NOW)
    for deed in (imports.confirm(row, invites=False, by=stranger, now=NOW),
                 imports.drop(row, by=stranger, now=NOW)):  # fmt: skip
        with pytest.raises(Unseen):
            await deed


# By several at once


def many(count: int) -> str:
    return "Prénom;Nom;E-mail\n" + "".join(
        f"Anna;Nummer{number};n{number}@x.ch\n" for number in range(count)
    )


async def test_two_processes_share_one_list(
    coordinator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 7)
    before = await Person.count()
    row = await imports.check("a.csv", many(100), key=new_key(), by=coordinator, now=NOW)
    await imports.confirm(row, invites=False, by=coordinator, now=NOW)

    await asyncio.gather(*(imports.work_due(NOW) for _ in range(3)))

    done = await imports.one(row.id)
    assert done is not None and done.state == State.DONE
    assert told(done) == (100, 0, 0, 0) and done.done == 100
    assert await Person.count() == before + 100


async def test_what_broke_off_goes_on_where_it_was(
    coordinator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 10)
    row = await imports.check("a.csv", many(35), key=new_key(), by=coordinator, now=NOW)
    await imports.confirm(row, invites=False, by=coordinator, now=NOW)
    usual, calls = members.keep_words, []

    async def failing(rows: Any) -> None:
        await usual(rows)
        calls.append(len(rows))
        if len(calls) == 2:
            raise RuntimeError("the lights went out")

    monkeypatch.setattr(members, "keep_words", failing)
    await imports.work_due(NOW)
    broken = await imports.one(row.id)
    monkeypatch.setattr(members, "keep_words", usual)
    await imports.work_due(NOW)
    done = await imports.one(row.id)

    assert broken is not None and (broken.done, broken.added) == (10, 10)
    assert done is not None and told(done) == (35, 0, 0, 0) and done.state == State.DONE


async def test_the_text_is_read_once_however_many_lines_are_counted(
    coordinator: Person, queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten megabytes in a row that counts made a long list six times as slow on SQLite."""
    monkeypatch.setattr(imports, "BATCH", 10)
    row = await imports.check("a.csv", many(95), key=new_key(), by=coordinator, now=NOW)
    await imports.confirm(row, invites=False, by=coordinator, now=NOW)

    with queries() as asked:
        await imports.work_due(NOW)

    touching = [each.split()[0] for each in asked if "import_texts" in each]
    assert touching == ["SELECT", "DELETE"]
    assert sealed_columns(Import) == []


async def test_one_of_two_confirms(coordinator: Person) -> None:
    row = await imports.check("a.csv", LIST, key=new_key(), by=coordinator, now=NOW)
    other = await imports.one(row.id)
    assert other is not None

    ended = await asyncio.gather(
        imports.confirm(row, invites=False, by=coordinator, now=NOW),
        imports.drop(other, by=coordinator, now=NOW),
        imports.confirm(other, invites=True, by=coordinator, now=NOW),
        return_exceptions=True,
    )

    # A list may be dropped before it is confirmed, or while it is worked off.
    assert sum(result is None for result in ended) in (1, 2)
    assert all(result is None or isinstance(result, AlreadySettled) for result in ended)


async def test_a_dropped_list_stops(coordinator: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 10)
    row = await imports.check("a.csv", many(35), key=new_key(), by=coordinator, now=NOW)
    await imports.confirm(row, invites=False, by=coordinator, now=NOW)
    lines = import_lines.read(many(35)).lines
    await imports._batch(row, lines, NOW)

    await imports.drop(row, by=coordinator, now=NOW)
    await imports.work_due(NOW)

    done = await imports.one(row.id)
    assert done is not None and (done.state, done.added) == (State.DROPPED, 10)


# Invitations


@pytest.fixture
async def twelve_an_hour(founded: None) -> None:
    await House.update({House.invitations_an_hour: 12}, force=True)
    house.forget()


async def invited() -> int:
    return int(await Letter.count().where(Letter.name == "invitation"))


async def test_invitations_leave_evenly_and_once(coordinator: Person, twelve_an_hour: None) -> None:
    await brought(many(30), coordinator, invites=True)

    counted = []
    for minutes in range(0, 121, 5):
        at = NOW + timedelta(minutes=minutes)
        await asyncio.gather(people.invite_due(at), people.invite_due(at))
        counted.append(await invited())

    assert counted[0] == 1 and counted[11] == 12 and counted[23] == 24
    await people.invite_due(NOW + timedelta(hours=4))
    letters = await Letter.select(Letter.to).where(Letter.name == "invitation")
    assert len(letters) == len({row["to"] for row in letters})


async def test_at_night_nobody_is_invited(coordinator: Person, twelve_an_hour: None) -> None:
    await brought(many(3), coordinator, invites=True)

    await people.invite_due(NOW.replace(hour=22))

    assert await invited() == 0


async def test_who_has_come_needs_no_invitation(coordinator: Person) -> None:
    await brought(many(1), coordinator, invites=True)
    await Person.update({Person.standing: Standing.ACTIVE}).where(Person.email == "n0@x.ch")

    await people.invite_due(NOW)

    [row] = await Person.select(Person.invite_from).where(Person.email == "n0@x.ch")
    assert await invited() == 0 and row["invite_from"] is None


async def test_whom_an_earlier_list_left_uninvited_is_invited_by_the_next(
    coordinator: Person,
) -> None:
    await brought(many(2), coordinator)

    again = await brought(many(2), coordinator, invites=True)
    await people.invite_due(NOW)

    assert told(again) == (0, 0, 2, 0) and await invited() == 2


async def test_whoever_deleted_their_account_is_not_invited_anew(
    coordinator: Person, mentee: Person
) -> None:
    """The association's list still has them; they come back by applying, if they like."""
    text = f"Nom;E-mail\nMoser;{mentee.email.upper()}\nRey;lea@example.org"
    await departures.delete(by=mentee, now=NOW)

    row = await brought(text, coordinator, invites=True)
    assert told(row) == (1, 0, 0, 1)
    looked = await imports.look_through(import_lines.read(text))
    [remark] = [each.fault for each in looked.remarked if each.fault]
    assert "ne souhaite plus être invitée" in remark.said
    assert not await Person.exists().where(Person.email == mentee.email)

    application = await make_application(email="david.moser@example.org")
    await applications.accept(application, by=coordinator, note="", now=NOW)
    assert told(await brought(text, coordinator)) == (0, 1, 1, 0)


async def test_what_an_older_program_took_for_a_list(coordinator: Person) -> None:
    """Running it ends instead of failing for ever."""
    row = await make_list("no heads at all\nand no list", state=State.RUNNING)

    await imports.work_due(NOW)

    kept = await imports.one(row.id)
    assert kept is not None and kept.state == State.DROPPED
    assert await ImportText.count() == 0
