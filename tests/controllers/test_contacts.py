"""Contacts on the mentorship's page: two taps, one question, a correction."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

import urls
from domain import contacts
from domain.contacts import Talk
from i18n import speaking
from tables.contacts import Contact, Kind
from tables.letters import Letter
from tables.meetings import Meeting
from tables.meetings import State as MeetingState
from tables.mentorships import Mentorship, State
from tables.people import Person
from templating import render
from tests.cast import HTMX, Browser
from tests.factories import make_mentorship, new_key
from tests.moments import At

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
async def pair(mentor: Person, mentee: Person, at: At) -> Mentorship:
    at(NOW)
    return await make_mentorship(mentee, mentor, began_at=NOW - timedelta(days=60))


def page_of(pair: Mentorship) -> str:
    return urls.mentorship(pair, "contacts")


def before(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


async def log(
    pair: Mentorship, by: Person, days: int = 0, line: str = "", minutes: int | None = None
) -> Contact:
    on = TODAY - timedelta(days=days)
    talk = Talk(new_key(), Kind.PHONE, on, minutes, line)
    return await contacts.log(pair, talk, by=by, now=NOW, apart=True)


async def rows(pair: Mentorship) -> list[Contact]:
    return await contacts.of(pair)


def key_in(page: str) -> str:
    found = re.search(r'id="log".*?name="key" value="([^"]+)"', page, re.DOTALL)
    assert found is not None
    return found[1]


def text_of(answer: httpx.Response) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.text))


# Two taps


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_tap_on_a_kind_notes_it_for_today(
    kind: Kind, pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    for who, count in ((mentee, 1), (mentor, 2)):
        window = await browser(who)
        page = await window.get(urls.mentorship(pair))
        told = {"key": key_in(page.text), "kind": kind, "on": "", "minutes": "", "line": ""}

        answer = await window.post(page_of(pair), data=told | {"apart": "1"}, headers=HTMX)

        assert answer.status_code == 200 and "<html" not in answer.text
        assert f"Contact noté\u202f: {count} sur 4." in answer.text
        assert '<hx-partial hx-target="#log" hx-swap="outerHTML">' in answer.text
        assert key_in(answer.text) != told["key"] and 'id="log-panel">' in answer.text
    assert [(each.kind, each.on, each.number) for each in await rows(pair)] == [
        (kind, TODAY, 1), (kind, TODAY, 2),
    ]  # fmt: skip


async def test_without_a_script_it_leads_back(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.post(page_of(pair), data={"key": new_key(), "kind": "video"})
    page = await window.get(answer.headers["location"])

    assert (answer.status_code, answer.headers["location"]) == (303, urls.mentorship(pair))
    assert "1 sur 4" in page.text and "noté par vous" in page.text


async def test_day_length_and_line_may_be_told(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window, other = await browser(mentee), await browser(mentor)
    more = {"on": "20.11.2026", "minutes": "45", "line": " Trois\r\npistes <b>à</b> suivre "}

    await window.post(page_of(pair), data={"key": new_key(), "kind": "written"} | more)
    page = await other.get(urls.mentorship(pair))

    [contact] = await rows(pair)
    assert (contact.on, contact.minutes) == (date(2026, 11, 20), 45)
    assert contact.line == "Trois pistes <b>à</b> suivre"
    assert "Trois pistes &lt;b&gt;à&lt;/b&gt; suivre" in page.text
    assert "vendredi 20\xa0novembre 2026" in page.text and "45 minutes" in page.text
    assert "noté par David" in page.text


async def test_a_link_leads_to_the_open_form(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    page = await window.get(page_of(pair))
    await Mentorship.update({Mentorship.state: State.CLOSED}, force=True)
    closed = await window.get(page_of(pair))

    assert page.status_code == 200 and 'id="log-panel" open' in page.text
    assert (closed.status_code, closed.headers["location"]) == (303, urls.mentorship(pair))


async def test_sent_again_it_is_noted_once(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window, told = await browser(mentee), {"key": new_key(), "kind": "phone"}

    sent = [window.post(page_of(pair), data=told, headers=HTMX) for _ in range(4)]
    answers = await asyncio.gather(*sent)

    assert {answer.status_code for answer in answers} == {200}
    assert all("1 sur 4" in answer.text for answer in answers)
    assert len(await rows(pair)) == 1


async def test_both_note_the_fourth_at_once(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    for days in (20, 15, 10):
        await log(pair, mentee, days)
    windows = [await browser(mentee), await browser(mentor)]

    answers = await asyncio.gather(
        *(
            window.post(page_of(pair), data={"key": new_key(), "kind": "phone"}, headers=HTMX)
            for window in windows
        )
    )

    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert "Quatrième contact noté" in won.text and 'id="log-panel"' not in won.text
    assert "Est-ce le même" in lost.text and "En est un autre" not in lost.text
    assert 'id="same-no"' not in lost.text
    assert len(await rows(pair)) == 4
    assert await Letter.count().where(Letter.name == "mentorship_completed") == 2


# What isn't noted


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": ""}, "Choisissez une des possibilités"),
        ({"kind": "pigeon"}, "Choisissez une des possibilités"),
        ({"kind": "<script>alert(1)</script>"}, "Choisissez une des possibilités"),
        ({"on": before(-1)}, "Choisissez un jour entre le 24\xa0septembre 2026"),
        ({"on": before(61)}, "Choisissez un jour entre le 24\xa0septembre 2026"),
        ({"on": "0001-01-01"}, "Indiquez une date"),
        ({"on": "9999-12-31"}, "Indiquez une date"),
        ({"on": "hier"}, "Indiquez une date"),
        ({"minutes": "0"}, "de 1 à 600"),
        ({"minutes": "601"}, "de 1 à 600"),
        ({"minutes": "-5"}, "de 1 à 600"),
        ({"minutes": "45.5"}, "de 1 à 600"),
        ({"minutes": "٤٥"}, "de 1 à 600"),
        ({"line": "x" * 301}, "Raccourcissez de 1 caractère"),
        ({"key": ""}, "Rechargez la page"),
        ({"key": "short"}, "Rechargez la page"),
        ({"key": "x" * 41}, "Rechargez la page"),
    ],
)
async def test_what_makes_no_sense_is_said_beside_the_field(
    fields: dict[str, str], said: str, pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    told = {"key": new_key(), "kind": "phone", "on": before(2), "minutes": "30", "line": "Mes mots"}

    for headers in ({}, HTMX):
        answer = await window.post(page_of(pair), data=told | fields, headers=headers)
        assert answer.status_code == 422 and said in html.unescape(answer.text)
        assert "<script>alert" not in answer.text
        assert 'id="log-panel" open' in answer.text
        kept = (told | fields)["line"]
        assert f'value="{kept}"' in answer.text

    assert await rows(pair) == []


async def test_a_day_that_was_typed_is_seen_again(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    """Or the next tap would note it for a day that nobody sees."""
    window = await browser(mentee)

    answer = await window.post(page_of(pair), data={"key": new_key(), "on": before(3)})

    assert answer.status_code == 422 and 'id="log-more" open' in answer.text
    assert f'value="{before(3)}"' in answer.text


async def test_what_is_missing_or_doubled_or_unseen(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    assert (await window.post(page_of(pair), data={})).status_code == 422
    doubled = {"key": [new_key()], "kind": ["phone", "video"], "line": ["nul\x00 ", "et\u202e dit"]}
    assert (await window.post(page_of(pair), data=doubled)).status_code == 303

    [contact] = await rows(pair)
    assert (contact.kind, contact.line) == ("video", "et dit")


async def test_today_is_told_in_zurich(
    pair: Mentorship, mentee: Person, browser: Browser, at: At
) -> None:
    """Half past midnight: yesterday in UTC."""
    at(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    window = await browser(mentee)

    page = await window.get(urls.mentorship(pair))
    await window.post(page_of(pair), data={"key": new_key(), "kind": "phone"})

    assert 'min="2026-09-24" max="2026-11-24"' in page.text
    [contact] = await rows(pair)
    assert contact.on == date(2026, 11, 24)


async def test_after_the_fourth_the_page_says_so(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    for days in (20, 15, 10, 5):
        await log(pair, mentee, days)
    window, told = await browser(mentor), {"key": new_key(), "kind": "phone"}

    page = await window.get(urls.mentorship(pair))
    answer = await window.post(page_of(pair), data=told, headers=HTMX)
    plain = await window.post(page_of(pair), data=told)

    assert 'id="log-panel"' not in page.text
    for each in (answer, plain):
        assert each.status_code == 409 and "décidez à deux de continuer" in each.text
        assert "Officiellement terminé" in each.text
    assert '<hx-partial hx-target="#journey" hx-swap="outerMorph">' in answer.text
    assert "<html" in plain.text and len(await rows(pair)) == 4


async def test_after_the_end_nothing_changes(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee, 1)
    window = await browser(mentor)
    await Mentorship.update({Mentorship.state: State.ENDED_EARLY}, force=True)

    page = await window.get(urls.mentorship(pair))
    told = {"key": new_key(), "kind": "phone", "on": before(0)}
    noted = await window.post(page_of(pair), data=told, headers=HTMX)
    same = await window.post(urls.contact(contact, "confirmation"), data={}, headers=HTMX)
    asked = await window.get(urls.contact(contact, "correction"))
    corrected = await window.post(urls.contact(contact, "correction"), data=told, headers=HTMX)

    assert 'id="log-panel"' not in page.text and "Corriger" not in page.text
    for answer in (noted, same, asked, corrected):
        assert answer.status_code == 409 and "ne change plus" in answer.text
    [row] = await rows(pair)
    assert row.confirmed_at is None and row.corrected_at is None


# The same, or another


async def test_the_partners_of_that_day_is_one_question(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await log(pair, mentee, 2)
    window = await browser(mentor)
    told = {"key": new_key(), "kind": "video", "on": before(2), "minutes": "25", "line": "Ma ligne"}

    for headers in ({}, HTMX):
        answer = await window.post(page_of(pair), data=told, headers=headers)
        assert answer.status_code == 409
        assert "David a déjà noté un contact ce jour-là. Est-ce le même" in text_of(answer)
        assert "C’est le même" in answer.text and "C’en est un autre" in answer.text
        for name in ("minutes", "line", "on", "kind", "key"):
            assert f'name="{name}" value="{told[name]}"' in answer.text
        assert "y est ajouté" in answer.text
    assert len(await rows(pair)) == 1


async def test_the_partners_of_the_evening_before_is_asked_about(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    """Two taps in the morning say today; the same one keeps the day it was noted for."""
    contact = await log(pair, mentee, 1)
    window = await browser(mentor)

    answer = await window.post(page_of(pair), data={"key": new_key(), "kind": "phone"})

    said = text_of(answer)
    assert answer.status_code == 409
    assert "David a noté un contact le dimanche 22 novembre 2026. Est-ce le même" in said
    assert "le jour noté par David reste" in said and "C’est le même" in said
    await window.post(urls.contact(contact, "confirmation"), data={})
    [row] = await rows(pair)
    assert row.on == date(2026, 11, 22) and row.confirmed_at == NOW


async def test_it_is_the_same(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee, 2)
    window, besides = await browser(mentor), {"minutes": "25", "line": "Ma ligne"}
    address = urls.contact(contact, "confirmation")

    answer = await window.post(address, data=besides, headers=HTMX)
    again = await window.post(address, data=besides, headers=HTMX)

    [row] = await rows(pair)
    assert (row.minutes, row.line, row.confirmed_at) == (25, "Ma ligne", NOW)
    assert answer.status_code == 200 and "noté par vous deux" in answer.text
    assert again.status_code == 409 and "déjà traité" in again.text
    assert 'hx-target="#journey"' in again.text and "noté par vous deux" in again.text


async def test_it_is_another(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await log(pair, mentee)
    window, told = await browser(mentor), {"key": new_key(), "kind": "video"}

    asked = await window.post(page_of(pair), data=told, headers=HTMX)
    answer = await window.post(page_of(pair), data=told | {"apart": "1"}, headers=HTMX)

    assert asked.status_code == 409 and answer.status_code == 200
    assert [each.kind for each in await rows(pair)] == ["phone", "video"]


async def test_ones_own_of_that_day_is_asked_about_too(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee)
    window, told = await browser(mentee), {"key": new_key(), "kind": "phone"}

    mine = await window.post(page_of(pair), data=told, headers=HTMX)
    await contacts.confirm(contact, by=mentor, now=NOW)
    ours = await window.post(page_of(pair), data=told, headers=HTMX)

    for answer, said in ((mine, "Vous avez déjà noté"), (ours, "Vous deux avez déjà noté")):
        assert answer.status_code == 409 and said in answer.text
        assert "C’est le même" not in answer.text and "En noter un autre" in answer.text
    assert len(await rows(pair)) == 1


async def test_the_others_line_stays_and_that_is_said_before(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await log(pair, mentee, line="Sa ligne", minutes=30)
    window = await browser(mentor)
    told = {"key": new_key(), "kind": "phone", "line": "La mienne"}

    answer = await window.post(page_of(pair), data=told, headers=HTMX)

    assert "la ligne notée par David reste" in answer.text and "y est ajouté" not in answer.text


async def test_what_is_confirmed_must_make_sense(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee)
    window = await browser(mentor)

    for besides in ({"minutes": "9999"}, {"line": "x" * 301}):
        address = urls.contact(contact, "confirmation")
        answer = await window.post(address, data=besides, headers=HTMX)
        assert answer.status_code == 422
    [row] = await rows(pair)
    assert row.confirmed_at is None


async def test_nobody_confirms_their_own(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee)
    window = await browser(mentee)

    assert (await window.post(urls.contact(contact, "confirmation"), data={})).status_code == 404


# A correction


async def test_either_corrects(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee, 3, "Faux", 20)
    window, address = await browser(mentor), urls.contact(contact, "correction")

    page = await window.get(address)
    told = {"kind": "written", "on": before(4), "minutes": "", "line": "Juste"}
    answer = await window.post(address, data=told | {"key": stamp_in(page)}, headers=HTMX)
    after = await window.get(urls.mentorship(pair))

    assert "jusqu’au lundi 30\xa0novembre 2026" in page.text
    for name, value in (("on", before(3)), ("minutes", "20"), ("line", "Faux")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page.text)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, urls.mentorship(pair))
    assert "Le contact est corrigé" in after.text and "corrigé par vous" in after.text
    [row] = await rows(pair)
    assert (row.kind, row.on, row.line) == ("written", date(2026, 11, 19), "Juste")
    assert row.minutes is None
    assert "corrigé par Claire" in (await (await browser(mentee)).get(urls.mentorship(pair))).text


def stamp_in(page: httpx.Response) -> str:
    found = re.search(r'name="key" value="(as-shown-[^"]+)"', page.text)
    assert found is not None
    return found[1]


async def test_the_second_to_correct_sees_what_it_says_now(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser, at: At
) -> None:
    contact = await log(pair, mentee, 3)
    address = urls.contact(contact, "correction")
    one, other = await browser(mentor), await browser(mentee)
    key = stamp_in(await one.get(address))
    told = {"key": key, "kind": "phone", "on": before(3), "minutes": "20", "line": "Ce que je dis"}

    at(NOW + timedelta(minutes=1))
    first = await other.post(address, data=told | {"line": "Ce que dit l’autre"})
    second = await one.post(address, data=told)
    partial = await one.post(address, data=told, headers=HTMX)
    third = await one.post(address, data=told | {"key": stamp_in(second)})

    assert first.status_code == 303
    for answer in (second, partial):
        assert answer.status_code == 409 and "déjà traité" in answer.text
        assert "Ce que dit l’autre" in answer.text and 'value="Ce que je dis"' in answer.text
    assert '<hx-partial hx-target="#correction"' in partial.text and "<html" not in partial.text
    assert third.status_code == 303
    [row] = await rows(pair)
    assert row.line == "Ce que je dis"


async def test_a_correction_sent_twice_is_one(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee, 3)
    window, address = await browser(mentee), urls.contact(contact, "correction")
    key = stamp_in(await window.get(address))
    told = {"key": key, "kind": "phone", "on": before(3), "minutes": "20", "line": ""}

    answers = await asyncio.gather(*(window.post(address, data=told) for _ in range(3)))

    assert [answer.status_code for answer in answers] == [303] * 3


async def test_corrections_from_two_windows_at_once(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser, at: At
) -> None:
    contact = await log(pair, mentee, 3)
    address = urls.contact(contact, "correction")
    windows = [await browser(mentor), await browser(mentee)]
    key = stamp_in(await windows[0].get(address))
    told = {"key": key, "kind": "phone", "on": before(3)}

    at(NOW + timedelta(minutes=1))
    answers = await asyncio.gather(
        *(
            window.post(address, data=told | {"minutes": str(minutes)})
            for window, minutes in zip(windows, (20, 30), strict=True)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": ""}, "Choisissez une des possibilités"),
        ({"on": before(-1)}, "Choisissez un jour entre le"),
        ({"on": before(61)}, "Choisissez un jour entre le"),
        ({"minutes": "601"}, "de 1 à 600"),
        ({"line": "x" * 301}, "Raccourcissez"),
        ({"key": ""}, "Rechargez la page"),
    ],
)
async def test_a_correction_must_make_sense(
    fields: dict[str, str], said: str, pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee, 3)
    window, address = await browser(mentee), urls.contact(contact, "correction")
    told = {"key": new_key(), "kind": "phone", "on": before(3), "minutes": "5", "line": "Mots"}

    for headers in ({}, HTMX):
        answer = await window.post(address, data=told | fields, headers=headers)
        assert answer.status_code == 422 and said in html.unescape(answer.text)
        assert f'value="{(told | fields)["line"]}"' in answer.text
    [row] = await rows(pair)
    assert row.corrected_at is None


async def test_an_emptied_day_is_not_today(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    """Only what is noted anew is of today by itself."""
    contact = await log(pair, mentee, 3)
    window, address = await browser(mentee), urls.contact(contact, "correction")
    told = {"key": stamp_in(await window.get(address)), "kind": "video", "on": ""}

    answer = await window.post(address, data=told)

    [row] = await rows(pair)
    assert answer.status_code == 422 and row.on == date(2026, 11, 20)


async def test_after_its_days_nothing_is_corrected(
    pair: Mentorship, mentee: Person, browser: Browser, at: At
) -> None:
    contact = await log(pair, mentee)
    window, address = await browser(mentee), urls.contact(contact, "correction")
    shown = await window.get(urls.mentorship(pair))
    key = stamp_in(await window.get(address))
    at(NOW + timedelta(days=8))

    page = await window.get(urls.mentorship(pair))
    asked = await window.get(address)
    answer = await window.post(address, data={"key": key, "kind": "video", "on": before(1)})

    assert address in shown.text and address not in page.text
    for each in (asked, answer):
        assert each.status_code == 409 and "le délai est passé" in each.text
    [row] = await rows(pair)
    assert row.kind == "phone"


async def test_contacts_of_others_are_not_there(
    pair: Mentorship, mentor: Person, mentee: Person, stranger: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee)
    elsewhere = await make_mentorship(stranger, mentor)
    window, third = await browser(mentor), await browser(stranger)
    told = {"key": new_key(), "kind": "video", "on": before(0)}

    for deed in ("correction", "confirmation"):
        there = f"{urls.mentorship(elsewhere)}/contacts/{contact.number}/{deed}"
        assert (await window.post(there, data=told)).status_code == 404
        assert (await third.post(urls.contact(contact, deed), data=told)).status_code == 404
    assert (await third.post(page_of(pair), data=told)).status_code == 404
    assert (await third.get(urls.contact(contact, "correction"))).status_code == 404
    for unknown in (0, -1, 2, 2**31, 2**70):
        there = f"{urls.mentorship(pair)}/contacts/{unknown}/correction"
        assert (await window.get(there)).status_code == 404
    [row] = await rows(pair)
    assert row.confirmed_at is None and row.corrected_at is None


async def test_the_office_reads_no_contact(
    pair: Mentorship, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    contact = await log(pair, mentee, line="Entre nous")
    window = await browser(coordinator)

    for address in (urls.mentorship(pair), urls.contact(contact, "correction")):
        answer = await window.get(address)
        assert answer.status_code == 404 and "Entre nous" not in answer.text


# The list and the path


async def test_the_list_says_who_when_and_how(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    empty = await window.get(urls.mentorship(pair))
    await log(pair, mentee, 5, minutes=1)
    await log(pair, mentor, 2, "Sa ligne")
    page = await window.get(urls.mentorship(pair))

    assert "dès qu’il a eu lieu" in empty.text and "dès qu’il a eu lieu" not in page.text
    assert "1 minute<" in page.text and "noté par Claire" in page.text
    assert page.text.index("Contact 2") < page.text.index("Contact 1\u202f:")
    assert "Contacts précédents" not in page.text


async def test_beyond_four_the_older_ones_are_folded(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    for number in range(7):
        if number == 4:
            await Mentorship.update({Mentorship.state: State.CONTINUING}, force=True)
        await log(pair, mentee, 10 - number)
    window = await browser(mentee)

    page = (await window.get(urls.mentorship(pair))).text
    seen, folded = page.split('id="contacts-earlier"')
    noted = await window.post(page_of(pair), data={"key": new_key(), "kind": "phone"}, headers=HTMX)

    assert re.findall(r"Contact (\d)\u202f:", seen) == ["7", "6", "5", "4"]
    assert re.findall(r"Contact (\d)\u202f:", folded) == ["3", "2", "1"]
    assert "7 contacts, et le chemin continue" in seen and 'class="count">3<' in folded
    assert "Contact noté." in noted.text and 'id="log-panel"' in noted.text


async def test_the_days_stand_beneath_the_cairns(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    bare = await window.get(urls.mentorship(pair))
    await log(pair, mentee, 22)
    await log(pair, mentee, 5)
    await Meeting(
        key=new_key(),
        mentorship=pair.id,
        by=mentor.id,
        state=MeetingState.PLANNED,
        kind=Kind.PHONE,
        uid=new_key(),
        starts_at=NOW + timedelta(days=15),
        proposed_at=NOW,
    ).save()
    page = await window.get(urls.mentorship(pair))

    assert labels_of(bare.text) == []
    assert labels_of(page.text) == [
        ("1er\xa0nov.", "Téléphone"),
        ("18\xa0nov.", "Téléphone"),
        ("8\xa0déc.", "prévu"),
    ]


def labels_of(page: str) -> list[tuple[str, str]]:
    picture = page.split('class="path large"')[1].split("</figure>")[0]
    found = re.findall(r"<strong>(.*?)</strong><span[^>]*>(.*?)</span>", picture)
    return [(html.unescape(day), html.unescape(words)) for day, words in found]


async def test_the_page_asks_the_database_as_often_for_one_as_for_fifty(
    pair: Mentorship, mentee: Person, browser: Browser, queries: Callable[[], Any]
) -> None:
    await log(pair, mentee, 59)
    window = await browser(mentee)
    await window.get(urls.mentorship(pair))

    with queries() as for_one:
        one = await window.get(urls.mentorship(pair))
    for number in range(49):
        if number == 3:
            await Mentorship.update({Mentorship.state: State.CONTINUING}, force=True)
        await log(pair, mentee, 58 - number, "Une ligne", 30)
    with queries() as for_fifty:
        fifty = await window.get(urls.mentorship(pair))

    shown = [page.text.count('<li class="contact"') for page in (one, fifty)]
    assert shown == [1, 50] and len(for_one) == len(for_fifty)


async def test_in_german_too(pair: Mentorship, mentee: Person, browser: Browser) -> None:
    await log(pair, mentee, 3, minutes=2)
    await Person.update({Person.language: "de"}, force=True)
    window = await browser(mentee)

    page = await window.get(urls.mentorship(pair))
    with speaking("de"):
        path = render("contacts/_path.html", mentorship=pair, journey=_Way())

    assert "Kontakt festhalten" in page.text and "Noter un contact" not in page.text
    assert "2 Minuten" in page.text and "8.\xa0Dez." in path


class _Way:
    """A path with one planned day."""

    contacts: list[Contact] = []

    class planned:
        starts_at = NOW + timedelta(days=15)
