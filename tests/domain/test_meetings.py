"""Meetings: proposed, picked, moved, called off; each verb in each state, each letter once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

import sealing
from clock import ZURICH
from domain import contacts, inquiries, meetings, mentorships
from domain.contacts import Talk
from domain.meetings import Change, Plan
from domain.refusals import (
    AlreadySettled,
    DatePast,
    GoOnFirst,
    MentorshipOver,
    NotBegun,
    SameContact,
    TooManyMeetings,
    Unseen,
)
from tables.contacts import Contact, Kind
from tables.events import Event
from tables.letters import Letter
from tables.meetings import OPEN, Meeting, State
from tables.mentorships import Mentorship
from tables.mentorships import State as Course
from tables.people import Person, Standing
from tests.cast import without_a_past
from tests.factories import make_inquiry, make_mentorship, make_person, new_key

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Zurich
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
THURSDAY = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)  # 18:00
EVE = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)  # 08:00 on Wednesday
MORNING_AFTER = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
PLACE = "Café de la Gare, Lausanne"


@pytest.fixture
async def pair(mentee: Person, mentor: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, began_at=NOW - 30 * DAY)


def plan(*times: datetime, key: str = "", kind: Kind = Kind.IN_PERSON, **more: Any) -> Plan:
    return Plan(key or new_key(), kind, times or (THURSDAY,), **({"place": PLACE} | more))


async def proposed(pair: Mentorship, *times: datetime, now: datetime = NOW) -> Meeting:
    """By the mentor."""
    return await meetings.propose(pair, plan(*times), by=pair.mentor, now=now)


async def planned(pair: Mentorship, at: datetime = THURSDAY, now: datetime = NOW) -> Meeting:
    meeting = await proposed(pair, at, now=now)
    await meetings.pick(meeting, at, by=pair.mentee, now=now)
    return meeting


async def row(meeting: Meeting) -> Meeting:
    [found] = await Meeting.objects(Meeting.by).where(Meeting.id == meeting.id)
    return found


async def in_state(pair: Mentorship, state: State) -> Meeting:
    meeting = await planned(pair)
    if state == State.PROPOSED:
        meeting = await proposed(pair)
    elif state != State.PLANNED:
        await Meeting.update({Meeting.state: state}).where(Meeting.id == meeting.id)
    await Letter.delete(force=True)
    await without_a_past(Event._meta.db)
    return await row(meeting)


async def told() -> list[tuple[str, str]]:
    """Which letters, and to whom."""
    return [(each.name, each.address) for each in await Letter.objects().order_by(Letter.id)]


async def events() -> list[str]:
    return [each["what"] for each in await Event.select(Event.what).order_by(Event.id)]


def event(letter: Letter) -> Any:
    return icalendar.Calendar.from_ical(letter.calendar).walk("VEVENT")[0]


def change(at: datetime, **more: Any) -> Change:
    said: dict[str, Any] = {
        "kind": Kind.VIDEO,
        "minutes": 45,
        "place": "https://meet.example.org/x",
    }
    return Change(at, **(said | more))


# Proposing


async def test_the_partner_is_told_of_the_dates(pair: Mentorship) -> None:
    other = THURSDAY + 2 * DAY
    meeting = await proposed(pair, other, THURSDAY)

    kept = await row(meeting)
    assert (kept.state, kept.proposed, kept.minutes) == (State.PROPOSED, [THURSDAY, other], 60)
    assert kept.by.id == pair.mentor.id and kept.starts_at is None and kept.place == PLACE
    assert await told() == [("meeting_proposed", pair.mentee.email)]
    [letter] = await Letter.objects()
    assert "jeudi 26\xa0novembre 2026, 18:00" in letter.text and PLACE in letter.text
    assert letter.calendar == "" and letter.reply_to == pair.mentor.email
    assert letter.thread == f"mentorship-{pair.id}"
    assert await events() == ["meeting.propose"]


async def test_where_they_meet_is_sealed(pair: Mentorship) -> None:
    await planned(pair)

    kept = [*await Meeting.select(), *await Letter.select(), *await Event.select()]
    assert not any("Gare" in str(value) for each in kept for value in each.values())


async def test_a_resend_proposes_once(pair: Mentorship) -> None:
    once = plan()
    first, second = await asyncio.gather(
        meetings.propose(pair, once, by=pair.mentor, now=NOW),
        meetings.propose(pair, once, by=pair.mentor, now=NOW),
    )

    assert first.id == second.id and len(await told()) == 1 and await Meeting.count() == 1


async def test_a_counter_proposal_takes_the_earlier_ones_place(pair: Mentorship) -> None:
    first = await proposed(pair)
    again = plan(THURSDAY + DAY)
    second = await meetings.propose(pair, again, by=pair.mentee, now=NOW, instead=first)
    resent = await meetings.propose(pair, again, by=pair.mentee, now=NOW, instead=first)

    assert (await row(first)).state == State.CANCELLED and resent.id == second.id
    assert (await told())[1:] == [("meeting_proposed", pair.mentor.email)]
    letter = await Letter.objects().order_by(Letter.id, ascending=False).first()
    assert letter is not None and "d’autres dates" in letter.subject
    assert await events() == ["meeting.propose", "meeting.replace", "meeting.propose"]


async def test_two_counter_the_same_proposal(pair: Mentorship) -> None:
    first = await proposed(pair)

    got = await asyncio.gather(
        meetings.propose(pair, plan(), by=pair.mentee, now=NOW, instead=await row(first)),
        meetings.propose(pair, plan(), by=pair.mentor, now=NOW, instead=await row(first)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in got) == ["AlreadySettled", "Meeting"]
    assert await Meeting.count().where(Meeting.state == State.PROPOSED) == 1


async def test_a_pair_has_three_in_view_at_most(pair: Mentorship) -> None:
    for _ in range(2):
        await proposed(pair)

    got = await asyncio.gather(
        *(meetings.propose(pair, plan(), by=by, now=NOW) for by in (pair.mentor, pair.mentee)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in got) == ["Meeting", "TooManyMeetings"]
    [first, *_] = await Meeting.of(pair)
    await meetings.propose(pair, plan(), by=pair.mentee, now=NOW, instead=first)
    with pytest.raises(TooManyMeetings):
        await proposed(pair)
    assert await Meeting.count().where(Meeting.state.is_in(list(OPEN))) == 3


async def test_a_past_date_is_no_proposal(pair: Mentorship) -> None:
    with pytest.raises(DatePast):
        await proposed(pair, THURSDAY, NOW)

    assert await Meeting.count() == 0


async def test_a_proposal_whose_dates_are_over_is_replaced(pair: Mentorship) -> None:
    meeting = await proposed(pair)
    late = THURSDAY + HOUR

    assert meeting.coming(NOW) == [THURSDAY] and meeting.coming(late) == []
    with pytest.raises(DatePast):
        await meetings.pick(await row(meeting), THURSDAY, by=pair.mentee, now=late)
    again = plan(late + DAY)
    await meetings.propose(pair, again, by=pair.mentor, now=late, instead=await row(meeting))
    assert await Meeting.count().where(Meeting.state == State.PROPOSED) == 1


# Picking


async def test_picked_is_planned_and_in_both_calendars(pair: Mentorship) -> None:
    meeting = await proposed(pair, THURSDAY, THURSDAY + DAY)
    await Letter.delete(force=True)
    before = (await Mentorship.select(Mentorship.version))[0]["version"]

    await meetings.pick(meeting, THURSDAY + DAY, by=pair.mentee, now=NOW)

    kept = await row(meeting)
    assert (kept.state, kept.starts_at, kept.sequence) == (State.PLANNED, THURSDAY + DAY, 0)
    assert await told() == [
        ("meeting_planned", pair.mentee.email),
        ("meeting_planned", pair.mentor.email),
    ]
    to_mentee, to_mentor = [event(each) for each in await Letter.objects().order_by(Letter.id)]
    assert to_mentee["UID"] == to_mentor["UID"] == kept.uid and to_mentee["SEQUENCE"] == 0
    assert to_mentee["SUMMARY"].endswith("Claire Favre")
    assert to_mentor["SUMMARY"].endswith("David Moser")
    assert to_mentee["LOCATION"] == f"En personne, {PLACE}"
    assert to_mentee["URL"] == f"http://localhost:8000/mentorships/{pair.id}"
    assert to_mentee["ORGANIZER"] == "mailto:mentorat@localhost"
    assert {str(each) for each in to_mentee["ATTENDEE"]} == {
        f"mailto:{pair.mentee.email}",
        f"mailto:{pair.mentor.email}",
    }
    assert (await Mentorship.select(Mentorship.version))[0]["version"] > before


async def test_each_reads_the_calendar_in_their_own_language(
    pair: Mentorship, mentor: Person
) -> None:
    await Person.update({Person.language: "de"}).where(Person.id == mentor.id)
    meeting = await proposed(pair)

    await meetings.pick(meeting, THURSDAY, by=pair.mentee, now=NOW)

    french, german = (await Letter.objects().order_by(Letter.id))[1:]
    assert (french.language, german.language) == ("fr", "de")
    assert "rencontre" in event(french)["SUMMARY"] and "Treffen" in event(german)["SUMMARY"]
    assert "Persönlich" in event(german)["LOCATION"]


async def test_of_two_picks_one_counts(pair: Mentorship) -> None:
    meeting = await proposed(pair, THURSDAY, THURSDAY + DAY)

    got = await asyncio.gather(
        meetings.pick(await row(meeting), THURSDAY, by=pair.mentee, now=NOW),
        meetings.pick(await row(meeting), THURSDAY + DAY, by=pair.mentee, now=NOW),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in got) == ["AlreadySettled", "NoneType"]
    assert len(await told()) == 3


async def test_only_the_partner_picks_and_only_from_the_list(pair: Mentorship) -> None:
    meeting = await proposed(pair)

    with pytest.raises(Unseen):
        await meetings.pick(meeting, THURSDAY, by=pair.mentor, now=NOW)
    with pytest.raises(Unseen):
        await meetings.pick(meeting, THURSDAY + HOUR, by=pair.mentee, now=NOW)
    assert (await row(meeting)).state == State.PROPOSED


# Moving


async def test_a_moved_one_keeps_its_uid_and_raises_its_sequence(pair: Mentorship) -> None:
    meeting = await planned(pair)
    await Letter.delete(force=True)

    for turn, by in enumerate((pair.mentee, pair.mentor), start=1):
        to = change(THURSDAY + turn * DAY)
        await meetings.move(await row(meeting), to, by=by, now=NOW)

    kept, letters = await row(meeting), await Letter.objects().order_by(Letter.id)
    assert (kept.starts_at, kept.kind, kept.minutes) == (THURSDAY + 2 * DAY, Kind.VIDEO, 45)
    assert [each.name for each in letters] == ["meeting_moved"] * 4
    assert [event(each)["SEQUENCE"] for each in letters] == [1, 1, 2, 2]
    assert {str(event(each)["UID"]) for each in letters} == {meeting.uid}
    assert "Vous avez modifié" in letters[0].text
    assert "David Moser a modifié" in letters[1].text
    assert "jeudi 26\xa0novembre 2026, 18:00" in letters[1].text
    assert "samedi 28\xa0novembre 2026, 18:00" in letters[3].text
    assert event(letters[0])["LOCATION"] == "https://meet.example.org/x"


async def test_two_move_at_once_and_one_is_told(pair: Mentorship) -> None:
    meeting = await planned(pair)

    got = await asyncio.gather(
        meetings.move(await row(meeting), change(THURSDAY + DAY), by=pair.mentee, now=NOW),
        meetings.move(await row(meeting), change(THURSDAY - DAY), by=pair.mentor, now=NOW),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in got) == ["AlreadySettled", "NoneType"]
    assert (await row(meeting)).sequence == 1


async def test_moved_to_where_it_is_changes_nothing(pair: Mentorship) -> None:
    meeting = await row(await planned(pair))
    await Letter.delete(force=True)
    same = Change(THURSDAY.astimezone(ZURICH), Kind.IN_PERSON, 60, PLACE)

    await meetings.move(meeting, same, by=pair.mentee, now=NOW)
    await meetings.move(meeting, change(THURSDAY + DAY), by=pair.mentee, now=NOW)
    await meetings.move(meeting, change(THURSDAY + DAY), by=pair.mentee, now=NOW)

    assert len(await told()) == 2 and (await row(meeting)).sequence == 1


async def test_nothing_is_moved_into_the_past(pair: Mentorship) -> None:
    meeting = await planned(pair)

    with pytest.raises(DatePast):
        await meetings.move(await row(meeting), change(NOW), by=pair.mentee, now=NOW)


# Calling off


async def test_a_cancelled_one_leaves_both_calendars(pair: Mentorship) -> None:
    meeting = await planned(pair)
    await Letter.delete(force=True)

    await meetings.cancel(await row(meeting), by=pair.mentor, now=NOW)

    letters = await Letter.objects().order_by(Letter.id)
    assert [each.name for each in letters] == ["meeting_cancelled"] * 2
    assert "Claire Favre a annulé" in letters[0].text and "Vous avez annulé" in letters[1].text
    for letter in letters:
        assert "METHOD:CANCEL" in letter.calendar
        assert event(letter)["UID"] == meeting.uid and event(letter)["SEQUENCE"] == 1
        assert event(letter)["STATUS"] == "CANCELLED"


async def test_a_dropped_proposal_is_told_to_the_other_one(pair: Mentorship) -> None:
    await meetings.cancel(await proposed(pair), by=pair.mentor, now=NOW)
    await meetings.cancel(await proposed(pair), by=pair.mentee, now=NOW)

    assert [each for each in await told() if each[0] == "meeting_dropped"] == [
        ("meeting_dropped", pair.mentee.email),
        ("meeting_dropped", pair.mentor.email),
    ]
    letters = await Letter.objects().where(Letter.name == "meeting_dropped").order_by(Letter.id)
    assert "retire" in letters[0].subject and "conviennent pas" in letters[1].subject
    assert not any(each.calendar for each in letters)


async def test_both_cancel_at_once(pair: Mentorship) -> None:
    meeting = await planned(pair)
    await Letter.delete(force=True)

    got = await asyncio.gather(
        meetings.cancel(await row(meeting), by=pair.mentee, now=NOW),
        meetings.cancel(await row(meeting), by=pair.mentor, now=NOW),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in got) == ["AlreadySettled", "NoneType"]
    assert len(await told()) == 2


# Each verb in each state

Verb = Callable[[Meeting, Mentorship], Awaitable[Any]]
LATER = THURSDAY + HOUR
VERBS: dict[str, Verb] = {
    "pick": lambda m, p: meetings.pick(m, THURSDAY, by=p.mentee, now=NOW),
    "replace": lambda m, p: meetings.propose(p, plan(), by=p.mentee, now=NOW, instead=m),
    "move": lambda m, p: meetings.move(m, change(THURSDAY + DAY), by=p.mentee, now=NOW),
    "cancel": lambda m, p: meetings.cancel(m, by=p.mentee, now=NOW),
    "note_held": lambda m, p: meetings.note_held(m, by=p.mentee, now=LATER),
    "note_missed": lambda m, p: meetings.note_missed(m, by=p.mentee, now=LATER),
}


def test_every_passage_has_its_verb() -> None:
    assert meetings.MOVES.keys() == VERBS.keys()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", State)
async def test_each_verb_in_each_state(pair: Mentorship, verb: str, state: State) -> None:
    meeting = await in_state(pair, state)
    origins, goal = meetings.MOVES[verb]

    if state in origins:
        await VERBS[verb](meeting, pair)
        assert (await row(meeting)).state == goal and f"meeting.{verb}" in await events()
        assert ((await row(meeting)).settled_at is None) == (goal in OPEN)
    else:
        with pytest.raises(AlreadySettled):
            await VERBS[verb](meeting, pair)
        assert (await row(meeting)).state == state and await events() == []
        assert await told() == [] and await Contact.count() == 0


@pytest.mark.parametrize("verb", VERBS)
async def test_the_stranger_does_nothing(
    pair: Mentorship, verb: str, stranger: Person, coordinator: Person, mentee: Person
) -> None:
    right_state = meetings.MOVES[verb][0][0]
    meeting = await in_state(pair, right_state)
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentee.id)
    [excluded] = await Person.objects().where(Person.id == mentee.id)

    for person in (stranger, coordinator, excluded):
        pair.mentee = person
        with pytest.raises(Unseen):
            if verb == "replace":
                pair.mentee, by = mentee, person
                await meetings.propose(pair, plan(), by=by, now=NOW, instead=meeting)
            else:
                await VERBS[verb](meeting, pair)
    assert (await row(meeting)).state == right_state


OVER = {
    Course.COMPLETED: GoOnFirst,
    Course.CLOSED: MentorshipOver,
    Course.ENDED_EARLY: MentorshipOver,
    Course.NOT_PURSUED: MentorshipOver,
}


@pytest.mark.parametrize("state", OVER)
async def test_after_the_end_nothing_is_planned(pair: Mentorship, state: Course) -> None:
    open_one, fixed = await proposed(pair), await planned(pair)
    await Mentorship.update({Mentorship.state: state}).where(Mentorship.id == pair.id)

    by_verb = {"pick": open_one, "replace": open_one, "move": fixed, "cancel": fixed}
    for verb, meeting in by_verb.items():
        with pytest.raises(OVER[state]):
            await VERBS[verb](await row(meeting), pair)
    for verb in ("note_held", "note_missed"):
        with pytest.raises(OVER[state]):
            await VERBS[verb](await row(fixed), pair)
    assert await Meeting.count().where(Meeting.state.is_in(list(OPEN))) == 2
    assert await Contact.count() == 0


# The end of a mentorship


ENDS: dict[str, Callable[[Mentorship], Awaitable[Any]]] = {
    "leave": lambda p: mentorships.leave(p, by=p.mentee, now=NOW),
    "fourth contact": lambda p: log_four(p, NOW),
}


async def log_four(pair: Mentorship, now: datetime) -> None:
    for day in range(4):
        talk = Talk(new_key(), Kind.PHONE, (now - (day + 1) * DAY).date())
        await contacts.log(pair, talk, by=pair.mentee, now=now)


@pytest.mark.parametrize("end", ENDS)
async def test_with_the_end_open_meetings_are_called_off(pair: Mentorship, end: str) -> None:
    fixed, open_one = await planned(pair), await proposed(pair)
    await Letter.delete(force=True)

    await ENDS[end](pair)

    assert {(await row(each)).state for each in (fixed, open_one)} == {State.CANCELLED}
    letters = await Letter.objects().where(Letter.name == "meeting_cancelled").order_by(Letter.id)
    assert [each.address for each in letters] == [pair.mentee.email, pair.mentor.email]
    assert all("METHOD:CANCEL" in each.calendar for each in letters)
    assert {int(event(each)["SEQUENCE"]) for each in letters} == {1}
    assert all("votre mentorat s’arrête" in each.text for each in letters)


async def test_what_has_begun_is_not_called_off_by_the_end(pair: Mentorship) -> None:
    meeting = await planned(pair)
    await Letter.delete(force=True)

    await mentorships.leave(pair, by=pair.mentee, now=THURSDAY + HOUR)

    assert (await row(meeting)).state == State.PLANNED
    assert not any(each.calendar for each in await Letter.objects())


# Did it take place?


async def test_yes_logs_a_contact(pair: Mentorship) -> None:
    meeting = await planned(pair)

    with pytest.raises(NotBegun):
        await meetings.note_held(await row(meeting), by=pair.mentee, now=THURSDAY - HOUR)
    with pytest.raises(NotBegun):
        await meetings.note_missed(await row(meeting), by=pair.mentee, now=THURSDAY - HOUR)
    await meetings.note_held(await row(meeting), by=pair.mentee, now=THURSDAY)

    [contact], kept = await Contact.of(pair), await row(meeting)
    assert (contact.number, contact.on, contact.kind) == (1, THURSDAY.date(), Kind.IN_PERSON)
    assert contact.minutes == 60 and contact.by.id == pair.mentee.id
    assert (kept.state, kept.contact) == (State.HELD, contact.id)


async def test_a_meeting_at_midnight_is_of_the_day_in_zurich(pair: Mentorship) -> None:
    midnight = datetime(2026, 11, 27, 0, 0, tzinfo=ZURICH).astimezone(UTC)
    meeting = await planned(pair, midnight)

    await meetings.note_held(await row(meeting), by=pair.mentee, now=midnight + HOUR)

    [contact] = await Contact.of(pair)
    assert contact.on.isoformat() == "2026-11-27"


async def test_both_say_yes_at_once(pair: Mentorship) -> None:
    meeting = await planned(pair)

    got = await asyncio.gather(
        meetings.note_held(await row(meeting), by=pair.mentee, now=LATER),
        meetings.note_held(await row(meeting), by=pair.mentor, now=LATER),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in got) == ["AlreadySettled", "Contact"]
    assert await Contact.count() == 1
    assert (await Mentorship.select(Mentorship.contacts))[0]["contacts"] == 1


@pytest.mark.parametrize(
    ("kind", "days", "is_it"),
    [
        (Kind.IN_PERSON, 0, True),
        (Kind.PHONE, 0, True),  # they called instead
        (Kind.IN_PERSON, 1, True),  # noted after midnight, or at breakfast
        (Kind.PHONE, 1, False),
        (Kind.IN_PERSON, -1, False),
        (Kind.IN_PERSON, 2, False),
    ],
)
async def test_noted_by_hand_it_is_the_meeting(
    kind: Kind, days: int, is_it: bool, pair: Mentorship
) -> None:
    meeting, day = await planned(pair), THURSDAY + days * DAY

    talk = Talk(new_key(), kind, day.date())
    contact = await contacts.log(pair, talk, by=pair.mentor, now=max(day, LATER))

    kept = await row(meeting)
    assert (kept.state == State.HELD, kept.contact == contact.id) == (is_it, is_it)
    assert await Contact.count() == 1


async def test_by_hand_and_by_the_page_at_once_it_counts_once(pair: Mentorship) -> None:
    meeting = await planned(pair)
    talk = Talk(new_key(), Kind.IN_PERSON, THURSDAY.date())

    got = await asyncio.gather(
        contacts.log(pair, talk, by=pair.mentor, now=LATER),
        meetings.note_held(await row(meeting), by=pair.mentee, now=LATER),
        return_exceptions=True,
    )

    [lost] = [each for each in got if isinstance(each, Exception)]
    assert isinstance(lost, AlreadySettled | SameContact)
    assert await Contact.count() == 1 and (await row(meeting)).state == State.HELD


async def test_noted_by_hand_though_something_else_was_that_day(pair: Mentorship) -> None:
    """What was said to be another contact than the morning's is still the meeting."""
    meeting = await planned(pair)
    morning = Talk(new_key(), Kind.PHONE, THURSDAY.date())
    await contacts.log(pair, morning, by=pair.mentor, now=THURSDAY - 8 * HOUR)
    evening = Talk(new_key(), Kind.IN_PERSON, THURSDAY.date())

    await contacts.log(pair, evening, by=pair.mentor, now=LATER, apart=True)

    assert (await row(meeting)).state == State.HELD and await Contact.count() == 2


async def test_met_before_the_hour_and_noted_it_is_the_same(pair: Mentorship) -> None:
    meeting = await planned(pair)
    talk = Talk(new_key(), Kind.IN_PERSON, THURSDAY.date())
    early = await contacts.log(pair, talk, by=pair.mentor, now=THURSDAY - HOUR)

    held = await meetings.note_held(await row(meeting), by=pair.mentee, now=LATER)

    [contact] = await Contact.of(pair)
    assert (await row(meeting)).contact == contact.id == held.id == early.id
    assert contact.confirmed_at == LATER and contact.minutes == 60


async def test_a_call_in_the_morning_is_not_the_meeting_of_the_evening(pair: Mentorship) -> None:
    meeting = await planned(pair)
    talk = Talk(new_key(), Kind.PHONE, THURSDAY.date())
    await contacts.log(pair, talk, by=pair.mentor, now=THURSDAY - 8 * HOUR)

    held = await meetings.note_held(await row(meeting), by=pair.mentee, now=LATER)

    assert (held.number, held.kind) == (2, Kind.IN_PERSON)


async def test_two_meetings_of_one_day_are_two_contacts(pair: Mentorship) -> None:
    """Each once, also where one of them is noted by hand."""
    first, second = await planned(pair, THURSDAY - 6 * HOUR), await planned(pair)
    third = await planned(pair, THURSDAY + HOUR)

    await meetings.note_held(await row(first), by=pair.mentor, now=THURSDAY - HOUR)
    await meetings.note_held(await row(second), by=pair.mentee, now=LATER)
    talk = Talk(new_key(), Kind.IN_PERSON, THURSDAY.date())
    await contacts.log(pair, talk, by=pair.mentor, now=LATER, apart=True)

    assert [(await row(each)).state for each in (first, second, third)] == [State.HELD] * 3
    linked = [(await row(each)).contact for each in (first, second, third)]
    assert sorted(linked) == [each.id for each in await Contact.of(pair)]
    assert await Contact.count() == 3


async def test_the_fourth_contact_by_a_meeting_ends_it_officially(pair: Mentorship) -> None:
    await Mentorship.update({Mentorship.contacts: 3, Mentorship.state: Course.RUNNING}).where(
        Mentorship.id == pair.id
    )
    meeting, other = await planned(pair), await planned(pair, THURSDAY + 7 * DAY)

    await meetings.note_held(await row(meeting), by=pair.mentee, now=LATER)

    assert (await row(meeting)).state == State.HELD
    assert (await row(other)).state == State.CANCELLED
    assert (await Mentorship.select(Mentorship.state))[0]["state"] == Course.COMPLETED


async def test_no_counts_nothing(pair: Mentorship) -> None:
    meeting = await planned(pair)

    await meetings.note_missed(await row(meeting), by=pair.mentor, now=LATER)

    assert (await row(meeting)).state == State.NOT_HELD and await Contact.count() == 0
    await proposed(pair, LATER + DAY, now=LATER)


# The clock


@pytest.mark.parametrize("at", [EVE, EVE + 5 * HOUR, THURSDAY - timedelta(minutes=1)])
async def test_both_are_reminded_the_morning_before_once(pair: Mentorship, at: datetime) -> None:
    await planned(pair)
    await Letter.delete(force=True)

    await meetings.remind_due(EVE - timedelta(minutes=1))
    assert await told() == []
    await asyncio.gather(meetings.remind_due(at), meetings.remind_due(at))
    await meetings.remind_due(at + timedelta(minutes=1))

    assert await told() == [
        ("meeting_reminder", pair.mentee.email),
        ("meeting_reminder", pair.mentor.email),
    ]
    assert {each.expires for each in await Letter.objects()} == {int(THURSDAY.timestamp() * 1000)}


async def test_nobody_is_reminded_of_what_has_begun(pair: Mentorship) -> None:
    await planned(pair)
    await Letter.delete(force=True)

    await meetings.remind_due(THURSDAY)

    assert await told() == []


@pytest.mark.parametrize(
    ("at", "since", "is_reminded"),
    [
        (THURSDAY, EVE - HOUR, True),
        (THURSDAY, EVE, False),  # picked that morning, or later
        (THURSDAY, EVE + 3 * HOUR, False),
        (EVE + 22 * HOUR, EVE - HOUR, False),  # early the next morning: less than a day
    ],
)
async def test_what_was_planned_just_before_needs_no_reminder(
    pair: Mentorship, at: datetime, since: datetime, is_reminded: bool
) -> None:
    meeting = await planned(pair, at, now=since)
    moved = await planned(pair, at + 7 * DAY, now=since - DAY)
    await meetings.move(await row(moved), change(at), by=pair.mentee, now=since)
    await Letter.delete(force=True)

    await meetings.remind_due(EVE + 4 * HOUR)

    assert len(await told()) == (4 if is_reminded else 0)
    assert ((await row(meeting)).reminded_at == since) == (not is_reminded)


async def test_a_moved_one_is_reminded_anew(pair: Mentorship) -> None:
    meeting = await planned(pair)
    await meetings.remind_due(EVE)
    await meetings.move(await row(meeting), change(THURSDAY + 7 * DAY), by=pair.mentee, now=EVE)
    await Letter.delete(force=True)

    await meetings.remind_due(EVE + HOUR)
    assert await told() == []
    await meetings.remind_due(EVE + 7 * DAY)
    assert len(await told()) == 2


@pytest.mark.parametrize("state", [s for s in State if s != State.PLANNED])
async def test_only_what_is_planned_is_reminded_and_asked(pair: Mentorship, state: State) -> None:
    await in_state(pair, state)
    await Meeting.update({Meeting.starts_at: THURSDAY}, force=True)
    await Meeting.delete().where(Meeting.state == State.PLANNED)

    await meetings.remind_due(EVE)
    await meetings.ask_due(MORNING_AFTER)

    assert await told() == []


@pytest.mark.parametrize("state", OVER)
async def test_after_the_end_the_clock_is_silent(pair: Mentorship, state: Course) -> None:
    await planned(pair)
    await Letter.delete(force=True)
    await Mentorship.update({Mentorship.state: state}).where(Mentorship.id == pair.id)

    await meetings.remind_due(EVE)
    await meetings.ask_due(MORNING_AFTER)

    assert await told() == []


async def test_the_morning_after_both_are_asked_once(pair: Mentorship) -> None:
    await planned(pair)
    await Letter.delete(force=True)

    await meetings.ask_due(MORNING_AFTER - timedelta(minutes=1))
    assert await told() == []
    await asyncio.gather(meetings.ask_due(MORNING_AFTER), meetings.ask_due(MORNING_AFTER))
    await meetings.ask_due(MORNING_AFTER + DAY)

    assert await told() == [
        ("meeting_outcome", pair.mentee.email),
        ("meeting_outcome", pair.mentor.email),
    ]


@pytest.mark.parametrize("job", ["reminder", "outcome"])
async def test_of_several_who_tick_one_writes(
    pair: Mentorship, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only by the letters' key: each step is claimed."""
    calls: list[int] = []

    async def counted(mentorship: Mentorship, meeting: Meeting, now: datetime) -> None:
        calls.append(meeting.id)

    monkeypatch.setattr(f"mail.meeting_letters.{job}", counted)
    meeting = await planned(pair)
    due, at = {
        "reminder": (meetings.remind_due, EVE),
        "outcome": (meetings.ask_due, MORNING_AFTER),
    }[job]

    await asyncio.gather(due(at), due(at), due(at))

    assert calls == [meeting.id]


async def test_whoever_logged_it_by_hand_is_not_asked(pair: Mentorship) -> None:
    meeting = await planned(pair)
    talk = Talk(new_key(), Kind.PHONE, THURSDAY.date())
    contact = await contacts.log(pair, talk, by=pair.mentor, now=LATER)
    await Letter.delete(force=True)

    await asyncio.gather(meetings.ask_due(MORNING_AFTER), meetings.ask_due(MORNING_AFTER))

    assert await told() == [] and await Contact.count() == 1
    assert ((await row(meeting)).state, (await row(meeting)).contact) == (State.HELD, contact.id)


async def test_a_talk_earlier_that_day_is_another_one(pair: Mentorship) -> None:
    await planned(pair)
    talk = Talk(new_key(), Kind.PHONE, THURSDAY.date())
    await contacts.log(pair, talk, by=pair.mentor, now=THURSDAY - 3 * HOUR)
    await Letter.delete(force=True)

    await meetings.ask_due(MORNING_AFTER)

    assert len(await told()) == 2


async def test_summer_and_winter_time_move_no_morning(pair: Mentorship) -> None:
    """The clock is put forward on 28 March 2027, in the night to Sunday."""
    before = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
    sunday = datetime(2027, 3, 28, 18, 0, tzinfo=ZURICH).astimezone(UTC)
    await planned(pair, sunday, now=before)
    await Letter.delete(force=True)

    await meetings.remind_due(datetime(2027, 3, 27, 6, 59, tzinfo=UTC))
    assert await told() == []
    await meetings.remind_due(datetime(2027, 3, 27, 7, 0, tzinfo=UTC))
    assert len(await told()) == 2
    await meetings.ask_due(datetime(2027, 3, 29, 5, 59, tzinfo=UTC))
    assert len(await told()) == 2
    await meetings.ask_due(datetime(2027, 3, 29, 6, 0, tzinfo=UTC))
    assert len(await told()) == 4


async def test_one_that_fails_holds_up_nobody(
    pair: Mentorship, stranger: Person, mentor: Person
) -> None:
    broken, whole = await planned(pair), await make_mentorship(stranger, mentor, began_at=NOW)
    await planned(whole)
    await Meeting.update({Meeting.place_sealed: "not sealed"}).where(Meeting.id == broken.id)
    await Letter.delete(force=True)

    await meetings.remind_due(EVE)

    assert {address for _, address in await told()} == {stranger.email, mentor.email}


@pytest.mark.parametrize("count", [1, 12])
async def test_the_clocks_questions_do_not_grow_with_those_not_due(
    pair: Mentorship, queries: Any, count: int
) -> None:
    for _ in range(count):
        meeting = await planned(pair, THURSDAY + 30 * DAY)
        await Meeting.update({Meeting.reminded_at: NOW}).where(Meeting.id == meeting.id)
        await Mentorship.update({Mentorship.version: 1}, force=True)
        await Meeting.update({Meeting.key: sealing.token()[:24]}, force=True).where(
            Meeting.id == meeting.id
        )
        if count > 1:
            await Meeting.update({Meeting.state: State.HELD}).where(Meeting.id == meeting.id)

    with queries() as asked:
        await meetings.remind_due(EVE)
        await meetings.ask_due(EVE)

    assert len(asked) == 2


# By an acceptance


async def test_an_accepting_mentors_dates_wait_to_be_picked(mentee: Person, mentor: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor, kinds=("video", "phone"), sent_at=NOW)
    times = (THURSDAY.astimezone(ZURICH), THURSDAY + DAY)

    pair = await inquiries.accept(
        inquiry, inquiries.Proposal("Avec plaisir.", "", times), by=mentor, now=NOW
    )

    [meeting] = await Meeting.of(pair)
    assert (meeting.state, meeting.key, meeting.kind) == (State.PROPOSED, "acceptance", Kind.VIDEO)
    assert meeting.proposed == [THURSDAY, THURSDAY + DAY] and meeting.by.id == mentor.id
    assert "meeting_proposed" not in dict(await told())
    await meetings.pick(meeting, THURSDAY, by=mentee, now=NOW)
    assert (await row(meeting)).state == State.PLANNED


async def test_an_acceptance_without_dates_proposes_none(mentee: Person, mentor: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor, sent_at=NOW)

    await inquiries.accept(inquiry, inquiries.Proposal("Oui.", "phone"), by=mentor, now=NOW)

    assert await Meeting.count() == 0


async def test_whoever_left_the_association_hears_no_more(pair: Mentorship, mentor: Person) -> None:
    meeting = await planned(pair)
    await Letter.delete(force=True)
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentor.id)

    await meetings.cancel(await row(meeting), by=pair.mentee, now=NOW)
    await meetings.remind_due(EVE)

    assert await told() == [("meeting_cancelled", pair.mentee.email)]


async def test_a_uid_is_nobodys_address(pair: Mentorship) -> None:
    one, other = await proposed(pair), await proposed(pair)

    assert one.uid != other.uid and re.fullmatch(r"[0-9a-f]{32}@localhost", one.uid)


async def test_a_person_of_another_pair_is_a_stranger(pair: Mentorship) -> None:
    other = await make_mentorship(await make_person("Tom", "Ammann"), pair.mentor)
    meeting = await planned(other)

    with pytest.raises(Unseen):
        await meetings.cancel(meeting, by=pair.mentee, now=NOW)
