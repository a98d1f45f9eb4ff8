"""Words for the office on the desk: read by one of several coordinators, taken back for a while."""

from __future__ import annotations

import asyncio
import html
from datetime import timedelta

import clock
import urls
from domain.deadlines import UNDO
from tables.evaluations import Evaluation
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_evaluation, make_mentorship, make_person
from tests.moments import At

OFFICE = "Il manque des mentors au Tessin <b>."


async def word(mentee: Person, mentor: Person, to_office: str = OFFICE) -> Evaluation:
    pair = await make_mentorship(mentee, mentor, state="closed", contacts=4)
    return await make_evaluation(
        pair, mentee, to_office=to_office, to_partner="Pour Claire seule", goals="But secret"
    )


def reading(row: Evaluation) -> str:
    return urls.evaluation_deed(row, "reading")


def reopening(row: Evaluation) -> str:
    return urls.evaluation_deed(row, "reopening")


async def test_the_desk_shows_the_word_and_nothing_else(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    await word(mentee, mentor)
    await word(await make_person("Ida", "Ohne"), mentor, to_office="")
    page = await (await browser(coordinator)).get(urls.DESK)

    text = html.unescape(page.text)
    assert OFFICE in text and "<b>" not in page.text.partition("<main")[2]
    assert mentee.name in text and f"Mentee, après le mentorat avec {mentor.name}" in text
    assert "Pour Claire seule" not in text and "But secret" not in text and "Ida" not in text


async def test_one_reads_for_all_and_the_other_is_told(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser, at: At
) -> None:
    row = await word(mentee, mentor)
    other = await make_person("Marc", "Jost", is_coordinator=True)
    one, two = await browser(coordinator), await browser(other)

    answers = await asyncio.gather(
        one.post(reading(row), headers=HTMX), two.post(reading(row), headers=HTMX)
    )
    plain = await two.post(reading(row))

    assert sorted(each.status_code for each in answers) == [200, 409]
    done, told = sorted(answers, key=lambda each: each.status_code)
    assert f"evaluation-{row.id}-undo" in done.text and "<html" not in done.text
    first = coordinator.name if answers[0] is done else other.name
    assert 'hx-target="#desk"' in told.text and f"{first} s’en est déjà" in told.text
    assert f"par {first} à" in told.text
    assert plain.status_code == 409 and "<html" in plain.text

    back = await one.post(reopening(row))
    again = await one.post(reopening(row), headers=HTMX)
    desk = await two.get(urls.DESK)
    assert back.status_code == 303 and again.status_code == 409
    assert OFFICE in html.unescape(desk.text)

    await one.post(reading(row))
    at(clock.now() + UNDO + timedelta(seconds=1))
    late = await one.post(reopening(row), headers=HTMX)
    desk = await two.get(urls.DESK)
    assert late.status_code == 409 and "trop tard" in late.text
    assert f"evaluation-{row.id}" not in desk.text and OFFICE not in html.unescape(desk.text)


async def test_who_is_concerned_finds_nothing(
    coordinator: Person, mentor: Person, browser: Browser
) -> None:
    pair = await make_mentorship(coordinator, mentor, state="closed", contacts=4)
    row = await make_evaluation(pair, mentor, to_office=OFFICE)
    window = await browser(coordinator)

    desk = await window.get(urls.DESK)
    answer = await window.post(reading(row))

    assert OFFICE not in html.unescape(desk.text) and answer.status_code == 404
    [kept] = await Evaluation.objects()
    assert kept.office_read_at is None


async def test_an_evaluation_without_a_word_is_not_there(
    coordinator: Person, mentor: Person, mentee: Person, browser: Browser
) -> None:
    row = await word(mentee, mentor, to_office="")

    answer = await (await browser(coordinator)).post(reading(row))

    assert answer.status_code == 404
