"""Another address for a member: whoever has come before decides, or lets three days pass."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import addresses, departures, exclusions, links, sessions
from domain.refusals import AddressBarred, AddressTaken, AlreadySettled, LinkVoid, Unseen
from tables.address_changes import AddressChange
from tables.events import Event
from tables.inquiries import Inquiry
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.people import Person, Standing
from tests.factories import make_inquiry, make_letter, make_person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + addresses.WAIT
NEW = "nouvelle@example.org"


async def fresh(person: Person) -> Person:
    [row] = await Person.objects().where(Person.id == person.id)
    return row


async def asked(person: Person, coordinator: Person, address: str = NEW) -> AddressChange:
    change = await addresses.give(person, address, by=coordinator, now=NOW)
    assert change is not None
    await left(NOW)
    return change


async def left(at: datetime) -> None:
    """The letter that asks is on its way."""
    sent: dict[Any, Any] = {Letter.state: LetterState.SENT, Letter.sent_at: at}
    await Letter.update(sent).where(Letter.name == "address_asked")


async def secret() -> str:
    """From the newest letter that asks."""
    [letter, *_] = await Letter.objects().where(Letter.name == "address_asked").order_by(
        Letter.id, ascending=False
    )  # fmt: skip
    found = re.search(r"/address/([\w-]+)", letter.text)
    assert found is not None
    return found[1]


async def told() -> list[tuple[str, str]]:
    return [(each.name, each.address) for each in await Letter.objects().order_by(Letter.id)]


async def happened() -> list[str]:
    rows = await Event.select(Event.what).order_by(Event.id)
    return [row["what"] for row in rows if row["what"].startswith("person.")]


async def test_it_waits_and_the_address_they_have_is_asked(
    mentee: Person, coordinator: Person
) -> None:
    begun = await sessions.begin(mentee, "", NOW)

    change = await asked(mentee, coordinator, " Nouvelle@Example.org ")

    assert (change.email, change.due_at) == (NEW, LATER)
    assert (await fresh(mentee)).email == mentee.email
    assert await sessions.recognise(begun.token, NOW) is not None
    [letter] = await Letter.objects()
    assert (letter.name, letter.address) == ("address_asked", mentee.email)
    assert NEW not in letter.subject + letter.text + letter.html
    assert re.search(r"26\snovembre", letter.text)
    [event] = await Event.objects().where(Event.what == "person.ask_move")
    assert (event.about, event.by) == (mentee.id, coordinator.id)


async def test_it_is_made_after_three_days_and_once(mentee: Person, coordinator: Person) -> None:
    begun = await sessions.begin(mentee, "", NOW)
    waiting = await make_letter(mentee, state=LetterState.WAITING, name="free_again")
    await asked(mentee, coordinator)

    await addresses.make_due(LATER - timedelta(seconds=1))
    assert (await fresh(mentee)).email == mentee.email
    await asyncio.gather(addresses.make_due(LATER), addresses.make_due(LATER))
    await addresses.make_due(LATER + timedelta(days=9))

    assert (await fresh(mentee)).email == NEW
    assert await AddressChange.count() == 0
    assert await sessions.recognise(begun.token, LATER) is None
    assert (await told())[-2:] == [("address_changed", NEW), ("address_left", mentee.email)]
    assert len(await told()) == 4
    [moved] = [each for each in await Letter.objects() if each.id == waiting.id]
    assert moved.address == NEW
    assert await happened() == ["person.ask_move", "person.move"]


async def test_three_days_from_when_the_letter_left(mentee: Person, coordinator: Person) -> None:
    """Without a mail server nobody can object; and none waits for a mailbox that is no more."""
    await asked(mentee, coordinator)
    letter = Letter.name == "address_asked"

    await Letter.update({Letter.state: LetterState.WAITING, Letter.sent_at: None}).where(letter)
    await addresses.make_due(LATER + timedelta(days=9))
    assert (await fresh(mentee)).email == mentee.email

    await left(NOW + timedelta(days=2))
    await addresses.make_due(LATER)
    assert (await fresh(mentee)).email == mentee.email
    await addresses.make_due(LATER + timedelta(days=2))
    assert (await fresh(mentee)).email == NEW


async def test_a_mailbox_that_is_no_more_does_not_hold_it_up(
    mentee: Person, coordinator: Person
) -> None:
    await asked(mentee, coordinator)
    failed: dict[Any, Any] = {Letter.state: LetterState.FAILED, Letter.sent_at: None}
    await Letter.update(failed).where(Letter.name == "address_asked")

    await addresses.make_due(LATER)

    assert (await fresh(mentee)).email == NEW


async def test_whoever_never_came_is_moved_at_once(coordinator: Person) -> None:
    person = await make_person(standing=Standing.INVITED)

    assert await addresses.give(person, NEW, by=coordinator, now=NOW) is None

    assert (await fresh(person)).email == NEW and await AddressChange.count() == 0


async def test_the_letters_link_decides(mentee: Person, coordinator: Person) -> None:
    await asked(mentee, coordinator)
    link, change = await addresses.by_link(await secret(), NOW)
    assert change is not None and link.person.id == mentee.id

    await addresses.make(change, by=link.person, now=NOW)

    assert (await fresh(mentee)).email == NEW
    assert await happened() == ["person.ask_move", "person.move"]
    assert (await addresses.by_link(await secret(), NOW))[1] is None
    with pytest.raises(AlreadySettled):
        await addresses.stop(change, by=link.person, now=NOW)
    with pytest.raises(LinkVoid):
        await addresses.by_link("never-one-of-ours", NOW)


@pytest.mark.parametrize("who", ["mentee", "coordinator"])
async def test_stopped_nothing_has_changed(
    who: str, mentee: Person, coordinator: Person, mentor: Person
) -> None:
    inquiry = await make_inquiry(mentor, mentee)
    answer = await links.make(links.ANSWER, mentee, inquiry.id, LATER)
    begun = await sessions.begin(mentee, "", NOW)
    change = await asked(mentee, coordinator)

    await addresses.stop(change, by=mentee if who == "mentee" else coordinator, now=NOW)
    await addresses.make_due(LATER)

    assert (await fresh(mentee)).email == mentee.email
    assert await sessions.recognise(begun.token, NOW) is not None
    link = await links.look(answer, links.ANSWER)
    assert link is not None and links.is_alive(link, NOW)
    assert await happened() == ["person.ask_move", "person.stop_move"]
    assert [name for name, _ in await told()] == ["address_asked"]
    assert (await addresses.by_link(await secret(), NOW))[1] is None


async def test_for_oneself_alone(mentee: Person, coordinator: Person, stranger: Person) -> None:
    """The office may ask and take back; to say yes is the person's alone."""
    change = await asked(mentee, coordinator)

    for deed, person in (
        (addresses.make, coordinator),
        (addresses.make, stranger),
        (addresses.stop, stranger),
    ):
        with pytest.raises(Unseen):
            await deed(change, by=person, now=NOW)
    with pytest.raises(Unseen):
        await addresses.give(mentee, NEW, by=stranger, now=NOW)
    assert await AddressChange.count() == 1 and (await fresh(mentee)).email == mentee.email


async def test_a_coordinators_own_waits_too(coordinator: Person) -> None:
    """Else a phone left lying would be enough."""
    await asked(coordinator, coordinator)

    assert (await fresh(coordinator)).email == coordinator.email


async def test_a_second_address_takes_the_place_of_the_first(
    mentee: Person, coordinator: Person
) -> None:
    first = await asked(mentee, coordinator)
    old = await secret()
    second = await addresses.give(mentee, "b@x.ch", by=coordinator, now=NOW + timedelta(days=2))
    await left(NOW + timedelta(days=2))

    assert second is not None and await AddressChange.count() == 1
    assert (await addresses.by_link(old, NOW))[1] is None
    with pytest.raises(AlreadySettled):
        await addresses.make(first, by=mentee, now=NOW)
    await addresses.make_due(LATER)
    assert (await fresh(mentee)).email == mentee.email
    await addresses.make_due(NOW + timedelta(days=5))
    assert (await fresh(mentee)).email == "b@x.ch"


async def test_the_same_address_is_no_change(mentee: Person, coordinator: Person) -> None:
    assert await addresses.give(mentee, mentee.email.upper(), by=coordinator, now=NOW) is None

    assert await Letter.count() == 0 and await happened() == []


async def test_taken_meanwhile_it_is_dropped_and_said(mentee: Person, coordinator: Person) -> None:
    change = await asked(mentee, coordinator)
    await make_person(email=NEW)

    with pytest.raises(AddressTaken):
        await addresses.make(change, by=mentee, now=NOW)
    assert await AddressChange.count() == 1
    await addresses.make_due(LATER)

    assert (await fresh(mentee)).email == mentee.email and await AddressChange.count() == 0
    assert await happened() == ["person.ask_move", "person.drop_move"]


async def test_barred_meanwhile(mentee: Person, stranger: Person, coordinator: Person) -> None:
    await asked(mentee, coordinator)
    other = await make_person(email="x@x.ch")
    await Person.update({Person.email: NEW}).where(Person.id == other.id)
    await exclusions.exclude(await fresh(other), by=coordinator, note="", now=NOW)
    await Person.update({Person.email: "x@x.ch"}).where(Person.id == other.id)

    await addresses.make_due(LATER)

    assert (await fresh(mentee)).email == mentee.email
    with pytest.raises(AddressBarred):
        await addresses.give(stranger, NEW, by=coordinator, now=NOW)


Leaving = Callable[[Person, Person], Awaitable[None]]


async def _exclude(person: Person, coordinator: Person) -> None:
    await exclusions.exclude(person, by=coordinator, note="", now=NOW)


async def _delete(person: Person, _: Person) -> None:
    await departures.delete(by=person, now=NOW)


@pytest.mark.parametrize("leave", [_exclude, _delete])
async def test_it_ends_with_whoever_leaves(
    leave: Leaving, mentee: Person, coordinator: Person
) -> None:
    change = await asked(mentee, coordinator)
    before = await secret()

    await leave(mentee, coordinator)
    await addresses.make_due(LATER)

    assert await AddressChange.count() == 0
    assert not await Person.exists().where(Person.email == NEW)
    with pytest.raises((AlreadySettled, Unseen)):
        await addresses.make(change, by=mentee, now=NOW)
    with suppress(LinkVoid):  # a deletion takes the link along
        assert (await addresses.by_link(before, NOW))[1] is None


async def test_yes_and_no_in_the_same_moment(mentee: Person, coordinator: Person) -> None:
    for turn in range(4):
        change = await asked(await fresh(mentee), coordinator, f"new.{turn}@example.org")
        before = (await fresh(mentee)).email

        done = await asyncio.gather(
            addresses.make(change, by=mentee, now=NOW),
            addresses.stop(change, by=coordinator, now=NOW),
            addresses.make_due(LATER),
            return_exceptions=True,
        )

        after = (await fresh(mentee)).email
        assert after in (before, change.email)
        refused = [each for each in done if each is not None]
        assert all(isinstance(each, AlreadySettled) for each in refused)
        [ended] = (await happened())[2 * turn + 1 :]
        assert ended == ("person.move" if after == change.email else "person.stop_move")


async def test_until_then_the_new_address_opens_nothing(
    mentee: Person, mentor: Person, coordinator: Person
) -> None:
    """A coordinator who names a mailbox of their own has their code sent as to anybody unknown,
    and a request's letter goes where it went."""
    await asked(mentee, coordinator, "coordinator.private@example.org")
    asking = sessions.Asking(
        address="coordinator.private@example.org",
        browser="b",
        visitor="v",
        onward="/",
        language="fr",
    )

    await sessions.ask(asking, NOW)
    await make_inquiry(mentee, mentor)

    [letter] = [each for each in await Letter.objects() if "private" in each.address]
    assert (letter.name, letter.to) == ("sign_in_unknown", None)
    assert await Inquiry.count() == 1
