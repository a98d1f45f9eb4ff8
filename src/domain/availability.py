"""«Occupé»: by hand, until a date, by capacity, after silence; always undone by its owner."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from clock import day
from domain import deadlines, history
from domain.refusals import insist
from mail import letters, outbox
from tables.favourites import FreeWish
from tables.house import House
from tables.mentorships import RUNNING, Mentorship
from tables.people import Person
from tables.profiles import BusyReason, Profile, State
from tables.transaction import hold, hold_profile, transaction


async def turn_busy(profile: Profile, *, until: date | None, by: Person, now: datetime) -> None:
    """Said again it changes nothing but the date."""
    insist(_is_own(profile, by))
    await _turn_busy(profile, BusyReason.BY_HAND, until, by, now)


async def turn_free(profile: Profile, *, by: Person, now: datetime) -> None:
    """Also with a full capacity: the mentor knows best."""
    insist(_is_own(profile, by))
    await _turn_free(profile, by, now)


async def take_up_to(capacity: int, profile: Profile, *, by: Person, now: datetime) -> None:
    """Another capacity weighs at once; the same one again changes nothing."""
    insist(_is_own(profile, by))
    async with transaction():
        await hold(by)
        other = (Profile.id == profile.id) & (Profile.capacity != capacity)
        changed = Profile.update({Profile.capacity: capacity}).where(other)
        if not await changed.returning(Profile.id):
            return
        profile.capacity = capacity
        await history.record("availability.capacity", profile, by, now)
        await weigh(by, now)


async def running_with(mentor: Person) -> int:
    """What fills the capacity."""
    here = (Mentorship.mentor == mentor.id) & Mentorship.state.is_in(list(RUNNING))
    return int(await Mentorship.count().where(here))


async def weigh(mentor: Person, now: datetime) -> None:
    """After a mentorship began or ended, inside its transaction: full is busy, room is free.

    One after the other: of two that end at the same moment, neither would see that there is room.
    """
    await hold_profile(mentor)
    profile = await Profile.objects(Profile.person).where(Profile.person == mentor.id).first()
    if profile is None:
        return
    is_full = await running_with(mentor) >= profile.capacity
    if is_full and not profile.is_busy:
        await _turn_busy(profile, BusyReason.CAPACITY, None, None, now)
    elif not is_full and profile.is_busy and profile.busy_reason == BusyReason.CAPACITY:
        await _turn_free(profile, None, now, still=Profile.busy_reason == BusyReason.CAPACITY)


async def count_silence(mentor: Person, house: House, now: datetime) -> None:
    """An inquiry was released unanswered, inside its transaction."""
    counted: dict[Any, Any] = {Profile.unanswered: Profile.unanswered + 1}
    await Profile.update(counted).where(Profile.person == mentor.id)
    profile = await Profile.objects(Profile.person).where(Profile.person == mentor.id).first()
    if profile and profile.unanswered >= house.released_limit and not profile.is_busy:
        await _turn_busy(profile, BusyReason.UNANSWERED, None, None, now)
        await letters.turned_busy(mentor, now)


async def count_reply(mentor: Person) -> None:
    """Whoever replies is back in the conversation."""
    await Profile.update({Profile.unanswered: 0}).where(Profile.person == mentor.id)


async def warn_returning(now: datetime) -> None:
    """The day before a date is reached, in the morning. Exactly once a date."""
    tomorrow = day(now) + timedelta(days=1)
    if not deadlines.is_morning(day(now), now):
        return
    due = (Profile.busy_until == tomorrow) & _not_warned(tomorrow)
    due = due & Profile.person.paused_at.is_null()
    for profile in await Profile.objects(Profile.person).where(due & Profile.is_busy.eq(True)):
        await _warn(profile, tomorrow, now)


async def return_due(now: datetime) -> None:
    """Free again on the date."""
    due = Profile.is_busy.eq(True) & (Profile.busy_until <= day(now))
    for profile in await Profile.objects(Profile.person).where(due):
        await _turn_free(profile, None, now, still=due)


async def _turn_busy(
    profile: Profile, reason: BusyReason, until: date | None, by: Person | None, now: datetime
) -> None:
    async with transaction():
        await _set(profile, is_busy=True, until=until, reason=reason)
        await history.record(f"availability.busy_{reason.value}", profile, by, now)
        await _wait_on(profile.person, now)


async def _turn_free(
    profile: Profile, by: Person | None, now: datetime, *, still: Any = None
) -> None:
    """`still`: why, as it must hold at that moment; another date was perhaps just chosen."""
    async with transaction():
        busy = (Profile.id == profile.id) & Profile.is_busy.eq(True)
        busy = busy if still is None else busy & still
        values: dict[Any, Any] = {
            Profile.is_busy: False,
            Profile.busy_until: None,
            Profile.busy_reason: "",
            Profile.unanswered: 0,
        }
        if not await Profile.update(values).where(busy).returning(Profile.id):
            return
        profile.is_busy, profile.busy_until, profile.busy_reason = False, None, ""
        await history.record("availability.free", profile, by, now)
        owner: Person = profile.person
        if profile.state == State.RELEASED and owner.is_member and owner.paused_at is None:
            await _tell_waiting(profile.person, now)


async def _set(profile: Profile, *, is_busy: bool, until: date | None, reason: BusyReason) -> None:
    values: dict[Any, Any] = {
        Profile.is_busy: is_busy,
        Profile.busy_until: until,
        Profile.busy_reason: reason,
    }
    await Profile.update(values).where(Profile.id == profile.id)
    profile.is_busy, profile.busy_until, profile.busy_reason = is_busy, until, reason


async def _tell_waiting(mentor: Person, now: datetime) -> None:
    """Each wish is told once and then gone; who was excluded hears no more from us. The letters
    wait as long as the mentor may think again."""
    wait = max(deadlines.till_morning(now), deadlines.UNDO)
    theirs = (FreeWish.mentor == mentor.id) & FreeWish.person.paused_at.is_null()
    for wish in await FreeWish.objects(FreeWish.person).where(theirs):
        person: Person = wish.person
        claimed = await FreeWish.delete().where(FreeWish.id == wish.id).returning(FreeWish.id)
        if claimed and person.is_member:
            await letters.free_again(person, mentor, now, wait=wait)


async def _wait_on(mentor: Person, now: datetime) -> None:
    """Busy again before anybody was told: the letters stay here, the wishes are wished again."""
    for person in await outbox.take_back(f"free_again:{mentor.id}"):
        if person is not None:
            wish = FreeWish(person=person, mentor=mentor.id, wished_at=now)
            await FreeWish.insert(wish).on_conflict(
                target=(FreeWish.person, FreeWish.mentor), action="DO NOTHING"
            )


async def _warn(profile: Profile, tomorrow: date, now: datetime) -> None:
    here = (Profile.id == profile.id) & _not_warned(tomorrow)
    async with transaction():
        claimed = Profile.update({Profile.warned_for: tomorrow}).where(here)
        if await claimed.returning(Profile.id):
            await letters.busy_ends_tomorrow(profile.person, tomorrow, now)


def _not_warned(tomorrow: date) -> Any:
    return Profile.warned_for.is_null() | (Profile.warned_for != tomorrow)


def _is_own(profile: Profile, person: Person) -> bool:
    owner: Person = profile.person
    return person.is_member and owner.id == person.id
