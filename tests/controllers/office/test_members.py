"""Members for the office: found, helped, excluded, taken along; whoever is second is told."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import openpyxl
import pytest

import clock
import urls
from domain import exclusions
from search import members
from tables.events import Event
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.office_notes import OfficeNote
from tables.people import Person, Standing
from tables.profiles import State as ProfileState
from tables.sessions import Session
from tests.cast import HTMX, Browser
from tests.factories import make_inquiry, make_letter, make_person, make_profile

SECRET = "Je dirige depuis peu"


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


@pytest.fixture
async def other(browser: Browser) -> httpx.AsyncClient:
    """Another coordinator's."""
    return await browser(await make_person("Martine", "Dubois", is_coordinator=True))


async def fresh(person: Person) -> Person:
    [row] = await Person.objects().where(Person.id == person.id)
    return row


def names(text: str) -> list[str]:
    """In the order of the list."""
    return [
        part.partition("<")[0].partition(">")[2] for part in text.split('class="cover what')[1:]
    ]


# Found


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("mul", True),
        ("MÜL", True),
        ("mueller jurg", True),
        ("jürg müller", True),
        ("einkauf", True),
        ("zurich", True),
        ("ZH", True),
        ("juerg.mueller@x", True),
        ("juerg.mueller", True),
        ("uller", False),
        ("müller vaud", False),
        ("@", True),
        ("%", True),
        ("'; DROP TABLE people; --", False),
    ],
)
async def test_by_the_beginning_of_a_word(typed: str, is_found: bool, coordinator: Person) -> None:
    person = await make_person(
        "Jürg", "Müller", email="juerg.mueller@x.example", function="Leiter Einkauf", canton="ZH"
    )

    found = await members.find(members.Query(words=typed))

    assert (person.id in [hit.id for hit in found.hits]) is is_found


async def test_what_changes_is_found_anew(stranger: Person) -> None:
    await Person.update({Person.email: "elena@x.ch"}).where(Person.id == stranger.id)
    assert (await members.find(members.Query(words="bianchi"))).total == 1

    await Person.update({Person.last_name: "Neri"}).where(Person.id == stranger.id)

    assert (await members.find(members.Query(words="bianchi"))).total == 0
    assert (await members.find(members.Query(words="neri"))).total == 1


async def test_who_is_gone_is_found_no_more(stranger: Person, database: Any) -> None:
    await members.freshen()
    await Person.update(
        {Person.last_name: "", Person.first_name: "", Person.standing: Standing.GONE}
    ).where(Person.id == stranger.id)

    assert stranger.id not in [hit.id for hit in (await members.find(members.Query())).hits]
    rows = await Person.raw("SELECT word FROM member_words WHERE person = {}", stranger.id)
    assert rows == []


async def test_filters(coordinator: Person, mentor: Person, mentee: Person) -> None:
    now = clock.now()
    come = await make_person("A", "Invitée", standing=Standing.INVITED)
    await Person.update({Person.invited_at: now}).where(Person.id == come.id)
    uninvited = await make_person("B", "Oubliée", standing=Standing.INVITED)
    await exclusions.exclude(mentee, by=coordinator, note="", now=now)
    drafting = await make_person("C", "Profil")
    await make_profile(drafting, state=ProfileState.DRAFT)

    async def ids(**query: Any) -> set[int]:
        return {hit.id for hit in (await members.find(members.Query(**query))).hits}

    assert await ids(standing="not_come") == {come.id}
    assert await ids(standing="not_invited") == {uninvited.id}
    assert await ids(standing="excluded") == {mentee.id}
    assert await ids(standing="active") == {coordinator.id, mentor.id, drafting.id}
    assert await ids(mentor=True) == {mentor.id}
    assert await ids(coordinator=True) == {coordinator.id}
    assert await ids(mentor=True, words="zzz") == set()
    assert await ids(mentor=True, words="claire") == {mentor.id}


async def test_pages_hold_everybody_once_in_order(
    window: httpx.AsyncClient, coordinator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "A_PAGE", 3)
    for name in ("Zürcher", "Äbi", "Aebi", "Oertli", "d’Orsay", "Čapek", "Öz"):
        await make_person("X", name)

    pages = [(await window.get(urls.members(page=page))).text for page in (1, 2, 3)]

    listed = [name for page in pages for name in names(page)]
    folded = [members.sort_key({"last_name": n.split(" ")[-1], "first_name": "X", "email": ""})
              for n in listed]  # fmt: skip
    assert len(listed) == len(set(zip(listed, range(8), strict=True))) == 8
    assert folded == sorted(folded)
    assert "page 3 sur 3" in pages[2] and "page=2" in pages[0]


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=99999999999", "page=x", "standing=x", "q=%00", "q=" + "a" * 999],
)
async def test_senseless_addresses_are_no_mistake_of_ours(
    query: str, window: httpx.AsyncClient
) -> None:
    assert (await window.get(f"{urls.MEMBERS}?{query}")).status_code == 200


async def test_typing_answers_with_the_list_and_its_count(
    window: httpx.AsyncClient, mentor: Person
) -> None:
    answer = await window.get(urls.members(q="favr"), headers=HTMX)

    assert "<html" not in answer.text and 'hx-target="#members-count"' in answer.text
    assert names(answer.text) == ["Claire Favre"]
    assert answer.headers["hx-replace-url"] == urls.members(q="favr")
    assert "1 membre" in answer.text


async def test_as_many_questions_for_one_as_for_fifty(
    window: httpx.AsyncClient, queries: Any
) -> None:
    await members.freshen()
    with queries() as few:
        await window.get(urls.MEMBERS)
    for _ in range(50):
        await make_person()
    await members.freshen()

    with queries() as many:
        await window.get(urls.MEMBERS)

    assert len(many) == len(few)


# A member's page


async def test_what_the_office_sees_and_what_not(
    window: httpx.AsyncClient, mentor: Person, mentee: Person
) -> None:
    await make_inquiry(mentee, mentor)
    await make_letter(mentee, error="550 No such user")

    page = (await window.get(urls.member(mentee))).text

    assert mentee.email in page and "version 1" in page
    assert "1 demande (dont 1 en cours)" in page and "550 No such user" in page
    assert SECRET not in page


async def test_questions_do_not_grow_with_what_happened(
    window: httpx.AsyncClient, mentor: Person, coordinator: Person, queries: Any
) -> None:
    with queries() as few:
        await window.get(urls.member(mentor))
    for number in range(20):
        data = {"words": f"Note {number}"}
        await window.post(urls.member(mentor, "notes"), data=data)
        await make_inquiry(await make_person(), mentor)
        await make_letter(mentor)

    with queries() as many:
        await window.get(urls.member(mentor))

    assert len(many) == len(few)


async def test_a_note_is_kept_for_the_office_alone(
    window: httpx.AsyncClient, mentee: Person, browser: Browser
) -> None:
    data = {"words": "A appelé <script>alert(1)</script>"}

    answer = await window.post(urls.member(mentee, "notes"), data=data, headers=HTMX)
    await window.post(urls.member(mentee, "notes"), data=data, headers=HTMX)

    [row] = await OfficeNote.objects()
    assert answer.status_code == 200 and "&lt;script&gt;" in answer.text
    assert row.words == data["words"] and "appelé" not in row.words_sealed
    own = await browser(mentee)
    assert "A appelé" not in (await own.get("/account")).text


@pytest.mark.parametrize("words", ["", " \n", "x" * 2001])
async def test_a_note_that_is_none(words: str, window: httpx.AsyncClient, mentee: Person) -> None:
    answer = await window.post(urls.member(mentee, "notes"), data={"words": words})

    assert answer.status_code == 422 and await OfficeNote.count() == 0


# Address and language


async def test_another_address_for_who_never_came(window: httpx.AsyncClient) -> None:
    person = await make_person(standing=Standing.INVITED)
    waiting = await make_letter(person, state=LetterState.WAITING, name="invitation")

    answer = await window.post(
        urls.member(person, "address"), data={"email": " David.Neu@Example.org "}, headers=HTMX
    )

    assert answer.status_code == 200 and "david.neu@example.org" in answer.text
    assert (await fresh(person)).email == "david.neu@example.org"
    told = await Letter.objects().order_by(Letter.id)
    assert [(each.name, each.address) for each in told] == [
        ("invitation", "david.neu@example.org"),
        ("address_changed", "david.neu@example.org"),
        ("address_left", person.email),
    ]
    assert told[0].id == waiting.id
    assert await Event.exists().where(Event.what == "person.move")


async def test_another_address_is_asked_first_and_taken_back(
    window: httpx.AsyncClient, mentee: Person, browser: Browser
) -> None:
    own = await browser(mentee)

    asked = await window.post(
        urls.member(mentee, "address"), data={"email": "david.neu@example.org"}, headers=HTMX
    )
    page = await window.get(urls.member(mentee))

    for answer in (asked, page):
        assert answer.status_code == 200 and "david.neu@<wbr>example.org" in answer.text
    assert (await fresh(mentee)).email == mentee.email
    assert (await own.get("/account")).status_code == 200

    kept = await window.post(urls.member(mentee, "address/end"), headers=HTMX)
    again = await window.post(urls.member(mentee, "address/end"), headers=HTMX)

    assert (kept.status_code, again.status_code) == (200, 409)
    assert "david.neu" not in kept.text
    assert (await fresh(mentee)).email == mentee.email


@pytest.mark.parametrize("address", ["", "no address", "a@b", "a@b.ch\nBcc: c@d.ch"])
async def test_no_address_changes_nothing(
    address: str, window: httpx.AsyncClient, mentee: Person
) -> None:
    answer = await window.post(urls.member(mentee, "address"), data={"email": address})

    assert answer.status_code == 422 and (await fresh(mentee)).email == mentee.email
    assert await Letter.count() == 0


async def test_an_address_is_one_persons(
    window: httpx.AsyncClient, mentee: Person, mentor: Person
) -> None:
    data = {"email": mentor.email.upper()}

    answer = await window.post(urls.member(mentee, "address"), data=data, headers=HTMX)

    assert answer.status_code == 422 and "appartient déjà" in answer.text
    assert await Session.count() > 0 and (await fresh(mentee)).email == mentee.email


async def test_two_people_for_one_address_at_the_same_time(
    window: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    data = {"email": "wanted@example.org"}
    one = await make_person(standing=Standing.INVITED)
    two = await make_person(standing=Standing.INVITED)

    answers = await asyncio.gather(
        window.post(urls.member(one, "address"), data=data, headers=HTMX),
        other.post(urls.member(two, "address"), data=data, headers=HTMX),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert await Person.count().where(Person.email == "wanted@example.org") == 1


async def test_two_addresses_for_one_person_at_the_same_time(
    window: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    person = await make_person(standing=Standing.INVITED)

    answers = await asyncio.gather(
        window.post(urls.member(person, "address"), data={"email": "a@x.ch"}, headers=HTMX),
        other.post(urls.member(person, "address"), data={"email": "b@x.ch"}, headers=HTMX),
    )

    # The second may also have begun after the first was done.
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 200])


async def test_another_language(window: httpx.AsyncClient, mentee: Person) -> None:
    answer = await window.post(urls.member(mentee, "language"), data={"language": "de"})
    wrong = await window.post(urls.member(mentee, "language"), data={"language": "xx"})

    assert (answer.status_code, wrong.status_code) == (303, 422)
    assert (await fresh(mentee)).language == "de"


# The office itself


async def test_appointed_and_dismissed(window: httpx.AsyncClient, mentee: Person) -> None:
    first = await window.post(urls.member(mentee, "appointment"), headers=HTMX)
    again = await window.post(urls.member(mentee, "appointment"), headers=HTMX)
    assert (first.status_code, again.status_code) == (200, 409)
    assert (await fresh(mentee)).is_coordinator

    await window.post(urls.member(mentee, "dismissal"), headers=HTMX)

    assert not (await fresh(mentee)).is_coordinator


async def test_the_last_one_stays(window: httpx.AsyncClient, coordinator: Person) -> None:
    answer = await window.post(urls.member(coordinator, "dismissal"), headers=HTMX)

    assert answer.status_code == 409 and (await fresh(coordinator)).is_coordinator


async def test_stepping_down_oneself(
    window: httpx.AsyncClient, other: httpx.AsyncClient, coordinator: Person
) -> None:
    answer = await window.post(urls.member(coordinator, "dismissal"))

    assert answer.headers["location"] == urls.HOME
    assert (await window.get(urls.MEMBERS)).status_code == 404


async def test_two_cannot_dismiss_each_other(
    window: httpx.AsyncClient, other: httpx.AsyncClient, coordinator: Person
) -> None:
    [second] = await Person.objects().where(
        Person.is_coordinator.eq(True) & (Person.id != coordinator.id)
    )

    await asyncio.gather(
        window.post(urls.member(second, "dismissal"), headers=HTMX),
        other.post(urls.member(coordinator, "dismissal"), headers=HTMX),
    )

    assert await Person.count().where(Person.is_coordinator.eq(True)) == 1


# Invitations by hand


async def test_invited_again_after_a_while(
    window: httpx.AsyncClient, coordinator: Person, at: Any
) -> None:
    person = await make_person(standing=Standing.INVITED)
    now = clock.now()

    first = await window.post(urls.member(person, "invitation"), headers=HTMX)
    soon = await window.post(urls.member(person, "invitation"), headers=HTMX)
    at(now + timedelta(minutes=11))
    later = await window.post(urls.member(person, "invitation"), headers=HTMX)

    assert [each.status_code for each in (first, soon, later)] == [200, 409, 200]
    assert await Letter.count().where(Letter.name == "invitation") == 2


async def test_a_double_tap_invites_once(
    window: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    person = await make_person(standing=Standing.INVITED)

    await asyncio.gather(
        *(each.post(urls.member(person, "invitation"), headers=HTMX) for each in (window, other))
    )

    assert await Letter.count().where(Letter.name == "invitation") == 1


# Excluded


async def test_asked_first_and_then_done(
    window: httpx.AsyncClient, mentor: Person, mentee: Person
) -> None:
    await make_inquiry(mentee, mentor)

    asked = await window.get(urls.member(mentor, "exclusion"))
    done = await window.post(urls.member(mentor, "exclusion"), data={"note": "Motif interne"})
    page = (await window.get(urls.member(mentor))).text

    assert "0 comme mentee, 1 comme mentor" in asked.text
    assert done.status_code == 303
    assert "Exclu" in page and "Motif interne" in page and "Réintégrer" in page
    assert not any("Motif interne" in letter.text for letter in await Letter.objects())


async def test_the_second_of_two_is_told(
    window: httpx.AsyncClient, other: httpx.AsyncClient, mentee: Person
) -> None:
    answers = await asyncio.gather(
        window.post(urls.member(mentee, "exclusion"), headers=HTMX),
        other.post(urls.member(mentee, "exclusion"), headers=HTMX),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await Letter.count().where(Letter.name == "member_excluded") == 1


async def test_oneself_is_not_excluded(window: httpx.AsyncClient, coordinator: Person) -> None:
    answer = await window.post(urls.member(coordinator, "exclusion"))

    assert answer.status_code == 409 and (await fresh(coordinator)).is_member


async def test_reinstated(window: httpx.AsyncClient, mentee: Person) -> None:
    await window.post(urls.member(mentee, "exclusion"))

    answer = await window.post(urls.member(mentee, "reinstatement"), data={"note": "Entretien"})

    assert answer.status_code == 303 and (await fresh(mentee)).is_member


# Taken along


TRICKS = ("=1+1", "+41 79", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1", "plain")


@pytest.fixture
async def tricksters(coordinator: Person) -> list[Person]:
    people = []
    for number, trick in enumerate(TRICKS):
        person = await make_person("Eve", f"Trick{number}", email=f"e{number}@x.ch")
        await Person.update({Person.function: trick}).where(Person.id == person.id)
        people.append(person)
    return people


async def test_a_csv_that_nobody_is_tricked_by(
    window: httpx.AsyncClient, tricksters: list[Person]
) -> None:
    answer = await window.get(urls.members("csv", q="trick"))

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert answer.content.startswith(b"\xef\xbb\xbf") and len(rows) == 1 + len(TRICKS)
    assert rows[0][:5] == ["Prénom", "Nom", "E-mail", "Langue", "Fonction"]
    for row in rows[1:]:
        for cell in row:
            assert not cell.strip().startswith(("=", "+", "-", "@", "＝")), cell
    assert [row[4] for row in rows[1:]][:2] == ["'=1+1", "'+41 79"]
    assert "attachment" in answer.headers["content-disposition"]


async def test_a_workbook_that_reckons_nothing(
    window: httpx.AsyncClient, tricksters: list[Person]
) -> None:
    answer = await window.get(urls.members("xlsx", q="trick"))

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None and sheet.max_row == 1 + len(TRICKS)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert sheet["E2"].value == "=1+1"


async def test_with_the_filter_and_noted(
    window: httpx.AsyncClient, mentor: Person, mentee: Person, coordinator: Person
) -> None:
    answer = await window.get(urls.members("csv", mentor="1"))

    rows = answer.content.decode("utf-8-sig").splitlines()
    [event] = await Event.objects().where(Event.what == "person.export")
    assert len(rows) == 2 and mentor.email in rows[1]
    assert event.by == coordinator.id


async def test_what_is_taken_along_can_be_brought_back(
    window: httpx.AsyncClient, mentor: Person, tricksters: list[Person]
) -> None:
    from domain import import_lines

    answer = await window.get(urls.members("csv"))

    found = import_lines.read(import_lines.text_of(answer.content))
    assert not any(line.fault or line.hints for line in found.lines)
    by_email = {line.email: line for line in found.lines}
    assert by_email[mentor.email].canton == "GE" and by_email[mentor.email].sector == "banking"
    assert by_email["e0@x.ch"].function == "=1+1"
