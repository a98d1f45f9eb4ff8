"""Ways out: proposed and confirmed, taken back, left at once, closed; read-only afterwards."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

import urls
from domain import mentorships, reports
from domain.reports import Told
from tables.agreements import Agreement
from tables.contacts import Contact
from tables.letters import Letter
from tables.meetings import Meeting
from tables.mentorships import OVER, Mentorship, State
from tables.notes import Note
from tables.people import Person
from tables.reports import Reading, Report
from tests.cast import Browser, built
from tests.factories import make_mentorship, new_key
from tests.moments import At

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TALK = "2026-11-26"
WORDS = "Des remarques déplacées, deux fois."


@pytest.fixture
async def pair(mentor: Person, mentee: Person, at: At) -> Mentorship:
    at(NOW)
    began = NOW - timedelta(days=9)
    return await make_mentorship(mentee, mentor, state=State.RUNNING, began_at=began)


async def end(
    window: httpx.AsyncClient, pair: Mentorship, deed: str, **data: Any
) -> httpx.Response:
    return await window.post(urls.mentorship(pair, f"end/{deed}"), data=data)


async def state_of(pair: Mentorship) -> str:
    [row] = await Mentorship.select(Mentorship.state).where(Mentorship.id == pair.id)
    return str(row["state"])


async def bring_to(pair: Mentorship, state: State) -> None:
    values: dict[Any, Any] = {Mentorship.state: state, Mentorship.ended_at: NOW}
    values |= {Mentorship.completed_at: NOW}
    await Mentorship.update(values).where(Mentorship.id == pair.id)


async def test_proposed_and_confirmed(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)
    page = (await one.get(urls.mentorship(pair, "end"))).text
    assert 'min="2026-11-14"' in page and 'max="2027-01-22"' in page and "7 jours" in page

    answer = await end(one, pair, "proposal", talk_on=TALK)
    assert answer.status_code == 303 and answer.headers["location"] == urls.mentorship(pair)
    mine = (await one.get(urls.mentorship(pair))).text
    assert "Vous avez proposé de mettre fin" in mine and "Voir ou retirer" in mine
    theirs = (await two.get(urls.mentorship(pair))).text
    assert "David propose de mettre fin" in theirs
    assert "Retirer ma proposition" in (await one.get(urls.mentorship(pair, "end"))).text
    assert "Confirmer la fin" in (await two.get(urls.mentorship(pair, "end"))).text
    await end(two, pair, "confirmation")

    assert await state_of(pair) == State.ENDED_EARLY
    over = (await one.get(urls.mentorship(pair, "end"))).text
    assert "rien ne change plus" in over and "<form method" not in over.split("<main")[1]


async def test_taken_back(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)
    await end(one, pair, "proposal", talk_on=TALK)

    assert (await end(two, pair, "withdrawal")).status_code == 409
    assert (await end(one, pair, "withdrawal")).status_code == 303
    late = await end(two, pair, "confirmation")

    assert late.status_code == 409 and "déjà traité" in late.text
    assert "Proposer d’y mettre fin" in late.text  # what is possible now
    assert await state_of(pair) == State.RUNNING


@pytest.mark.parametrize(
    "talk_on",
    ["", "2026-11-13", "2027-01-23", "31.02.2027", "demain", "<script>", "0001-01-01", "٣"],
)
async def test_a_day_of_no_use(
    talk_on: str, pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    answer = await end(await browser(mentee), pair, "proposal", talk_on=talk_on)

    assert answer.status_code == 422 and 'id="talk_on-error"' in answer.text
    assert "<script>" not in answer.text.split("<main")[1]
    [row] = await Mentorship.select(Mentorship.ending_due)
    assert row["ending_due"] is None and await Letter.count() == 0


async def test_written_as_people_write(pair: Mentorship, mentee: Person, browser: Browser) -> None:
    answer = await end(await browser(mentee), pair, "proposal", talk_on="26.11.2026")

    assert answer.status_code == 303


async def test_an_unknown_deed_is_not_there(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    assert (await end(await browser(mentee), pair, "nothing")).status_code == 404


async def test_leaving_with_a_word_to_the_office(
    pair: Mentorship, mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)
    page = (await one.get(urls.mentorship(pair, "end"))).text
    key = re.search(r'name="key" value="([\w-]{24})"', page)
    assert key is not None

    data = {"key": key[1], "words": WORDS, "opened": ["request", "contacts", "everything"]}
    answer = await end(one, pair, "leaving", **data)

    assert answer.status_code == 303 and await state_of(pair) == State.ENDED_EARLY
    [report] = await Report.objects()
    assert report.words == WORDS and report.opened == "request contacts"
    again = await end(one, pair, "leaving", **data)
    assert again.status_code == 303 and await Report.count() == 1
    own = (await one.get(urls.mentorship(pair, "end"))).text
    assert WORDS in own and "Personne ne l’a encore lu" in own
    for address in (urls.mentorship(pair), urls.mentorship(pair, "end")):
        theirs = (await two.get(address)).text
        assert WORDS not in theirs and "message au secrétariat" not in theirs


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"words": "", "opened": "request"}, "words-error"),
        ({"words": "x" * 2001}, "words-error"),
        ({"words": "Oui", "key": "short"}, "notice harm"),
        ({"words": "<script>alert(1)</script>", "key": ""}, "notice harm"),
    ],
)
async def test_what_was_typed_is_kept(
    data: dict[str, str], error: str, pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    sent = {"key": new_key()} | data
    answer = await end(await browser(mentee), pair, "leaving", **sent)

    assert answer.status_code == 422 and error in answer.text
    assert "<script>alert" not in answer.text
    assert data["words"][:7].replace("<", "&lt;") in answer.text
    assert await state_of(pair) == State.RUNNING and await Report.count() == 0


async def test_closed_for_good(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)
    closing = urls.mentorship(pair, "closing")
    assert (await one.post(closing)).status_code == 409  # not complete yet
    await bring_to(pair, State.CONTINUING)
    assert "Clore le mentorat avec Claire" in (await one.get(urls.mentorship(pair, "end"))).text

    answers = await asyncio.gather(one.post(closing), two.post(closing))

    assert sorted(each.status_code for each in answers) == [303, 409]
    assert await state_of(pair) == State.CLOSED
    assert await Letter.count().where(Letter.name == "mentorship_closed") == 1


@pytest.mark.parametrize("deed", ["proposal", "confirmation", "withdrawal", "leaving"])
async def test_of_two_windows_one_is_told(
    deed: str, pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)
    if deed in ("confirmation", "withdrawal"):
        by = mentor if deed == "confirmation" else mentee
        await mentorships.propose_end(pair, NOW.date(), by=by, now=NOW)
        two = await browser(mentee)

    answers = await asyncio.gather(
        end(one, pair, deed, talk_on=TALK, key=new_key()),
        end(two, pair, deed, talk_on=TALK, key=new_key()),
    )

    assert sorted(each.status_code for each in answers) == [303, 409]


EVALUATING = ("evaluation", "later", "thanks")  # looking back is possible after the end
DEEDS = ("proposal", "confirmation", "withdrawal", "leaving", "choice", "move", "outcome", "x")
FORM = {
    **{"question": "continue", "answer": "yes", "talk_on": TALK, "key": "a-key-of-a-form-000"},
    **{"base": "1", "goals": "Un objectif", "number": "1", "kind": "phone", "on": "2026-11-20"},
    **{"time_1": "2026-12-01T10:00", "minutes": "60", "line": "Bien", "version": "1", "held": "1"},
    **{"day": "2026-11-20", "time": "2026-12-01T10:00", "shared": "1", "done": "1"},
}


@pytest.mark.parametrize("state", OVER)
async def test_nothing_can_be_written_afterwards(
    state: State,
    pair: Mentorship,
    mentor: Person,
    mentee: Person,
    coordinator: Person,
    browser: Browser,
) -> None:
    """Every route below a mentorship that takes a POST, with a form as if it lived: by both, and
    by the office."""
    await _left_behind(pair, mentor)
    await bring_to(pair, state)
    posts = {
        str(route.path_format)
        for route in built().routes
        for handler in getattr(route, "route_handlers", ())
        if "POST" in getattr(handler, "http_methods", ())
        and "{mentorship_id}" in getattr(route, "path_format", "")
    }
    kept = {path for path in posts if not any(word in path for word in EVALUATING)}
    assert len(kept) >= 5
    before = await _all_rows()
    for person in (mentor, mentee, coordinator):
        window = await browser(person)
        for path in sorted(kept):
            for deed in DEEDS if "{deed}" in path else DEEDS[:1]:
                numbered = path.replace("{mentorship_id}", str(pair.id)).replace("{deed}", deed)
                address = re.sub(r"{\w+}", "1", numbered)
                answer = await window.post(address, data=FORM)
                assert answer.status_code in (404, 409, 422), (address, answer.status_code)
    assert await _all_rows() == before


async def _left_behind(pair: Mentorship, by: Person) -> None:
    """Something of every noun, still open when it ended."""
    mine: dict[str, Any] = {"mentorship": pair.id, "by": by.id}
    await Contact(
        key=new_key(), number=1, kind="phone", on=NOW.date(), logged_at=NOW, **mine
    ).save()
    await Agreement(key=new_key(), number=1, proposed_at=NOW, **mine).save()
    times: dict[str, Any] = {"times": (NOW + timedelta(days=3)).isoformat(), "proposed_at": NOW}
    await Meeting(key=new_key(), kind="phone", uid=new_key(), **times, **mine).save()
    await Note(mentorship=pair.id, author=by.id, number=1, saved_at=NOW).save()


async def _all_rows() -> str:
    tables = "mentorships mentorship_words contacts meetings agreements notes letters events"
    return str(
        [await Mentorship.raw(f"SELECT * FROM {table} ORDER BY id") for table in tables.split()]
    )


async def test_the_page_asks_the_same_however_often_it_was_read(
    pair: Mentorship, mentee: Person, coordinator: Person, browser: Browser, queries: Any
) -> None:
    await reports.leave(pair, Told(new_key(), WORDS), by=mentee, now=NOW)
    window = await browser(mentee)
    [report] = await reports.waiting(coordinator)
    await reports.read(report, by=coordinator, now=NOW)
    with queries() as one:
        await window.get(urls.mentorship(pair, "end"))
    for _ in range(49):
        await Reading(report=report.id, reader=coordinator.id, read_at=NOW).save()
    with queries() as many:
        page = await window.get(urls.mentorship(pair, "end"))

    assert page.text.count("Lu par Sandra Weber") == 50
    assert len(one) == len(many)
