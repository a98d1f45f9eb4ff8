"""A question on a profile: asked from the desk, answered by the mentor, back on the desk."""

from __future__ import annotations

import asyncio
import html
from datetime import timedelta
from typing import Any

import pytest

import clock
import urls
from domain import profiles
from domain.deadlines import UNDO
from tables.events import Event
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.people import Person
from tables.profiles import Profile, ProfileQuestion, State
from tests.cast import HTMX, Browser
from tests.controllers.test_profiles import WHOLE
from tests.factories import make_application, make_person, make_profile
from tests.moments import At

QUESTION, ANSWER, NOTE = "Combien de personnes dirigez-vous?", "Huit, depuis 2019.", "CV trop bref"
SAID = {"question": QUESTION, "note": NOTE}


@pytest.fixture
async def profile(founded: None) -> Profile:
    """Of Rosanna, since yesterday."""
    person = await make_person("Rosanna", "Bernasconi", language="de")
    yesterday = clock.now() - timedelta(days=1)
    return await make_profile(person, state=State.HANDED_IN, now=yesterday)


def deed(profile: Profile, name: str) -> str:
    return urls.profile_deed(profile, name)


async def other_coordinator() -> Person:
    return await make_person("Marc", "Jost", is_coordinator=True)


async def state_of(profile: Profile) -> str:
    row = await Profile.objects().get(Profile.id == profile.id)
    return str(row.state) if row else ""


async def deeds() -> list[str]:
    rows = Event.select(Event.what).where(Event.what.like("profile.%"))
    return [event["what"].partition(".")[2] for event in await rows.order_by(Event.id)]


async def letters() -> list[str]:
    return [row["name"] for row in await Letter.select(Letter.name).order_by(Letter.id)]


async def test_asked_with_one_tap_and_a_second_thought(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)

    piece = await window.post(deed(profile, "question"), data=SAID, headers=HTMX)
    [event], [letter], [asked] = (
        await Event.objects(),
        await Letter.objects(),
        await ProfileQuestion.objects(),
    )

    assert piece.status_code == 200 and f'id="profile-{profile.id}-undo"' in piece.text
    assert "question envoyée" in html.unescape(piece.text)
    assert await state_of(profile) == State.ASKED
    assert (event.what, event.by, event.why) == ("profile.ask", coordinator.id, NOTE)
    assert asked.question == QUESTION and QUESTION not in asked.question_sealed
    assert letter.name == "profile_asked" and letter.to == profile.person.id
    assert QUESTION in letter.text and NOTE not in letter.text and letter.language == "de"
    assert letter.due == clock.milliseconds(event.at + UNDO)
    assert f"{urls.PROFILE}#question" in letter.text


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"question": "", "note": NOTE}, "question"),
        ({"question": " \n ", "note": NOTE}, "question"),
        ({"question": "x" * 1001, "note": NOTE}, "question"),
        ({"question": QUESTION, "note": "x" * 1001}, "note"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    said: dict[str, str],
    wrong: str,
    profile: Profile,
    coordinator: Person,
    browser: Browser,
) -> None:
    await make_application("Zoe")
    window, own = await browser(coordinator), f"profile-{profile.id}"

    piece = await window.post(deed(profile, "question"), data=said, headers=HTMX)
    page = await window.post(deed(profile, "question"), data=said)

    assert piece.status_code == page.status_code == 422
    for answer in (piece, page):
        assert f'id="{own}-{wrong}-error"' in answer.text and answer.text.count("-error") == 2
        assert said["question"].strip() in answer.text and said["note"] in answer.text
        assert answer.text.count("<details open>") == 1
    assert await state_of(profile) == State.HANDED_IN and await Letter.count() == 0


async def test_a_typed_question_outlives_a_wrong_note(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    """Whichever button was pressed."""
    window = await browser(coordinator)

    said = {"question": QUESTION, "note": "x" * 1001}
    piece = await window.post(deed(profile, "release"), data=said, headers=HTMX)

    assert piece.status_code == 422 and QUESTION in html.unescape(piece.text)


async def test_the_line_waits_apart_and_is_no_decision(
    profile: Profile, coordinator: Person, browser: Browser, at: At
) -> None:
    now = clock.now()
    at(now)
    await make_application("Zoe")
    window = await browser(coordinator)
    await window.post(deed(profile, "question"), data=SAID)

    soon = html.unescape((await window.get(urls.DESK)).text)
    at(now + UNDO)
    later = html.unescape((await window.get(urls.DESK)).text)
    home = html.unescape((await window.get(urls.HOME)).text)

    assert soon.index("Rosanna") < soon.index("Zoe")  # nothing moves under the finger
    assert later.index("Zoe") < later.index("Rosanna")
    assert "1 décision en attente" in later and "en attente de la réponse" in later
    assert QUESTION in later and deed(profile, "waiver") in later
    assert deed(profile, "release") not in later and NOTE not in later
    assert "Une décision attend le secrétariat" in home


async def test_alone_it_leaves_the_desk_in_order(
    profile: Profile, coordinator: Person, browser: Browser, at: At
) -> None:
    now = clock.now()
    at(now)
    window = await browser(coordinator)
    await window.post(deed(profile, "question"), data=SAID)
    at(now + UNDO)

    desk = html.unescape((await window.get(urls.DESK)).text)

    assert "Aucune décision en attente" in desk and "Tout est décidé" in desk
    assert "Rosanna" in desk


async def test_the_second_coordinator_is_told(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    first, other = await browser(coordinator), await browser(await other_coordinator())
    await first.post(deed(profile, "question"), data=SAID)

    for name in ("question", "release", "refusal"):
        answer = await other.post(deed(profile, name), data=SAID, headers=HTMX)
        assert answer.status_code == 409 and "question envoyée" in html.unescape(answer.text)
        assert "Sandra Weber" in answer.text
    assert await deeds() == ["ask"] and await letters() == ["profile_asked"]


async def test_of_a_question_and_a_release_at_once_one_wins(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    windows = [await browser(coordinator), await browser(await other_coordinator())]

    answers = await asyncio.gather(
        windows[0].post(deed(profile, "question"), data=SAID),
        windows[1].post(deed(profile, "release"), data=SAID),
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert await Letter.count() == 1 and len(await deeds()) == 1
    assert await ProfileQuestion.count() == (await state_of(profile) == State.ASKED)


async def test_undone_nobody_ever_asked(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)
    await window.post(deed(profile, "question"), data=SAID)

    card = await window.post(deed(profile, "reopening"), headers=HTMX)
    again = await window.post(deed(profile, "reopening"), headers=HTMX)

    assert card.status_code == 200 and deed(profile, "release") in card.text
    assert again.status_code == 409 and await deeds() == ["ask", "unask"]
    assert await ProfileQuestion.count() == await Letter.count() == 0
    assert await state_of(profile) == State.HANDED_IN


async def test_too_late_it_stands(
    profile: Profile, coordinator: Person, browser: Browser, at: At
) -> None:
    now, window = clock.now(), await browser(coordinator)
    at(now)
    await window.post(deed(profile, "question"), data=SAID)

    at(now + UNDO)
    late = await window.post(deed(profile, "reopening"), headers=HTMX)
    at(now)
    await Letter.update({Letter.state: LetterState.SENT}, force=True)
    sent = await window.post(deed(profile, "reopening"), headers=HTMX)

    for answer in (late, sent):
        assert answer.status_code == 409 and "trop tard pour annuler" in answer.text
    assert await state_of(profile) == State.ASKED and await ProfileQuestion.count() == 1


async def test_the_answer_stands_on_the_desk(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    office, own = await browser(coordinator), await browser(profile.person)
    await office.post(deed(profile, "question"), data=SAID)

    home = html.unescape((await own.get(urls.HOME)).text)
    page = html.unescape((await own.get(urls.PROFILE)).text)
    sent = await own.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"answer": ANSWER}, headers=HTMX)
    desk = html.unescape((await office.get(urls.DESK)).text)

    assert "Die Geschäftsstelle hat eine Frage" in home and "#question" in home
    assert QUESTION in page and 'lang="fr"' in page and 'id="answer"' in page
    assert sent.status_code == 200 and ANSWER in html.unescape(sent.text)
    assert QUESTION in desk and ANSWER in desk and "avec réponse à votre question" in desk
    assert "1 décision en attente" in desk and deed(profile, "release") in desk
    assert await deeds() == ["ask", "write", "answer"]
    assert await letters() == []  # nobody has to be told what they answered already
    row = await Profile.objects().get(Profile.id == profile.id)
    assert row and row.state == State.HANDED_IN and row.handed_in_at > profile.handed_in_at


async def test_a_change_of_the_profile_is_an_answer_too(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    office, own = await browser(coordinator), await browser(profile.person)
    await office.post(deed(profile, "question"), data=SAID)

    await own.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"answer": ""})
    desk = html.unescape((await office.get(urls.DESK)).text)

    assert "Sans réponse écrite." in desk and WHOLE["about"] in desk


async def test_what_is_half_answered_is_kept(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    """Saved, or sent with a mistake: the office sees it when it is sent."""
    office, own = await browser(coordinator), await browser(profile.person)
    await office.post(deed(profile, "question"), data=SAID)

    saved = await own.post(urls.PROFILE, data=WHOLE | {"answer": "Huit"})
    wrong = await own.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"years": "x", "answer": ANSWER})
    page = html.unescape((await own.get(urls.PROFILE)).text)
    desk = html.unescape((await office.get(urls.DESK)).text)

    assert saved.status_code == 303 and wrong.status_code == 422
    assert ANSWER in html.unescape(wrong.text)
    assert "Huit</textarea>" in page and "Huit" not in desk
    too_long = await own.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"answer": "x" * 2001})
    assert too_long.status_code == 422 and 'id="answer-error"' in too_long.text
    assert await state_of(profile) == State.ASKED


async def test_a_page_from_before_the_question_loses_no_answer(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    """It has no field for it."""
    office, own = await browser(coordinator), await browser(profile.person)
    await office.post(deed(profile, "question"), data=SAID)
    await own.post(urls.PROFILE, data=WHOLE | {"answer": ANSWER})

    await own.post(urls.PROFILE_SUBMISSION, data=WHOLE)
    [asked] = await ProfileQuestion.objects()

    assert asked.answer == ANSWER and asked.answered_at
    assert await state_of(profile) == State.HANDED_IN


async def test_asked_again_both_exchanges_stay(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    office, own = await browser(coordinator), await browser(profile.person)
    await office.post(deed(profile, "question"), data=SAID)
    await own.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"answer": ANSWER})
    await office.post(deed(profile, "question"), data={"question": "Et avant?"})

    page = html.unescape((await own.get(urls.PROFILE)).text)
    assert ANSWER in page and "Et avant?" in page
    await office.post(deed(profile, "reopening"))
    rows = [row.question for row in await ProfileQuestion.objects()]
    assert rows == [QUESTION] and await state_of(profile) == State.HANDED_IN


async def test_without_the_answer_it_is_decided_all_the_same(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    office, own = await browser(coordinator), await browser(profile.person)
    await office.post(deed(profile, "question"), data=SAID)
    await own.post(urls.PROFILE, data=WHOLE | {"answer": "à moitié"})

    card = await office.post(deed(profile, "waiver"), data={"note": "Téléphone"}, headers=HTMX)
    again = await office.post(deed(profile, "waiver"), headers=HTMX)
    answered = await own.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"answer": ANSWER})
    released = await office.post(deed(profile, "release"))

    assert card.status_code == 200 and deed(profile, "release") in card.text
    assert "Sans réponse écrite." in html.unescape(card.text) and "à moitié" not in card.text
    assert again.status_code == answered.status_code == 409 and released.status_code == 303
    assert await deeds() == ["ask", "write", "waive", "write", "release"]
    assert await letters() == ["profile_released"]
    [waived] = await Event.objects().where(Event.what == "profile.waive")
    assert waived.why == "Téléphone"


async def test_taken_back_it_may_still_be_answered(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    office, own = await browser(coordinator), await browser(profile.person)
    await office.post(deed(profile, "question"), data=SAID)
    await own.post(urls.PROFILE_WITHDRAWAL)

    page = html.unescape((await own.get(urls.PROFILE)).text)
    assert QUESTION in page and await letters() == []
    assert "Rosanna" not in (await office.get(urls.DESK)).text
    await own.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"answer": ANSWER})
    assert ANSWER in html.unescape((await office.get(urls.DESK)).text)


async def test_once_decided_for_good_the_exchange_is_gone(
    profile: Profile, coordinator: Person, browser: Browser, at: At
) -> None:
    """As long as the decision can be undone, it comes back with it."""
    now = clock.now()
    at(now)
    office, own = await browser(coordinator), await browser(profile.person)
    await office.post(deed(profile, "question"), data=SAID)
    await own.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"answer": ANSWER})
    await office.post(deed(profile, "refusal"))

    await profiles.forget_questions(now + UNDO - timedelta(seconds=1))
    await office.post(deed(profile, "reopening"))
    assert ANSWER in html.unescape((await office.get(urls.DESK)).text)

    await profiles.forget_questions(now + timedelta(days=1))
    assert await ProfileQuestion.count() == 1  # it waits for its decision again
    await office.post(deed(profile, "release"))
    await profiles.forget_questions(now + UNDO)
    assert await ProfileQuestion.count() == 0


async def test_the_members_page_says_whose_turn_it_is(
    profile: Profile, coordinator: Person, browser: Browser
) -> None:
    window = await browser(coordinator)
    await window.post(deed(profile, "question"), data=SAID)

    page = html.unescape((await window.get(urls.member(profile.person))).text)

    assert "attend la réponse à votre question" in page and QUESTION not in page


async def test_the_desk_asks_the_database_no_more_often_for_three(
    coordinator: Person, browser: Browser, queries: Any
) -> None:
    window = await browser(coordinator)

    counted = []
    for _ in range(3):
        handed_in = await make_profile(await make_person(), state=State.HANDED_IN)
        await window.post(deed(handed_in, "question"), data=SAID)
        with queries() as asked:
            await window.get(urls.DESK)
        counted.append(len(asked))

    assert counted[0] == counted[2]
