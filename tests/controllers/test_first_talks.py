"""The first talk's page, and the word of each: nobody reads the other's before it is time."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

import clock
import urls
from domain import deadlines, mentorships
from tables.events import Event
from tables.letters import Letter
from tables.mentorships import OVER, Mentorship, Question, State, Word
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_mentorship
from tests.moments import At

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
YES, NO = {"question": "first_talk", "answer": "yes"}, {"question": "first_talk", "answer": "no"}


@pytest.fixture
async def pair(mentor: Person, mentee: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, contacts=1, began_at=NOW - timedelta(days=9))


async def say(window: httpx.AsyncClient, pair: Mentorship, **data: str) -> httpx.Response:
    return await window.post(urls.mentorship(pair, "word"), data=data)


async def state_of(pair: Mentorship) -> str:
    [row] = await Mentorship.select(Mentorship.state).where(Mentorship.id == pair.id)
    return str(row["state"])


async def bring_to(pair: Mentorship, state: State) -> None:
    values: dict[Any, Any] = {Mentorship.state: state, Mentorship.ended_at: NOW}
    values |= {Mentorship.completed_at: NOW}
    await Mentorship.update(values).where(Mentorship.id == pair.id)


def plain(page: str) -> str:
    """Without what is new in every answer."""
    page = re.sub(r'(csrf[^>]*?value=")[^"]*', r"\1", page)
    page = re.sub(r'(x-csrftoken": ")[^"]*', r"\1", page)
    return re.sub(r'(name="key" value=")[^"]*', r"\1", page)


async def test_prompts_for_each(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    for person, own, others in ((mentee, "mentee", "mentor"), (mentor, "mentor", "mentee")):
        page = await (await browser(person)).get(urls.mentorship(pair, "first-talk"))

        assert page.status_code == 200
        assert f"Vos questions, comme {own}" in page.text
        assert f"Vos questions, comme {others}" not in page.text
        assert page.text.count('type="checkbox"') >= 10
        assert 'id="word"' in page.text and 'name="answer"' in page.text
        # Ticks are kept nowhere: they have no name to be sent by.
        assert not re.search(r'type="checkbox"[^>]*name=', page.text)


async def test_both_say_yes(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)

    answer = await say(one, pair, **YES)
    assert answer.status_code == 303 and answer.headers["location"] == urls.mentorship(pair)
    page = (await one.get(urls.mentorship(pair))).text
    assert "Vous avez répondu" in page and "continuer ensemble" in page
    assert "Claire la lira après avoir répondu" in page
    other = (await two.get(urls.mentorship(pair))).text
    assert "David a donné sa réponse" in other and "aimerait continuer" not in other
    await say(two, pair, **YES)

    assert await state_of(pair) == State.RUNNING
    after = (await one.get(urls.mentorship(pair))).text
    assert 'name="answer"' not in after and "Vous avez répondu" not in after


async def seen_by_partner(
    window: httpx.AsyncClient, pair: Mentorship, version: int
) -> tuple[list[Any], str]:
    """All that the partner can get, with headers."""
    addresses = [
        urls.mentorship(pair),
        urls.mentorship(pair, "first-talk"),
        urls.mentorship(pair, "news") + f"?seen={version}",
        urls.mentorship(pair, "end"),
        urls.mentorship(pair, "agreement"),
        urls.MENTORSHIPS,
        urls.HOME,
    ]
    found: list[Any] = []
    for address in addresses:
        for headers in ({}, HTMX):
            answer = await window.get(address, headers=headers)
            kept = {k: v for k, v in answer.headers.items() if k not in ("set-cookie", "date")}
            found.append((answer.status_code, kept, plain(answer.text)))
    letters = await Letter.objects().order_by(Letter.id)
    told = [(each.name, each.address, each.subject, each.text, each.html) for each in letters]
    return found, str(told)


@pytest.mark.parametrize("later", [False, True])
async def test_no_page_letter_or_header_tells_a_yes_from_a_no(
    later: bool, pair: Mentorship, mentor: Person, mentee: Person, browser: Browser, at: At
) -> None:
    """The partner's whole site is the same, byte by byte; also after a change of mind."""
    at(NOW)
    one, two = await browser(mentee), await browser(mentor)
    await say(one, pair, **YES)
    version = (await Mentorship.select(Mentorship.version))[0]["version"]
    after_yes = await seen_by_partner(two, pair, version)
    events_yes = await Event.select(Event.what).order_by(Event.id)  # appended to, never undone
    if later:  # said anew in the same pair: nothing moves
        await say(one, pair, **NO)
        assert await seen_by_partner(two, pair, version) == after_yes
        return
    await _undo(pair)
    await say(one, pair, **NO)

    after_no = await seen_by_partner(two, pair, version)

    assert after_no == after_yes
    assert await Event.select(Event.what).order_by(Event.id) == events_yes * 2
    own = (await one.get(urls.mentorship(pair))).text
    assert "plutôt s’arrêter là" in own  # the test can tell them apart where it may be told


async def _undo(pair: Mentorship) -> None:
    await Word.delete(force=True)
    await Letter.delete(force=True)
    await Mentorship.update({Mentorship.version: 1}).where(Mentorship.id == pair.id)


async def test_a_yes_shows_after_its_days(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser, at: At
) -> None:
    at(NOW)
    await mentorships.say(pair, Question.FIRST_TALK, is_yes=True, by=mentee, now=NOW)
    window = await browser(mentor)
    due = deadlines.answer_by(NOW, 7)

    at(due - timedelta(seconds=1))
    assert "David aimerait continuer" not in (await window.get(urls.mentorship(pair))).text
    at(due)
    assert "David aimerait continuer" in (await window.get(urls.mentorship(pair))).text


@pytest.mark.parametrize(("first", "second"), [(YES, NO), (NO, YES), (NO, NO)])
async def test_not_pursued_says_nothing_of_who(
    first: dict[str, str],
    second: dict[str, str],
    pair: Mentorship,
    mentor: Person,
    mentee: Person,
    browser: Browser,
) -> None:
    one, two = await browser(mentee), await browser(mentor)
    await say(one, pair, **first)
    await say(two, pair, **second)

    assert await state_of(pair) == State.NOT_PURSUED
    pages = [(await window.get(urls.mentorship(pair))).text for window in (one, two)]
    for page in pages:
        assert "cela ne pèse sur personne" in page
        assert "Vous avez répondu" not in page and "valuer le mentorat" not in page
    told = await Letter.objects().where(Letter.name == "mentorship_not_pursued")
    texts = {each.text.replace("Claire Favre", "X").replace("David Moser", "X") for each in told}
    assert len(told) == 2 and len(texts) == 1
    [event] = await Event.objects().where(Event.what == "mentorship.not_pursue")
    assert event.by is None  # or the office would read who said no, perhaps the wrong one


async def test_on_the_journey_with_htmx(pair: Mentorship, mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    answer = await window.post(urls.mentorship(pair, "word"), data=YES, headers=HTMX)

    assert answer.status_code == 200 and 'id="journey"' in answer.text
    assert "Votre réponse est notée" in answer.text and "<html" not in answer.text


async def test_without_a_choice_it_is_asked_again(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    wrong: list[dict[str, Any]] = [
        {"question": "first_talk"},
        {"question": "first_talk", "answer": "maybe"},
        {"question": "first_talk", "answer": "<script>", "from": "first-talk"},
        {"question": "first_talk", "answer": "ye\x00", "from": "first-talk"},
        {"answer": "yes"},
        {"question": "first_talk", "answer": ["yes", "x"]},
        {},
    ]
    for data in wrong:
        answer = await window.post(urls.mentorship(pair, "word"), data=data)
        assert answer.status_code == 422 and "<script>x" not in answer.text
        if data.get("question"):
            assert "Choisissez une des possibilités" in answer.text
        assert ("Vos questions, comme mentee" in answer.text) == ("from" in data)
    assert await Word.count() == 0


async def test_whoever_comes_late_is_told(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    for by in (mentee, mentor):
        await mentorships.say(pair, Question.FIRST_TALK, is_yes=True, by=by, now=clock.now())

    late = await window.post(urls.mentorship(pair, "word"), data=NO, headers=HTMX)

    assert late.status_code == 409 and "déjà traité" in late.text
    assert 'hx-target="#journey"' in late.text
    assert await state_of(pair) == State.RUNNING


async def test_two_windows_at_once(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)

    answers = await asyncio.gather(say(one, pair, **YES), say(two, pair, **NO))

    assert [each.status_code for each in answers] == [303, 303]
    assert await state_of(pair) == State.NOT_PURSUED
    assert await Letter.count().where(Letter.name == "mentorship_not_pursued") == 2


@pytest.mark.parametrize("state", OVER)
async def test_over_is_read_only(
    state: State, pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    await bring_to(pair, state)
    window = await browser(mentee)

    for question in ("first_talk", "continue"):
        answer = await say(window, pair, question=question, answer="yes")
        assert answer.status_code == 409 and "terminé" in answer.text
    page = (await window.get(urls.mentorship(pair, "first-talk"))).text
    assert 'name="answer"' not in page
    assert await Word.count() == 0


# After four contacts


async def test_going_on_needs_both(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await bring_to(pair, State.COMPLETED)
    one, two = await browser(mentee), await browser(mentor)
    go_on = {"question": "continue", "answer": "yes"}
    assert "J’aimerais continuer" in (await one.get(urls.mentorship(pair))).text

    await say(one, pair, **go_on)
    assert "n’a pas encore répondu" in (await one.get(urls.mentorship(pair))).text
    assert "David aimerait continuer avec vous" in (await two.get(urls.mentorship(pair))).text
    await say(two, pair, question="continue", answer="no")
    assert "préfère en rester là" in (await one.get(urls.mentorship(pair))).text
    assert "Demander encore une fois" in (await one.get(urls.mentorship(pair))).text
    assert "Vous pouvez changer d’avis" in (await two.get(urls.mentorship(pair))).text
    await say(one, pair, **go_on)
    assert "David aimerait continuer avec vous" in (await two.get(urls.mentorship(pair))).text
    await say(two, pair, **go_on)

    assert await state_of(pair) == State.CONTINUING
    assert "Continuer ensemble" not in (await one.get(urls.mentorship(pair))).text
