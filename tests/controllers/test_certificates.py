"""A certificate: for both, from the official end on, each in their own language."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime

import pytest

import urls
from tables.contacts import Contact
from tables.mentorships import Mentorship, State
from tables.people import Person
from tests.cast import Browser
from tests.factories import make_evaluation, make_mentorship, new_key

COMPLETED = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def official(mentee: Person, mentor: Person, state: State = State.COMPLETED) -> Mentorship:
    pair = await make_mentorship(mentee, mentor, state=state, contacts=5, completed_at=COMPLETED)
    for number in range(1, 6):
        contact = Contact(
            key=new_key(),
            mentorship=pair.id,
            number=number,
            kind="video" if number == 5 else "written" if number == 4 else "phone",
            on=date(2026, 9, number),
            minutes=45,
            by=mentee.id,
            logged_at=COMPLETED,
        )
        contact.line = "Parlé de mon licenciement"
        await contact.save()
    await make_evaluation(pair, mentor, to_partner="Un mot privé", goals="Un but privé")
    return pair


@pytest.mark.parametrize("state", [State.COMPLETED, State.CONTINUING, State.CLOSED])
async def test_it_says_who_what_and_when_and_nothing_private(
    state: State, mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await official(mentee, mentor, state)

    page = await (await browser(mentee)).get(urls.mentorship(pair, "certificate"))
    text = html.unescape(page.text).replace("\xa0", " ")

    assert f'class="bearer">{mentee.name}' in text and f'class="partner">{mentor.name}' in text
    assert "comme mentee" in text and "du 1er septembre 2026 au 4 septembre 2026" in text
    assert "4 · 3 h en tout" in text and "Téléphone, par écrit" in text and "visio" not in text
    assert "20 novembre 2026" in text
    for private in ("licenciement", "privé", mentor.email, mentee.email):
        assert private not in text


async def test_each_reads_it_in_their_own_language(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await official(mentee, mentor)
    await Person.update({Person.language: "de"}).where(Person.id == mentor.id)
    [reader] = await Person.objects().where(Person.id == mentor.id)

    page = await (await browser(reader)).get(urls.mentorship(pair, "certificate"))

    assert '<html lang="de"' in page.text and "Teilnahmebestätigung" in page.text
    assert "Mentor/in" in page.text and f'class="bearer">{mentor.name}' in page.text


@pytest.mark.parametrize(
    "state", [State.BEGINNING, State.RUNNING, State.ENDED_EARLY, State.NOT_PURSUED]
)
async def test_before_the_official_end_there_is_none(
    state: State, mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await make_mentorship(mentee, mentor, state=state, contacts=3, ended_at=COMPLETED)

    page = await (await browser(mentee)).get(urls.mentorship(pair, "certificate"))

    assert page.status_code == 404
