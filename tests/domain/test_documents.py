"""A CV: one a person, replaced and removed, and whose it is to look at."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

import clock
from domain import documents, profiles
from domain.refusals import Unseen
from formats.pdfs import Undrawable
from formats.pictures import PNG, kind_of
from tables.documents import Document, DocumentFile
from tables.events import Event
from tables.people import Person, Standing
from tables.profiles import Profile, State
from tests import papers
from tests.factories import make_person, make_profile

FIRST, SECOND = papers.pdf("First", pages=2), papers.pdf("Second")


async def keep(person: Person, content: bytes = FIRST, name: str = "CV.pdf") -> None:
    await documents.keep(name, content, by=person, now=clock.now())


async def deeds() -> list[str]:
    return [event["what"] for event in await Event.select(Event.what).order_by(Event.id)]


async def seen_by(viewer: Person) -> list[str]:
    return [row.name for row in await Document.visible_to(viewer).order_by(Document.id)]


async def test_it_is_kept_whole_and_by_the_page(mentee: Person) -> None:
    await keep(mentee)
    cv = await documents.of(mentee)
    assert cv is not None

    assert (cv.name, cv.size, cv.pages, cv.drawn) == ("CV.pdf", len(FIRST), 2, 2)
    assert cv.hashed == hashlib.sha256(FIRST).hexdigest()
    assert await documents.content(cv) == FIRST
    for number in (1, 2):
        assert kind_of(await documents.content(cv, number) or b"") == PNG
    assert await documents.content(cv, 3) is None


async def test_it_begins_a_profile(mentee: Person) -> None:
    await keep(mentee)
    profile = await profiles.of(mentee)

    assert profile and profile.state == State.DRAFT
    assert await deeds() == ["profile.begin", "profile.add_cv"]


async def test_another_one_takes_its_place(mentor: Person) -> None:
    """Also of a released profile, which stays as it is."""
    await keep(mentor)
    await keep(mentor, SECOND, "Neu.pdf")
    cv = await documents.of(mentor)
    profile = await profiles.of(mentor)
    assert cv is not None

    assert (cv.name, cv.pages) == ("Neu.pdf", 1) and await documents.content(cv) == SECOND
    assert await Document.count() == 1 and await DocumentFile.count() == 2
    assert await deeds() == ["profile.add_cv", "profile.replace_cv"]
    assert profile and profile.state == State.RELEASED


async def test_the_same_once_more_is_nothing_new(mentor: Person) -> None:
    await keep(mentor)
    await keep(mentor)

    assert await deeds() == ["profile.add_cv"] and await Document.count() == 1


@pytest.mark.parametrize("content", [b"", b"%PDF-", papers.locked(), papers.without_pages()])
async def test_what_cannot_be_drawn_changes_nothing(content: bytes, mentor: Person) -> None:
    await keep(mentor)
    with pytest.raises(Undrawable):
        await keep(mentor, content)
    cv = await documents.of(mentor)

    assert cv and await documents.content(cv) == FIRST and await deeds() == ["profile.add_cv"]


async def test_of_two_at_once_one_is_kept(mentor: Person) -> None:
    await asyncio.gather(keep(mentor, FIRST), keep(mentor, SECOND))

    assert await Document.count() == 1
    assert sorted(await deeds()) == ["profile.add_cv", "profile.replace_cv"]


async def test_removed_it_is_gone_with_its_pictures(mentor: Person) -> None:
    await keep(mentor)
    for _ in range(2):
        await documents.remove(by=mentor, now=clock.now())

    assert not await Document.exists() and not await DocumentFile.exists()
    assert await deeds() == ["profile.add_cv", "profile.remove_cv"]


async def test_whoever_is_no_member_keeps_nothing(founded: None) -> None:
    gone = await make_person(standing=Standing.EXCLUDED)
    with pytest.raises(Unseen):
        await keep(gone)
    with pytest.raises(Unseen):
        await documents.remove(by=gone, now=clock.now())


async def test_who_may_look(
    mentor: Person, mentee: Person, coordinator: Person, stranger: Person
) -> None:
    """Its owner; the office once the profile was handed in; nobody else."""
    await keep(mentor, FIRST, "mentor.pdf")
    await keep(mentee, SECOND, "draft.pdf")

    assert await seen_by(mentor) == ["mentor.pdf"] and await seen_by(mentee) == ["draft.pdf"]
    assert await seen_by(coordinator) == ["mentor.pdf"] and await seen_by(stranger) == []
    await Profile.update({Profile.state: State.ASKED}).where(Profile.person == mentee.id)
    assert await seen_by(coordinator) == ["mentor.pdf", "draft.pdf"]


async def test_each_has_their_own(founded: None) -> None:
    anna, zoe = await make_person("Anna"), await make_person("Zoe")
    for person in (anna, zoe):
        await make_profile(person)
    await keep(anna)
    found = await documents.of_each([anna.id, zoe.id])

    assert list(found) == [anna.id] and await documents.of_each([]) == {}
