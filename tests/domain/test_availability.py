"""«Occupé»: by hand, until a date, undone, by the clock exactly once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

import clock
from domain import availability, deadlines, favourites, inquiries, profiles
from domain.inquiries import Proposal
from domain.refusals import Unseen
from tables.events import Event
from tables.favourites import FreeWish
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.people import Person
from tables.profiles import BusyReason, Profile
from tests.factories import make_inquiry, make_mentor

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RETURN = date(2027, 1, 12)


async def own(person: Person) -> Profile:
    profile = await profiles.of(person)
    assert profile is not None
    return profile


async def test_busy_until_a_date_comes_back_by_itself(mentor: Person) -> None:
    await availability.turn_busy(await own(mentor), until=RETURN, by=mentor, now=NOW)

    # Before midnight in Zurich, and after it.
    await availability.return_due(datetime(2027, 1, 11, 22, 59, tzinfo=UTC))
    before = (await own(mentor)).is_busy
    await asyncio.gather(
        *(availability.return_due(datetime(2027, 1, 11, 23, tzinfo=UTC)) for _ in range(3))
    )

    after = await own(mentor)
    assert before and not after.is_busy and after.busy_until is None
    assert await Event.count().where(Event.what == "availability.free") == 1


async def test_nobody_is_told_at_midnight(mentor: Person, mentee: Person) -> None:
    await availability.turn_busy(await own(mentor), until=RETURN, by=mentor, now=NOW)
    await favourites.wish(mentor, by=mentee, now=NOW)

    await availability.return_due(datetime(2027, 1, 11, 23, tzinfo=UTC))

    [letter] = await Letter.objects()
    assert letter.due == clock.milliseconds(datetime(2027, 1, 12, 7, tzinfo=UTC))


async def test_an_undo_takes_back_the_letters_and_the_wishes_stay(
    mentor: Person, mentee: Person, stranger: Person
) -> None:
    other = await make_mentor("Rita", "Sutter", is_busy=True)
    for awaited in (mentor, other):
        await availability.turn_busy(await own(awaited), until=RETURN, by=awaited, now=NOW)
        await favourites.wish(awaited, by=stranger, now=NOW)
    await favourites.wish(mentor, by=mentee, now=NOW)
    await availability.turn_free(await own(other), by=other, now=NOW)

    await availability.turn_free(await own(mentor), by=mentor, now=NOW)
    letters = await Letter.objects()
    await availability.turn_busy(await own(mentor), until=RETURN, by=mentor, now=NOW)
    [left] = await Letter.objects()

    due = clock.milliseconds(NOW + deadlines.UNDO)
    assert [letter.due for letter in letters] == [due] * 3
    assert left.to == stranger.id and other.name in left.text
    assert await favourites.is_wished(mentor, mentee) and await favourites.is_wished(
        mentor, stranger
    )
    assert not await favourites.is_wished(other, stranger)


async def test_a_letter_that_has_left_is_not_taken_back(mentor: Person, mentee: Person) -> None:
    await availability.turn_busy(await own(mentor), until=None, by=mentor, now=NOW)
    await favourites.wish(mentor, by=mentee, now=NOW)
    await availability.turn_free(await own(mentor), by=mentor, now=NOW)
    await Letter.update({Letter.state: LetterState.SENDING}).where(Letter.to == mentee.id)

    await availability.turn_busy(await own(mentor), until=None, by=mentor, now=NOW)

    assert await Letter.count() == 1 and not await favourites.is_wished(mentor, mentee)


async def test_who_has_wished_again_meanwhile_waits_once(mentor: Person, mentee: Person) -> None:
    await availability.turn_busy(await own(mentor), until=None, by=mentor, now=NOW)
    await favourites.wish(mentor, by=mentee, now=NOW)
    await availability.turn_free(await own(mentor), by=mentor, now=NOW)
    await favourites.wish(mentor, by=mentee, now=NOW)

    await availability.turn_busy(await own(mentor), until=None, by=mentor, now=NOW)

    assert await FreeWish.count() == 1 and await Letter.count() == 0


async def test_a_date_moved_at_the_last_moment_stays(
    mentor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock has read the old one already."""
    await availability.turn_busy(await own(mentor), until=RETURN, by=mentor, now=NOW)
    turn_free = availability._turn_free

    async def slow(*told: Any, **more: Any) -> None:
        later = date(2027, 2, 1)
        await availability.turn_busy(await own(mentor), until=later, by=mentor, now=NOW)
        await turn_free(*told, **more)

    monkeypatch.setattr(availability, "_turn_free", slow)
    await availability.return_due(datetime(2027, 1, 12, 9, tzinfo=UTC))

    profile = await own(mentor)
    assert profile.is_busy and profile.busy_until == date(2027, 2, 1)


async def test_a_letter_the_day_before_exactly_once(mentor: Person) -> None:
    await availability.turn_busy(await own(mentor), until=RETURN, by=mentor, now=NOW)
    eve = datetime(2027, 1, 11, 7, tzinfo=UTC)

    await availability.warn_returning(eve.replace(hour=6, minute=59))
    too_early = await Letter.count()
    await asyncio.gather(*(availability.warn_returning(eve) for _ in range(4)))
    await availability.warn_returning(eve.replace(hour=18))

    [letter] = await Letter.objects()
    assert too_early == 0 and letter.name == "busy_ends_tomorrow" and letter.to == mentor.id


async def test_a_new_date_is_warned_of_anew(mentor: Person) -> None:
    await availability.turn_busy(await own(mentor), until=RETURN, by=mentor, now=NOW)
    await availability.warn_returning(datetime(2027, 1, 11, 9, tzinfo=UTC))
    later = date(2027, 2, 1)
    await availability.turn_busy(await own(mentor), until=later, by=mentor, now=NOW)

    await availability.warn_returning(datetime(2027, 1, 31, 9, tzinfo=UTC))

    assert await Letter.count() == 2


async def test_room_again_frees_who_was_full(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    mentorship = await inquiries.accept(inquiry, Proposal("Oui"), by=mentor, now=NOW)
    full = (await own(mentor)).busy_reason
    await mentorship.remove()

    await availability.weigh(mentor, NOW)

    assert full == BusyReason.CAPACITY and not (await own(mentor)).is_busy


async def test_who_is_busy_by_hand_stays_so_with_room(mentor: Person) -> None:
    await availability.turn_busy(await own(mentor), until=None, by=mentor, now=NOW)

    await availability.weigh(mentor, NOW)

    assert (await own(mentor)).is_busy


async def test_a_full_mentor_may_turn_free(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    await inquiries.accept(inquiry, Proposal("Oui"), by=mentor, now=NOW)

    await availability.turn_free(await own(mentor), by=mentor, now=NOW)

    assert not (await own(mentor)).is_busy


async def test_nobody_turns_another_busy(mentor: Person, stranger: Person) -> None:
    await make_mentor()

    with pytest.raises(Unseen):
        await availability.turn_busy(await own(mentor), until=None, by=stranger, now=NOW)
