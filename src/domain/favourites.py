"""Kept mentors, and the wish to be told when one is free again."""

from __future__ import annotations

from datetime import datetime

from domain.permissions import may_ask
from domain.refusals import insist
from tables.favourites import Favourite, FreeWish
from tables.people import Person, Standing
from tables.profiles import Profile, State
from tables.transaction import hold, transaction


async def keep(mentor: Person, *, by: Person, now: datetime) -> None:
    """Twice is once."""
    insist(may_ask(by, mentor))
    async with transaction():
        await hold(by)
        if not await is_kept(mentor, by):
            await Favourite(person=by.id, mentor=mentor.id, kept_at=now).save()


async def drop(mentor: Person, *, by: Person) -> None:
    here = (Favourite.person == by.id) & (Favourite.mentor == mentor.id)
    await Favourite.delete().where(here)


async def is_kept(mentor: Person, by: Person) -> bool:
    here = (Favourite.person == by.id) & (Favourite.mentor == mentor.id)
    return bool(await Favourite.exists().where(here))


async def kept_by(person: Person) -> list[Profile]:
    """The last first; who left the directory isn't shown, and is back when they are."""
    mine = Favourite.select(Favourite.mentor).where(Favourite.person == person.id)
    rows = await mine.order_by(Favourite.id, ascending=False)
    return await _faces([row["mentor"] for row in rows])


async def wished_by(person: Person) -> list[Profile]:
    mine = FreeWish.select(FreeWish.mentor).where(FreeWish.person == person.id)
    rows = await mine.order_by(FreeWish.id, ascending=False)
    return await _faces([row["mentor"] for row in rows])


async def wish(mentor: Person, *, by: Person, now: datetime) -> None:
    """To be told by one letter when this mentor is free again."""
    insist(may_ask(by, mentor))
    async with transaction():
        await hold(by)
        if not await is_wished(mentor, by):
            await FreeWish(person=by.id, mentor=mentor.id, wished_at=now).save()


async def unwish(mentor: Person, *, by: Person) -> None:
    here = (FreeWish.person == by.id) & (FreeWish.mentor == mentor.id)
    await FreeWish.delete().where(here)


async def is_wished(mentor: Person, by: Person) -> bool:
    here = (FreeWish.person == by.id) & (FreeWish.mentor == mentor.id)
    return bool(await FreeWish.exists().where(here))


async def _faces(numbers: list[int]) -> list[Profile]:
    """Of those in the directory, in the order given."""
    if not numbers:
        return []
    active = (Profile.person.standing == Standing.ACTIVE) & Profile.person.paused_at.is_null()
    shown = (Profile.state == State.RELEASED) & active
    rows = Profile.objects(Profile.person).where(Profile.person.is_in(numbers) & shown)
    return sorted(await rows, key=lambda profile: numbers.index(profile.person.id))
