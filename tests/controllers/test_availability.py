"""«Occupé»: one tap anywhere, a date, the reason, the capacity, one answer for all who wait."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

import clock
import urls
from domain import profiles
from tables.events import Event
from tables.inquiries import Inquiry
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.people import Person
from tables.profiles import BusyReason, Profile, State
from tests.cast import HTMX, Browser
from tests.factories import make_inquiry, make_mentor, make_mentorship, make_person, make_profile

PAGE = {"at": "page", "next": urls.AVAILABILITY}


async def test_one_tap_in_the_top_bar_of_any_page(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)

    home = await window.get(urls.HOME)
    answer = await window.post(urls.AVAILABILITY, data={"busy": "1", "next": "/"}, headers=HTMX)

    assert _switch(home.text) == ("1", "false")
    assert answer.status_code == 200 and "<html" not in answer.text
    assert _switch(answer.text) == ("0", "true")
    assert "Votre profil affiche «Occupé»" in answer.text and "Annuler" in answer.text
    assert (await _profile(mentor)).is_busy
    assert _switch((await window.get(urls.HOME)).text) == ("0", "true")


async def test_a_resend_changes_nothing(mentor: Person, browser: Browser) -> None:
    """The wanted state is sent, never «the other one»."""
    window = await browser(mentor)

    sent = [window.post(urls.AVAILABILITY, data={"busy": "1"}, headers=HTMX) for _ in range(3)]
    answers = await asyncio.gather(*sent)

    assert {_switch(answer.text) for answer in answers} == {("0", "true")}
    assert (await _profile(mentor)).is_busy


async def test_without_htmx_busy_leads_to_what_follows_and_free_leads_back(
    mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)

    busy = await window.post(urls.AVAILABILITY, data={"busy": "1", "next": "/inquiries"})
    free = await window.post(urls.AVAILABILITY, data={"busy": "0", "next": "/inquiries"})
    away = await window.post(urls.AVAILABILITY, data={"busy": "0", "next": "//evil.example"})

    assert (busy.status_code, busy.headers["location"]) == (303, urls.AVAILABILITY)
    assert (free.status_code, free.headers["location"]) == (303, "/inquiries")
    assert away.headers["location"] == urls.HOME
    assert not (await _profile(mentor)).is_busy


async def test_until_a_date_as_browsers_and_as_people_write_it(
    mentor: Person, browser: Browser
) -> None:
    window, day = await browser(mentor), clock.day(clock.now()) + timedelta(days=40)

    for written in (day.isoformat(), f"{day:%d.%m.%Y}"):
        answer = await window.post(
            urls.AVAILABILITY, data=PAGE | {"busy": "1", "until": written}, headers=HTMX
        )
        assert answer.status_code == 200 and "Occupé jusqu’au" in answer.text
        assert (await _profile(mentor)).busy_until == day


@pytest.mark.parametrize("days", [-1, 0, 731, 4000])
async def test_a_date_must_lie_ahead_and_what_was_typed_is_kept(
    days: int, mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)
    written = (clock.day(clock.now()) + timedelta(days=days)).isoformat()

    for headers in ({}, HTMX):
        answer = await window.post(
            urls.AVAILABILITY, data=PAGE | {"busy": "1", "until": written}, headers=headers
        )
        assert answer.status_code == 422 and "Choisissez un jour entre" in answer.text
        assert f'value="{written}"' in answer.text and 'aria-invalid="true"' in answer.text

    assert not (await _profile(mentor)).is_busy


@pytest.mark.parametrize(
    "fields",
    [{}, {"busy": ""}, {"busy": "2"}, {"busy": "yes"}, {"until": "2027-01-01"},
     {"busy": "1", "until": "soon"}, {"busy": "1", "until": "2027-02-30"},
     {"busy": "1", "until": "<script>alert(1)</script>"}],
)  # fmt: skip
async def test_what_is_missing_or_makes_no_sense_changes_nothing(
    fields: dict[str, str], mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)

    for headers in ({}, HTMX):
        answer = await window.post(urls.AVAILABILITY, data=PAGE | fields, headers=headers)
        assert answer.status_code == 422 and "<script>alert" not in answer.text

    assert not (await _profile(mentor)).is_busy and await Event.count() == 0


async def test_what_nobody_sees_is_dropped_and_of_doubled_fields_the_last_counts(
    mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)

    answer = await window.post(
        urls.AVAILABILITY, data={"busy": ["0", "1\0"], "until": ["x", ""]}, headers=HTMX
    )

    assert answer.status_code == 200 and (await _profile(mentor)).is_busy


async def test_undo_brings_back_the_date_that_stood_before(
    mentor: Person, browser: Browser
) -> None:
    day = clock.day(clock.now()) + timedelta(days=40)
    await _set(mentor, is_busy=True, busy_until=day, busy_reason=BusyReason.BY_HAND)
    window = await browser(mentor)

    answer = await window.post(urls.AVAILABILITY, data={"busy": "0"}, headers=HTMX)
    undo = dict(
        re.findall(r'name="(busy|until)" value="([^"]*)"', answer.text.split("<details")[1])
    )
    await window.post(urls.AVAILABILITY, data=undo, headers=HTMX)

    profile = await _profile(mentor)
    assert undo == {"busy": "1", "until": day.isoformat()}
    assert profile.is_busy and profile.busy_until == day


async def test_the_page_and_the_top_bar_change_together(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)

    by_page = await window.post(urls.AVAILABILITY, data=PAGE | {"busy": "1"}, headers=HTMX)
    by_bar = await window.post(urls.AVAILABILITY, data={"busy": "0"}, headers=HTMX)

    assert 'id="availability-panel"' in by_page.text.split("<hx-partial")[0]
    assert 'hx-target="#availability"' in by_page.text
    assert 'id="availability-panel"' not in by_bar.text.split("<hx-partial")[0]
    assert 'hx-target="#availability-panel"' in by_bar.text


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, "Les membres peuvent vous adresser une demande."),
        ({"is_busy": True, "busy_reason": "by_hand"}, "vous-même, sans date"),
        ({"is_busy": True, "busy_reason": "by_hand", "busy_until": date(2100, 1, 12)},
         "dès le mardi 12\xa0janvier 2100"),
        ({"is_busy": True, "busy_reason": "capacity"}, "Vous accompagnez une personne"),
        ({"is_busy": True, "busy_reason": "unanswered"}, "restées sans réponse"),
    ],
)  # fmt: skip
async def test_the_page_says_why(
    state: dict[str, Any], told: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await make_mentorship(mentee, mentor)
    await _set(mentor, **state)
    window = await browser(mentor)

    page = await window.get(urls.AVAILABILITY)

    assert page.status_code == 200 and told in page.text


async def test_more_capacity_frees_and_less_fills(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    await make_mentorship(mentee, mentor)
    await _set(mentor, is_busy=True, busy_reason=BusyReason.CAPACITY)
    window = await browser(mentor)

    more = await window.post(urls.AVAILABILITY_CAPACITY, data={"capacity": "2"}, headers=HTMX)
    assert not (await _profile(mentor)).is_busy and _switch(more.text) == ("1", "false")
    again = await window.post(urls.AVAILABILITY_CAPACITY, data={"capacity": "2"})
    assert again.headers["location"] == urls.AVAILABILITY
    less = await window.post(urls.AVAILABILITY_CAPACITY, data={"capacity": "1"}, headers=HTMX)

    assert (await _profile(mentor)).busy_reason == BusyReason.CAPACITY
    assert _switch(less.text) == ("0", "true")
    whats = [event.what for event in await Event.objects().order_by(Event.id)]
    assert whats.count("availability.capacity") == 2


async def test_the_same_capacity_leaves_who_is_free_although_full(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    await make_mentorship(mentee, mentor)
    window = await browser(mentor)

    await window.post(urls.AVAILABILITY_CAPACITY, data={"capacity": "1"}, headers=HTMX)

    assert not (await _profile(mentor)).is_busy


@pytest.mark.parametrize("capacity", ["", "0", "-1", "10", "many", "1.5", "٣", "1" * 400])
async def test_a_capacity_is_a_small_number(
    capacity: str, mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)

    answer = await window.post(
        urls.AVAILABILITY_CAPACITY, data={"capacity": capacity}, headers=HTMX
    )

    assert answer.status_code == 422 and "nombre entier" in answer.text
    assert (await _profile(mentor)).capacity == 1


async def test_turning_busy_offers_to_answer_all_who_wait(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    waiting = await make_inquiry(mentee, mentor)
    await make_inquiry(await make_person(), mentor, state=InquiryState.ASKED_BACK)
    window = await browser(mentor)

    before = await window.get(urls.AVAILABILITY)
    answer = await window.post(urls.AVAILABILITY, data={"busy": "1"}, headers=HTMX)
    page = await window.get(urls.AVAILABILITY)

    assert 'id="answers"' not in before.text
    assert f'href="{urls.AVAILABILITY}#answers"' in answer.text
    assert "Une demande attend votre réponse" in page.text
    assert urls.inquiry(waiting) in page.text and "Merci de votre confiance" in page.text


async def test_all_who_wait_are_answered_once_each_in_their_language(
    mentor: Person, mentee: Person, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = await make_person("Ute", "Kunz", language="de")
    for asker in (mentee, german):
        await make_inquiry(asker, mentor)
    asked_back = await make_inquiry(await make_person(), mentor, state=InquiryState.ASKED_BACK)
    await _set(mentor, is_busy=True, busy_reason=BusyReason.BY_HAND)
    window = await browser(mentor)

    page = await window.get(urls.AVAILABILITY)
    words: dict[str, Any] = {"words_fr": "Pas maintenant, merci.", "words_de": "Leider nicht."}
    words |= {"inquiry": _shown(page.text)}
    answer = await window.post(urls.AVAILABILITY_ANSWERS, data=words, headers=HTMX)
    again = await window.post(urls.AVAILABILITY_ANSWERS, data=words, headers=HTMX)

    assert 'lang="de"' in page.text and 'name="words_de"' in page.text
    assert "2 réponses sont parties." in answer.text and "parties" not in again.text
    told = {letter.to.id: letter for letter in await Letter.objects(Letter.to)}
    assert told.keys() == {mentee.id, german.id}
    declined = await Inquiry.objects(Inquiry.mentee).where(Inquiry.state == InquiryState.DECLINED)
    answers = {inquiry.mentee.id: inquiry.answer for inquiry in declined}
    assert answers == {mentee.id: words["words_fr"], german.id: words["words_de"]}
    kept = await Inquiry.objects().where(Inquiry.id == asked_back.id).first()
    assert kept is not None and kept.state == InquiryState.ASKED_BACK


async def test_who_asked_after_the_page_was_shown_is_not_answered(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    """Their words were never read: they are said to wait, and are on the page from now on."""
    await make_inquiry(mentee, mentor)
    await _set(mentor, is_busy=True, busy_reason=BusyReason.BY_HAND)
    window = await browser(mentor)
    page = await window.get(urls.AVAILABILITY)
    late = await make_inquiry(await make_person("Ute", "Kunz", language="de"), mentor)
    words = {"words_fr": "Pas maintenant.", "words_de": "Nein.", "inquiry": _shown(page.text)}

    answer = await window.post(urls.AVAILABILITY_ANSWERS, data=words, headers=HTMX)
    again = await window.post(urls.AVAILABILITY_ANSWERS, data=words, headers=HTMX)

    [letter] = await Letter.objects(Letter.to)
    assert letter.to.id == mentee.id and _shown(answer.text) == [str(late.id)]
    assert "1 réponse est partie. Une demande est arrivée entre-temps" in answer.text
    assert "partie" not in again.text and "Une demande est arrivée" in again.text


async def test_only_ones_own_requests_are_answered(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    foreign = await make_inquiry(mentee, await make_mentor())
    window = await browser(mentor)

    for number in (str(foreign.id), "²", "-1", "x" * 400):
        sent = {"words_fr": "Non.", "inquiry": number}
        answer = await window.post(urls.AVAILABILITY_ANSWERS, data=sent, headers=HTMX)
        assert answer.status_code == 200

    assert await Letter.count() == 0


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 4001])
async def test_an_answer_without_words_or_too_long_goes_to_nobody(
    words: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    await _set(mentor, is_busy=True, busy_reason=BusyReason.BY_HAND)
    window = await browser(mentor)

    sent = {"words_fr": words, "inquiry": str(inquiry.id)}
    answer = await window.post(urls.AVAILABILITY_ANSWERS, data=sent, headers=HTMX)

    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert words.strip() in answer.text
    assert await Letter.count() == 0


async def test_what_was_typed_is_shown_escaped(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    await _set(mentor, is_busy=True, busy_reason=BusyReason.BY_HAND)
    window, words = await browser(mentor), "</textarea><script>alert(1)</script>" + "x" * 4000

    sent = {"words_fr": words, "inquiry": str(inquiry.id)}
    answer = await window.post(urls.AVAILABILITY_ANSWERS, data=sent, headers=HTMX)

    assert answer.status_code == 422 and "<script>" not in answer.text
    assert html.escape("<script>alert(1)</script>") in answer.text


async def test_who_is_no_mentor_has_no_such_page(
    mentee: Person, coordinator: Person, browser: Browser
) -> None:
    for person in (mentee, coordinator):
        window = await browser(person)
        assert (await window.get(urls.AVAILABILITY)).status_code == 404
        for path in (urls.AVAILABILITY, urls.AVAILABILITY_CAPACITY, urls.AVAILABILITY_ANSWERS):
            answer = await window.post(path, data={"busy": "1", "capacity": "2"}, headers=HTMX)
            assert answer.status_code == 404
        assert 'id="availability"' not in (await window.get(urls.HOME)).text


async def test_who_isnt_released_yet_is_led_to_the_profile(
    mentee: Person, browser: Browser
) -> None:
    await make_profile(mentee, state=State.HANDED_IN)
    window = await browser(mentee)

    page = await window.get(urls.AVAILABILITY)
    answer = await window.post(urls.AVAILABILITY, data={"busy": "1"}, headers=HTMX)

    assert (page.status_code, page.headers["location"]) == (303, urls.PROFILE)
    assert answer.status_code == 404 and not (await _profile(mentee)).is_busy
    assert 'id="availability"' not in (await window.get(urls.HOME)).text


async def test_nobody_turns_busy_without_signing_in(browser: Browser) -> None:
    window = await browser(None)

    for path in (urls.AVAILABILITY, urls.AVAILABILITY_CAPACITY, urls.AVAILABILITY_ANSWERS):
        assert (await window.post(path, data={"busy": "1"})).status_code == 303
        assert (await window.post(path, data={"busy": "1"}, headers=HTMX)).status_code == 401


async def test_the_page_asks_as_often_for_one_request_as_for_many(
    mentor: Person, browser: Browser, queries: Callable[[], Any]
) -> None:
    await _set(mentor, is_busy=True, busy_reason=BusyReason.BY_HAND)
    window, counts = await browser(mentor), []

    for more in (1, 3):
        for _ in range(more):
            await make_inquiry(await make_person(), mentor)
        with queries() as asked:
            page = await window.get(urls.AVAILABILITY)
        counts.append(len(asked))

    assert "4 demandes attendent" in page.text and counts[0] == counts[1]


def _switch(text: str) -> tuple[str, str]:
    """What the toggle would send, and whether it is pressed."""
    [found] = re.findall(
        r'id="availability-switch" name="busy" value="(\d)" aria-pressed="(\w+)"', text
    )
    return found[0], found[1]


def _shown(text: str) -> list[str]:
    """The requests that the button would answer."""
    return re.findall(r'name="inquiry" value="(\d+)"', text)


async def _profile(person: Person) -> Profile:
    profile = await profiles.of(person)
    assert profile is not None
    return profile


async def _set(person: Person, **values: Any) -> None:
    columns = {getattr(Profile, name): value for name, value in values.items()}
    if columns:
        await Profile.update(columns).where(Profile.person == person.id)
