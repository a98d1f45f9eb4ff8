"""Meetings on the mentorship's page: by one tap, and as a plain form."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import html5lib
import httpx
import icalendar
import pytest

import clock
import urls
from clock import ZURICH
from domain import contacts, meetings
from domain.contacts import Talk
from domain.meetings import Plan
from tables.contacts import Contact, Kind
from tables.letters import Letter
from tables.meetings import Meeting, State
from tables.mentorships import Mentorship
from tables.mentorships import State as Course
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_mentorship, make_person, new_key

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
FORM = {"time_1": "2026-11-26T18:00", "kind": "in_person", "minutes": "60", "place": "Café <b>"}


@pytest.fixture(autouse=True)
def _today(at: Any) -> None:
    at(NOW)


@pytest.fixture
async def pair(mentee: Person, mentor: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, began_at=NOW - 30 * DAY)


async def proposed(pair: Mentorship, *times: datetime, **more: Any) -> Meeting:
    """By the mentor."""
    plan = Plan(new_key(), Kind.VIDEO, times or (THURSDAY,), **more)
    return await meetings.propose(pair, plan, by=pair.mentor, now=NOW)


async def planned(pair: Mentorship, at: datetime = THURSDAY, **more: Any) -> Meeting:
    meeting = await proposed(pair, at, **more)
    await meetings.pick(meeting, at, by=pair.mentee, now=NOW)
    return meeting


async def state(meeting: Meeting) -> str:
    [row] = await Meeting.select(Meeting.state).where(Meeting.id == meeting.id)
    return str(row["state"])


def form(**more: Any) -> dict[str, Any]:
    return FORM | {"key": new_key()} | more


def sound(page: httpx.Response) -> str:
    parser = html5lib.HTMLParser()
    parser.parse(page.text)
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert parser.errors == [] and page.text.count("<h1") == 1
    assert len(ids) == len(set(ids))
    return page.text


async def test_dates_are_proposed_on_a_page_of_their_own(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window, other = await browser(mentor), await browser(mentee)
    address = urls.mentorship(pair, "meetings")

    page = await window.get(address)
    key = re.findall(r'name="key" value="([^"]+)"', page.text)[0]
    times = {"time_2": "2026-11-27T07:30", "time_3": "2026-11-26T18:00"}
    sent = await window.post(address, data=form(key=key, **times))
    again = await window.post(address, data=form(key=key, **times))
    journey, theirs = (
        await window.get(urls.mentorship(pair)),
        await other.get(urls.mentorship(pair)),
    )

    assert sound(page).count('type="datetime-local"') == 3
    assert "checked" in re.findall(r'<input id="kind"[^>]*>', page.text)[0]  # as it was wished
    assert (sent.status_code, again.status_code) == (303, 303)
    assert sent.headers["location"] == urls.mentorship(pair)
    [meeting] = await Meeting.objects()
    assert meeting.proposed == [THURSDAY, datetime(2026, 11, 27, 6, 30, tzinfo=UTC)]
    assert meeting.place == "Café <b>" and meeting.by == mentor.id
    assert "David doit encore choisir" in sound(journey) and "Café &lt;b&gt;" in journey.text
    assert sound(theirs).count('name="at"') == 2 and "vendredi 27\xa0novembre" in theirs.text
    assert await Letter.count() == 1


WRONG: dict[str, dict[str, Any]] = {
    "no date": {"time_1": ""},
    "no moment": {"time_1": "demain"},
    "past": {"time_2": "2026-11-23T09:59"},
    "much too far": {"time_1": "2062-11-26T18:00"},
    "an hour that is leapt over": {"time_1": "2027-03-28T02:30"},
    "no kind": {"kind": ""},
    "another kind": {"kind": "telepathy"},
    "no length": {"minutes": "7"},
    "long place": {"place": "x" * 201},
    "no key": {"key": "x"},
    "script as a date": {"time_1": "<script>alert(1)</script>"},
    "year": {"time_1": "9999-12-31T23:59"},
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_form_with_mistakes_comes_back(
    pair: Mentorship, mentor: Person, browser: Browser, what: str
) -> None:
    window = await browser(mentor)
    address = urls.mentorship(pair, "meetings")

    plain = await window.post(address, data=form(**WRONG[what]))
    piece = await window.post(address, data=form(**WRONG[what]), headers=HTMX)

    assert plain.status_code == piece.status_code == 422
    assert "aria-invalid" in sound(plain) or "data-wrong" in plain.text or what == "no key"
    assert "<html" not in piece.text and "<script>" not in plain.text
    assert ("Café &lt;b&gt;" in plain.text) == (what != "long place")
    assert await Meeting.count() == 0 and await Letter.count() == 0


@pytest.mark.parametrize("missing", FORM)
async def test_a_form_with_a_field_missing_or_doubled(
    pair: Mentorship, mentor: Person, browser: Browser, missing: str
) -> None:
    window, address = await browser(mentor), urls.mentorship(pair, "meetings")
    less = {name: value for name, value in form().items() if name != missing}

    without = await window.post(address, data=less)
    doubled = await window.post(address, data=form() | {missing: [FORM[missing], "\0x"]})

    assert without.status_code == (303 if missing == "place" else 422)
    assert doubled.status_code == (303 if missing == "place" else 422)


async def test_the_fourth_is_one_too_many_and_nothing_typed_is_lost(
    pair: Mentorship, mentor: Person, browser: Browser
) -> None:
    for _ in range(3):
        await proposed(pair)
    window = await browser(mentor)

    plain = await window.post(urls.mentorship(pair, "meetings"), data=form())
    piece = await window.post(urls.mentorship(pair, "meetings"), data=form(), headers=HTMX)

    assert plain.status_code == piece.status_code == 409
    assert "Vous avez déjà 3 rencontres" in sound(plain) and "Café &lt;b&gt;" in plain.text
    assert '#meeting-form"' in piece.text and "Café &lt;b&gt;" in piece.text


async def test_one_tap_fixes_the_date(pair: Mentorship, mentee: Person, browser: Browser) -> None:
    meeting = await proposed(pair, THURSDAY, THURSDAY + DAY)
    window = await browser(mentee)

    page = await window.get(urls.mentorship(pair))
    [_, second] = re.findall(r'name="at" value="([^"]+)"', page.text)
    piece = await window.post(urls.meeting(meeting, "choice"), data={"at": second}, headers=HTMX)

    assert piece.status_code == 200 and 'id="journey"' in piece.text
    assert "vendredi 27\xa0novembre 2026, 18:00" in piece.text and "Déplacer" in piece.text
    assert await state(meeting) == State.PLANNED


@pytest.mark.parametrize(
    "moment",
    ["", "x", "2026-11-26T18:00", "2026-11-26T18:01+01:00", "9" * 40,
                                "0001-01-01T00:00:00+14:00", "\0"])  # fmt: skip
async def test_no_other_date_is_picked(
    pair: Mentorship, mentee: Person, browser: Browser, moment: str
) -> None:
    meeting, window = await proposed(pair), await browser(mentee)

    answer = await window.post(urls.meeting(meeting, "choice"), data={"at": moment})

    assert answer.status_code == 404 and await state(meeting) == State.PROPOSED


async def test_ones_own_dates_are_not_picked(
    pair: Mentorship, mentor: Person, browser: Browser
) -> None:
    meeting, window = await proposed(pair), await browser(mentor)

    page = await window.get(urls.mentorship(pair))
    answer = await window.post(urls.meeting(meeting, "choice"), data={"at": THURSDAY.isoformat()})

    assert 'name="at"' not in page.text and answer.status_code == 404


async def test_of_two_windows_one_wins_and_the_other_is_told(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    meeting = await proposed(pair, THURSDAY, THURSDAY + DAY)
    one, two = await browser(mentee), await browser(mentee)
    address = urls.meeting(meeting, "choice")

    got = await asyncio.gather(
        one.post(address, data={"at": THURSDAY.isoformat()}, headers=HTMX),
        two.post(address, data={"at": (THURSDAY + DAY).isoformat()}, headers=HTMX),
    )

    assert sorted(each.status_code for each in got) == [200, 409]
    [late] = [each for each in got if each.status_code == 409]
    assert '#journey"' in late.text and "C’est déjà traité" in late.text
    assert "Déplacer" in late.text and await state(meeting) == State.PLANNED


async def test_a_date_that_has_passed_meanwhile(
    pair: Mentorship, mentee: Person, browser: Browser, at: Any
) -> None:
    meeting, window = await proposed(pair), await browser(mentee)
    at(THURSDAY + timedelta(minutes=1))

    page = await window.get(urls.mentorship(pair))
    answer = await window.post(urls.meeting(meeting, "choice"), data={"at": THURSDAY.isoformat()})

    assert "Ces dates sont passées" in sound(page) and 'name="at"' not in page.text
    assert "La première discussion" in page.text  # to be planned, says the main button
    assert answer.status_code == 422 and "Cette date est passée" in answer.text


async def test_other_dates_instead(
    pair: Mentorship, mentee: Person, stranger: Person, mentor: Person, browser: Browser
) -> None:
    meeting, window = await proposed(pair), await browser(mentee)
    foreign = await proposed(await make_mentorship(stranger, mentor, began_at=NOW))
    address = urls.mentorship(pair, "meetings")

    page = await window.get(f"{address}?instead={meeting.id}")
    for wrong in (foreign.id, "x", "²", 2**40, -1, 0):
        assert (await window.get(f"{address}?instead={wrong}")).status_code == 404
        assert (await window.post(address, data=form(instead=wrong))).status_code == 404
    answer = await window.post(address, data=form(instead=meeting.id))
    late = await window.post(address, data=form(instead=meeting.id), headers=HTMX)

    assert f'name="instead" value="{meeting.id}"' in sound(page)
    assert "jeudi 26\xa0novembre 2026, 18:00" in page.text
    assert answer.status_code == 303 and late.status_code == 409
    assert await state(meeting) == State.CANCELLED and await state(foreign) == State.PROPOSED


async def test_a_meeting_is_moved(
    pair: Mentorship, mentee: Person, mentor: Person, browser: Browser
) -> None:
    meeting, window, other = await planned(pair), await browser(mentee), await browser(mentor)
    address = urls.meeting(meeting, "move")

    page = await window.get(address)
    [version] = re.findall(r'name="version" value="(\d+)"', page.text)
    said = {"moment": "2026-11-27T07:30", "kind": "phone", "minutes": "45", "version": version}
    wrong = await window.post(address, data=said | {"moment": ""}, headers=HTMX)
    past = await window.post(address, data=said | {"moment": "2026-11-22T07:30"})
    done = await window.post(address, data=said)
    again = await window.post(address, data=said)
    late = await other.post(address, data=said | {"moment": "2026-11-28T07:30"}, headers=HTMX)
    unsaid = {name: value for name, value in said.items() if name != "version"}
    free = await other.post(address, data=unsaid | {"moment": "2026-11-29T07:30"})

    assert 'value="2026-11-26T18:00"' in sound(page)
    assert wrong.status_code == past.status_code == 422 and "<html" not in wrong.text
    assert (done.status_code, again.status_code) == (303, 303)  # the same again says nothing new
    assert late.status_code == 409 and "vendredi 27\xa0novembre 2026, 07:30" in late.text
    assert free.status_code == 303
    assert await Letter.count().where(Letter.name == "meeting_moved") == 4


async def test_a_meeting_is_cancelled(
    pair: Mentorship, mentee: Person, mentor: Person, browser: Browser
) -> None:
    meeting, window, other = await planned(pair), await browser(mentee), await browser(mentor)
    address = urls.meeting(meeting, "cancellation")

    page = await window.get(urls.mentorship(pair))
    stale = await window.post(address, data={"version": "1"}, headers=HTMX)
    done = await window.post(address, headers=HTMX)
    late = await other.post(address)

    assert "Oui, annuler la rencontre" in sound(page)
    assert stale.status_code == 409 and done.status_code == 200 and late.status_code == 409
    assert "C’est annulé. Claire est averti·e." in done.text
    assert await Letter.count().where(Letter.name == "meeting_cancelled") == 2
    assert "<html" in late.text and await state(meeting) == State.CANCELLED


async def test_the_page_asks_whether_it_took_place(
    pair: Mentorship, mentee: Person, mentor: Person, browser: Browser, at: Any
) -> None:
    meeting, one, two = await planned(pair), await browser(mentee), await browser(mentor)
    address = urls.meeting(meeting, "outcome")

    early = await one.post(address, data={"held": "1"}, headers=HTMX)
    at(THURSDAY + timedelta(minutes=5))
    page = await one.get(urls.mentorship(pair))
    unclear = await one.post(address, data={"held": "maybe"})
    got = await asyncio.gather(
        one.post(address, data={"held": "1"}, headers=HTMX),
        two.post(address, data={"held": "1"}, headers=HTMX),
    )

    assert early.status_code == 409 and "pas encore commencé" in early.text
    assert sound(page).count('name="held"') == 2 and unclear.status_code == 404
    assert sorted(each.status_code for each in got) == [200, 409]
    assert await Contact.count() == 1 and await state(meeting) == State.HELD
    assert all("1 contact sur 4" in each.text for each in got)


async def test_the_page_says_which_contact_it_was(
    pair: Mentorship, mentee: Person, browser: Browser, at: Any
) -> None:
    """The first one by the page; of the second one somebody had noted the contact before."""
    first, second = await planned(pair), await planned(pair)
    window, held = await browser(mentee), {"held": "1"}
    at(THURSDAY + timedelta(minutes=5))

    new = await window.post(urls.meeting(first, "outcome"), data=held, headers=HTMX)
    at(THURSDAY - timedelta(minutes=5))
    talk = Talk(new_key(), Kind(second.kind), THURSDAY.date())
    await contacts.log(pair, talk, by=mentee, now=THURSDAY - timedelta(minutes=5), apart=True)
    at(THURSDAY + timedelta(minutes=5))
    known = await window.post(urls.meeting(second, "outcome"), data=held, headers=HTMX)

    assert "1 sur 4" in new.text
    assert "ce contact y était déjà" in known.text and "2 contacts sur 4" in known.text


async def test_a_contact_by_hand_ends_the_question(
    pair: Mentorship, mentee: Person, browser: Browser, at: Any
) -> None:
    await planned(pair)
    window = await browser(mentee)
    at(THURSDAY + timedelta(minutes=5))
    assert 'name="held"' in (await window.get(urls.mentorship(pair))).text

    told = {"key": new_key(), "kind": "phone"}
    answer = await window.post(urls.mentorship(pair, "contacts"), data=told, headers=HTMX)

    assert "1 sur 4" in answer.text and 'name="held"' not in answer.text


async def test_no_leads_back_to_planning(
    pair: Mentorship, mentee: Person, browser: Browser, at: Any
) -> None:
    meeting, window = await planned(pair), await browser(mentee)
    at(THURSDAY + timedelta(minutes=5))

    answer = await window.post(urls.meeting(meeting, "outcome"), data={"held": "0"}, headers=HTMX)

    assert answer.status_code == 200 and "Proposez d’autres dates" in answer.text
    assert urls.mentorship(pair, "meetings") in answer.text
    assert await state(meeting) == State.NOT_HELD and await Contact.count() == 0


async def test_the_invitation_is_opened_from_the_page(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    meeting, window = await planned(pair, place="https://meet.example.org/x"), await browser(mentee)
    address = urls.meeting(meeting, "invitation.ics")

    page = await window.get(urls.mentorship(pair))
    answer = await window.get(address)
    await meetings.cancel((await Meeting.of(pair))[0], by=mentee, now=NOW)
    gone = await window.get(address)

    assert address in page.text and 'href="https://meet.example.org/x"' in page.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "invitation.ics" in answer.headers["content-disposition"]
    calendar = icalendar.Calendar.from_ical(answer.content)
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH" and event["UID"] == meeting.uid
    assert event.decoded("DTSTART") == THURSDAY and "ATTENDEE" not in event
    assert gone.status_code == 404


@pytest.mark.parametrize("place", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
async def test_a_place_is_a_link_only_to_a_page(
    pair: Mentorship, mentee: Person, browser: Browser, place: str
) -> None:
    await planned(pair, place=place)

    page = await (await browser(mentee)).get(urls.mentorship(pair))

    assert place in page.text and f'href="{place}' not in page.text


DEEDS: dict[str, dict[str, str]] = {
    "choice": {"at": THURSDAY.isoformat()},
    "move": {"moment": "2026-11-27T07:30", "kind": "phone", "minutes": "45"},
    "cancellation": {},
    "outcome": {"held": "1"},
}


@pytest.mark.parametrize("deed", DEEDS)
async def test_another_pairs_meeting_is_not_there(
    pair: Mentorship, stranger: Person, mentor: Person, browser: Browser, deed: str
) -> None:
    meeting, other = await planned(pair), await make_mentorship(stranger, mentor, began_at=NOW)
    crossed = f"{urls.mentorship(other, 'meetings')}/{meeting.id}/{deed}"

    for person, address in (
        (stranger, urls.meeting(meeting, deed)),
        (stranger, crossed),
        (mentor, crossed),
    ):
        answer = await (await browser(person)).post(address, data=DEEDS[deed])
        assert answer.status_code == 404
    assert await state(meeting) == State.PLANNED


@pytest.mark.parametrize("over", [Course.COMPLETED, Course.CLOSED, Course.ENDED_EARLY])
async def test_after_the_end_nothing_changes(
    pair: Mentorship, mentee: Person, browser: Browser, over: Course
) -> None:
    meeting, window = await planned(pair), await browser(mentee)
    await Mentorship.update({Mentorship.state: over}).where(Mentorship.id == pair.id)

    page = await window.get(urls.mentorship(pair))
    got = [
        await window.get(urls.mentorship(pair, "meetings")),
        await window.post(urls.mentorship(pair, "meetings"), data=form()),
        await window.get(urls.meeting(meeting, "move")),
        await window.post(urls.meeting(meeting, "move"), data=DEEDS["move"]),
        await window.post(urls.meeting(meeting, "outcome"), data=DEEDS["outcome"]),
    ]

    assert [each.status_code for each in got] == [409] * 5
    assert urls.mentorship(pair, "meetings") not in sound(page) and "Déplacer" not in page.text
    assert await state(meeting) == State.PLANNED


async def test_the_partners_open_page_notices(
    pair: Mentorship, mentee: Person, mentor: Person, browser: Browser
) -> None:
    meeting, window = await proposed(pair), await browser(mentor)

    async def news(seen: int) -> int:
        asked = await window.get(f"{urls.mentorship(pair, 'news')}?poll=1&seen={seen}")
        return asked.status_code

    async def version() -> int:
        [row] = await Mentorship.select(Mentorship.version).where(Mentorship.id == pair.id)
        return int(row["version"])

    before = await version()
    assert await news(before) == 204
    await meetings.pick(meeting, THURSDAY, by=mentee, now=NOW)
    assert await news(before) == 200 and await news(await version()) == 204


async def test_the_page_asks_no_more_for_many(
    pair: Mentorship, mentee: Person, browser: Browser, queries: Any
) -> None:
    window, counts = await browser(mentee), []
    await planned(pair)
    for more in (0, 50):
        for each in range(more):
            meeting = await proposed(pair, THURSDAY + each * DAY)
            if each < 48:
                await meetings.cancel(meeting, by=mentee, now=NOW)
        await window.get(urls.mentorship(pair))
        with queries() as asked:
            await window.get(urls.mentorship(pair))
        counts.append(len(asked))

    assert counts[0] == counts[1]


async def test_a_german_reader_reads_german(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    await Person.update({Person.language: "de"}).where(Person.id == mentee.id)
    await planned(pair)
    await proposed(pair)
    mine = Plan(new_key(), Kind.PHONE, (THURSDAY,))
    await meetings.propose(pair, mine, by=mentee, now=NOW)
    [german] = await Person.objects().where(Person.id == mentee.id)
    window = await browser(german)

    journey = sound(await window.get(urls.mentorship(pair)))
    page = sound(await window.get(urls.mentorship(pair, "meetings")))

    for words in ("Verschieben", "Treffen absagen", "Andere Termine vorschlagen", "Keiner passt"):
        assert words in journey
    assert "Ein bis drei Termine zur Auswahl" in page and "Schweizer Zeit" in page


async def test_summer_time_is_typed_as_the_clock_shows_it(
    pair: Mentorship, mentor: Person, browser: Browser, at: Any
) -> None:
    at(datetime(2027, 3, 1, 9, 0, tzinfo=UTC))
    window = await browser(mentor)

    answer = await window.post(
        urls.mentorship(pair, "meetings"),
        data=form(time_1="2027-03-27T18:00", time_2="2027-03-29T18:00"),
    )

    assert answer.status_code == 303
    [meeting] = await Meeting.objects()
    assert [moment.hour for moment in meeting.proposed] == [17, 16]
    assert [f"{each.astimezone(ZURICH):%H:%M}" for each in meeting.proposed] == ["18:00"] * 2


async def test_somebody_who_is_mentor_and_mentee_sees_each_pair_alone(
    pair: Mentorship, mentor: Person, browser: Browser
) -> None:
    other = await make_mentorship(mentor, await make_person("Rita", "Sutter"), began_at=NOW)
    meeting = await planned(pair)

    page = await (await browser(mentor)).get(urls.mentorship(other))

    assert f"meeting-{meeting.id}" not in page.text and clock.now() == NOW
