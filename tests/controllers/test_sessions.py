"""Signing in: code and link, what is refused, and what nobody learns."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

import clock
import i18n
import urls
from controllers.arrival import session_cookie
from domain import sessions
from tables.letters import Letter
from tables.people import Person, Standing
from tables.sessions import Session, SignIn
from tests.cast import HTMX, Browser
from tests.factories import make_person

CODE = f"{urls.SIGN_IN}/code"
WRONG = "Ce code n’est pas le bon"
SPENT = "Ce code n’est plus valable"
At = Callable[[datetime], None]


async def ask(window: httpx.AsyncClient, address: str, **more: str) -> httpx.Response:
    return await window.post(urls.SIGN_IN, data={"email": address} | more, headers=HTMX)


async def type_code(window: httpx.AsyncClient, code: str) -> httpx.Response:
    return await window.post(CODE, data={"code": code, "email": "x@example.org"}, headers=HTMX)


async def letters(name: str = "sign_in") -> list[Letter]:
    return await Letter.objects().where(Letter.name == name).order_by(Letter.id)


async def last_code() -> str:
    match = re.search(r"\b\d{6}\b", (await letters())[-1].subject)
    assert match
    return match[0]


async def last_link() -> str:
    match = re.search(r"https?://[^/]+(/sign-in/link/\S+)", (await letters())[-1].text)
    assert match
    return match[1]


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def is_inside(window: httpx.AsyncClient) -> bool:
    return (await window.get(urls.ACCOUNT)).status_code == 200


async def test_a_code_typed_where_it_was_asked_for_signs_in(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(None)

    asked = await ask(window, mentee.email, next="/mentors?q=conduite")
    entered = await type_code(window, await last_code())

    assert asked.status_code == 200 and mentee.email in asked.text and "<html" not in asked.text
    assert entered.status_code == 204 and entered.headers["hx-redirect"] == "/mentors?q=conduite"
    assert await is_inside(window)


async def test_without_a_script_it_is_two_pages_and_a_303(mentee: Person, browser: Browser) -> None:
    window = await browser(None)

    asked = await window.post(urls.SIGN_IN, data={"email": f" {mentee.email.upper()} "})
    typed = await last_code()
    grouped = f" {typed[:3]} {typed[3:]} "
    entered = await window.post(CODE, data={"code": grouped, "email": mentee.email})

    assert "<html" in asked.text and 'autocomplete="one-time-code"' in asked.text
    assert entered.status_code == 303 and entered.headers["location"] == urls.HOME
    assert await is_inside(window)


async def test_a_link_shows_a_button_and_only_its_post_signs_in(
    mentee: Person, browser: Browser
) -> None:
    await ask(await browser(None), mentee.email)
    link, phone = await last_link(), await browser(None)

    for _ in range(3):
        shown = await phone.get(link)
    cookies, sessions_then = dict(phone.cookies), await Session.count()
    entered = await phone.post(link)

    assert shown.status_code == 200 and f'action="{link}"' in shown.text
    assert session_cookie() not in cookies and sessions_then == 0
    assert entered.status_code == 303 and await is_inside(phone)


async def test_a_link_works_once_even_pressed_twice_at_once(
    mentee: Person, browser: Browser
) -> None:
    await ask(await browser(None), mentee.email)
    link, phone = await last_link(), await browser(None)

    answers = await asyncio.gather(*(phone.post(link) for _ in range(4)))
    later = await phone.post(link)
    shown = await (await browser(None)).get(link)

    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]
    assert later.status_code == shown.status_code == 410
    assert "plus valable" in shown.text and await Session.count() == 1


async def test_an_altered_link_is_void(mentee: Person, browser: Browser) -> None:
    await ask(await browser(None), mentee.email)
    link, phone = await last_link(), await browser(None)

    altered = link[:-1] + ("A" if link[-1] != "A" else "B")
    looked, pressed = await phone.get(altered), await phone.post(altered)

    assert looked.status_code == pressed.status_code == 410
    assert not await is_inside(phone) and (await phone.get(link)).status_code == 200


async def test_using_the_code_voids_its_link(mentee: Person, browser: Browser) -> None:
    window = await browser(None)
    await ask(window, mentee.email)
    link = await last_link()

    await type_code(window, await last_code())

    assert (await window.post(link)).status_code == 410


async def test_of_six_codes_the_right_sixth_one_is_refused(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(None)
    await ask(window, mentee.email)
    code = await last_code()

    wrong = [await type_code(window, other(code)) for _ in range(5)]
    right = await type_code(window, code)

    assert all(answer.status_code == 422 for answer in [*wrong, right])
    assert all(WRONG in answer.text for answer in wrong[:4])
    assert SPENT in wrong[4].text and SPENT in right.text
    assert not await is_inside(window) and await Session.count() == 0


async def test_the_fifth_code_may_still_be_right(mentee: Person, browser: Browser) -> None:
    window = await browser(None)
    await ask(window, mentee.email)
    code = await last_code()

    for _ in range(4):
        await type_code(window, other(code))

    assert (await type_code(window, code)).status_code == 204


async def test_tries_are_counted_also_when_they_come_at_once(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(None)
    await ask(window, mentee.email)
    code = await last_code()

    await asyncio.gather(*(type_code(window, other(code)) for _ in range(12)))
    [request] = await SignIn.objects()

    assert request.tries == 5
    assert (await type_code(window, code)).status_code == 422


async def test_a_code_lives_fifteen_minutes(mentee: Person, browser: Browser, at: At) -> None:
    window, now = await browser(None), clock.now()
    at(now)
    await ask(window, mentee.email)
    code, link = await last_code(), await last_link()

    at(now + timedelta(minutes=15))

    assert SPENT in (await type_code(window, code)).text
    assert (await window.get(link)).status_code == 410
    assert (await window.post(link)).status_code == 410


async def test_a_code_just_before_the_end_counts(mentee: Person, browser: Browser, at: At) -> None:
    window, now = await browser(None), clock.now()
    at(now)
    await ask(window, mentee.email)

    at(now + timedelta(minutes=14, seconds=59))

    assert (await type_code(window, await last_code())).status_code == 204


async def test_another_browsers_code_is_worth_nothing(mentee: Person, browser: Browser) -> None:
    window, thief = await browser(None), await browser(None)
    await ask(thief, "someone.else@example.org")
    await ask(window, mentee.email)

    stolen = await type_code(thief, await last_code())

    assert stolen.status_code == 422 and not await is_inside(thief)
    assert SPENT in (await type_code(await browser(None), await last_code())).text


async def test_a_new_request_voids_the_old_one(mentee: Person, browser: Browser) -> None:
    window = await browser(None)
    await ask(window, mentee.email)
    code, link = await last_code(), await last_link()

    await ask(window, mentee.email, again="1")

    assert code == await last_code() or WRONG in (await type_code(window, code)).text
    assert (await window.post(link)).status_code == 410
    assert (await type_code(window, await last_code())).status_code == 204


async def test_known_unknown_and_excluded_get_the_same_answer(
    mentee: Person, browser: Browser
) -> None:
    gone = await make_person("Ugo", "Neri", standing=Standing.EXCLUDED)
    addresses = [mentee.email, "nobody@example.org", gone.email]

    windows = [await browser(None) for _ in addresses]
    asked = [await ask(*pair) for pair in zip(windows, addresses, strict=True)]
    shown = [
        re.sub(r'value="[0-9a-f]{128}"', "", answer.text.replace(address, "…"))
        for answer, address in zip(asked, addresses, strict=True)
    ]
    wrong = [await type_code(window, other(await last_code())) for window in windows]

    assert shown[0] == shown[1] == shown[2]
    assert [sorted(answer.cookies) for answer in asked] == [["browser"]] * 3
    assert all(answer.status_code == 422 and WRONG in answer.text for answer in wrong)
    assert len(await letters()) == 1 and len(await letters("sign_in_unknown")) == 2


async def test_an_address_gets_three_letters_in_fifteen_minutes(
    mentee: Person, browser: Browser, at: At
) -> None:
    window, now = await browser(None), clock.now()
    at(now)

    asked = [await ask(window, mentee.email, again="1") for _ in range(4)]
    strangers = [await ask(window, "nobody@example.org") for _ in range(4)]
    at(now + timedelta(minutes=15))
    later = await ask(window, mentee.email)

    assert [answer.status_code for answer in asked] == [200, 200, 200, 429]
    assert [answer.status_code for answer in strangers] == [200, 200, 200, 429]
    assert later.status_code == 200


async def test_who_asked_too_often_still_sees_where_to_type_the_code(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(None)
    for _ in range(3):
        await ask(window, mentee.email)

    refused = await ask(window, mentee.email, again="1")
    page = await window.post(urls.SIGN_IN, data={"email": mentee.email})

    assert 'hx-target="#sign-in"' in refused.text and "one-time-code" in refused.text
    assert page.status_code == 429 and mentee.email in page.text and "<html" in page.text
    assert (await type_code(window, await last_code())).status_code == 204


async def test_limits_hold_when_requests_come_at_once(mentee: Person, browser: Browser) -> None:
    windows = [await browser(None, visitor=f"192.0.2.{number}") for number in range(8)]

    answers = await asyncio.gather(*(ask(window, mentee.email) for window in windows))

    assert sorted(answer.status_code for answer in answers) == [200] * 6 + [429] * 2
    assert len(await letters()) == 6


async def test_a_stranger_shuts_nobody_out(mentee: Person, browser: Browser, at: At) -> None:
    owner, stranger = await browser(None), await browser(None, visitor="192.0.2.9")
    now = clock.now()
    for turn in range(11):
        at(now + turn * timedelta(minutes=31))
        await ask(stranger, mentee.email)

    asked = await ask(owner, mentee.email)
    code = await last_code()
    at(now + timedelta(hours=5, minutes=20))
    again = await ask(await browser(None, visitor="198.51.100.7"), mentee.email)
    entered = await type_code(owner, code)

    assert asked.status_code == again.status_code == 200
    assert entered.status_code == 204 and await is_inside(owner)


@pytest.mark.parametrize(
    ("visitor", "last"),
    [("2001:db8:7:8::{:x}", 429), ("::ffff:192.0.2.{}", 200), ("192.0.2.{}", 200), ("{}", 200)],
)
async def test_a_home_is_one_visitor(visitor: str, last: int, browser: Browser) -> None:
    for number in range(21):
        window = await browser(None, visitor=visitor.format(number))
        answer = await ask(window, f"somebody.{number}@example.org")

    assert answer.status_code == last


async def test_a_visitor_asks_twenty_times_an_hour(browser: Browser, at: At) -> None:
    window, now = await browser(None), clock.now()
    at(now)

    asked = [await ask(window, f"somebody.{number}@example.org") for number in range(21)]
    at(now + timedelta(hours=1))
    later = await ask(window, "somebody@example.org")

    assert [answer.status_code for answer in asked] == [200] * 20 + [429]
    assert later.status_code == 200


async def test_ten_letters_a_day_and_not_more(mentee: Person, browser: Browser, at: At) -> None:
    window, now = await browser(None), clock.now()

    status = []
    for turn in range(11):
        at(now + turn * timedelta(minutes=31))
        status.append((await ask(window, mentee.email)).status_code)
    at(now + timedelta(days=1))

    assert status == [200] * 10 + [429]
    assert (await ask(window, mentee.email)).status_code == 200


async def test_an_excluded_person_cannot_use_what_they_asked_for_before(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(None)
    await ask(window, mentee.email)
    code, link = await last_code(), await last_link()

    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentee.id)

    assert (await window.post(link)).status_code == 410
    assert (await type_code(window, code)).status_code == 422
    assert await Session.count() == 0


async def test_an_excluded_persons_session_is_over_at_once(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    assert await is_inside(window)

    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentee.id)

    assert not await is_inside(window)


async def test_an_invited_person_joins_by_signing_in(founded: None, browser: Browser) -> None:
    invited = await make_person("Nora", "Keller", standing=Standing.INVITED, has_accepted=False)
    window = await browser(None)

    await ask(window, invited.email)
    await type_code(window, await last_code())
    person = await Person.objects().get(Person.id == invited.id)

    assert person and person.is_member and person.joined_at


@pytest.mark.parametrize(("hours", "is_still_in"), [(11, True), (13, False)])
async def test_a_coordinator_idle_for_twelve_hours_is_out(
    hours: int, is_still_in: bool, coordinator: Person, browser: Browser, at: At
) -> None:
    window, now = await browser(coordinator), clock.now()

    at(now + timedelta(hours=hours))

    assert await is_inside(window) == is_still_in


async def test_a_member_stays_thirty_days(mentee: Person, browser: Browser, at: At) -> None:
    window, now = await browser(mentee), clock.now()

    at(now + timedelta(days=29, hours=23))
    nearly = await is_inside(window)
    at(now + timedelta(days=30))

    assert nearly and not await is_inside(window)


async def test_a_session_begins_anew_at_each_sign_in(mentee: Person, browser: Browser) -> None:
    """One planted before is worth nothing: session fixation."""
    window = await browser(None)
    window.cookies.set(session_cookie(), "planted")

    await ask(window, mentee.email)
    await type_code(window, await last_code())

    cookies = [each.value for each in window.cookies.jar if each.name == session_cookie()]
    assert "planted" not in cookies or len(set(cookies)) == 2
    assert await sessions.recognise("planted", clock.now()) is None


async def test_signing_in_ends_the_browsers_earlier_session_and_no_other(
    mentee: Person, stranger: Person, browser: Browser
) -> None:
    """Also another person's, whose computer it is."""
    elsewhere, window = await browser(stranger), await browser(stranger)
    earlier = dict(window.cookies)

    await ask(window, mentee.email)
    wrong = await type_code(window, other(await last_code()))
    still = await Session.count()
    await type_code(window, await last_code())
    await ask(window, stranger.email)
    await window.post(await last_link())

    back = await browser(None)
    back.cookies.update(earlier)
    assert wrong.status_code == 422 and still == 2
    assert await Session.count() == 2
    assert not await is_inside(back)
    assert await is_inside(window) and await is_inside(elsewhere)


async def test_signing_out_ends_the_session_itself(mentee: Person, browser: Browser) -> None:
    window, copy = await browser(mentee), await browser(None)
    token = window.cookies[session_cookie()]
    copy.cookies.set(session_cookie(), token)

    left = await window.post(urls.SIGN_OUT)

    assert left.status_code == 303 and left.headers["location"] == f"{urls.SIGN_IN}#left"
    assert left.headers["clear-site-data"] == '"cache"'
    assert not await is_inside(copy) and await Session.count() == 0


@pytest.mark.parametrize(
    "onward",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\tevil", "javascript:1", "//["],
)
async def test_nobody_is_sent_to_another_host(
    onward: str, mentee: Person, browser: Browser
) -> None:
    window = await browser(None)

    shown = await window.get(urls.SIGN_IN, params={"next": onward})
    await ask(window, mentee.email, next=onward)
    entered = await type_code(window, await last_code())

    assert shown.status_code == 200 and 'name="next" value="/"' in shown.text
    assert entered.headers["hx-redirect"] == urls.HOME


async def test_where_one_wanted_to_go_survives_a_wrong_code_and_a_spent_one(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(None)
    await ask(window, mentee.email, next=urls.FAVOURITES)
    code = await last_code()

    for _ in range(5):
        answer = await window.post(
            CODE, data={"code": other(code), "email": mentee.email, "next": urls.FAVOURITES}
        )

    assert f'name="next" value="{urls.FAVOURITES}"' in answer.text and mentee.email in answer.text


async def test_a_page_that_needs_signing_in_comes_back_afterwards(browser: Browser) -> None:
    window = await browser(None)

    page = await window.get(f"{urls.MENTORS}?q=conduite")
    piece = await window.get(
        urls.INQUIRIES, headers=HTMX | {"HX-Current-URL": "http://localhost:8000/inquiries/7"}
    )
    poll = await window.get(f"{urls.DESK}?poll=1", headers=HTMX)

    assert page.status_code == 303
    assert page.headers["location"] == "/sign-in?next=%2Fmentors%3Fq%3Dconduite"
    assert piece.status_code == 401 and piece.headers["hx-redirect"].endswith("%2Finquiries%2F7")
    assert poll.status_code == 401 and "hx-redirect" not in poll.headers


@pytest.mark.parametrize(
    "address", ["", "claire", "a@b", "a b@example.org", "x@example.org\nBcc: y"]
)
async def test_what_is_no_address_is_said_so(address: str, browser: Browser) -> None:
    window = await browser(None)

    answer = await ask(window, address)

    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert await SignIn.count() == 0 and await Letter.count() == 0


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\x00"])
async def test_what_is_no_code_costs_no_try(code: str, mentee: Person, browser: Browser) -> None:
    window = await browser(None)
    await ask(window, mentee.email)

    answer = await type_code(window, code)
    [request] = await SignIn.objects()

    assert answer.status_code == 422 and request.tries == 0


async def test_signed_in_one_is_sent_on_from_the_sign_in_page(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    assert (await window.get(urls.SIGN_IN, params={"next": urls.NORMS})).headers[
        "location"
    ] == urls.NORMS


async def test_cookies_are_kept_from_scripts_and_other_sites(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(None)
    await ask(window, mentee.email)

    entered = await type_code(window, await last_code())
    cookies = {
        cookie.split("=")[0]: cookie.lower() for cookie in entered.headers.get_list("set-cookie")
    }

    assert "httponly" in cookies[session_cookie()] and "samesite=lax" in cookies[session_cookie()]
    assert "httponly" not in cookies["mark"]


async def test_over_https_the_cookie_is_bound_to_the_host(
    mentee: Person, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import settings

    monkeypatch.setenv("BASE_URL", "https://mentorat.example.org")
    settings.forget()
    try:
        window = await browser(mentee)
        left = await window.post(urls.SIGN_OUT)
        gone = [each for each in left.headers.get_list("set-cookie") if "session" in each]
    finally:
        monkeypatch.undo()
        settings.forget()

    assert gone[0].startswith("__Host-session=")
    assert "Secure" in gone[0] and "Path=/" in gone[0] and "Max-Age=0" in gone[0]


@pytest.mark.parametrize("token", ["", "abc", "é" * 200, "0" * 128])
async def test_without_the_right_token_nothing_is_done_and_a_page_says_so(
    token: str, mentee: Person, browser: Browser
) -> None:
    window = await browser(None)
    window.headers.pop("x-csrftoken")
    german = {"accept-language": "de"}

    answer = await window.post(
        urls.SIGN_IN, data={"email": mentee.email, "_csrf_token": token}, headers=german
    )
    shown = await window.post(
        urls.SIGN_IN, data={"email": mentee.email}, headers={"x-csrftoken": "wrong"} | HTMX
    )

    assert answer.status_code == shown.status_code == 403
    assert f'<html lang="{i18n.choose(None, None, "de")}"' in answer.text
    assert "<html" not in shown.text and "toasts" in shown.text
    assert "set-cookie" not in answer.headers
    assert await SignIn.count() == 0


async def test_a_token_that_is_a_file_is_no_token(browser: Browser) -> None:
    window = await browser(None)
    window.headers.pop("x-csrftoken")

    answer = await window.post(urls.SIGN_IN, files={"_csrf_token": ("a.txt", b"x" * 200)})

    assert answer.status_code == 403
