"""Excluded: at once, everywhere, without a reason; and not back under the same address."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import sealing
from domain import (
    addresses,
    applications,
    departures,
    desk,
    duties,
    exclusions,
    import_lines,
    imports,
    inquiries,
    mentorships,
    profiles,
    sessions,
)
from domain.inquiries import Proposal, Request
from domain.refusals import (
    AddressBarred,
    AlreadySettled,
    Excluded,
    NotYourOwn,
    Refusal,
    Unseen,
)
from search import members
from tables.barred import Barred
from tables.events import Event
from tables.inquiries import Inquiry
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.meetings import Meeting
from tables.meetings import State as MeetingState
from tables.mentorships import Mentorship, Question, State
from tables.people import Person, Standing, by_email
from tables.sessions import Session, SignIn
from tests.cast import Browser
from tests.factories import (
    make_application,
    make_inquiry,
    make_letter,
    make_meeting,
    make_mentor,
    make_mentorship,
    make_person,
    new_key,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def fresh(person: Person) -> Person:
    [row] = await Person.objects().where(Person.id == person.id)
    return row


async def letters() -> list[tuple[str, int]]:
    rows = await Letter.select(Letter.name, Letter.to).order_by(Letter.id)
    return [(row["name"], row["to"]) for row in rows]


async def test_they_are_out_at_once(mentee: Person, coordinator: Person, browser: Browser) -> None:
    window = await browser(mentee)
    assert (await window.get("/account")).status_code == 200

    await exclusions.exclude(mentee, by=coordinator, note="Trois plaintes.", now=NOW)

    assert (await window.get("/account")).status_code == 303
    assert (await fresh(mentee)).standing == Standing.EXCLUDED
    assert not await Session.exists().where(Session.person == mentee.id)
    [event] = await Event.objects().where(Event.what == "person.exclude")
    assert (event.about, event.by, event.why) == (mentee.id, coordinator.id, "Trois plaintes.")


async def test_no_code_on_its_way_lets_in(mentee: Person, coordinator: Person) -> None:
    asked = sessions.Asking(mentee.email, "a browser", "127.0.0.1", "/", "fr")
    await sessions.ask(asked, NOW)

    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)
    await sessions.ask(asked, NOW + timedelta(minutes=1))

    assert not await SignIn.exists().where((SignIn.person == mentee.id) & SignIn.used_at.is_null())
    assert [name for name, _ in await letters()] == ["member_excluded", "sign_in_unknown"]


async def test_what_a_mentee_asked_ends_with_a_neutral_word(
    mentee: Person, mentor: Person, coordinator: Person
) -> None:
    await make_inquiry(mentee, mentor)

    await exclusions.exclude(mentee, by=coordinator, note="Geheim", now=NOW)

    [row] = await Inquiry.select(Inquiry.state, Inquiry.reason, Inquiry.settled_at)
    assert row == {"state": "withdrawn", "reason": "parted", "settled_at": NOW}
    [told] = await Letter.objects().where(Letter.name == "inquiry_dropped")
    assert told.to == mentor.id and "Geheim" not in told.text and "exclu" not in told.text
    [own] = await Letter.objects().where(Letter.name == "member_excluded")
    assert own.to == mentee.id and "Geheim" not in own.text


async def test_what_a_mentor_was_asked_ends_with_others_shown(
    mentee: Person, mentor: Person, coordinator: Person
) -> None:
    other = await make_mentor("Luca", "Rossi")
    await make_inquiry(mentee, mentor, state=InquiryState.ASKED_BACK)

    await exclusions.exclude(mentor, by=coordinator, note="", now=NOW)

    [row] = await Inquiry.select(Inquiry.state, Inquiry.reason)
    assert row == {"state": "released", "reason": "parted"}
    [told] = await Letter.objects().where(Letter.name == "inquiry_unanswerable")
    assert told.to == mentee.id and other.name in told.text
    assert told.text.count("Claire Favre") and f"/mentors/{mentor.id}" not in told.text
    assert await duties.duties(coordinator, NOW) == []
    assert await inquiries.in_time([mentor.id]) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.BEGINNING, State.ENDED_EARLY),
        (State.RUNNING, State.ENDED_EARLY),
        (State.COMPLETED, State.CLOSED),
        (State.CONTINUING, State.CLOSED),
    ],
)
async def test_what_lives_ends(
    before: State, after: State, mentee: Person, mentor: Person, coordinator: Person
) -> None:
    pair = await make_mentorship(mentee, mentor, state=before)
    meeting = await make_meeting(pair, starts_at=NOW + timedelta(days=3))

    await exclusions.exclude(mentor, by=coordinator, note="", now=NOW)

    [row] = await Mentorship.select(Mentorship.state, Mentorship.ended_at)
    [met] = await Meeting.select(Meeting.state).where(Meeting.id == meeting.id)
    assert row == {"state": after, "ended_at": NOW}
    assert met["state"] == MeetingState.CANCELLED
    told = [name for name, to in await letters() if to == mentee.id]
    assert "mentorship_parted" in told
    assert {name for name, to in await letters() if to == mentor.id} == {"member_excluded"}


@pytest.mark.parametrize("state", [State.CLOSED, State.ENDED_EARLY, State.NOT_PURSUED])
async def test_what_is_over_stays_as_it_was(
    state: State, mentee: Person, mentor: Person, coordinator: Person
) -> None:
    await make_mentorship(mentee, mentor, state=state, ended_at=NOW - timedelta(days=9))
    before = await Mentorship.select()

    await exclusions.exclude(mentor, by=coordinator, note="", now=NOW)

    assert await Mentorship.select() == before


async def test_a_mentor_is_free_again_when_their_mentee_is_excluded(
    mentee: Person, mentor: Person, coordinator: Person
) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    await inquiries.accept(inquiry, Proposal("Volontiers."), by=mentor, now=NOW)
    busy = await profiles.of(mentor)
    assert busy is not None and busy.is_busy

    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)

    free = await profiles.of(mentor)
    assert free is not None and not free.is_busy


async def test_they_are_out_of_the_search(
    mentee: Person, mentor: Person, coordinator: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    assert "Claire F." in (await window.get("/mentors")).text

    await exclusions.exclude(mentor, by=coordinator, note="", now=NOW)

    assert "Claire F." not in (await window.get("/mentors")).text
    assert (await window.get(f"/mentors/{mentor.id}")).status_code == 404


async def test_no_letter_tells_why_and_each_speaks_its_readers_language(
    mentor: Person, coordinator: Person
) -> None:
    """Subject, text, HTML, an invitation that goes along: all that was posted."""
    ursula = await make_mentor("Ursula", "Keller", language="de")
    beat = await make_person("Beat", "Zaugg", language="de")
    gone = await make_mentor("Otto", "Graf", language="fr")
    for partner in (ursula, mentor):
        await make_meeting(await make_mentorship(gone, partner), starts_at=NOW + timedelta(days=3))
        await make_inquiry(gone, partner)
    await make_inquiry(beat, gone)

    await exclusions.exclude(gone, by=coordinator, note="Trois plaintes", now=NOW)

    rows = await Letter.objects(Letter.to).order_by(Letter.id)
    told = {(row.name, row.to.id): row for row in rows}
    assert {name for name, _ in told} >= {
        "member_excluded", "mentorship_parted", "inquiry_dropped", "inquiry_unanswerable"
    }  # fmt: skip
    for row in rows:
        whole = f"{row.subject} {row.text} {row.html} {row.calendar} {row.reply_to}"
        assert "plainte" not in whole, row.name
        if row.to.id != gone.id:
            assert "exclu" not in whole.casefold() and "ausgeschlossen" not in whole, row.name
        assert ("Guten Tag" in row.text) == (row.to.language == "de"), row.name


async def test_what_waited_for_them_is_not_sent(mentee: Person, coordinator: Person) -> None:
    await make_letter(mentee, state=LetterState.WAITING, name="inquiry_accepted")
    await make_letter(coordinator, state=LetterState.WAITING, name="profile_released")

    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)

    assert [name for name, _ in await letters()] == ["profile_released", "member_excluded"]


# Not back


async def test_an_application_is_taken_silently_and_shown_as_barred(
    mentee: Person, coordinator: Person
) -> None:
    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)
    candidate = applications.Candidate(
        new_key(), "127.0.0.1", mentee.email, "D", "M", "fr", False, True, "", ()
    )

    await applications.send(candidate, NOW)

    assert (await letters())[-1][0] == "application_received"
    [line] = await desk.lines(NOW)
    assert line.known is not None and line.known.standing == Standing.EXCLUDED
    with pytest.raises(Excluded):
        await applications.accept(line.row, by=coordinator, note="", now=NOW)


async def test_barred_also_when_their_data_is_gone(mentee: Person, coordinator: Person) -> None:
    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)
    address = mentee.email
    await Person.update({Person.email: "", Person.standing: Standing.GONE}).where(
        Person.id == mentee.id
    )
    application = await make_application(email=address)

    with pytest.raises(Excluded):
        await applications.accept(application, by=coordinator, note="", now=NOW)
    [line] = await desk.lines(NOW)
    assert line.is_barred
    assert await exclusions.is_barred(address.upper())
    [row] = await Barred.select()
    assert address not in str(row)


VARIANTS = (
    "ANNA.MUELLER@Bücher.ch",
    " anna.mueller@bücher.ch\u00a0",
    "anna.mueller+mentorat@bücher.ch",
    "anna.mueller@xn--bcher-kva.ch",
    "anna.mueller@BU\u0308CHER.ch",
    "ａnna.mueller@bücher.ch",
)


@pytest.mark.parametrize("variant", VARIANTS)
async def test_however_the_address_is_written(
    variant: str, stranger: Person, coordinator: Person
) -> None:
    """Not by an application, a list, an invitation, nor a change of somebody's address."""
    anna = await make_person("Anna", "Müller", email="anna.mueller@bücher.ch")
    await exclusions.exclude(anna, by=coordinator, note="", now=NOW)
    before = await Person.count()
    application = await make_application(email=by_email(variant))

    with pytest.raises(Excluded):
        await applications.accept(application, by=coordinator, note="", now=NOW)
    with pytest.raises(AddressBarred):
        await addresses.give(stranger, variant, by=coordinator, now=NOW)
    listed = await imports.look_through(import_lines.read(f"Nom;E-mail\nMüller;{variant}"))
    row = await imports.check(
        "a.csv", f"Nom;E-mail\nMüller;{variant}", key=new_key(), by=coordinator, now=NOW
    )
    await imports.confirm(row, invites=True, by=coordinator, now=NOW)
    await imports.work_due(NOW)

    assert listed.totals["wrong"] == 1
    [line] = await desk.lines(NOW)
    assert line.is_barred and line.known is not None and line.known.id == anna.id
    assert await Person.count() == before


async def test_dots_mean_nothing_to_some(coordinator: Person) -> None:
    anna = await make_person(email="anna.m@gmail.com")
    await exclusions.exclude(anna, by=coordinator, note="", now=NOW)

    assert await exclusions.is_barred("a.n.n.am+x@googlemail.com")
    assert not await exclusions.is_barred("anna@gmail.com")


async def test_what_was_barred_before_stays_so(founded: None) -> None:
    """As addresses were hashed before their mailboxes were looked at."""
    row = Barred(hashed=sealing.keyed("barred", "anna+x@example.org"), since=NOW)
    row.address = "anna+x@example.org"
    await row.save()

    assert await exclusions.is_barred("Anna+X@example.org")
    assert await exclusions.barred_among(["anna+x@example.org", "b@x.ch"]) == {"anna+x@example.org"}


async def test_the_address_of_this_moment_is_barred(coordinator: Person) -> None:
    """Somebody else of the office changed it while this page was open."""
    person = await make_person(standing=Standing.INVITED)
    page = await fresh(person)
    await addresses.give(person, "new@example.org", by=coordinator, now=NOW)

    await exclusions.exclude(page, by=coordinator, note="", now=NOW)

    assert await exclusions.is_barred("new@example.org")
    [told] = await Letter.objects().where(Letter.name == "member_excluded")
    assert told.address == "new@example.org"


async def test_whose_data_is_gone_is_readmitted_by_their_address(
    mentee: Person, coordinator: Person
) -> None:
    application = await make_application(email=mentee.email)
    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)
    with pytest.raises(Excluded):  # while they are there: reinstate them
        await exclusions.readmit(application, by=coordinator, now=NOW)
    with pytest.raises(Unseen):
        await exclusions.readmit(application, by=mentee, now=NOW)

    await departures.forget(await fresh(mentee), NOW)
    assert await exclusions.is_barred(application.email)
    application = await make_application(email=application.email)
    await exclusions.readmit(application, by=coordinator, now=NOW)

    assert not await exclusions.is_barred(application.email)
    with pytest.raises(AlreadySettled):
        await exclusions.readmit(application, by=coordinator, now=NOW)
    await applications.accept(application, by=coordinator, note="", now=NOW)
    assert await Person.exists().where(Person.email == application.email)


async def test_against_the_acceptance_of_their_application(
    mentee: Person, coordinator: Person
) -> None:
    """No welcome is sent to whoever is out."""
    for _ in range(3):
        application = await make_application(email=mentee.email)
        await asyncio.gather(
            applications.accept(application, by=coordinator, note="", now=NOW),
            exclusions.exclude(await fresh(mentee), by=coordinator, note="", now=NOW),
            return_exceptions=True,
        )
        to_them = [name for name, to in await letters() if to == mentee.id]
        assert to_them == ["member_excluded"]
        await Letter.delete(force=True)
        await exclusions.reinstate(await fresh(mentee), by=coordinator, note="", now=NOW)
        await Letter.delete(force=True)


async def test_nobody_moves_to_a_barred_address(
    mentee: Person, stranger: Person, coordinator: Person
) -> None:
    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)
    await Person.update({Person.email: "other@x.ch"}).where(Person.id == mentee.id)

    with pytest.raises(AddressBarred):
        await addresses.give(stranger, mentee.email, by=coordinator, now=NOW)


async def test_reinstated_they_may_come_but_what_ended_has_ended(
    mentee: Person, mentor: Person, coordinator: Person
) -> None:
    pair = await make_mentorship(mentee, mentor)
    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)

    await exclusions.reinstate(mentee, by=coordinator, note="Entretien", now=NOW)

    assert (await fresh(mentee)).standing == Standing.ACTIVE
    assert not await exclusions.is_barred(mentee.email) and await Barred.count() == 0
    assert await mentorships.is_over(pair)
    assert (await letters())[-1] == ("member_reinstated", mentee.id)
    begun = await sessions.begin(await fresh(mentee), "", NOW)
    assert await sessions.recognise(begun.token, NOW) is not None


async def test_who_never_came_is_reinstated_as_invited(coordinator: Person) -> None:
    person = await make_person(standing=Standing.INVITED)
    await exclusions.exclude(person, by=coordinator, note="", now=NOW)

    await exclusions.reinstate(person, by=coordinator, note="", now=NOW)

    assert (await fresh(person)).standing == Standing.INVITED


# Who, and who was first


async def test_only_the_office_and_never_oneself(
    mentee: Person, stranger: Person, coordinator: Person
) -> None:
    with pytest.raises(Unseen):
        await exclusions.exclude(mentee, by=stranger, note="", now=NOW)
    with pytest.raises(Unseen):
        await exclusions.reinstate(mentee, by=stranger, note="", now=NOW)
    with pytest.raises(NotYourOwn):
        await exclusions.exclude(coordinator, by=coordinator, note="", now=NOW)
    with pytest.raises(AlreadySettled):
        await exclusions.reinstate(mentee, by=coordinator, note="", now=NOW)


async def test_of_two_who_exclude_one_was_first(mentee: Person, coordinator: Person) -> None:
    other = await make_person("Martine", "Dubois", is_coordinator=True)

    ended = await asyncio.gather(
        exclusions.exclude(mentee, by=coordinator, note="", now=NOW),
        exclusions.exclude(await fresh(mentee), by=other, note="", now=NOW),
        return_exceptions=True,
    )

    assert sorted(type(result).__name__ for result in ended) == ["AlreadySettled", "NoneType"]
    assert [name for name, _ in await letters()] == ["member_excluded"]


async def test_two_coordinators_cannot_exclude_each_other(coordinator: Person) -> None:
    other = await make_person("Martine", "Dubois", is_coordinator=True)

    ended = await asyncio.gather(
        exclusions.exclude(other, by=coordinator, note="", now=NOW),
        exclusions.exclude(coordinator, by=other, note="", now=NOW),
        return_exceptions=True,
    )

    assert sorted(type(result).__name__ for result in ended) == ["NoneType", "Unseen"]
    assert await Person.count().where(Person.standing == Standing.EXCLUDED) == 1


@pytest.mark.parametrize("who", ["mentee", "mentor"])
async def test_against_an_acceptance_at_the_same_time(
    who: str, mentee: Person, mentor: Person, coordinator: Person
) -> None:
    """Whichever was first: nothing of an excluded person runs."""
    inquiry = await make_inquiry(mentee, mentor)
    person = mentee if who == "mentee" else mentor

    ended = await asyncio.gather(
        inquiries.accept(inquiry, Proposal("Volontiers."), by=mentor, now=NOW),
        exclusions.exclude(await fresh(person), by=coordinator, note="", now=NOW),
        return_exceptions=True,
    )

    assert ended[1] is None
    assert ended[0] is not None and isinstance(ended[0], Mentorship | Refusal)
    assert not await Inquiry.exists().where(Inquiry.state.is_in(["waiting", "asked_back"]))
    assert not await Mentorship.exists().where(
        Mentorship.state.is_in(["beginning", "running", "completed", "continuing"])
    )


@pytest.mark.parametrize("who", ["mentee", "mentor"])
async def test_against_a_request_at_the_same_time(
    who: str, mentee: Person, mentor: Person, coordinator: Person
) -> None:
    request = Request(new_key(), "P" * 40, "V" * 40, "E" * 40, ("phone",), "fr")
    person = mentee if who == "mentee" else mentor

    for _ in range(3):
        await asyncio.gather(
            inquiries.ask(mentor, request, by=mentee, now=NOW),
            exclusions.exclude(await fresh(person), by=coordinator, note="", now=NOW),
            return_exceptions=True,
        )

    assert (await fresh(person)).standing == Standing.EXCLUDED
    assert not await Inquiry.exists().where(Inquiry.state.is_in(["waiting", "asked_back"]))


@pytest.mark.parametrize("verb", ["leave", "go_on"])
async def test_against_a_partner_at_the_same_time(
    verb: str, mentee: Person, mentor: Person, coordinator: Person
) -> None:
    pair = await make_mentorship(mentee, mentor)
    said = {"is_yes": True, "by": mentor, "now": NOW}
    deed: Any = (
        mentorships.leave(pair, by=mentor, now=NOW)
        if verb == "leave"
        else mentorships.say(pair, Question.FIRST_TALK, **said)  # type: ignore[arg-type]
    )

    ended = await asyncio.gather(
        deed,
        exclusions.exclude(mentee, by=coordinator, note="", now=NOW),
        return_exceptions=True,
    )

    assert ended[1] is None and (ended[0] is None or isinstance(ended[0], Refusal))
    [row] = await Mentorship.select(Mentorship.state)
    assert row["state"] == State.ENDED_EARLY
    ends = [name for name, _ in await letters() if name in ("mentorship_parted", "mentorship_left")]
    assert len(ends) <= 1  # who left first has nothing to tell an excluded one


async def test_search_of_members_knows(mentee: Person, coordinator: Person) -> None:
    await exclusions.exclude(mentee, by=coordinator, note="", now=NOW)

    found = await members.find(members.Query(words="mos", standing="excluded"))

    assert [hit.id for hit in found.hits] == [mentee.id]
