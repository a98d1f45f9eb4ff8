"""A mentor's profile: written by its owner, released by the office."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import availability, deadlines, history, norms
from domain.permissions import may_settle
from domain.refusals import (
    AlreadySettled,
    NormsFirst,
    NormsMissing,
    NotComplete,
    UndoTooLate,
    insist,
)
from mail import letters, outbox
from sealing import seal
from tables.events import Event
from tables.people import Person
from tables.profiles import Profile, ProfileQuestion, ProfileTopic, State
from tables.topics import Topic
from tables.transaction import hold, transaction

MOVES = {
    "hand_in": ((State.DRAFT, State.REFUSED), State.HANDED_IN),
    "take_back": ((State.HANDED_IN, State.ASKED, State.RELEASED), State.DRAFT),
    "ask": ((State.HANDED_IN,), State.ASKED),
    "answer": ((State.ASKED,), State.HANDED_IN),
    "waive": ((State.ASKED,), State.HANDED_IN),
    "unask": ((State.ASKED,), State.HANDED_IN),
    "release": ((State.HANDED_IN,), State.RELEASED),
    "refuse": ((State.HANDED_IN,), State.REFUSED),
    "reopen": ((State.RELEASED, State.REFUSED), State.HANDED_IN),
}
# What is undone as long as its letter waits: what the letter's key says, and the way back.
SETTLEMENTS = {
    "profile.release": ("released", "reopen"),
    "profile.refuse": ("refused", "reopen"),
    "profile.ask": ("asked", "unask"),
}
DECIDED = (State.RELEASED, State.REFUSED)
MOST_CAPACITY = 9
NEEDED = ("about", "languages", "kinds", "roles", "topics")  # before the office is asked
SHOWN = (State.HANDED_IN, State.ASKED, State.RELEASED)  # to the office, to members


@dataclass(frozen=True)
class Face:
    """What a mentor says of themself; topics by key."""

    about: str
    years: int
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    roles: tuple[str, ...]
    topics: tuple[str, ...]
    capacity: int


async def of(person: Person) -> Profile | None:
    return await Profile.objects(Profile.person).where(Profile.person == person.id).first()


async def begin(person: Person, now: datetime) -> Profile:
    """One a person, however often it is begun."""
    async with transaction():
        await hold(person)
        known = await of(person)
        if known is not None:
            return known
        profile = Profile(person=person.id, about_language=person.language, changed_at=now)
        await profile.save()
        await history.record("profile.begin", profile, person, now)
    return await of(person) or profile


async def write(profile: Profile, face: Face, *, by: Person, now: datetime) -> None:
    """Raises NotComplete: a draft may lack what it likes, what others see nothing."""
    insist(_is_own(profile, by))
    if profile.state in SHOWN and lacking(face):
        raise NotComplete
    async with transaction():
        await hold(by)
        is_other_capacity = profile.capacity != face.capacity
        profile.about, profile.about_language = face.about, by.language
        profile.years, profile.capacity = face.years, face.capacity
        profile.languages = " ".join(face.languages)
        profile.kinds, profile.roles = " ".join(face.kinds), " ".join(face.roles)
        profile.changed_at = now
        await profile.save(
            [
                Profile.about,
                Profile.about_language,
                Profile.years,
                Profile.capacity,
                Profile.languages,
                Profile.kinds,
                Profile.roles,
                Profile.changed_at,
            ]
        )
        await _choose(profile, face.topics)
        await history.record("profile.write", profile, by, now)
        if is_other_capacity:
            await availability.weigh(by, now)


async def hand_in(profile: Profile, *, by: Person, now: datetime) -> None:
    """For the first time, or again after a question: with the answer that is prepared, by what
    was changed, or both. Raises NormsFirst, NotComplete, AlreadySettled."""
    insist(_is_own(profile, by))
    if not await norms.has_accepted(by):
        raise NormsFirst
    if not is_complete(profile, await topics_of(profile)):
        raise NotComplete
    async with transaction():
        await _move(profile, "answer" if profile.state == State.ASKED else "hand_in", by, now)
        await Profile.update({Profile.handed_in_at: now}).where(Profile.id == profile.id)
        await _change_question(profile, {ProfileQuestion.answered_at: now})
        await outbox.take_back(_key(profile, "asked"))


async def prepare(profile: Profile, answer: str, *, by: Person) -> None:
    """To the question that waits: kept, not sent yet."""
    insist(_is_own(profile, by))
    await _change_question(profile, {ProfileQuestion.answer_sealed: seal(answer)})


async def take_back(profile: Profile, *, by: Person, now: datetime) -> None:
    """Out of the directory, until it is handed in again."""
    insist(_is_own(profile, by))
    async with transaction():
        await _move(profile, "take_back", by, now)
        await outbox.take_back(_key(profile, "asked"))


async def release(profile: Profile, *, by: Person, note: str, now: datetime) -> None:
    """Raises NormsMissing: a version published since it was handed in is asked for again."""
    insist(may_settle(by))
    if not await norms.has_accepted(profile.person):
        raise NormsMissing
    async with transaction():
        await _move(profile, "release", by, now, note)
        await Profile.update({Profile.released_at: now}).where(Profile.id == profile.id)
        await letters.profile_released(profile.person, now, wait=deadlines.UNDO)


async def refuse(profile: Profile, *, by: Person, note: str, now: datetime) -> None:
    """The letter names no reason."""
    insist(may_settle(by))
    async with transaction():
        await _move(profile, "refuse", by, now, note)
        await letters.profile_refused(profile.person, now, wait=deadlines.UNDO)


async def ask(profile: Profile, *, question: str, by: Person, note: str, now: datetime) -> None:
    """The member reads the question, the office alone the note."""
    insist(may_settle(by))
    async with transaction():
        await _move(profile, "ask", by, now, note)
        asked = ProfileQuestion(profile=profile.id, language=by.language, asked_at=now)
        asked.question = question
        await asked.save()
        await letters.profile_asked(profile.person, asked, now, wait=deadlines.UNDO)


async def waive(profile: Profile, *, by: Person, note: str, now: datetime) -> None:
    """To be decided without the answer: it never came, or by another way."""
    insist(may_settle(by))
    async with transaction():
        await _move(profile, "waive", by, now, note)
        nothing = {ProfileQuestion.answer_sealed: "", ProfileQuestion.answered_at: now}
        await _change_question(profile, nothing)
        await outbox.take_back(_key(profile, "asked"))


async def reopen(profile: Profile, *, by: Person, now: datetime) -> None:
    """Undo, as long as the letter hasn't left. Raises UndoTooLate."""
    insist(may_settle(by))
    async with transaction():
        settled = await settlement(profile)
        if settled is None or not deadlines.is_undoable(settled.at, now):
            raise UndoTooLate
        past, verb = SETTLEMENTS[settled.what]
        if not await outbox.take_back(_key(profile, past)):
            raise UndoTooLate
        await _move(profile, verb, by, now)
        if verb == "unask":
            here = ProfileQuestion.profile == profile.id
            await ProfileQuestion.delete().where(here & (ProfileQuestion.asked_at == settled.at))


async def forget_questions(now: datetime) -> None:
    """By the clock: once a decision can no longer be undone, nobody needs what led to it."""
    before = now - deadlines.UNDO
    decided = Profile.state.is_in(list(DECIDED)) & (Profile.changed_at <= before)
    profiles = Profile.select(Profile.id).where(decided)
    await ProfileQuestion.delete().where(ProfileQuestion.profile.is_in(profiles))


async def settlement(profile: Profile) -> Event | None:
    """By whom and when it was released, refused or asked about last."""
    here = (Event.noun == "profile") & (Event.about == profile.id)
    deeds = Event.objects(Event.by).where(here & Event.what.is_in(list(SETTLEMENTS)))
    return await deeds.order_by(Event.id, ascending=False).first()


async def handed_in() -> list[Profile]:
    rows = Profile.objects(Profile.person).where(Profile.state == State.HANDED_IN)
    return await rows.order_by(Profile.handed_in_at, Profile.id)


async def questions_of(profiles: Collection[int]) -> dict[int, list[ProfileQuestion]]:
    """By profile, the first one first."""
    found: dict[int, list[ProfileQuestion]] = {number: [] for number in profiles}
    if found:
        here = ProfileQuestion.profile.is_in(list(found))
        for row in await ProfileQuestion.objects().where(here).order_by(ProfileQuestion.id):
            found[int(row.profile)].append(row)
    return found


async def topics_of(profile: Profile) -> list[Topic]:
    chosen = ProfileTopic.select(ProfileTopic.topic).where(ProfileTopic.profile == profile.id)
    return await Topic.objects().where(Topic.id.is_in(chosen)).order_by(Topic.position)


async def usual_hours(people: Collection[int]) -> dict[int, int | None]:
    """To the first reply, by person."""
    if not people:
        return {}
    rows = Profile.select(Profile.person, Profile.usual_hours)
    found = await rows.where(Profile.person.is_in(list(people)))
    return {row["person"]: row["usual_hours"] for row in found}


def is_complete(profile: Profile, topics: list[Topic]) -> bool:
    return not missing(profile, topics)


def missing(profile: Profile, topics: list[Topic]) -> list[str]:
    """What must be said before the office is asked."""
    said = {
        "about": profile.about,
        "languages": profile.languages,
        "kinds": profile.kinds,
        "roles": profile.roles,
        "topics": topics,
    }
    return [name for name in NEEDED if not said[name]]


def lacking(face: Face) -> list[str]:
    return [name for name in NEEDED if not getattr(face, name)]


async def _change_question(profile: Profile, values: dict[Any, Any]) -> None:
    """The one that waits, if one does."""
    waiting = (ProfileQuestion.profile == profile.id) & ProfileQuestion.answered_at.is_null()
    await ProfileQuestion.update(values).where(waiting)


def _is_own(profile: Profile, person: Person) -> bool:
    owner: Person = profile.person
    return person.is_member and owner.id == person.id


async def _choose(profile: Profile, keys: tuple[str, ...]) -> None:
    await ProfileTopic.delete().where(ProfileTopic.profile == profile.id)
    if not keys:
        return
    topics = await Topic.objects().where(Topic.key.is_in(list(keys)))
    rows = [ProfileTopic(profile=profile.id, topic=topic.id) for topic in topics]
    if rows:
        await ProfileTopic.insert(*rows)


def _key(profile: Profile, past: str) -> str:
    """Of its letters: mail/letters.py."""
    owner: Person = profile.person
    return f"profile:{owner.id}:{past}"


async def _move(profile: Profile, verb: str, by: Person, now: datetime, note: str = "") -> None:
    origins, goal = MOVES[verb]
    values: dict[Any, Any] = {Profile.state: goal, Profile.changed_at: now}
    here = (Profile.id == profile.id) & Profile.state.is_in(list(origins))
    if not await Profile.update(values).where(here).returning(Profile.id):
        raise AlreadySettled
    profile.state = goal
    await history.record(f"profile.{verb}", profile, by, now, note)
