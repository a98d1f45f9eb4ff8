"""Contacts: counted once, the fourth completes, the same one recognised, corrected for a week."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain import contacts, house, mentorships
from domain.contacts import Talk
from domain.refusals import (
    AlreadySettled,
    CorrectionTooLate,
    GoOnFirst,
    MentorshipOver,
    Refusal,
    SameContact,
    Unseen,
    WrongDay,
)
from tables.contacts import Contact, Kind
from tables.events import Event
from tables.house import House
from tables.letters import Letter
from tables.mentorships import OVER, Mentorship, State
from tables.people import Person
from tests.factories import make_mentorship, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
BEGAN = NOW - timedelta(days=60)


def talk(
    on: date = TODAY,
    key: str = "",
    kind: Kind = Kind.PHONE,
    minutes: int | None = None,
    line: str = "",
) -> Talk:
    return Talk(key or new_key(), kind, on, minutes, line)


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
async def pair(mentor: Person, mentee: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, began_at=BEGAN)


async def log_some(mentorship: Mentorship, count: int, by: Person) -> list[Contact]:
    """Each a week apart, the last a week ago."""
    days = [before(7 * (count - each)) for each in range(count)]
    return [await contacts.log(mentorship, talk(day), by=by, now=NOW) for day in days]


async def row_of(mentorship: Mentorship) -> Mentorship:
    row = await Mentorship.objects().where(Mentorship.id == mentorship.id).first()
    assert row is not None
    return row


async def contact_of(mentorship: Mentorship, number: int = 1) -> Contact:
    row = await Contact.of(mentorship).where(Contact.number == number).first()
    assert row is not None
    return row


async def events_of(what: str) -> int:
    return int(await Event.count().where(Event.what == what))


# Logged


async def test_either_logs_a_contact(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    spoken = talk(before(3), kind=Kind.VIDEO, minutes=45, line="Ce que j’ai retenu")

    first = await contacts.log(pair, spoken, by=mentee, now=NOW)
    second = await contacts.log(pair, talk(), by=mentor, now=NOW)

    assert (first.number, first.kind, first.on, first.minutes) == (1, "video", before(3), 45)
    assert first.line == "Ce que j’ai retenu" and "retenu" not in first.line_sealed
    assert first.by.id == mentee.id and first.logged_at == NOW and first.confirmed_at is None
    assert (second.number, second.minutes, second.line) == (2, None, "")
    assert await events_of("contact.log") == 2 and await Letter.count() == 0


async def test_a_contact_ends_the_silence_and_the_partners_page_notices(
    pair: Mentorship, mentee: Person
) -> None:
    await Mentorship.update({Mentorship.nudged_at: NOW}, force=True)
    version = pair.version

    await contacts.log(pair, talk(), by=mentee, now=NOW)

    row = await row_of(pair)
    assert (row.quiet_since, row.contacts) == (NOW, 1) and row.nudged_at is None
    assert row.version > version


async def test_sent_again_it_is_the_same_contact(pair: Mentorship, mentee: Person) -> None:
    told = talk()

    first = await contacts.log(pair, told, by=mentee, now=NOW)
    again = await contacts.log(pair, told, by=mentee, now=NOW)
    apart = await contacts.log(pair, told, by=mentee, now=NOW, apart=True)

    assert first.id == again.id == apart.id
    assert (await row_of(pair)).contacts == 1 and await events_of("contact.log") == 1


async def test_sent_several_times_at_once_it_is_one_contact(
    pair: Mentorship, mentee: Person
) -> None:
    told = talk()

    made = await asyncio.gather(*(contacts.log(pair, told, by=mentee, now=NOW) for _ in range(5)))

    assert len({each.id for each in made}) == 1
    assert (await row_of(pair)).contacts == 1 and await Contact.count() == 1


async def test_the_days_that_count(pair: Mentorship, mentee: Person) -> None:
    for day in (TODAY + timedelta(days=1), before(61), date(2200, 1, 1), date(1900, 1, 1)):
        with pytest.raises(WrongDay):
            await contacts.log(pair, talk(day), by=mentee, now=NOW)

    for day in (TODAY, before(60)):
        await contacts.log(pair, talk(day), by=mentee, now=NOW)
    assert (await row_of(pair)).contacts == 2


async def test_today_is_the_day_in_zurich(pair: Mentorship, mentee: Person) -> None:
    """Half past midnight there is still yesterday in UTC."""
    night = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    tomorrow = TODAY + timedelta(days=1)

    with pytest.raises(WrongDay):
        await contacts.log(pair, talk(tomorrow), by=mentee, now=night - timedelta(hours=1))
    logged = await contacts.log(pair, talk(tomorrow), by=mentee, now=night)

    assert logged.on == tomorrow


async def test_a_stranger_logs_nothing(pair: Mentorship, stranger: Person) -> None:
    with pytest.raises(Unseen):
        await contacts.log(pair, talk(), by=stranger, now=NOW)

    assert (await row_of(pair)).contacts == 0


# The fourth


async def test_the_fourth_completes_and_tells_both_once(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await log_some(pair, 3, mentee)
    assert (await row_of(pair)).state == State.BEGINNING and await Letter.count() == 0

    await contacts.log(pair, talk(), by=mentor, now=NOW)

    row = await row_of(pair)
    assert (row.state, row.contacts, row.completed_at) == (State.COMPLETED, 4, NOW)
    letters = await Letter.objects().where(Letter.name == "mentorship_completed")
    assert {letter.to for letter in letters} == {mentor.id, mentee.id} and len(letters) == 2
    assert await events_of("mentorship.complete") == 1


async def test_the_fourth_sent_again_is_still_the_fourth(pair: Mentorship, mentee: Person) -> None:
    await log_some(pair, 3, mentee)
    told = talk()

    fourth = await contacts.log(pair, told, by=mentee, now=NOW)
    again = await contacts.log(pair, told, by=mentee, now=NOW)

    assert fourth.id == again.id and (await row_of(pair)).contacts == 4


@pytest.mark.parametrize("already", [2, 3])
@pytest.mark.parametrize("apart", [True, False])
async def test_both_log_at_once(
    already: int, apart: bool, pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    """The third and fourth, or the fourth twice: whatever comes first, it completes once."""
    await log_some(pair, already, mentee)

    results = await asyncio.gather(
        contacts.log(pair, talk(), by=mentee, now=NOW, apart=apart),
        contacts.log(await row_through(pair, mentor), talk(), by=mentor, now=NOW, apart=apart),
        return_exceptions=True,
    )

    made = [each for each in results if isinstance(each, Contact)]
    told = {type(each) for each in results if not isinstance(each, Contact)}
    count = 4 if apart else already + 1
    row = await row_of(pair)
    assert row.contacts == await Contact.count() == count
    assert [each.number for each in await contacts.of(pair)] == list(range(1, count + 1))
    assert len(made) == count - already
    assert told == ({SameContact} if not apart else {GoOnFirst} if already == 3 else set())
    assert row.state == (State.COMPLETED if count == 4 else State.BEGINNING)
    assert await events_of("mentorship.complete") == (count == 4)
    letters = await Letter.count().where(Letter.name == "mentorship_completed")
    assert letters == (2 if count == 4 else 0)


async def test_many_at_once_count_to_four_and_no_further(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    told = [
        contacts.log(await row_through(pair, who), talk(before(day)), by=who, now=NOW, apart=True)
        for day, who in enumerate((mentor, mentee) * 5)
    ]

    results = await asyncio.gather(*told, return_exceptions=True)

    refused = [type(each) for each in results if not isinstance(each, Contact)]
    assert refused == [GoOnFirst] * 6
    assert [each.number for each in await contacts.of(pair)] == [1, 2, 3, 4]
    assert (await row_of(pair)).contacts == 4 and await events_of("mentorship.complete") == 1
    assert await Letter.count() == 2


async def row_through(mentorship: Mentorship, viewer: Person) -> Mentorship:
    """As another request has it."""
    row = await Mentorship.visible_to(viewer).where(Mentorship.id == mentorship.id).first()
    assert row is not None
    return row


async def test_after_the_fourth_both_must_go_on_first(pair: Mentorship, mentee: Person) -> None:
    await log_some(pair, 4, mentee)

    for told in (talk(), talk(before(7))):
        with pytest.raises(GoOnFirst):
            await contacts.log(pair, told, by=mentee, now=NOW)
    with pytest.raises(GoOnFirst):
        await contacts.log(pair, talk(), by=mentee, now=NOW, apart=True)
    assert (await row_of(pair)).contacts == 4


async def test_who_continues_logs_on(pair: Mentorship, mentee: Person) -> None:
    await log_some(pair, 4, mentee)
    await Mentorship.update({Mentorship.state: State.CONTINUING}, force=True)

    fifth = await contacts.log(pair, talk(), by=mentee, now=NOW)

    row = await row_of(pair)
    assert (fifth.number, row.state, row.completed_at) == (5, State.CONTINUING, NOW)
    assert await events_of("mentorship.complete") == 1


@pytest.mark.parametrize("state", OVER)
async def test_after_the_end_nothing_is_logged_confirmed_or_corrected(
    state: State, pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)
    await Mentorship.update({Mentorship.state: state}, force=True)

    for deed in (
        contacts.log(pair, talk(), by=mentor, now=NOW),
        contacts.log(pair, talk(before(3)), by=mentor, now=NOW, apart=True),
        contacts.confirm(contact, by=mentor, now=NOW),
        contacts.correct(contact, talk(before(1)), by=mentor, now=NOW),
    ):
        with pytest.raises(MentorshipOver):
            await deed
    row = await contact_of(pair)
    assert row.confirmed_at is None and row.corrected_at is None and row.on == TODAY
    assert await Contact.count() == 1


async def test_ended_at_the_same_moment_either_comes_first(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    results = await asyncio.gather(
        mentorships.leave(await row_through(pair, mentor), by=mentor, now=NOW),
        contacts.log(pair, talk(), by=mentee, now=NOW),
        return_exceptions=True,
    )

    row = await row_of(pair)
    assert row.state == State.ENDED_EARLY and row.contacts == await Contact.count()
    assert row.contacts == 1 or isinstance(results[1], MentorshipOver)


# The same one


async def test_the_partners_of_the_same_day_is_recognised(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    theirs = await contacts.log(pair, talk(before(2)), by=mentee, now=NOW)

    with pytest.raises(SameContact) as asked:
        await contacts.log(pair, talk(before(2), kind=Kind.VIDEO), by=mentor, now=NOW)
    await contacts.log(pair, talk(before(4)), by=mentor, now=NOW)

    assert asked.value.contact.id == theirs.id and asked.value.contact.by.id == mentee.id
    assert (await row_of(pair)).contacts == 2


@pytest.mark.parametrize("days", [1, 3])
async def test_the_partners_of_a_day_near_it_is_recognised_too(
    days: int, pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    """The evening's talk, noted by the other at breakfast in two taps: as of today."""
    theirs = await contacts.log(pair, talk(before(2)), by=mentee, now=NOW)

    with pytest.raises(SameContact) as asked:
        await contacts.log(pair, talk(before(days)), by=mentor, now=NOW)
    another = await contacts.log(pair, talk(before(days)), by=mentee, now=NOW)

    assert asked.value.contact.id == theirs.id
    assert another.number == 2  # one's own of another day is another


async def test_a_contact_that_both_told_is_near_nothing(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    theirs = await contacts.log(pair, talk(before(2)), by=mentee, now=NOW)
    await contacts.confirm(theirs, by=mentor, now=NOW)

    assert (await contacts.log(pair, talk(before(1)), by=mentor, now=NOW)).number == 2


async def test_the_same_day_is_meant_before_a_near_one(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    that_day = await contacts.log(pair, talk(before(2), kind=Kind.VIDEO), by=mentee, now=NOW)
    await contacts.log(pair, talk(before(3)), by=mentee, now=NOW)

    with pytest.raises(SameContact) as asked:
        await contacts.log(pair, talk(before(2)), by=mentor, now=NOW)

    assert asked.value.contact.id == that_day.id


async def test_of_several_the_unconfirmed_one_of_the_same_kind_is_meant(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    confirmed = await contacts.log(pair, talk(kind=Kind.WRITTEN), by=mentee, now=NOW)
    await contacts.confirm(confirmed, by=mentor, now=NOW)
    phone = await contacts.log(pair, talk(), by=mentee, now=NOW, apart=True)
    met = await contacts.log(pair, talk(kind=Kind.IN_PERSON), by=mentee, now=NOW, apart=True)

    for kind, meant in ((Kind.PHONE, phone), (Kind.IN_PERSON, met), (Kind.WRITTEN, met)):
        with pytest.raises(SameContact) as asked:
            await contacts.log(pair, talk(kind=kind), by=mentor, now=NOW)
        assert asked.value.contact.id == meant.id


async def test_another_of_the_same_day_counts(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await contacts.log(pair, talk(), by=mentee, now=NOW)

    another = await contacts.log(pair, talk(), by=mentor, now=NOW, apart=True)

    assert another.number == 2 and (await row_of(pair)).contacts == 2


async def test_ones_own_of_the_same_day_is_asked_about_too(
    pair: Mentorship, mentee: Person
) -> None:
    """Back, and the form once more: a fresh key, the same talk."""
    mine = await contacts.log(pair, talk(), by=mentee, now=NOW)

    with pytest.raises(SameContact) as asked:
        await contacts.log(pair, talk(), by=mentee, now=NOW)

    assert asked.value.contact.id == mine.id and (await row_of(pair)).contacts == 1


async def test_the_same_one_is_confirmed_and_filled(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)
    version = (await row_of(pair)).version

    later = NOW + timedelta(hours=1)
    await contacts.confirm(contact, by=mentor, now=later, minutes=50, line="À suivre")

    row = await contact_of(pair)
    assert (row.confirmed_at, row.minutes, row.line) == (later, 50, "À suivre")
    assert contact.confirmed_at == later and contact.line == "À suivre"
    assert row.by.id == mentee.id and row.corrected_at is None
    assert (await row_of(pair)).version > version and (await row_of(pair)).contacts == 1
    assert await events_of("contact.confirm") == 1


async def test_confirming_overwrites_nothing(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    contact = await contacts.log(pair, talk(minutes=30, line="Mes mots"), by=mentee, now=NOW)

    await contacts.confirm(contact, by=mentor, now=NOW, minutes=50, line="D’autres mots")

    row = await contact_of(pair)
    assert (row.minutes, row.line) == (30, "Mes mots")


async def test_it_is_confirmed_once(pair: Mentorship, mentor: Person, mentee: Person) -> None:
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)

    deeds = [
        contacts.confirm(await contact_of(pair), by=mentor, now=NOW, minutes=each)
        for each in (10, 20, 30)
    ]
    results = await asyncio.gather(*deeds, return_exceptions=True)
    with pytest.raises(AlreadySettled):
        await contacts.confirm(contact, by=mentor, now=NOW)

    assert [type(each) for each in results if each] == [AlreadySettled] * 2
    assert await events_of("contact.confirm") == 1


async def test_nobody_confirms_their_own_and_no_stranger_does(
    pair: Mentorship, mentee: Person, stranger: Person
) -> None:
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)

    for who in (mentee, stranger):
        with pytest.raises(Unseen):
            await contacts.confirm(contact, by=who, now=NOW)
    assert (await contact_of(pair)).confirmed_at is None


async def test_the_fourth_logged_by_both_is_one_too(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    """A moment later the mentorship is complete already: still the same talk."""
    await log_some(pair, 3, mentee)
    fourth = await contacts.log(pair, talk(), by=mentee, now=NOW)

    with pytest.raises(SameContact) as asked:
        await contacts.log(pair, talk(line="Merci!"), by=mentor, now=NOW)
    await contacts.confirm(asked.value.contact, by=mentor, now=NOW, line="Merci!")

    assert (await contact_of(pair, 4)).line == "Merci!" and fourth.number == 4
    with pytest.raises(GoOnFirst):
        await contacts.log(pair, talk(), by=mentor, now=NOW)


# Corrected


async def test_either_corrects_within_the_days(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    contact = await contacts.log(pair, talk(line="Faux"), by=mentee, now=NOW)

    right = talk(before(1), kind=Kind.WRITTEN, minutes=20, line="Juste")
    await contacts.correct(contact, right, by=mentor, now=NOW)

    row = await contact_of(pair)
    assert (row.number, row.on, row.kind, row.minutes, row.line) == (
        1, before(1), "written", 20, "Juste",
    )  # fmt: skip
    assert (row.corrected_by, row.corrected_at) == (mentor.id, NOW) and row.by.id == mentee.id

    evening = NOW + timedelta(hours=9)
    await contacts.correct(row, talk(before(1)), by=mentee, now=evening)

    row = await contact_of(pair)
    assert (row.corrected_by, row.line) == (mentee.id, "") and row.minutes is None
    assert await events_of("contact.correct") == 2 and (await row_of(pair)).contacts == 1
    assert await Letter.count() == 0


async def test_the_last_day_counts_whole(pair: Mentorship, mentee: Person) -> None:
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)
    last = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)  # a minute to midnight in Zurich

    with pytest.raises(CorrectionTooLate):
        too_late = last + timedelta(minutes=1)
        await contacts.correct(contact, talk(before(1)), by=mentee, now=too_late)
    assert (await contact_of(pair)).on == TODAY
    await contacts.correct(contact, talk(before(1)), by=mentee, now=last)
    assert (await contact_of(pair)).on == before(1)


async def test_the_office_sets_the_days(pair: Mentorship, mentee: Person) -> None:
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)
    await House.update({House.correction_days: 1}, force=True)
    house.forget()

    with pytest.raises(CorrectionTooLate):
        await contacts.correct(contact, talk(before(1)), by=mentee, now=NOW + timedelta(days=2))


async def test_what_a_correction_may_not_say(
    pair: Mentorship, mentee: Person, stranger: Person
) -> None:
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)

    for day in (TODAY + timedelta(days=1), before(61)):
        with pytest.raises(WrongDay):
            await contacts.correct(contact, talk(day), by=mentee, now=NOW)
    with pytest.raises(Unseen):
        await contacts.correct(contact, talk(before(1)), by=stranger, now=NOW)
    assert (await contact_of(pair)).corrected_at is None


async def test_what_says_nothing_new_corrects_nothing(pair: Mentorship, mentee: Person) -> None:
    contact = await contacts.log(pair, talk(minutes=5), by=mentee, now=NOW)
    version = (await row_of(pair)).version

    await contacts.correct(contact, talk(minutes=5), by=mentee, now=NOW)

    assert (await contact_of(pair)).corrected_at is None
    assert (await row_of(pair)).version == version and await events_of("contact.correct") == 0


async def test_two_correct_at_once_and_the_second_is_told(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await contacts.log(pair, talk(), by=mentee, now=NOW)

    results = await asyncio.gather(
        contacts.correct(await contact_of(pair), talk(before(1)), by=mentee, now=NOW),
        contacts.correct(await contact_of(pair), talk(before(2)), by=mentor, now=NOW),
        return_exceptions=True,
    )

    row = await contact_of(pair)
    won = mentee if row.on == before(1) else mentor
    assert sorted(type(each) is AlreadySettled for each in results) == [False, True]
    assert row.corrected_by == won.id and await events_of("contact.correct") == 1


async def test_a_form_shown_earlier_does_not_overwrite(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    """However quickly one follows the other, and also what a confirmation filled in."""
    contact = await contacts.log(pair, talk(), by=mentee, now=NOW)
    shown = contacts.as_shown(contact)

    await contacts.confirm(contact, by=mentor, now=NOW, minutes=40)
    with pytest.raises(AlreadySettled):
        await contacts.correct(contact, talk(before(1)), by=mentee, now=NOW, shown=shown)
    shown = contacts.as_shown(await contact_of(pair))
    await contacts.correct(contact, talk(before(1)), by=mentee, now=NOW, shown=shown)
    with pytest.raises(AlreadySettled):
        await contacts.correct(contact, talk(before(2)), by=mentor, now=NOW, shown=shown)

    assert (await contact_of(pair)).on == before(1)
    await contacts.correct(contact, talk(before(3)), by=mentor, now=NOW)
    assert (await contact_of(pair)).on == before(3)


async def test_the_fourth_may_be_corrected_after_the_official_end(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await log_some(pair, 4, mentee)
    fourth = await contact_of(pair, 4)

    await contacts.correct(fourth, talk(TODAY, minutes=15), by=mentor, now=NOW)

    row = await row_of(pair)
    assert (await contact_of(pair, 4)).minutes == 15
    assert (row.state, row.contacts, row.completed_at) == (State.COMPLETED, 4, NOW)


async def test_all_verbs_at_once_do_not_wait_for_each_other(
    pair: Mentorship, mentor: Person, mentee: Person
) -> None:
    await contacts.log(pair, talk(before(20)), by=mentee, now=NOW)
    deeds: list[Any] = []
    for day, who in enumerate((mentor, mentee) * 3):
        shown = await contact_of(pair)
        deeds.append(contacts.log(pair, talk(before(day)), by=who, now=NOW))
        deeds.append(contacts.correct(shown, talk(before(30 + day)), by=who, now=NOW))
        deeds.append(mentorships.leave(await row_through(pair, who), by=who, now=NOW))
    deeds.append(contacts.confirm(await contact_of(pair), by=mentor, now=NOW))

    results = await asyncio.wait_for(asyncio.gather(*deeds, return_exceptions=True), 30)

    assert all(each is None or isinstance(each, Contact | Refusal) for each in results), results
    row = await row_of(pair)
    assert row.contacts == await Contact.count() and row.contacts <= 4
