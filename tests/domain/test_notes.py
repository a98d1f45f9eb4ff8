"""Notes: none lost, none overwritten unseen, private until shared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import notes
from domain.refusals import MentorshipOver, NoteBlank, NoteChanged, Unseen
from domain.typed_texts import REMEMBERED, Answers, Text, Window, pack, read_marks, unpack
from tables.events import Event
from tables.mentorships import OVER, Mentorship, State
from tables.notes import Note
from tables.people import Person
from tests.factories import make_mentorship

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FIRST, SECOND = Window(name="windowone", count=1), Window(name="windowtwo", count=1)


@pytest.fixture
async def mentorship(mentee: Person, mentor: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, contacts=1)


async def save(
    mentorship: Mentorship, by: Person, needs: str, window: Window = FIRST, number: int = 1
) -> Note:
    note = await notes.save(mentorship, number, {"needs": needs}, window, by=by, now=NOW)
    assert note is not None
    return note


async def kept(mentorship: Mentorship, by: Person, number: int = 1) -> tuple[int, Answers]:
    note = await notes.of(mentorship, number, by)
    assert note is not None
    return note.version, notes.text_of(note).answers


# Whose text would be overwritten


async def test_a_note_begins_with_its_first_word(mentorship: Mentorship, mentee: Person) -> None:
    nothing = await notes.save(mentorship, 1, {"needs": ""}, FIRST, by=mentee, now=NOW)
    note = await save(mentorship, mentee, "un regard")

    assert nothing is None and await Note.count() == 1
    assert await kept(mentorship, mentee) == (1, {"needs": "un regard"})
    assert (note.saved_at, note.is_shared) == (NOW, False)
    assert "regard" not in note.fields_sealed


async def test_who_has_seen_the_version_writes_the_next(
    mentorship: Mentorship, mentee: Person
) -> None:
    await save(mentorship, mentee, "un")
    await save(mentorship, mentee, "un, deux", Window(seen=1))
    await save(mentorship, mentee, "", Window(seen=2))

    assert await kept(mentorship, mentee) == (3, {"needs": ""})


@pytest.mark.parametrize("seen", [0, 1, 3, 999_999_999])
async def test_who_has_not_seen_it_is_told_and_changes_nothing(
    mentorship: Mentorship, mentee: Person, seen: int
) -> None:
    await save(mentorship, mentee, "un")
    await save(mentorship, mentee, "un, deux", Window(seen=1))

    for window in (Window(seen=seen), Window(seen=seen, name="windowtwo", count=9)):
        with pytest.raises(NoteChanged):
            await save(mentorship, mentee, "autre chose", window)

    assert await kept(mentorship, mentee) == (2, {"needs": "un, deux"})


async def test_a_save_whose_answer_got_lost_is_no_other_ones(
    mentorship: Mentorship, mentee: Person
) -> None:
    """The line broke after the first: the window still believes it is at 0."""
    await save(mentorship, mentee, "un", Window(0, "windowone", 3))
    await save(mentorship, mentee, "un", Window(0, "windowone", 3))
    await save(mentorship, mentee, "un, deux", Window(0, "windowone", 7))

    assert await kept(mentorship, mentee) == (2, {"needs": "un, deux"})


async def test_a_late_save_does_not_overwrite_its_successor(
    mentorship: Mentorship, mentee: Person
) -> None:
    await save(mentorship, mentee, "un, deux", Window(0, "windowone", 7))
    late = await save(mentorship, mentee, "un", Window(0, "windowone", 3))

    assert late.version == 1
    assert await kept(mentorship, mentee) == (1, {"needs": "un, deux"})


async def test_a_closed_windows_text_comes_back_as_its_own_successor(
    mentorship: Mentorship, mentee: Person
) -> None:
    await save(mentorship, mentee, "un", Window(0, "windowone", 3))
    back = Window(0, "windowtwo", 1, {"windowone": 5})
    await save(mentorship, mentee, "un, deux", back)

    version, _ = await kept(mentorship, mentee)
    note = await notes.of(mentorship, 1, mentee)
    assert version == 2 and notes.text_of(note).marks == {"windowone": 5, "windowtwo": 1}


async def test_but_not_over_what_the_closed_window_had_written_later(
    mentorship: Mentorship, mentee: Person
) -> None:
    """It wasn't closed after all: both go on from the same text."""
    await save(mentorship, mentee, "un", Window(0, "windowone", 9))

    with pytest.raises(NoteChanged):
        await save(mentorship, mentee, "deux", Window(0, "windowtwo", 1, {"windowone": 5}))


async def test_after_another_window_wrote_the_first_one_is_told(
    mentorship: Mentorship, mentee: Person
) -> None:
    await save(mentorship, mentee, "un", Window(0, "windowone", 1))
    await save(mentorship, mentee, "deux", Window(1, "windowtwo", 1))

    with pytest.raises(NoteChanged):
        await save(mentorship, mentee, "un, encore", Window(1, "windowone", 2))


async def test_the_same_text_is_no_change(mentorship: Mentorship, mentee: Person) -> None:
    await save(mentorship, mentee, "un")
    again = await save(mentorship, mentee, "un", SECOND)

    assert again.version == 1


# Two at once


async def test_of_two_at_once_one_wins_and_the_other_is_told(
    mentorship: Mentorship, mentee: Person
) -> None:
    done = await asyncio.gather(
        save(mentorship, mentee, "un", FIRST),
        save(mentorship, mentee, "deux", SECOND),
        return_exceptions=True,
    )

    refused = [each for each in done if isinstance(each, NoteChanged)]
    [note] = [each for each in done if isinstance(each, Note)]
    assert len(refused) == 1 and await Note.count() == 1
    assert await kept(mentorship, mentee) == (1, notes.text_of(note).answers)


async def test_of_many_at_once_on_the_same_version_one_wins(
    mentorship: Mentorship, mentee: Person
) -> None:
    await save(mentorship, mentee, "zéro")
    windows = [Window(1, f"window{number}", 1) for number in range(100, 108)]
    done = await asyncio.gather(
        *(save(mentorship, mentee, each.name, each) for each in windows), return_exceptions=True
    )

    won = [each for each in done if isinstance(each, Note)]
    assert len(won) == 1 and all(isinstance(each, Note | NoteChanged) for each in done)
    assert await kept(mentorship, mentee) == (2, notes.text_of(won[0]).answers)


async def test_of_two_choices_at_once_one_wins(mentorship: Mentorship, mentee: Person) -> None:
    await save(mentorship, mentee, "zéro")

    async def settle(needs: str) -> Note:
        chosen: Answers = {"needs": needs}
        return await notes.settle(mentorship, 1, chosen, Window(seen=1), by=mentee, now=NOW)

    done = await asyncio.gather(settle("un"), settle("deux"), return_exceptions=True)

    assert sorted(type(each).__name__ for each in done) == ["Note", "NoteChanged"]


async def test_shared_twice_at_once_is_shared_once(mentorship: Mentorship, mentee: Person) -> None:
    await save(mentorship, mentee, "un")
    before = (await Mentorship.select(Mentorship.version))[0]["version"]

    await asyncio.gather(
        *(notes.share(mentorship, 1, by=mentee, now=NOW) for _ in range(3)),
    )

    after = (await Mentorship.select(Mentorship.version))[0]["version"]
    assert [event.what for event in await Event.objects()] == ["note.share"]
    assert after == before + 1


# A choice out of two


async def test_a_merged_text_is_not_the_old_windows_to_go_on(
    mentorship: Mentorship, mentee: Person
) -> None:
    """Going back to the sheet that holds only one of the two must not undo the choice."""
    await save(mentorship, mentee, "autre", Window(0, "windowtwo", 1))
    chosen: Answers = {"needs": "autre, et mien"}
    mine = Window(1, "", 0, {"windowone": 4})
    await notes.settle(mentorship, 1, chosen, mine, by=mentee, now=NOW)

    for window in (Window(0, "windowone", 5), Window(1, "windowtwo", 2)):
        with pytest.raises(NoteChanged):
            await save(mentorship, mentee, "mien", window)
    note = await notes.of(mentorship, 1, mentee)
    assert notes.text_of(note).marks == {"windowtwo": 1, "windowone": 4}
    assert notes.text_of(note).answers == chosen


async def test_a_choice_needs_the_text_it_was_chosen_from(
    mentorship: Mentorship, mentee: Person
) -> None:
    with pytest.raises(Unseen):
        await notes.settle(mentorship, 1, {}, Window(), by=mentee, now=NOW)
    await save(mentorship, mentee, "un")
    await save(mentorship, mentee, "deux", Window(seen=1))

    with pytest.raises(NoteChanged):
        await notes.settle(mentorship, 1, {}, Window(seen=1), by=mentee, now=NOW)


# Whose it is, and on which contact


async def test_each_has_notes_of_their_own(
    mentorship: Mentorship, mentee: Person, mentor: Person, stranger: Person
) -> None:
    await save(mentorship, mentee, "de la mentee")
    await save(mentorship, mentor, "du mentor")

    assert await kept(mentorship, mentee) == (1, {"needs": "de la mentee"})
    assert await kept(mentorship, mentor) == (1, {"needs": "du mentor"})
    for person in (mentee, mentor):
        seen = await notes.seen_by(person, mentorship)
        assert [note.author.id for note in seen] == [person.id]
    for verb in (
        notes.save(mentorship, 1, {"needs": "x"}, FIRST, by=stranger, now=NOW),
        notes.settle(mentorship, 1, {}, FIRST, by=stranger, now=NOW),
        notes.share(mentorship, 1, by=stranger, now=NOW),
        notes.unshare(mentorship, 1, by=stranger, now=NOW),
    ):
        with pytest.raises(Unseen):
            await verb


@pytest.mark.parametrize("number", [-1, 0, 3, 32_767, 32_768, 2**70])
async def test_there_is_a_sheet_for_each_contact_and_the_next(
    mentorship: Mentorship, mentee: Person, number: int
) -> None:
    await save(mentorship, mentee, "le prochain", number=2)

    with pytest.raises(Unseen):
        await save(mentorship, mentee, "trop loin", number=number)


async def test_the_last_promise_greets_the_next_contact(
    mentorship: Mentorship, mentee: Person, mentor: Person
) -> None:
    await save(mentorship, mentee, "un")
    await save(mentorship, mentor, "pas à elle", number=2)

    promised = await notes.promised(mentorship, 2, mentee)
    assert promised is not None and promised.number == 1
    assert await notes.promised(mentorship, 1, mentee) is None


# Sharing


async def test_the_partner_reads_it_while_it_is_shared(
    mentorship: Mentorship, mentee: Person, mentor: Person
) -> None:
    await save(mentorship, mentee, "un")
    await notes.share(mentorship, 1, by=mentee, now=NOW)
    [seen] = await notes.seen_by(mentor, mentorship)
    await notes.unshare(mentorship, 1, by=mentee, now=NOW + timedelta(hours=1))

    assert (seen.author.id, seen.shared_at) == (mentee.id, NOW)
    assert await notes.seen_by(mentor, mentorship) == []
    assert [event.what for event in await Event.objects().order_by(Event.id)] == [
        "note.share",
        "note.unshare",
    ]


async def test_sharing_leaves_the_text_and_its_version(
    mentorship: Mentorship, mentee: Person
) -> None:
    await save(mentorship, mentee, "un")
    await notes.share(mentorship, 1, by=mentee, now=NOW)

    await save(mentorship, mentee, "un, deux", Window(seen=1))

    note = await notes.of(mentorship, 1, mentee)
    assert note is not None and note.is_shared and note.version == 2


async def test_the_partners_page_notices_what_is_shared_and_nothing_else(
    mentorship: Mentorship, mentee: Person
) -> None:
    async def version() -> int:
        return int((await Mentorship.select(Mentorship.version))[0]["version"])

    first = await version()
    await save(mentorship, mentee, "un")
    await save(mentorship, mentee, "un, deux", Window(seen=1))
    unshared = await version()
    await notes.share(mentorship, 1, by=mentee, now=NOW)
    await save(mentorship, mentee, "un, deux, trois", Window(seen=2))

    assert unshared == first and await version() == first + 2


async def test_nothing_is_not_shared(mentorship: Mentorship, mentee: Person) -> None:
    with pytest.raises(NoteBlank):
        await notes.share(mentorship, 1, by=mentee, now=NOW)


# After the end


@pytest.mark.parametrize("state", OVER)
async def test_after_the_end_notes_are_read_and_hidden_but_not_written(
    mentorship: Mentorship, mentee: Person, state: State
) -> None:
    await save(mentorship, mentee, "un")
    await notes.share(mentorship, 1, by=mentee, now=NOW)
    # The page was opened before: its row still says otherwise.
    await Mentorship.update({Mentorship.state: state}, force=True)

    for verb in (
        notes.save(mentorship, 1, {"needs": "deux"}, Window(seen=1), by=mentee, now=NOW),
        notes.settle(mentorship, 1, {}, Window(seen=1), by=mentee, now=NOW),
        notes.share(mentorship, 1, by=mentee, now=NOW),
    ):
        with pytest.raises(MentorshipOver):
            await verb
    await notes.unshare(mentorship, 1, by=mentee, now=NOW)
    assert await kept(mentorship, mentee) == (1, {"needs": "un"})


async def test_after_the_fourth_contact_the_follow_up_is_still_written(
    mentorship: Mentorship, mentee: Person
) -> None:
    """And no further one is prepared: it may never be."""
    await Mentorship.update({Mentorship.state: State.COMPLETED, Mentorship.contacts: 4}, force=True)
    done = await Mentorship.visible_to(mentee).first()
    assert done is not None

    await save(done, mentee, "ce que j’en garde", number=4)
    with pytest.raises(Unseen):
        await save(done, mentee, "trop loin", number=5)


# Cost


async def test_a_list_opens_no_seal_and_asks_once(
    mentorship: Mentorship,
    mentee: Person,
    queries: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    opened: list[str] = []
    monkeypatch.setattr("tables.private.unseal", opened.append)
    for count in (1, 50):
        for number in range(await Note.count() + 1, count + 1):
            note = Note(mentorship=mentorship.id, author=mentee.id, number=number, saved_at=NOW)
            note.fields = pack(Text({"needs": "un"}))
            await note.save()
        with queries() as statements:
            seen = await notes.seen_by(mentee, mentorship)
        assert len(seen) == count
        asked.append(len(statements))

    assert asked == [1, 1] and opened == []


# What is kept


def test_a_text_comes_back_as_it_was() -> None:
    text = Text({"needs": "«Là» 🙂\n", "more": ["feedback"]}, "windowone", {"windowone": 3})

    assert unpack(pack(text)) == text
    assert unpack("") == Text({})


def test_of_windows_the_last_ones_are_remembered() -> None:
    text = Text({})
    for number in range(40):
        text = text.followed_by({}, Window(0, f"window{number}", 1))

    assert list(text.marks) == [f"window{number}" for number in range(40 - REMEMBERED, 40)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", {}),
        ("windowone.3 windowtwo.12", {"windowone": 3, "windowtwo": 12}),
        ("windowone", {}),
        ("windowone.-1 <script>.2 short.1 windowone.²", {}),
        ("windowone.99999999", {}),
    ],
)
def test_marks_out_of_form_are_nobodys(written: str, read: dict[str, int]) -> None:
    assert read_marks(written) == read
