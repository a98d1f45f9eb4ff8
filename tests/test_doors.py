"""Every route, knocked at by each who might come.

A new route fails this test until it has its line in DOORS. Write one with anything in it and run
this file: what each got is told, to be judged and written down. A form comes along that has every
field of the house well filled in (tests/world.py), so a refusal is for who somebody is. Nothing is
left of a knock: the order of the lines is without meaning.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

import clock
import urls
from domain import exclusions
from tables.people import Person
from tests.cast import Browser, built
from tests.traces import changed, everything, unmade
from tests.world import World, build

# Whoever comes may enter these; every other route wants a session.
PUBLIC = {
    "GET /",
    "GET /address/{secret}",
    "GET /answer/{secret}",
    "GET /application",
    "GET /application/sent",
    "GET /calendar/{secret}",
    "GET /first-run",
    "GET /health",
    "GET /logo/{name}",
    "GET /manifest.webmanifest",
    "GET /norms",
    "GET /privacy",
    "GET /ready",
    "GET /robots.txt",
    "GET /sign-in",
    "GET /sign-in/link/{secret}",
    "GET /static/{name}",
    "GET /sw.js",
    "GET /unsubscribe/{secret}",
    "GET /{nowhere}",
    "POST /address/{secret}/confirmation",
    "POST /address/{secret}/refusal",
    "POST /answer/{secret}/{deed}",
    "POST /application",
    "POST /first-run",
    "POST /language",
    "POST /sign-in",
    "POST /sign-in/code",
    "POST /sign-in/link/{secret}",
    "POST /sign-out",
    "POST /theme",
    "POST /unsubscribe/{secret}",
    "POST /{nowhere}",
}
# A mail program presses this button: it carries neither cookie nor token.
WITHOUT_TOKEN = {"POST /unsubscribe/{secret}"}

ROLES = (
    "nobody", "member", "mentor", "mentee", "its_mentee", "its_mentor", "office", "excluded",
)  # fmt: skip
# What is answered, and a star where something was written. «Its»: of the pair, the request, the
# search, the session, the profile whose number stands in the path.
#
# nobody
# |    member
# |    |    mentor, released, in a pair of their own
# |    |    |    mentee of another pair
# |    |    |    |    its mentee
# |    |    |    |    |    its mentor
# |    |    |    |    |    |    the office
# |    |    |    |    |    |    |    excluded, a moment ago
# |    |    |    |    |    |    |    |
DOORS = """
200  200  200  200  200  200  200  200   GET /
303  200  200  200  200  200  200  303   GET /account
303  200* 200* 200* 200* 200* 200* 303   GET /account/data.html
303  200* 200* 200* 200* 200* 200* 303   GET /account/data.json
303  200  200  200  200  200  200  303   GET /account/deletion
200  200  200  200  200  200  200  200   GET /address/{secret}
200  200  200  200  200  200  200  200   GET /answer/{secret}
200  303  303  303  303  303  303  200   GET /application
200  200  200  200  200  200  200  200   GET /application/sent
303  404  200  404  404  200  404  303   GET /availability
200  200  200  200  200  200  200  200   GET /calendar/{secret}
303  404  404  404  404  404  200  303   GET /desk
303  404  404  404  404  404  200  303   GET /desk/events
303  404  404  404  404  404  200* 303   GET /desk/events.csv
303  404  404  404  404  404  200  303   GET /desk/figures
303  404  404  404  404  404  200  303   GET /desk/figures.csv
303  404  404  404  404  404  200  303   GET /desk/figures/year/{year}
303  404  404  404  404  404  200  303   GET /desk/house
303  404  404  404  404  404  200  303   GET /desk/house/letters
303  404  404  404  404  404  200  303   GET /desk/house/letters/{letter}
303  404  404  404  404  404  200  303   GET /desk/house/norms
303  404  404  404  404  404  200  303   GET /desk/house/topics
303  404  404  404  404  404  200  303   GET /desk/house/topics/new
303  404  404  404  404  404  200  303   GET /desk/house/topics/{topic_id}
303  404  404  404  404  404  200  303   GET /desk/imports
303  404  404  404  404  404  200  303   GET /desk/imports/{import_id}
303  404  404  404  404  404  200  303   GET /desk/members
303  404  404  404  404  404  200* 303   GET /desk/members.csv
303  404  404  404  404  404  200* 303   GET /desk/members.xlsx
303  404  404  404  404  404  200  303   GET /desk/members/{person_id}
303  404  404  404  404  404  200  303   GET /desk/members/{person_id}/exclusion
303  404  404  404  404  404  200  303   GET /desk/reports/{report_id}
303  404  404  404  404  404  200  303   GET /desk/retention
303  404  404  404  404  200  200  303   GET /documents/{hashed}
303  404  404  404  404  200  200  303   GET /documents/{hashed}/{page_number}
303  200  200  200  200  200  200  303   GET /favourites
404  404  404  404  404  404  404  404   GET /first-run
200  200  200  200  200  200  200  200   GET /health
303  200  200  200  200  200  200  303   GET /inquiries
303  404  404  404  200  200  404  303   GET /inquiries/{inquiry_id}
200  200  200  200  200  200  200  200   GET /logo/{name}
200  200  200  200  200  200  200  200   GET /manifest.webmanifest
303  200  200  200  200  200  200  303   GET /mentors
303  200  200  200  200  200  200  303   GET /mentors/{mentor_id}
303  200  200  200  200  404  200  303   GET /mentors/{mentor_id}/inquiry
303  200  200  200  200  200  200  303   GET /mentors/{mentor_id}/preview
303  200  200  200  200  404  200  303   GET /mentors/{mentor_id}/report
303  200  200  200  200  200  200  303   GET /mentorships
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/agreement
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/agreement/print
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/certificate
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/contacts
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/contacts/{contact_number}/correction
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/end
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/evaluation
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/first-talk
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/later
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/meetings
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/meetings/{meeting_id}/invitation.ics
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/meetings/{meeting_id}/move
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/news
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/notes
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/notes/{number}
303  404  404  404  200  200  404  303   GET /mentorships/{mentorship_id}/report
200  200  200  200  200  200  200  200   GET /norms
200  200  200  200  200  200  200  200   GET /privacy
303  200  200  200  200  200  200  303   GET /profile
200  200  200  200  200  200  200  200   GET /ready
200  200  200  200  200  200  200  200   GET /robots.txt
303  303  303  303  303  303  303  303   GET /searches
200  303  303  303  303  303  303  200   GET /sign-in
200  200  200  200  200  200  200  200   GET /sign-in/link/{secret}
200  200  200  200  200  200  200  200   GET /static/{name}
200  200  200  200  200  200  200  200   GET /sw.js
200  200  200  200  200  200  200  200   GET /unsubscribe/{secret}
404  404  404  404  404  404  404  404   GET /{nowhere}
303  303* 303* 303* 303* 303* 303* 303   POST /account
303  404  404  404  404  303* 404  303   POST /account/address/confirmation
303  404  404  404  404  303* 404  303   POST /account/address/refusal
303  303* 303* 303* 303  303* 303* 303   POST /account/calendar
303  303  303  303  303* 303  303  303   POST /account/calendar/end
303  303* 303* 303* 303* 303* 303* 303   POST /account/calendar/renewal
303  303* 303* 303* 303* 303* 303* 303   POST /account/deletion
303  303* 303* 303* 303* 303* 303* 303   POST /account/pause
303  303  303  303  303  303  303  303   POST /account/return
303  404  404  404  303* 404  404  303   POST /account/sessions/{session_id}/end
200* 200* 200* 200* 200* 200* 200* 200*  POST /address/{secret}/confirmation
200* 200* 200* 200* 200* 200* 200* 200*  POST /address/{secret}/refusal
200* 200* 200* 200* 200* 200* 200* 200*  POST /answer/{secret}/{deed}
303* 303* 303* 303* 303* 303* 303* 303*  POST /application
303  404  303* 404  404  303* 404  303   POST /availability
303  404  303  404  404  303* 404  303   POST /availability/answers
303  404  303* 404  404  303* 404  303   POST /availability/capacity
303  404  404  404  404  404  303* 303   POST /desk/applications/{application_id}/acceptance
303  404  404  404  404  404  409  303   POST /desk/applications/{application_id}/readmission
303  404  404  404  404  404  303* 303   POST /desk/applications/{application_id}/refusal
303  404  404  404  404  404  303* 303   POST /desk/applications/{application_id}/reopening
303  404  404  404  404  404  303* 303   POST /desk/duties/{noun}/{duty_id}/reading
303  404  404  404  404  404  303* 303   POST /desk/duties/{noun}/{duty_id}/reopening
303  404  404  404  404  404  303* 303   POST /desk/evaluations/{evaluation_id}/reading
303  404  404  404  404  404  303* 303   POST /desk/evaluations/{evaluation_id}/reopening
303  404  404  404  404  404  303* 303   POST /desk/house
303  404  404  404  404  404  303* 303   POST /desk/house/letters/{letter}
303  404  404  404  404  404  303* 303   POST /desk/house/letters/{letter}/clearing
303  404  404  404  404  404  303* 303   POST /desk/house/letters/{letter}/reversal
303  404  404  404  404  404  422  303   POST /desk/house/logo
303  404  404  404  404  404  303* 303   POST /desk/house/logo/end
303  404  404  404  404  404  303* 303   POST /desk/house/norms
303  404  404  404  404  404  303* 303   POST /desk/house/norms/publication
303  404  404  404  404  404  303* 303   POST /desk/house/topics
303  404  404  404  404  404  303* 303   POST /desk/house/topics/{topic_id}
303  404  404  404  404  404  303* 303   POST /desk/house/topics/{topic_id}/{deed}
303  404  404  404  404  404  422  303   POST /desk/imports
303  404  404  404  404  404  303* 303   POST /desk/imports/{import_id}/confirmation
303  404  404  404  404  404  303* 303   POST /desk/imports/{import_id}/drop
303  404  404  404  404  404  303* 303   POST /desk/letters/{letter_id}/another-try
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/address
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/address/end
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/appointment
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/dismissal
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/exclusion
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/invitation
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/language
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/notes
303  404  404  404  404  404  303* 303   POST /desk/members/{person_id}/reinstatement
303  404  404  404  404  404  303* 303   POST /desk/profiles/{profile_id}/question
303  404  404  404  404  404  303* 303   POST /desk/profiles/{profile_id}/refusal
303  404  404  404  404  404  303* 303   POST /desk/profiles/{profile_id}/release
303  404  404  404  404  404  303* 303   POST /desk/profiles/{profile_id}/reopening
303  404  404  404  404  404  303* 303   POST /desk/profiles/{profile_id}/waiver
303  404  404  404  404  404  200* 303   POST /desk/reports/{report_id}/reading
303  404  404  404  404  404  303* 303   POST /desk/reports/{report_id}/reopening
303  404  404  404  404  404  303* 303   POST /desk/reports/{report_id}/settlement
404  404  404  404  404  404  404  404   POST /first-run
303  303  303  303  303* 303  303  303   POST /inquiries/withdrawals
303  404  404  404  409  404  404  303   POST /inquiries/{inquiry_id}/explanation
303  404  404  404  303* 404  404  303   POST /inquiries/{inquiry_id}/withdrawal
303  404  404  404  404  303* 404  303   POST /inquiries/{inquiry_id}/{deed}
303  303* 303* 303* 303* 303* 303* 303   POST /language
303  303* 303* 303* 303* 404  303* 303   POST /mentors/{mentor_id}/draft
303  303* 303* 303* 303* 404  303* 303   POST /mentors/{mentor_id}/favourite
303  303* 303* 303* 422  404  303* 303   POST /mentors/{mentor_id}/inquiry
303  303* 303* 303* 303* 404  303* 303   POST /mentors/{mentor_id}/report
303  303  303  303  303  303  303  303   POST /mentors/{mentor_id}/wish
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/agreement
303  404  404  404  303* 404  404  303   POST /mentorships/{mentorship_id}/agreement/acceptance
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/closing
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/contacts
303  404  404  404  404  303* 404  303   POST /mentorships/{mentorship_id}/contacts/{contact_number}/confirmation
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/contacts/{contact_number}/correction
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/end/{deed}
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/evaluation
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/later
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/meetings
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/meetings/{meeting_id}/cancellation
303  404  404  404  303* 404  404  303   POST /mentorships/{mentorship_id}/meetings/{meeting_id}/choice
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/meetings/{meeting_id}/move
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/meetings/{meeting_id}/outcome
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/notes/{number}
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/notes/{number}/choice
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/notes/{number}/sharing
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/report
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/thanks
303  404  404  404  303* 303* 404  303   POST /mentorships/{mentorship_id}/word
303  303  303  303  303  303  303  303   POST /norms/acceptance
303  303* 303* 303* 303* 303* 303* 303   POST /profile
303  422  422  422  422  422  422  303   POST /profile/cv
303  303  303  303  303  303* 303  303   POST /profile/cv/end
303  303* 409* 303* 303* 409* 303* 303   POST /profile/submission
303  404  303* 404  404  303* 404  303   POST /profile/withdrawal
303  303* 303* 303* 303  303* 303* 303   POST /searches
303  204* 204* 204* 204* 204* 204* 303   POST /searches/in-vain
303  303  303  303  303* 303  303  303   POST /searches/{search_id}/end
200* 200* 200* 200* 200* 200* 200* 200*  POST /sign-in
422  422  422  422  422  422  422  422   POST /sign-in/code
303* 303* 303* 303* 303* 303* 303* 303*  POST /sign-in/link/{secret}
303  303* 303* 303* 303* 303* 303* 303   POST /sign-out
303  303  303  303  303  303  303  303   POST /theme
303* 303* 303* 303* 303* 303* 303* 303*  POST /unsubscribe/{secret}
404  404  404  404  404  404  404  404   POST /{nowhere}
"""  # noqa: E501


def lines() -> list[tuple[str, list[str]]]:
    """By route, one cell a role."""
    cut = [line.split(maxsplit=len(ROLES)) for line in DOORS.strip().splitlines()]
    return [(route, cells) for *cells, route in cut]


TABLE = dict(lines())
NUMBERED = sorted(name for name in TABLE if re.search(r"{\w+_id}", name))
# Of one's own, that is gone already: ended twice is ended.
AGAIN = {"POST /searches/{search_id}/end": 303}
NOT_YET = 999_999
UNKNOWN = (0, -1, NOT_YET, 2**31, 2**70, "seven", "7.0", "%00")
# To take a list of people along, or all that is known of oneself, is an event.
LOGGED = {
    "GET /account/data.html",
    "GET /account/data.json",
    "GET /desk/events.csv",
    "GET /desk/members.csv",
    "GET /desk/members.xlsx",
}
# What was typed is kept, whatever becomes of it.
KEEPS = {"POST /profile/submission"}


def routes() -> dict[str, bool]:
    """Of the whole app: by name, whether it is public."""
    return {
        f"{method} {route.path_format}": bool(handler.opt.get("public"))
        for route in built().routes
        for handler in getattr(route, "route_handlers", ())
        for method in getattr(handler, "http_methods", ())
        if method != "OPTIONS"
    }


@pytest.fixture
async def world(mentor: Person, mentee: Person, coordinator: Person, stranger: Person) -> World:
    return await build(mentor, mentee, coordinator, stranger)


async def enter(world: World, role: str, browser: Browser) -> httpx.AsyncClient:
    """The excluded one had a session a moment ago."""
    person = world.people[role]
    window = await browser(person)
    if role == "excluded":
        office = world.people["office"]
        assert person is not None and office is not None
        await exclusions.exclude(person, by=office, note="", now=clock.now())
    return window


async def knock(window: httpx.AsyncClient, name: str, world: World) -> httpx.Response:
    """As from a page just opened: cookies of an answer before are forgotten."""
    kept = httpx.Cookies(window.cookies)
    answer = await window.request(name.split()[0], world.address(name), data=world.form(name))
    window.cookies = kept
    return answer


def test_every_route_has_its_line() -> None:
    assert sorted(name for name, _ in lines()) == sorted(routes())


def test_public_routes_are_those_written_down() -> None:
    assert {name for name, is_public in routes().items() if is_public} == PUBLIC


@pytest.mark.parametrize("role", ROLES)
async def test_each_gets_what_is_written(role: str, world: World, browser: Browser) -> None:
    window = await enter(world, role, browser)
    before, got = await everything(), {}

    for name in TABLE:
        async with unmade():
            answer = await knock(window, name, world)
            is_written = changed(before, await everything())
            got[name] = f"{answer.status_code}{'*' if is_written else ''}"

    written = {name: cells[ROLES.index(role)] for name, cells in TABLE.items()}
    wrong = [
        f"{got[name]}, not {written[name]}  {name}" for name in got if got[name] != written[name]
    ]
    assert not wrong, "\n".join(wrong)
    assert changed(before, await everything()) == set()


def test_to_look_changes_nothing() -> None:
    written = {name for name, cells in TABLE.items() if "*" in "".join(cells)}

    assert {name for name in written if name.startswith("GET")} == LOGGED


def test_who_is_refused_changes_nothing() -> None:
    refused = {
        name for name, cells in TABLE.items() if any(re.match(r"[45]..\*", each) for each in cells)
    }

    assert refused == KEEPS


def test_an_excluded_one_is_nobody_at_once() -> None:
    for name, cells in TABLE.items():
        by_role = dict(zip(ROLES, cells, strict=True))
        assert by_role["excluded"] == by_role["nobody"], name
        assert name in PUBLIC or by_role["excluded"] == "303", name


async def test_nobody_signs_in_first(world: World, browser: Browser) -> None:
    window = await browser(None)

    answers = [await knock(window, name, world) for name in TABLE if name not in PUBLIC]

    assert all(each.headers["location"].startswith(f"{urls.SIGN_IN}?next=") for each in answers)


@pytest.mark.parametrize("number", UNKNOWN)
async def test_a_number_that_is_no_row_is_not_there(
    number: Any, world: World, mentor: Person, coordinator: Person, browser: Browser
) -> None:
    values = world.values.items()
    gone = {name: number if name.endswith("_id") else value for name, value in values}
    unknown = replace(world, values=gone, instead={})

    for person in (mentor, coordinator):
        window = await browser(person)
        got = {name: (await knock(window, name, unknown)).status_code for name in NUMBERED}
        assert got == dict.fromkeys(NUMBERED, 404) | (AGAIN if number == NOT_YET else {})


async def test_without_a_token_nothing_is_posted(
    world: World, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)
    window.headers.pop("x-csrftoken")
    posts = [name for name in TABLE if name.startswith("POST") and name not in WITHOUT_TOKEN]
    before = await everything()

    got = {name: (await knock(window, name, world)).status_code for name in posts}

    assert got == dict.fromkeys(posts, 403)
    assert changed(before, await everything()) == set()


# What no browser sends


async def test_headers_without_sense_are_no_mistake_of_ours(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    for name in ("HX-Current-URL", "Referer", "Host"):
        for value in ("http://[", "x:99999999", "a:b:c"):
            for page in ("/", urls.MENTORS, urls.mentor(mentor), "/nowhere"):
                answer = await window.get(page, headers={name: value, "HX-Request": "true"})
                assert answer.status_code in (200, 400, 404), (name, value, page)


async def test_forms_that_cannot_be_read_are_refused(browser: Browser) -> None:
    window, guarded = await browser(None), await browser(None)
    del guarded.headers["x-csrftoken"]  # its form is read by the guard already

    for client in (window, guarded):
        for part in (
            b'name="email"\r\nContent-Type: text/plain; charset=none\r\n\r\nx',
            b'name="email"\r\n\r\n\xff',
            b'x="email"\r\n\r\n\xff',
        ):
            answer = await client.post(
                urls.SIGN_IN,
                content=b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n--x--\r\n",
                headers={"Content-Type": "multipart/form-data; boundary=x"},
            )
            assert answer.status_code == 400


async def test_a_digit_that_is_no_number_withdraws_nothing(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.post("/inquiries/withdrawals", data={"withdraw": "²"})

    assert answer.status_code == 303
