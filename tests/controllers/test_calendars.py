"""The private feed: made, renewed, ended on the account page; read by whoever has its address."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import html5lib
import icalendar
import pytest

import urls
from tables.contacts import Kind
from tables.letters import Letter
from tables.meetings import Calendar, Meeting, State
from tables.mentorships import Mentorship
from tables.mentorships import State as Course
from tables.people import Person, Standing
from tests.cast import HTMX, Browser
from tests.factories import make_meeting, make_mentorship, make_person

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
THURSDAY = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(at: Any) -> None:
    at(NOW)


@pytest.fixture
async def pair(mentee: Person, mentor: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, began_at=NOW - 90 * DAY)


async def address(person: Person, browser: Browser) -> str:
    """As the account page shows it, without the host."""
    window = await browser(person)
    await window.post(urls.CALENDAR)
    page = await window.get(urls.ACCOUNT)
    return str(re.findall(r'value="http://localhost:8000(/calendar/[\w-]+\.ics)"', page.text)[0])


async def summaries(path: str, browser: Browser) -> list[tuple[str, datetime]]:
    answer = await (await browser(None)).get(path)
    assert answer.status_code == 200
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    return [
        (str(each["SUMMARY"]).replace("\u202f", ""), each.decoded("DTSTART")) for each in events
    ]


async def test_an_address_is_made_shown_renewed_and_ended(mentee: Person, browser: Browser) -> None:
    window, nobody = await browser(mentee), await browser(None)

    before = await window.get(urls.ACCOUNT)
    made = await window.post(urls.CALENDAR, headers=HTMX)
    first = await address(mentee, browser)
    assert first in made.text and "<html" not in made.text and "/calendar/" not in before.text
    assert (await nobody.get(first)).status_code == 200

    renewed = await window.post(f"{urls.CALENDAR}/renewal")
    second = await address(mentee, browser)
    assert renewed.status_code == 303 and renewed.headers["location"].startswith(urls.ACCOUNT)
    assert first != second and (await nobody.get(first)).status_code == 404
    assert (await nobody.get(second)).status_code == 200

    ended = await window.post(f"{urls.CALENDAR}/end", headers=HTMX)
    assert "Créer mon adresse" in ended.text and (await nobody.get(second)).status_code == 404
    page = await window.get(urls.ACCOUNT)
    parser = html5lib.HTMLParser()
    parser.parse(page.text)
    assert parser.errors == []


async def test_two_windows_make_one_address(mentee: Person, browser: Browser) -> None:
    one, two = await browser(mentee), await browser(mentee)

    for deed in ("", "/renewal", "/end"):
        got = await asyncio.gather(
            one.post(f"{urls.CALENDAR}{deed}"), two.post(f"{urls.CALENDAR}{deed}")
        )
        assert [each.status_code for each in got] == [303, 303]
        assert await Calendar.count() == (0 if deed == "/end" else 1)


async def test_the_secret_is_not_kept_in_clear(mentee: Person, browser: Browser) -> None:
    secret = (await address(mentee, browser)).split("/")[-1].removesuffix(".ics")

    [row] = await Calendar.select()

    assert len(secret) >= 43 and not any(secret in str(value) for value in row.values())


@pytest.mark.parametrize(
    "wrong", ["x.ics", ".ics", "x", "%00.ics", "é.ics", "{right}", "{right}.ICS", "{right}x.ics"]
)
async def test_a_wrong_address_is_not_there(mentee: Person, browser: Browser, wrong: str) -> None:
    right = (await address(mentee, browser)).split("/")[-1].removesuffix(".ics")
    window = await browser(None)

    answer = await window.get("/calendar/" + wrong.format(right=right))

    assert answer.status_code == 404 and "VCALENDAR" not in answer.text


async def test_only_ones_own_planned_meetings_of_living_mentorships(
    pair: Mentorship, mentee: Person, mentor: Person, stranger: Person, browser: Browser
) -> None:
    await make_meeting(pair, starts_at=THURSDAY, place="Café de la Gare")
    await make_meeting(pair, starts_at=NOW - 29 * DAY, state=State.HELD)
    await make_meeting(pair, starts_at=NOW - 28 * DAY)
    await make_meeting(pair, starts_at=NOW - 31 * DAY, state=State.HELD)
    for state in (State.PROPOSED, State.CANCELLED, State.NOT_HELD):
        await make_meeting(pair, starts_at=THURSDAY + DAY, state=state)
    theirs = await make_mentorship(stranger, await make_person("Rita", "Sutter"), began_at=NOW)
    await make_meeting(theirs, starts_at=THURSDAY)
    reverse = await make_mentorship(mentor, stranger, began_at=NOW)
    await make_meeting(reverse, starts_at=THURSDAY + 2 * DAY)

    claire, david = "Mentorat: rencontre avec Claire Favre", "Mentorat: rencontre avec David Moser"
    past = [NOW - 29 * DAY, NOW - 28 * DAY]
    assert await summaries(await address(mentee, browser), browser) == [
        *((claire, at) for at in (*past, THURSDAY)),
    ]
    assert await summaries(await address(mentor, browser), browser) == [
        *((david, at) for at in (*past, THURSDAY)),
        ("Mentorat: rencontre avec Elena Bianchi", THURSDAY + 2 * DAY),
    ]


@pytest.mark.parametrize("state", Course)
async def test_what_has_ended_is_gone(
    pair: Mentorship, mentee: Person, browser: Browser, state: Course
) -> None:
    await make_meeting(pair, starts_at=THURSDAY)
    await Mentorship.update({Mentorship.state: state}).where(Mentorship.id == pair.id)

    seen = await summaries(await address(mentee, browser), browser)

    assert len(seen) == (state in (Course.BEGINNING, Course.RUNNING, Course.CONTINUING))


async def test_it_says_with_whom_when_and_where_and_no_more(
    pair: Mentorship, mentee: Person, mentor: Person, browser: Browser
) -> None:
    await make_meeting(pair, starts_at=THURSDAY, kind=Kind.IN_PERSON, place="Café de la Gare")
    path = await address(mentee, browser)

    answer = await (await browser(None)).get(path)

    [event] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["LOCATION"] == "En personne, Café de la Gare"
    assert event["UID"] == (await Meeting.of(pair))[0].uid
    inquiry = pair.inquiry
    for private in (inquiry.problem, inquiry.vision, mentor.email, mentee.email, "mailto:"):
        assert private not in answer.text.replace("\r\n ", "")
    assert answer.headers["content-type"].startswith("text/calendar")


async def test_it_is_in_the_readers_language(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    await make_meeting(pair, starts_at=THURSDAY)
    path = await address(mentee, browser)
    await Person.update({Person.language: "de"}).where(Person.id == mentee.id)

    [(summary, _)] = await summaries(path, browser)

    assert summary == "Mentoring: Treffen mit Claire Favre"


async def test_programs_that_ask_again_get_nothing_new(
    pair: Mentorship, mentee: Person, browser: Browser, at: Any
) -> None:
    meeting = await make_meeting(pair, starts_at=THURSDAY)
    path, window = await address(mentee, browser), await browser(None)

    first = await window.get(path)
    at(NOW + timedelta(hours=5))
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}'):
        again = await window.get(path, headers={"If-None-Match": known})
        assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    await Meeting.update({Meeting.minutes: 90}).where(Meeting.id == meeting.id)
    changed = await window.get(path, headers={"If-None-Match": tag})

    assert first.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in first.headers
    assert changed.status_code == 200 and changed.headers["etag"] != tag


async def test_who_was_excluded_has_no_feed(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    await make_meeting(pair, starts_at=THURSDAY)
    path = await address(mentee, browser)
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentee.id)

    assert (await (await browser(None)).get(path)).status_code == 404


async def test_the_address_is_in_no_log(
    mentee: Person, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    path = await address(mentee, browser)

    with caplog.at_level(logging.DEBUG):
        await (await browser(None)).get(path)

    ours = [each.getMessage() for each in caplog.records if each.name.startswith("mentorat")]
    assert not any(path in each for each in ours) and await Letter.count() == 0


async def test_many_meetings_ask_no_more(
    pair: Mentorship, mentee: Person, browser: Browser, queries: Any
) -> None:
    path, window, counts = await address(mentee, browser), await browser(None), []
    for more in (1, 49):
        for each in range(more):
            await make_meeting(pair, starts_at=THURSDAY + each * DAY)
        await window.get(path)
        with queries() as asked:
            await window.get(path)
        counts.append(len(asked))

    assert counts[0] == counts[1]
