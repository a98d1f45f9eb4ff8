"""The desk: what waits, settled in place, by one of several coordinators, undone for a while."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import clock
import urls
from domain import departures, exclusions, inquiries
from domain.deadlines import UNDO
from tables.applications import Application
from tables.applications import State as ApplicationState
from tables.events import Event
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.people import Person, Standing
from tables.profiles import Profile, State
from tests.cast import HTMX, Browser
from tests.factories import (
    PROBLEM,
    make_application,
    make_inquiry,
    make_letter,
    make_mentor,
    make_person,
    make_profile,
)
from tests.moments import At

SETTLED = "C’est déjà traité"
QUICKER = "Sandra Weber s’en est déjà occupé·e à"
LATE = "trop tard pour annuler"


def accept(application: Application) -> str:
    return urls.application_deed(application, "acceptance")


def refuse(application: Application) -> str:
    return urls.application_deed(application, "refusal")


def reopen(application: Application) -> str:
    return urls.application_deed(application, "reopening")


async def other_coordinator() -> Person:
    return await make_person("Marc", "Jost", is_coordinator=True)


async def kept(application: Application) -> Application:
    row = await Application.objects().get(Application.id == application.id)
    assert row is not None
    return row


async def handed_in(**said: Any) -> Profile:
    person = await make_person("Rosanna", "Bernasconi", language="it")
    return await make_profile(person, state=State.HANDED_IN, **said)


async def state_of(profile: Profile) -> str:
    row = await Profile.objects().get(Profile.id == profile.id)
    return str(row.state) if row else ""


async def test_the_oldest_stands_first_and_drafts_stay_private(
    mentor: Person, coordinator: Person, browser: Browser
) -> None:
    now = clock.now()
    await make_application("Zoe", sent_at=now - timedelta(days=1))
    await handed_in(now=now - timedelta(days=4))
    await make_application("Ada", sent_at=now - timedelta(days=9))
    await make_profile(await make_person("Pia", "Privat"), state=State.DRAFT)
    window = await browser(coordinator)

    page = (await window.get(urls.DESK)).text

    assert page.index("Ada") < page.index("Rosanna") < page.index("Zoe")
    assert "3 décisions en attente" in page and "depuis 9 jours" in page
    assert "Pia" not in page and mentor.email not in page


async def test_an_empty_desk_says_so(coordinator: Person, browser: Browser) -> None:
    window = await browser(coordinator)

    page = (await window.get(urls.DESK)).text

    assert "Tout est décidé" in page and "Aucune décision en attente" in page


async def test_a_poll_gets_the_list_alone(coordinator: Person, browser: Browser) -> None:
    await make_application("Nora")
    window = await browser(coordinator)

    poll = await window.get(f"{urls.DESK}?poll=1", headers=HTMX)

    assert poll.text.lstrip().startswith("<div") and 'id="desk"' in poll.text
    assert "Nora" in poll.text and "<html" not in poll.text


async def test_a_candidature_is_accepted_with_one_tap(
    coordinator: Person, browser: Browser
) -> None:
    application = await make_application(as_mentor=True, language="de")
    window = await browser(coordinator)

    card = await window.post(accept(application), data={"note": "CV lu"}, headers=HTMX)
    person = await Person.objects().where(Person.email == application.email).first()
    [event], [letter] = await Event.objects(), await Letter.objects()
    row = await kept(application)

    assert card.status_code == 200 and f'id="application-{application.id}"' in card.text
    assert "Annuler" in card.text and "autofocus" in card.text and "Sandra Weber" in card.text
    assert 'hx-target="#desk-count"' in card.text and "CV lu" not in card.text
    assert person and person.standing == Standing.INVITED and person.language == "de"
    assert await Profile.exists().where(Profile.person == person.id)
    assert (event.what, event.by, event.why) == ("application.accept", coordinator.id, "CV lu")
    assert letter.name == "application_accepted" and letter.to == person.id
    assert letter.due == clock.milliseconds(row.settled_at + UNDO)
    assert row.note == "CV lu" and "CV lu" not in row.note_sealed and "CV lu" not in letter.text


async def test_without_a_script_the_desk_comes_back(coordinator: Person, browser: Browser) -> None:
    application = await make_application()
    window = await browser(coordinator)

    answer = await window.post(refuse(application))
    desk = (await window.get(urls.DESK)).text

    assert answer.status_code == 303 and answer.headers["location"] == urls.DESK
    assert "candidature refusée" in desk and reopen(application) in desk


async def test_a_refusal_names_no_reason(coordinator: Person, browser: Browser) -> None:
    application, profile = await make_application(), await handed_in()
    window = await browser(coordinator)
    note = {"note": "Zu wenig Erfahrung im Beruf"}

    await window.post(refuse(application), data=note)
    await window.post(urls.profile_deed(profile, "refusal"), data=note)
    letters = await Letter.objects().order_by(Letter.id)
    events = await Event.objects().order_by(Event.id)

    assert [letter.name for letter in letters] == ["application_refused", "profile_refused"]
    for letter in letters:
        told = letter.subject + letter.text + letter.html
        assert "Erfahrung" not in told and coordinator.last_name not in told
    assert [event.why for event in events] == [note["note"]] * 2
    assert not await Person.exists().where(Person.email == application.email)


@pytest.mark.parametrize("second", [accept, refuse])
async def test_the_second_coordinator_is_told_and_nothing_happens_twice(
    second: Callable[[Application], str], coordinator: Person, browser: Browser
) -> None:
    application = await make_application()
    first, other = await browser(coordinator), await browser(await other_coordinator())

    await first.post(accept(application), headers=HTMX)
    piece = await other.post(second(application), headers=HTMX)
    page = await other.post(second(application))

    assert piece.status_code == page.status_code == 409
    assert QUICKER in html.unescape(piece.text) and 'hx-target="#toasts"' in piece.text
    assert f'hx-target="#application-{application.id}"' in piece.text
    assert "Sandra Weber" in piece.text and "candidature acceptée" in piece.text
    assert "<html" in page.text and QUICKER in html.unescape(page.text)
    own = html.unescape((await first.post(second(application), headers=HTMX)).text)
    assert SETTLED in own and "occupé·e" not in own  # one's own other window
    assert await Letter.count() == await Event.count() == 1


async def test_of_two_at_once_one_wins(coordinator: Person, browser: Browser) -> None:
    windows = [await browser(coordinator), await browser(await other_coordinator())]
    for _ in range(5):
        application = await make_application()
        deeds = [windows[0].post(accept(application)), windows[1].post(refuse(application))]

        answers = await asyncio.gather(*deeds)

        assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert await Letter.count() == await Event.count() == 5


async def test_a_profile_released_by_two_at_once_is_released_once(
    coordinator: Person, browser: Browser
) -> None:
    profile = await handed_in()
    windows = [await browser(coordinator), await browser(await other_coordinator())]
    release = urls.profile_deed(profile, "release")

    answers = await asyncio.gather(*(window.post(release) for window in windows))
    [letter], [event] = await Letter.objects(), await Event.objects()

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    owner: Person = profile.person
    assert letter.name == "profile_released" and letter.to == owner.id
    assert event.what == "profile.release" and await state_of(profile) == State.RELEASED


async def test_a_note_too_long_opens_its_card_again(coordinator: Person, browser: Browser) -> None:
    application = await make_application()
    await make_application("Zoe")
    window = await browser(coordinator)
    note = {"note": "x" * 1001}

    piece = await window.post(accept(application), data=note, headers=HTMX)
    page = await window.post(accept(application), data=note)

    assert piece.status_code == page.status_code == 422
    assert "<details open>" in piece.text and "x" * 1001 in piece.text
    assert page.text.count("<details open>") == 1 and "x" * 1001 in page.text
    assert (await kept(application)).state == ApplicationState.WAITING


async def test_an_acceptance_is_undone_while_its_letter_waits(
    coordinator: Person, browser: Browser, at: At
) -> None:
    application, now = await make_application(as_mentor=True), clock.now()
    window = await browser(await other_coordinator())
    at(now)
    await window.post(accept(application), headers=HTMX)

    at(now + UNDO - timedelta(seconds=1))
    card = await window.post(reopen(application), headers=HTMX)
    people = await Person.count().where(Person.email == application.email)
    row = await kept(application)

    assert card.status_code == 200 and accept(application) in card.text
    assert row.state == ApplicationState.WAITING and row.settled_at is None
    assert people == await Letter.count() == await Profile.count() == 0
    assert [event.what for event in await Event.objects().order_by(Event.id)] == [
        "application.accept",
        "application.reopen",
    ]


async def test_after_an_undo_everything_can_happen_again(
    coordinator: Person, browser: Browser
) -> None:
    application = await make_application()
    window = await browser(coordinator)

    for deed in (accept, reopen, refuse, reopen, accept):
        assert (await window.post(deed(application))).status_code == 303
    [letter] = await Letter.objects()

    assert letter.name == "application_accepted"
    assert (await kept(application)).state == ApplicationState.ACCEPTED


async def test_what_was_undone_leaves_known_people_as_they_were(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)
    for person in (mentor, mentee):
        application = await make_application(email=person.email, as_mentor=True)
        await window.post(accept(application))
        await window.post(reopen(application))

    assert await Person.count().where(Person.id.is_in([mentor.id, mentee.id])) == 2
    assert [row["person"] for row in await Profile.select(Profile.person)] == [mentor.id]


async def test_too_late_is_too_late(coordinator: Person, browser: Browser, at: At) -> None:
    application, profile, now = await make_application(), await handed_in(), clock.now()
    window = await browser(coordinator)
    release, back = (urls.profile_deed(profile, each) for each in ("release", "reopening"))
    at(now)
    await window.post(accept(application))
    await window.post(release)

    at(now + UNDO)
    answers = [await window.post(each, headers=HTMX) for each in (reopen(application), back)]
    desk = (await window.get(urls.DESK)).text

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all(LATE in answer.text and "Annuler" not in answer.text for answer in answers)
    assert "Tout est décidé" in desk
    assert (await kept(application)).state == ApplicationState.ACCEPTED


async def test_a_letter_that_left_cannot_be_called_back(
    coordinator: Person, browser: Browser
) -> None:
    application = await make_application()
    window = await browser(coordinator)
    await window.post(accept(application))

    await Letter.update({Letter.state: LetterState.SENT}, force=True)
    answer = await window.post(reopen(application), headers=HTMX)

    assert answer.status_code == 409 and LATE in answer.text
    assert (await kept(application)).state == ApplicationState.ACCEPTED


async def test_who_came_in_meanwhile_stays(coordinator: Person, browser: Browser) -> None:
    application = await make_application()
    window = await browser(coordinator)
    await window.post(accept(application))
    new = Person.email == application.email

    await Person.update({Person.standing: Standing.ACTIVE}).where(new)
    answer = await window.post(reopen(application), headers=HTMX)

    assert answer.status_code == 409
    assert await Person.exists().where(new) and await Letter.count() == 1
    assert (await kept(application)).state == ApplicationState.ACCEPTED


async def test_a_profile_comes_back_from_a_release(coordinator: Person, browser: Browser) -> None:
    profile = await handed_in()
    window = await browser(coordinator)

    await window.post(urls.profile_deed(profile, "release"))
    card = await window.post(urls.profile_deed(profile, "reopening"), headers=HTMX)

    assert card.status_code == 200 and "Publier le profil" in card.text
    assert await state_of(profile) == State.HANDED_IN and await Letter.count() == 0


async def test_what_was_just_settled_stays_in_its_place_for_a_while(
    coordinator: Person, browser: Browser, at: At
) -> None:
    now = clock.now()
    at(now)
    profile = await handed_in(now=now - timedelta(days=1))
    await make_application("Zoe")
    window = await browser(coordinator)

    await window.post(urls.profile_deed(profile, "release"))
    soon = (await window.get(urls.DESK)).text
    at(now + UNDO)
    later = (await window.get(urls.DESK)).text

    assert soon.index("Rosanna") < soon.index("Zoe") and "profil publié" in soon
    assert "1 décision en attente" in soon and "Rosanna" not in later and "Zoe" in later


async def test_the_second_undo_finds_nothing_to_undo(coordinator: Person, browser: Browser) -> None:
    application, profile = await make_application(), await handed_in()
    window = await browser(coordinator)

    for undo in (reopen(application), urls.profile_deed(profile, "reopening")):
        assert (await window.post(undo, headers=HTMX)).status_code == 409


async def test_a_profile_taken_back_meanwhile_is_gone_from_the_desk(
    coordinator: Person, browser: Browser
) -> None:
    profile = await handed_in()
    window = await browser(coordinator)

    await Profile.update({Profile.state: State.DRAFT}).where(Profile.id == profile.id)
    answer = await window.post(urls.profile_deed(profile, "release"))

    assert answer.status_code == 404 and await Letter.count() == 0


async def test_a_known_address_is_told_to_the_office(
    mentee: Person, coordinator: Person, browser: Browser
) -> None:
    gone = await make_person("Ugo", "Neri", standing=Standing.EXCLUDED)
    await make_application(email=mentee.email)
    await make_application(email=gone.email)
    window = await browser(coordinator)

    page = html.unescape((await window.get(urls.DESK)).text)

    assert "déjà connue : David Moser" in page.replace("\u202f", " ")
    assert "Ugo Neri, personne exclue" in page


async def test_accepting_does_not_reinstate(coordinator: Person, browser: Browser) -> None:
    gone = await make_person("Ugo", "Neri", standing=Standing.EXCLUDED)
    application = await make_application(email=gone.email)
    window = await browser(coordinator)

    await window.post(accept(application))
    person = await Person.objects().get(Person.id == gone.id)

    assert person and person.standing == Standing.EXCLUDED


async def test_the_office_sees_that_nobody_answered_and_not_what_was_asked(
    mentor: Person, mentee: Person, coordinator: Person, browser: Browser
) -> None:
    now = clock.now()
    for days, last in ((2, "Proche"), (31, "Lointain")):
        who = await make_person("Petra", last)
        gone = {"state": InquiryState.RELEASED, "sent_at": now - timedelta(days=days + 14)}
        await make_inquiry(who, mentor, settled_at=now - timedelta(days=days), **gone)  # type: ignore[arg-type]
    await make_inquiry(mentee, mentor)
    window = await browser(coordinator)

    page = html.unescape((await window.get(urls.DESK)).text)

    assert "Claire Favre devait une réponse à Petra Proche" in page
    assert "Lointain" not in page and mentee.name not in page and PROBLEM not in page


async def test_the_office_sees_how_a_silent_mentor_usually_answers(
    mentor: Person, coordinator: Person, browser: Browser
) -> None:
    """A mentee who left a question back unanswered is no mentor's delay."""
    now = clock.now()
    silence: dict[str, Any] = {"state": InquiryState.RELEASED, "settled_at": now}
    await make_inquiry(await make_person(), mentor, **silence)
    unexplained = silence | {"reason": "unexplained", "replied_at": now}
    await make_inquiry(await make_person(), mentor, **unexplained)
    await make_inquiry(await make_person(), mentor)
    answered = await make_inquiry(await make_person(), mentor)
    await inquiries.decline(answered, by=mentor, saying="Pas mon thème", now=now)
    window = await browser(coordinator)

    page = html.unescape((await window.get(urls.DESK)).text)

    assert "Réponses dans le délai\u202f: 2 sur 3 · Répond en général le jour même" in page


async def test_a_failed_letter_is_counted_and_sent_again_without_being_read(
    mentee: Person, coordinator: Person, browser: Browser
) -> None:
    letter = await make_letter(mentee)
    letter.text, letter.address = "Bien à vous", mentee.email
    await letter.save()
    empty = await make_letter(None)
    window = await browser(coordinator)

    page = (await window.get(urls.DESK)).text
    piece = await window.post(urls.letter_again(letter), headers=HTMX)
    again = await window.post(urls.letter_again(letter), headers=HTMX)
    row = await Letter.objects().get(Letter.id == letter.id)

    assert "2 décisions en attente" in page and page.count("Message non remis") == 2
    assert "Bien à vous" not in page and mentee.name in page
    assert urls.letter_again(empty) not in page
    assert piece.status_code == 200 and 'id="desk"' in piece.text
    assert again.status_code == 409 and row and row.state == LetterState.WAITING


async def test_a_failed_letter_to_a_stranger_has_no_name(
    coordinator: Person, browser: Browser
) -> None:
    await make_letter()

    desk = html.unescape((await (await browser(coordinator)).get(urls.DESK)).text)

    assert "Une personne qui n’est pas membre" in desk and "None" not in desk


async def test_the_desk_asks_the_database_no_more_often_for_three(
    coordinator: Person, browser: Browser, queries: Any
) -> None:
    window = await browser(coordinator)

    async def one_more() -> None:
        await make_application()
        await handed_in()
        done = await make_application()
        await window.post(accept(done))
        undone = await handed_in()
        await window.post(urls.profile_deed(undone, "release"))

    counted = []
    for _ in range(3):
        await one_more()
        with queries() as asked:
            await window.get(urls.DESK)
        counted.append(len(asked))

    assert counted[0] == counted[2]


@pytest.mark.parametrize("deed", ["acceptance", "refusal", "reopening"])
async def test_for_others_the_desk_is_not_there(
    deed: str, mentor: Person, stranger: Person, browser: Browser
) -> None:
    application = await make_application()
    window = await browser(await make_mentor())

    for person in (mentor, stranger):
        window = await browser(person)
        assert (await window.get(urls.DESK)).status_code == 404
        for note in ("", "x" * 1001):
            answer = await window.post(
                urls.application_deed(application, deed), data={"note": note}
            )
            assert answer.status_code == 404 and application.name not in answer.text
    assert (await kept(application)).state == ApplicationState.WAITING


async def test_the_next_line_has_the_focus_where_one_has_gone(
    coordinator: Person, browser: Browser
) -> None:
    """Whoever works by keyboard goes on from there."""
    window, now = await browser(coordinator), clock.now()
    older = await make_application("Ada", sent_at=now - timedelta(days=2))
    later = await make_application("Bea", sent_at=now)
    letter = await make_letter(coordinator, posted_at=now - timedelta(days=1))
    letter.text = "Bonjour"
    await letter.save()

    piece = (await window.post(urls.letter_again(letter), headers=HTMX)).text

    assert f'id="application-{later.id}-summary" autofocus' in piece
    assert f'id="application-{older.id}-summary" autofocus' not in piece


async def test_whoever_sent_a_letter_again_is_named(coordinator: Person, browser: Browser) -> None:
    """Nothing is left on the desk to tell it."""
    letter = await make_letter(coordinator)
    letter.text = "Bonjour"
    await letter.save()
    first, other = await browser(coordinator), await browser(await other_coordinator())

    await first.post(urls.letter_again(letter), headers=HTMX)
    told = await other.post(urls.letter_again(letter), headers=HTMX)

    assert told.status_code == 409 and QUICKER in html.unescape(told.text)


async def test_an_address_is_admitted_again_where_nobody_is_left_to_reinstate(
    mentee: Person, coordinator: Person, browser: Browser
) -> None:
    application = await make_application(email=mentee.email)
    window = await browser(coordinator)
    await exclusions.exclude(mentee, by=coordinator, note="", now=clock.now())
    known = (await window.get(urls.DESK)).text
    assert f'href="{urls.member(mentee)}"' in known
    assert f"application-{application.id}-yes" not in known and "readmission" not in known

    address = mentee.email
    await departures.forget(mentee, clock.now())
    application = await make_application(email=address)
    barred = (await window.get(urls.DESK)).text
    to = urls.application_deed(application, "readmission")
    assert to in barred and f"application-{application.id}-yes" not in barred

    admitted = await window.post(to, headers=HTMX)
    again = await window.post(to)

    assert admitted.status_code == 200 and f"application-{application.id}-yes" in admitted.text
    assert again.status_code == 409
    assert await Event.exists().where(Event.what == "application.readmit")
