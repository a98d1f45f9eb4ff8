"""Figures against examples counted by hand; few are never told; not a word of anybody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain import evaluations, figures
from domain.figures import LEAST, Figures, Period, guarded, period_of, year_of
from tables.evaluations import Later
from tables.inquiries import Inquiry, Reason
from tables.inquiries import State as Asked
from tables.mentorships import State
from tables.people import Person, Standing
from tables.profiles import State as Shown
from tables.searches import SoughtInVain
from tables.topics import Topic
from tests.factories import (
    make_evaluation,
    make_inquiry,
    make_mentor,
    make_mentorship,
    make_person,
)

TODAY = date(2026, 11, 23)
MAY = datetime(2026, 5, 12, 10, tzinfo=UTC)
YEAR = year_of(2026)
HOUR = timedelta(hours=1)


async def counted(period: Period = YEAR) -> Figures:
    return await figures.count(period)


async def asked(mentee: Person, mentor: Person, state: Asked, hours: int = 0, **more: Any) -> None:
    replied = {"replied_at": MAY + hours * HOUR} if hours else {}
    await make_inquiry(mentee, mentor, state=state, **{"sent_at": MAY} | replied | more)


async def pair(
    mentee: Person, mentor: Person, contacts: int, state: State, *, sent_at: datetime = MAY
) -> Any:
    begun_by = await make_inquiry(mentee, mentor, state=Asked.ACCEPTED, sent_at=sent_at)
    is_official = state in (State.COMPLETED, State.CONTINUING, State.CLOSED)
    return await make_mentorship(
        mentee,
        mentor,
        inquiry=begun_by,
        contacts=contacts,
        state=state,
        began_at=sent_at,
        completed_at=sent_at if is_official else None,
    )


# The path


async def test_the_path_from_request_to_evaluation(mentee: Person, mentor: Person) -> None:
    """Ten asked, six accepted, four met, three official, two of these evaluated."""
    for state in (Asked.WAITING, Asked.DECLINED, Asked.WITHDRAWN, Asked.RELEASED):
        await asked(mentee, mentor, state)
    await pair(mentee, mentor, 0, State.BEGINNING)
    await pair(mentee, mentor, 0, State.NOT_PURSUED)
    early = await pair(mentee, mentor, 2, State.ENDED_EARLY)
    first = await pair(mentee, mentor, 4, State.COMPLETED)
    second = await pair(mentee, mentor, 6, State.CLOSED)
    await pair(mentee, mentor, 4, State.CONTINUING)
    await make_evaluation(early, mentee, sent_at=MAY)
    await make_evaluation(first, mentee, sent_at=MAY)
    await make_evaluation(first, mentor, sent_at=MAY)
    await make_evaluation(second, mentor, sent_at=MAY)

    path = (await counted()).path

    assert path.steps == (10, 6, 4, 3, 2)
    assert [path.share(count) for count in path.steps] == [100, 60, 40, 30, 20]


async def test_a_year_begins_and_ends_at_midnight_where_the_association_lives(
    mentee: Person, mentor: Person
) -> None:
    """23:30 UTC on New Year's Eve is 0:30 of the new year in Zurich."""
    eve = datetime(2025, 12, 31, 22, 30, tzinfo=UTC)
    for moment in (eve, eve + HOUR, eve.replace(year=2026), eve.replace(year=2026) + HOUR):
        await pair(mentee, mentor, 1, State.RUNNING, sent_at=moment)

    years = [(await counted(year_of(year))).path.steps[:3] for year in (2025, 2026, 2027)]
    months = (await counted()).months

    assert years == [(1, 1, 1), (2, 2, 2), (1, 1, 1)]
    assert [each.first for each in months if each.asked] == [date(2026, 1, 1), date(2026, 12, 1)]


async def test_month_by_month_with_what_was_accepted(mentee: Person, mentor: Person) -> None:
    june = MAY + timedelta(days=30)
    for state in (Asked.ACCEPTED, Asked.ACCEPTED, Asked.DECLINED):
        await asked(mentee, mentor, state)
    await asked(mentee, mentor, Asked.WAITING, sent_at=june)

    months = (await counted()).months

    assert len(months) == 12
    assert [(m.first.month, m.asked, m.accepted) for m in months if m.asked] == [
        (5, 3, 2),
        (6, 1, 0),
    ]


# Answers


async def test_answers_in_time_and_the_median_of_their_hours(
    mentee: Person, mentor: Person
) -> None:
    """Owed: five replies, a release in silence, one left unexplained by the mentee after a
    question. Not owed: waiting, withdrawn, parted."""
    for hours in (1, 5, 10, 20, 200):
        await asked(mentee, mentor, Asked.ACCEPTED, hours)
    await asked(mentee, mentor, Asked.RELEASED)
    await asked(mentee, mentor, Asked.RELEASED, 30, reason=Reason.UNEXPLAINED)
    await asked(mentee, mentor, Asked.RELEASED, reason=Reason.PARTED)
    await asked(mentee, mentor, Asked.WAITING)
    await asked(mentee, mentor, Asked.WITHDRAWN)

    replies = (await counted()).replies

    assert (replies.owed, replies.in_time, replies.share) == (7, 6, 86)
    assert replies.hours == 15  # between 10 and 20


async def test_of_four_answers_neither_share_nor_median(mentee: Person, mentor: Person) -> None:
    for hours in (1, 2, 3, 4):
        await asked(mentee, mentor, Asked.ACCEPTED, hours)
    few = await counted()
    await asked(mentee, mentor, Asked.ACCEPTED, 5)
    enough = await counted()

    assert (few.replies.share, few.replies.hours, few.path.share(2)) == (None, None, None)
    assert (enough.replies.share, enough.replies.hours) == (100, 3)
    assert enough.path.share(2) == 40


# Mentors


async def test_load_and_mentors_never_asked(mentee: Person, founded: None) -> None:
    """One with two of three, one full with one of one, one with an ended one, one never asked; a
    handed-in profile and an excluded mentor are none."""
    busy = await make_mentor("Ada", capacity=3)
    for _ in range(2):
        await pair(mentee, busy, 1, State.RUNNING)
    full = await make_mentor("Bea", capacity=1)
    await pair(mentee, full, 0, State.BEGINNING)
    rested = await make_mentor("Cleo")
    await pair(mentee, rested, 4, State.COMPLETED)
    never = await make_mentor("Dora", "Frei")
    await make_mentor("Emma", state=Shown.HANDED_IN)
    await make_mentor("Fred", standing=Standing.EXCLUDED)

    told = await counted()

    assert told.load.by_running == (2, 1, 1, 0)
    assert (told.load.mentors, told.load.running, told.load.full) == (4, 3, 1)
    assert told.load.never_asked == 1
    assert [(each.id, each.name) for each in told.unasked] == [(never.id, "Dora Frei")]


async def test_many_running_stand_together(mentee: Person, founded: None) -> None:
    mentor = await make_mentor(capacity=9)
    for _ in range(5):
        await pair(mentee, mentor, 1, State.RUNNING)

    load = (await counted()).load

    assert (load.by_running, load.running) == ((0, 0, 0, 1), 5)


async def test_those_never_asked_longest_first_and_ten_at_most(founded: None) -> None:
    for number in range(12):
        await make_mentor(f"M{number}", now=MAY - timedelta(days=number))

    told = await counted()

    assert told.load.never_asked == 12
    assert [each.name for each in told.unasked][:2] == ["M11 Rossi", "M10 Rossi"]
    assert len(told.unasked) == 10


# Groups


async def test_by_canton_and_language(founded: None) -> None:
    """Vaud: two members and a mentor; Geneva: a mentor who speaks German and Italian."""
    here = await make_person(canton="VD", language="fr")
    await make_person(canton="VD", language="de")
    await make_mentor(canton="VD", language="fr", languages=("fr", "de"))
    there = await make_mentor(canton="GE", language="fr", languages=("de", "it"))
    await make_person(canton="ZH", standing=Standing.INVITED)
    for _ in range(LEAST):
        await asked(here, there, Asked.DECLINED, language="de")

    told = await counted()
    cantons = {row.key: (row.members, row.mentors, row.asked) for row in told.cantons}
    spoken = {row.key: (row.members, row.mentors, row.asked) for row in told.languages}

    assert told.members == 4
    assert cantons == {"VD": (3, 1, 5), "GE": (1, 1, None)}
    assert spoken == {"fr": (3, 1, None), "de": (1, 2, 5), "it": (0, 1, None)}
    assert [row.key for row in told.cantons] == ["VD", "GE"]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"VD": 9, "GE": 6}, {"VD": 9, "GE": 6}),
        ({"VD": 9, "GE": 6, "JU": 4, "NE": 3}, {"VD": 9, "GE": 6, "JU": None, "NE": None}),
        ({"VD": 9, "GE": 6, "JU": 4}, {"VD": 9, "GE": None, "JU": None}),
        ({"VD": 9, "JU": 1, "NE": 0}, {"VD": None, "JU": None, "NE": None}),
        ({"JU": 4}, {"JU": None}),
        ({}, {}),
    ],
)
def test_few_cannot_be_reckoned_from_the_others(
    counts: dict[str, int], told: dict[str, int | None]
) -> None:
    assert guarded(counts) == told


# Topics


async def test_topics_that_few_offer(founded: None) -> None:
    """First those of nobody; three mentors are enough."""
    for number in range(3):
        topics = ["first-leadership-role", "leadership-style"][: 2 if number else 1]
        await make_mentor(f"M{number}", topics=topics)
    await make_mentor(topics=["leadership-style"], state=Shown.DRAFT)

    told = await counted()
    every = {row["id"] for row in await Topic.raw(figures.OFFERED)}
    leaves = await Topic.count().where(Topic.branch.is_not_null())
    style = await Topic.objects().where(Topic.key == "leadership-style").first()

    assert told.scarce_in_all == leaves - 1
    assert style is not None and style.id in every
    assert {each.mentors for each in told.scarce} == {0}


async def test_words_sought_in_vain_thrice_at_least(founded: None) -> None:
    for words, day, times in (
        ("imkerei", date(2026, 3, 1), 2),
        ("imkerei", date(2026, 4, 1), 3),
        ("japonais", date(2026, 4, 2), 2),
        ("coreen", date(2026, 12, 31), 3),
        ("raumfahrt", date(2027, 1, 1), 9),
    ):
        await SoughtInVain(words=words, day=day, times=times).save()

    told = (await counted()).sought

    assert [(each.words, each.times) for each in told] == [("imkerei", 5), ("coreen", 3)]


# Evaluations


async def test_benefits_of_five_and_none_of_four(mentee: Person, mentor: Person) -> None:
    benefit = evaluations.benefits_for(True, "fr")[0][0]
    for number in range(LEAST):
        ended = await pair(mentee, mentor, 4, State.COMPLETED)
        brought = benefit if number < 3 else ""
        await make_evaluation(ended, mentee, benefits=brought, results="yes no", sent_at=MAY)
        await Later(mentorship=ended.id, person=mentee.id, answer="yes", answered_at=MAY).save()
        if number == LEAST - 2:
            few = await counted()
    enough = await counted()

    assert (few.benefits, few.evaluated.results, few.evaluated.later) == ([], None, None)
    assert enough.benefits == [(benefit, 3)]
    assert enough.evaluated.results == {"yes": 5, "mostly": 0, "partly": 0, "no": 5}
    assert enough.evaluated.later is not None and enough.evaluated.later["yes"] == 5
    assert (await counted(year_of(2025))).benefits == []


async def test_sides_are_told_apart(mentee: Person, mentor: Person) -> None:
    """Five mentees have said something, four mentors too few."""
    of_mentee = evaluations.benefits_for(True, "fr")[0][0]
    of_mentor = evaluations.benefits_for(False, "fr")[0][0]
    for number in range(LEAST):
        ended = await pair(mentee, mentor, 4, State.COMPLETED)
        await make_evaluation(ended, mentee, benefits=of_mentee, sent_at=MAY)
        if number:
            await make_evaluation(ended, mentor, benefits=of_mentor, sent_at=MAY)

    assert (await counted()).benefits == [(of_mentee, 5)]


# Periods


def test_twelve_whole_months_unless_told() -> None:
    period = period_of("", TODAY)

    assert (period.begins, period.last) == (date(2025, 12, 1), date(2026, 11, 30))
    assert len(period.months) == 12 and period.months[-1] == date(2026, 11, 1)


@pytest.mark.parametrize("today", [date(2026, 1, 31), date(2026, 12, 31), date(2024, 2, 29)])
def test_the_last_month_is_this_one(today: date) -> None:
    period = period_of("", today)

    assert period.begins <= today < period.ends
    assert period.months[0] == period.begins and period.months[-1] == today.replace(day=1)


@pytest.mark.parametrize(
    "key", ["2027", "1999", "0", "-2026", "02026", "２０２６", "2026 ", "year", "\0", "9" * 400]
)
def test_what_makes_no_sense_is_the_last_twelve_months(key: str) -> None:
    assert period_of(key, TODAY).key == ""


def test_a_year_and_all() -> None:
    assert period_of("2025", TODAY) == year_of(2025)
    assert year_of(2025).last == date(2025, 12, 31)
    assert period_of("all", TODAY).begins == date(2000, 1, 1)


async def test_years_since_the_first_request(mentee: Person, mentor: Person) -> None:
    assert await figures.years(TODAY) == [2026]

    await asked(mentee, mentor, Asked.DECLINED, sent_at=MAY.replace(year=2024))

    assert await figures.years(TODAY) == [2026, 2025, 2024]


# Few questions, no private text


async def test_as_many_questions_for_one_as_for_many(
    mentee: Person, mentor: Person, queries: Callable[[], Any]
) -> None:
    with queries() as none:
        await counted()
    for number in range(30):
        ended = await pair(mentee, await make_mentor(f"M{number}"), 4, State.COMPLETED)
        await make_evaluation(ended, mentee, sent_at=MAY)
    with queries() as many:
        await counted()

    assert len(none) == len(many) <= 12


async def test_no_question_names_a_sealed_column(
    mentee: Person, mentor: Person, queries: Callable[[], Any]
) -> None:
    ended = await pair(mentee, mentor, 4, State.COMPLETED)
    await make_evaluation(ended, mentee, to_office="Merci", sent_at=MAY)
    with queries() as sent:
        await counted()
        await figures.years(TODAY)

    named = " ".join(sent)
    assert "_sealed" not in named and "*)" in named and "SELECT *" not in named
    assert {"email", "internal_note"}.isdisjoint(named.replace('"', " ").split())


async def test_an_empty_house(founded: None) -> None:
    told = await counted()

    assert told.path.steps == (0, 0, 0, 0, 0)
    assert (told.load.mentors, told.cantons, told.sought, told.benefits) == (0, [], [], [])
    assert await Inquiry.count() == 0
