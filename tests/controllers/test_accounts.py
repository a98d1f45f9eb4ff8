"""One's own account: who one is, where one is signed in."""

from __future__ import annotations

import pytest

import clock
import urls
from domain import sessions
from tables.people import Person
from tables.sessions import Session
from tests.cast import HTMX, Browser

DESCRIPTION = {
    "first_name": "Claire",
    "last_name": "Favre",
    "function": "Directrice",
    "sector": "insurance",
    "canton": "VD",
}


async def own_session(person: Person) -> Session:
    session = await Session.objects().where(Session.person == person.id).first()
    assert session is not None
    return session


async def test_the_account_says_who_one_is_and_leads_on(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)

    page = await window.get(urls.ACCOUNT)

    assert page.status_code == 200 and mentor.email in page.text
    for address in (urls.PROFILE, urls.AVAILABILITY, urls.FAVOURITES, urls.PRIVACY, urls.NORMS):
        assert f'href="{address}"' in page.text
    assert "Normes acceptées le" in page.text and "Firefox, Linux" in page.text


async def test_who_is_no_mentor_is_invited_to_become_one(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    page = await window.get(urls.ACCOUNT)

    assert "Devenir mentor" in page.text and urls.AVAILABILITY not in page.text


async def test_a_description_is_kept(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)

    piece = await window.post(urls.ACCOUNT, data=DESCRIPTION, headers=HTMX)
    page = await window.post(urls.ACCOUNT, data=DESCRIPTION | {"sector": "", "canton": ""})
    person = await Person.objects().get(Person.id == mentor.id)

    assert piece.status_code == 200 and "Enregistré" in piece.text
    assert page.status_code == 303 and page.headers["location"] == urls.ACCOUNT
    assert person and (person.function, person.sector, person.canton) == ("Directrice", "", "")


@pytest.mark.parametrize(
    "said",
    [
        {"first_name": ""},
        {"last_name": "\x00\x07"},
        {"function": "x" * 121},
        {"sector": "no-such"},
        {"canton": "XX"},
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_kept(
    said: dict[str, str], mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)

    answer = await window.post(urls.ACCOUNT, data=DESCRIPTION | said, headers=HTMX)
    person = await Person.objects().get(Person.id == mentor.id)

    assert answer.status_code == 422 and f'id="{next(iter(said))}-error"' in answer.text
    assert person and person.function == mentor.function


async def test_a_form_gives_nobody_rights(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)
    more = {"is_coordinator": "1", "email": "boss@example.org", "standing": "active", "id": "1"}

    await window.post(urls.ACCOUNT, data=DESCRIPTION | more)
    person = await Person.objects().get(Person.id == mentor.id)

    assert person and not person.is_coordinator and person.email == mentor.email


async def test_another_session_is_ended_from_here(mentee: Person, browser: Browser) -> None:
    phone = await browser(mentee)
    session = await own_session(mentee)
    window = await browser(mentee)

    piece = await window.post(urls.session_end(session), headers=HTMX)

    assert piece.status_code == 200 and 'id="sessions"' in piece.text
    assert (await phone.get(urls.ACCOUNT)).status_code == 303
    assert (await window.get(urls.ACCOUNT)).status_code == 200


async def test_ending_this_session_signs_out(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)
    session = await own_session(mentee)

    left = await window.post(urls.session_end(session))

    assert left.headers["location"] == f"{urls.SIGN_IN}#left" and await Session.count() == 0
    gone = [each for each in left.headers.get_list("set-cookie") if "Max-Age=0" in each]
    assert {each.split("=")[0] for each in gone} == {"session", "mark"}


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**70])
async def test_a_session_that_never_was_is_not_there(
    number: int, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    assert (await window.post(urls.session_end(number))).status_code == 404


async def test_the_stranger_ends_nobodys_session(
    mentee: Person, stranger: Person, browser: Browser
) -> None:
    await sessions.begin(mentee, "", clock.now())
    window = await browser(stranger)

    answer = await window.post(urls.session_end(await own_session(mentee)))

    assert answer.status_code == 404 and await Session.count() == 2


async def test_the_list_of_sessions_asks_the_database_no_more_often_for_three(
    mentee: Person, browser: Browser, queries: object
) -> None:
    window = await browser(mentee)
    await window.get(urls.ACCOUNT)

    with queries() as one:  # type: ignore[operator]
        await window.get(urls.ACCOUNT)
    for _ in range(2):
        await sessions.begin(mentee, "", clock.now())
    with queries() as three:  # type: ignore[operator]
        await window.get(urls.ACCOUNT)

    assert len(one) == len(three)
