"""Preparation and follow-up (4.2): saved as one types, private until shared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain import history, mentorships, note_prompts
from domain.note_prompts import Prompt
from domain.permissions import may_take_part
from domain.refusals import NoteBlank, NoteChanged, Unseen, insist
from domain.typed_texts import Answers, Text, Window, pack, unpack
from tables.mentorships import Mentorship
from tables.notes import Note
from tables.people import Person
from tables.transaction import hold, transaction

GREATEST = 32_767  # of a number in its column


def prompts_for(mentorship: Mentorship, person: Person) -> tuple[Prompt, ...]:
    return note_prompts.MENTEE if mentorship.is_mentee(person) else note_prompts.MENTOR


def text_of(note: Note | None) -> Text:
    """Opens the seal: once a note that is shown, never for a list."""
    return unpack(note.fields) if note else Text({})


async def seen_by(viewer: Person, mentorship: Mentorship) -> list[Note]:
    return await Note.visible_to(viewer, mentorship)


async def of(mentorship: Mentorship, number: int, by: Person) -> Note | None:
    """One's own. Raises Unseen for a contact that is neither had nor the next one; after the
    official end there is no next one, unless both go on."""
    insist(0 < number <= GREATEST)
    note = await Note.objects().where(_mine(mentorship, number, by)).first()
    insist(note is not None or number <= _last_number(mentorship))
    return note


async def promised(mentorship: Mentorship, number: int, by: Person) -> Note | None:
    """The note that said last what one would do this time."""
    earlier = (Note.author == by.id) & (Note.mentorship == mentorship.id) & (Note.number < number)
    return await Note.objects().where(earlier).order_by(Note.number, ascending=False).first()


async def save(
    mentorship: Mentorship,
    number: int,
    answers: Answers,
    window: Window,
    *,
    by: Person,
    now: datetime,
) -> Note | None:
    """A note nobody wrote yet begins with its first word. Raises NoteChanged when the window
    hasn't seen what would be overwritten, MentorshipOver."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_not_over(mentorship)
        note = await of(mentorship, number, by)
        kept = text_of(note)
        if kept.answers == answers or (note is None and Text(answers).is_blank):
            return note
        if note is None:
            return await _begin(mentorship, number, kept.followed_by(answers, window), by, now)
        if kept.is_ahead_of(window, note.version):
            return note
        if kept.is_unseen_by(window, note.version):
            raise NoteChanged
        return await _write(mentorship, note, kept.followed_by(answers, window), now)


async def settle(
    mentorship: Mentorship,
    number: int,
    answers: Answers,
    window: Window,
    *,
    by: Person,
    now: datetime,
) -> Note:
    """What one chose out of two texts. Raises NoteChanged when it was a third one by then."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_not_over(mentorship)
        note = await of(mentorship, number, by)
        if note is None:
            raise Unseen
        if window.seen != note.version:
            raise NoteChanged
        return await _write(mentorship, note, text_of(note).merged_to(answers, window), now)


async def share(mentorship: Mentorship, number: int, *, by: Person, now: datetime) -> None:
    """The partner reads it from now on. Twice is once."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        await mentorships.insist_not_over(mentorship)
        await _turn(mentorship, number, True, by, now)


async def unshare(mentorship: Mentorship, number: int, *, by: Person, now: datetime) -> None:
    """At any time, after the end too: it is one's own."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        await _turn(mentorship, number, False, by, now)


async def _begin(
    mentorship: Mentorship, number: int, text: Text, by: Person, now: datetime
) -> Note:
    note = Note(mentorship=mentorship.id, author=by.id, number=number, saved_at=now)
    note.fields = pack(text)
    await note.save()
    return note


async def _write(mentorship: Mentorship, note: Note, text: Text, now: datetime) -> Note:
    """Only over the version that was read: whoever comes second is told."""
    before, note.version, note.saved_at = note.version, note.version + 1, now
    note.fields = pack(text)
    values: dict[Any, Any] = {
        Note.fields_sealed: note.fields_sealed,
        Note.version: note.version,
        Note.saved_at: now,
    }
    here = (Note.id == note.id) & (Note.version == before)
    if not await Note.update(values).where(here).returning(Note.id):
        raise NoteChanged
    if note.is_shared:
        await mentorships.touch(mentorship)
    return note


async def _turn(
    mentorship: Mentorship, number: int, is_shared: bool, by: Person, now: datetime
) -> None:
    note = await of(mentorship, number, by)
    if note is None:
        raise NoteBlank
    values: dict[Any, Any] = {Note.is_shared: is_shared, Note.shared_at: now if is_shared else None}
    other = (Note.id == note.id) & Note.is_shared.eq(not is_shared)
    if await Note.update(values).where(other).returning(Note.id):
        await history.record("note.share" if is_shared else "note.unshare", note, by, now)
        await mentorships.touch(mentorship)


def _last_number(mentorship: Mentorship) -> int:
    return mentorship.contacts + (1 if mentorship.is_alive else 0)


def _mine(mentorship: Mentorship, number: int, by: Person) -> Any:
    here = (Note.mentorship == mentorship.id) & (Note.number == number)
    return here & (Note.author == by.id)
