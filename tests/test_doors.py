"""Every route, tried by whom it isn't for.

A new route fails this test until it has its line in DOORS: what nobody gets, what the stranger
(a member whom the row doesn't concern), what a coordinator. Rows are those of `world`: other
people's. 303 for nobody means: sign in first.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import httpx
import pytest

import clock
import urls
from domain import sessions
from tables.people import Person
from tables.profiles import State
from tables.reports import Report
from tables.searches import SavedSearch
from tests.cast import Browser, built
from tests.factories import (
    make_application,
    make_evaluation,
    make_inquiry,
    make_letter,
    make_list,
    make_meeting,
    make_mentorship,
    make_person,
    make_profile,
)


class Door(NamedTuple):
    nobody: int
    stranger: int
    coordinator: int


# Whoever comes may enter these; every other route wants a session.
PUBLIC = {
    "GET /",
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

# One after the other, in this order: what is decided on the desk stays decided.
DOORS = {
    "GET /": Door(200, 200, 200),
    "GET /account": Door(303, 200, 200),
    "GET /account/data.html": Door(303, 200, 200),
    "GET /account/data.json": Door(303, 200, 200),
    "GET /account/deletion": Door(303, 200, 200),
    "GET /answer/{secret}": Door(410, 410, 410),
    "GET /application": Door(200, 303, 303),
    "GET /application/sent": Door(200, 200, 200),
    "GET /availability": Door(303, 404, 404),
    "GET /calendar/{secret}": Door(404, 404, 404),
    "GET /desk": Door(303, 404, 200),
    "GET /desk/events": Door(303, 404, 200),
    "GET /desk/events.csv": Door(303, 404, 200),
    "GET /desk/figures": Door(303, 404, 200),
    "GET /desk/figures.csv": Door(303, 404, 200),
    "GET /desk/figures/year/{year}": Door(303, 404, 200),
    "GET /desk/house": Door(303, 404, 200),
    "GET /desk/house/norms": Door(303, 404, 200),
    "GET /desk/house/topics": Door(303, 404, 200),
    "GET /desk/house/topics/new": Door(303, 404, 200),
    "GET /desk/house/topics/{topic_id}": Door(303, 404, 200),
    "GET /desk/imports": Door(303, 404, 200),
    "GET /desk/imports/{import_id}": Door(303, 404, 200),
    "GET /desk/members": Door(303, 404, 200),
    "GET /desk/reports/{report_id}": Door(303, 404, 200),
    "GET /desk/members.csv": Door(303, 404, 200),
    "GET /desk/members.xlsx": Door(303, 404, 200),
    "GET /desk/members/{person_id}": Door(303, 404, 200),
    "GET /desk/members/{person_id}/exclusion": Door(303, 404, 200),
    "GET /desk/retention": Door(303, 404, 200),
    "GET /favourites": Door(303, 200, 200),
    "GET /first-run": Door(404, 404, 404),
    "GET /health": Door(200, 200, 200),
    "GET /inquiries": Door(303, 200, 200),
    "GET /inquiries/{inquiry_id}": Door(303, 404, 404),
    "GET /logo/{name}": Door(404, 404, 404),
    "GET /manifest.webmanifest": Door(200, 200, 200),
    "GET /mentors": Door(303, 200, 200),
    "GET /mentors/{mentor_id}": Door(303, 200, 200),
    "GET /mentors/{mentor_id}/inquiry": Door(303, 200, 200),
    "GET /mentors/{mentor_id}/report": Door(303, 200, 200),
    "GET /mentors/{mentor_id}/preview": Door(303, 200, 200),
    "GET /mentorships": Door(303, 200, 200),
    "GET /mentorships/{mentorship_id}": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/certificate": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/contacts": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/contacts/{contact_number}/correction": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/evaluation": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/later": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/agreement": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/agreement/print": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/end": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/first-talk": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/meetings": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/meetings/{meeting_id}/invitation.ics": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/meetings/{meeting_id}/move": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/news": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/report": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/notes": Door(303, 404, 404),
    "GET /mentorships/{mentorship_id}/notes/{number}": Door(303, 404, 404),
    "GET /norms": Door(200, 200, 200),
    "GET /privacy": Door(200, 200, 200),
    "GET /profile": Door(303, 200, 200),
    "GET /ready": Door(200, 200, 200),
    "GET /robots.txt": Door(200, 200, 200),
    "GET /searches": Door(303, 303, 303),
    "GET /sign-in": Door(200, 303, 303),
    "GET /sign-in/link/{secret}": Door(410, 410, 410),
    "GET /static/{name}": Door(404, 404, 404),
    "GET /sw.js": Door(200, 200, 200),
    "GET /unsubscribe/{secret}": Door(404, 404, 404),
    "GET /{nowhere}": Door(404, 404, 404),
    "POST /account": Door(303, 422, 422),
    "POST /account/calendar": Door(303, 303, 303),
    "POST /account/calendar/end": Door(303, 303, 303),
    "POST /account/calendar/renewal": Door(303, 303, 303),
    "POST /account/deletion": Door(303, 422, 422),
    "POST /account/pause": Door(303, 303, 303),
    "POST /account/return": Door(303, 303, 303),
    "POST /account/sessions/{session_id}/end": Door(303, 404, 404),
    "POST /answer/{secret}/{deed}": Door(410, 410, 410),
    "POST /application": Door(422, 422, 422),
    "POST /availability": Door(303, 404, 404),
    "POST /availability/answers": Door(303, 404, 404),
    "POST /availability/capacity": Door(303, 404, 404),
    "POST /desk/applications/{application_id}/acceptance": Door(303, 404, 303),
    "POST /desk/applications/{application_id}/refusal": Door(303, 404, 409),
    "POST /desk/applications/{application_id}/reopening": Door(303, 404, 303),
    "POST /desk/applications/{application_id}/readmission": Door(303, 404, 409),
    "POST /desk/duties/{noun}/{duty_id}/reading": Door(303, 404, 303),
    "POST /desk/duties/{noun}/{duty_id}/reopening": Door(303, 404, 303),
    "POST /desk/evaluations/{evaluation_id}/reading": Door(303, 404, 303),
    "POST /desk/evaluations/{evaluation_id}/reopening": Door(303, 404, 303),
    "POST /desk/house": Door(303, 404, 422),
    "POST /desk/house/logo": Door(303, 404, 422),
    "POST /desk/house/logo/end": Door(303, 404, 303),
    "POST /desk/house/norms": Door(303, 404, 422),
    "POST /desk/house/norms/publication": Door(303, 404, 409),
    "POST /desk/house/topics": Door(303, 404, 422),
    "POST /desk/house/topics/{topic_id}": Door(303, 404, 422),
    "POST /desk/house/topics/{topic_id}/{deed}": Door(303, 404, 404),
    "POST /desk/imports": Door(303, 404, 422),
    "POST /desk/imports/{import_id}/confirmation": Door(303, 404, 303),
    "POST /desk/imports/{import_id}/drop": Door(303, 404, 303),
    "POST /desk/letters/{letter_id}/another-try": Door(303, 404, 409),
    "POST /desk/members/{person_id}/address": Door(303, 404, 422),
    "POST /desk/members/{person_id}/appointment": Door(303, 404, 303),
    "POST /desk/members/{person_id}/dismissal": Door(303, 404, 303),
    "POST /desk/members/{person_id}/exclusion": Door(303, 404, 303),
    "POST /desk/members/{person_id}/invitation": Door(303, 404, 409),
    "POST /desk/members/{person_id}/language": Door(303, 404, 422),
    "POST /desk/members/{person_id}/notes": Door(303, 404, 422),
    "POST /desk/members/{person_id}/reinstatement": Door(303, 404, 303),
    "POST /desk/profiles/{profile_id}/refusal": Door(303, 404, 303),
    "POST /desk/profiles/{profile_id}/release": Door(303, 404, 409),
    "POST /desk/profiles/{profile_id}/reopening": Door(303, 404, 303),
    "POST /desk/reports/{report_id}/reading": Door(303, 404, 200),
    "POST /desk/reports/{report_id}/settlement": Door(303, 404, 303),
    "POST /desk/reports/{report_id}/reopening": Door(303, 404, 303),
    "POST /first-run": Door(404, 404, 404),
    "POST /inquiries/withdrawals": Door(303, 303, 303),
    "POST /inquiries/{inquiry_id}/explanation": Door(303, 404, 404),
    "POST /inquiries/{inquiry_id}/withdrawal": Door(303, 404, 404),
    "POST /inquiries/{inquiry_id}/{deed}": Door(303, 404, 404),
    "POST /language": Door(303, 303, 303),
    "POST /mentors/{mentor_id}/draft": Door(303, 303, 303),
    "POST /mentors/{mentor_id}/favourite": Door(303, 404, 404),
    "POST /mentors/{mentor_id}/inquiry": Door(303, 422, 422),
    "POST /mentors/{mentor_id}/report": Door(303, 422, 422),
    "POST /mentors/{mentor_id}/wish": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/contacts": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/contacts/{contact_number}/confirmation": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/contacts/{contact_number}/correction": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/evaluation": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/later": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/thanks": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/agreement": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/agreement/acceptance": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/closing": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/end/{deed}": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/meetings": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/meetings/{meeting_id}/cancellation": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/meetings/{meeting_id}/choice": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/meetings/{meeting_id}/move": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/meetings/{meeting_id}/outcome": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/report": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/word": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/notes/{number}": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/notes/{number}/choice": Door(303, 404, 404),
    "POST /mentorships/{mentorship_id}/notes/{number}/sharing": Door(303, 404, 404),
    "POST /norms/acceptance": Door(303, 409, 409),
    "POST /profile": Door(303, 303, 303),
    "POST /profile/submission": Door(303, 422, 422),
    "POST /profile/withdrawal": Door(303, 409, 409),
    "POST /searches": Door(303, 303, 303),
    "POST /searches/in-vain": Door(303, 204, 204),
    "POST /searches/{search_id}/end": Door(303, 303, 303),
    "POST /sign-in": Door(422, 422, 422),
    "POST /sign-in/code": Door(422, 422, 422),
    "POST /sign-in/link/{secret}": Door(410, 410, 410),
    "POST /theme": Door(303, 303, 303),
    "POST /unsubscribe/{secret}": Door(404, 404, 404),
    "POST /{nowhere}": Door(404, 404, 404),
    "POST /sign-out": Door(303, 303, 303),
}
NUMBERED = sorted(name for name in DOORS if re.search(r"{\w+_id}", name))
# Of one's own, that is gone already: ended twice is ended.
AGAIN = {"POST /searches/{search_id}/end": 303}
NOT_YET = 999_999
UNKNOWN = (0, -1, NOT_YET, 2**31, 2**70, "seven", "7.0", "%00")


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
async def world(mentor: Person, mentee: Person, coordinator: Person) -> dict[str, Any]:
    """A row for each name in a path; none of them the stranger's or the coordinator's."""
    applicant = await make_person("Rosanna", "Bernasconi")
    handed_in = await make_profile(applicant, state=State.HANDED_IN)
    await sessions.begin(mentee, "", clock.now())
    search = SavedSearch(person=mentee.id, query="q=conduite", saved_at=clock.now())
    await search.save()
    other = await make_person("Tom", "Ammann")
    report = Report(key="report-of-nobody", by=other.id, about=mentor.id, sent_at=clock.now())
    await report.save()
    pair = await make_mentorship(other, mentor)
    return {
        "application_id": (await make_application()).id,
        "contact_number": 1,
        "deed": "acceptance",
        "duty_id": (await make_letter(mentee)).id,
        "evaluation_id": (await make_evaluation(pair, other, to_office="Merci.")).id,
        "import_id": (await make_list()).id,
        "inquiry_id": (await make_inquiry(mentee, mentor)).id,
        "letter_id": (await make_letter(mentee)).id,
        "meeting_id": (await make_meeting(pair)).id,
        "mentor_id": mentor.id,
        "mentorship_id": pair.id,
        "name": "css/none.css",
        "noun": "letter",
        "nowhere": "nowhere",
        "number": 1,
        "person_id": (await make_person("Vera", "Keller")).id,
        "profile_id": handed_in.id,
        "report_id": report.id,
        "search_id": search.id,
        "secret": "an-unknown-secret",
        "session_id": 1,
        "topic_id": 1,
        "year": clock.now().year,
    }


async def knock(window: httpx.AsyncClient, name: str, world: dict[str, Any]) -> httpx.Response:
    method, path = name.split()
    address = path.format_map(world)
    return await window.request(method, address, data={} if method == "POST" else None)


def test_every_route_has_its_line() -> None:
    assert sorted(DOORS) == sorted(routes())


def test_public_routes_are_those_written_down() -> None:
    assert {name for name, is_public in routes().items() if is_public} == PUBLIC


async def test_nobody(world: dict[str, Any], browser: Browser) -> None:
    window = await browser(None)

    answers = {name: await knock(window, name, world) for name in DOORS}
    led = [answers[name].headers["location"] for name in DOORS if name not in PUBLIC]

    assert {name: each.status_code for name, each in answers.items()} == {
        name: door.nobody for name, door in DOORS.items()
    }
    assert all(where.startswith(f"{urls.SIGN_IN}?next=") for where in led)


async def test_the_stranger(world: dict[str, Any], stranger: Person, browser: Browser) -> None:
    window = await browser(stranger)

    got = {name: (await knock(window, name, world)).status_code for name in DOORS}

    assert got == {name: door.stranger for name, door in DOORS.items()}


async def test_the_coordinator(
    world: dict[str, Any], coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)

    got = {name: (await knock(window, name, world)).status_code for name in DOORS}

    assert got == {name: door.coordinator for name, door in DOORS.items()}


@pytest.mark.parametrize("number", UNKNOWN)
async def test_a_number_that_is_no_row_is_not_there(
    number: Any, world: dict[str, Any], mentor: Person, coordinator: Person, browser: Browser
) -> None:
    unknown = {name: number if name.endswith("_id") else value for name, value in world.items()}

    for person in (mentor, coordinator):
        window = await browser(person)
        got = {name: (await knock(window, name, unknown)).status_code for name in NUMBERED}
        assert got == dict.fromkeys(NUMBERED, 404) | (AGAIN if number == NOT_YET else {})


async def test_without_a_token_nothing_is_posted(
    world: dict[str, Any], coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)
    window.headers.pop("x-csrftoken")
    posts = [name for name in DOORS if name.startswith("POST") and name not in WITHOUT_TOKEN]

    got = {name: (await knock(window, name, world)).status_code for name in posts}

    assert got == dict.fromkeys(posts, 403)


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
