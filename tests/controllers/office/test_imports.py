"""Members' lists, page by page: sent, looked through, confirmed, followed."""

from __future__ import annotations

import asyncio

import httpx
import pytest

import clock
import urls
from domain import imports
from forms.imports import MOST
from tables.imports import Import, ImportText, State
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_list, make_person, new_key

LIST = b"Nom;E-mail;Langue\nFavre;claire@x.ch;fr\nMoser;;de\nRey;lea@x.ch;klingon\n"


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


async def send(
    window: httpx.AsyncClient, content: bytes = LIST, key: str = "", name: str = "membres.csv"
) -> httpx.Response:
    files = {"file": (name, content, "text/csv")}
    return await window.post(urls.IMPORTS, data={"key": key or new_key()}, files=files)


async def test_from_the_file_to_the_last_line(window: httpx.AsyncClient) -> None:
    sent = await send(window)
    page = (await window.get(sent.headers["location"])).text
    assert await Person.count().where(Person.email == "claire@x.ch") == 0

    [row] = await Import.objects()
    went = await window.post(urls.members_list(row, "confirmation"), data={"invites": "1"})
    running = (await window.get(urls.members_list(row))).text
    await imports.work_due(clock.now())
    done = await window.get(f"{urls.members_list(row)}?poll=1", headers=HTMX)

    assert "Ligne 3" in page and "Ajoutez-la" in page and "«klingon»" in page
    assert went.status_code == 303 and 'hx-trigger="every 1s"' in running and "<progress" in running
    assert (
        "hx-trigger" not in done.text and "3 lignes sur 3" in done.text and "<html" not in done.text
    )
    [person] = await Person.objects().where(Person.email == "claire@x.ch")
    assert person.invite_from is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"PK\x03\x04 a workbook", "classeur"),
        (b"Favre;claire@x.ch\nMoser;d@x.ch", "première ligne"),
        (b'Nom;E-mail\n"Favre;c@x.ch\n' + b"x;y@x.ch\n" * 99, "guillemet"),
        (b"\xff\xfe\x00", "première ligne"),
    ],
)
async def test_what_is_no_list_is_told(
    content: bytes, said: str, window: httpx.AsyncClient
) -> None:
    answer = await send(window, content)

    assert answer.status_code == 422 and said in answer.text and await Import.count() == 0


async def test_one_person_is_one(window: httpx.AsyncClient) -> None:
    for lines, said in ((1, "1 personne, "), (2, "2 personnes, ")):
        rows = "".join(f"Favre;c{number}@x.ch\n" for number in range(lines))
        sent = await send(window, f"Nom;E-mail\n{rows}".encode())
        page = await window.get(sent.headers["location"])
        assert said in page.text


async def test_without_a_file(window: httpx.AsyncClient) -> None:
    for data in ({"key": new_key()}, {"key": new_key(), "file": "text"}, {}):
        answer = await window.post(urls.IMPORTS, data=data)
        assert answer.status_code == 422 and "Choisissez un fichier" in answer.text


async def test_as_large_as_may_be_and_no_larger(window: httpx.AsyncClient) -> None:
    line = b"Favre;claire@x.ch\n"
    much = b"Nom;E-mail\n" + line * (MOST // len(line) - 1)

    fits = await send(window, much)
    larger = await send(window, much + b" " * 50_000)
    huge = await send(window, much * 2)

    assert (fits.status_code, larger.status_code, huge.status_code) == (303, 422, 413)
    assert "cinq mégaoctets" in larger.text
    assert "Ce fichier est trop grand" in huge.text and "votre texte" not in huge.text


async def test_other_forms_stay_small(window: httpx.AsyncClient, mentee: Person) -> None:
    answer = await window.post(urls.member(mentee, "notes"), data={"words": "x" * 2_000_000})

    assert answer.status_code == 413


async def test_a_double_tap_is_one_list(window: httpx.AsyncClient) -> None:
    key = new_key()

    first, again = await asyncio.gather(send(window, key=key), send(window, key=key))

    assert await Import.count() == 1
    assert first.headers["location"] == again.headers["location"]


async def test_of_two_who_decide_one_was_first(window: httpx.AsyncClient, browser: Browser) -> None:
    other = await browser(await make_person(is_coordinator=True))
    row = await make_list()

    answers = await asyncio.gather(
        window.post(urls.members_list(row, "confirmation")),
        other.post(urls.members_list(row, "confirmation")),
    )

    assert [answer.status_code for answer in answers] == [303, 303]
    assert sum("said" in answer.cookies for answer in answers) == 1
    now = await imports.one(row.id)
    assert now is not None and now.state == State.RUNNING


async def test_dropped_nothing_is_kept(window: httpx.AsyncClient) -> None:
    row = await make_list()

    await window.post(urls.members_list(row, "drop"))
    page = await window.get(urls.members_list(row))

    [kept] = await Import.objects()
    assert kept.state == State.DROPPED and await ImportText.count() == 0
    assert page.status_code == 200 and "abandonné" in page.text


async def test_a_name_of_a_file_is_a_text(window: httpx.AsyncClient) -> None:
    sent = await send(window, name='<script>"x".csv' + "y" * 300)

    page = await window.get(sent.headers["location"])

    assert "<script>&" not in page.text and "&lt;script&gt;" in page.text


async def test_what_an_older_program_took_for_a_list(window: httpx.AsyncClient) -> None:
    row = await make_list("no heads at all\nand no list")

    page = await window.get(urls.members_list(row))

    assert page.status_code == 200 and "première ligne" in page.text
    assert urls.members_list(row, "drop") in page.text and "Importer</" not in page.text
