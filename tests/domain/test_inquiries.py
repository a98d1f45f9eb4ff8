"""Requests: limits, the five answers, and the clock that guarantees one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import availability, favourites, house, inquiries, mentorships
from domain.inquiries import MOVES, Proposal, Request
from domain.refusals import (
    AlreadyAsked,
    AlreadySettled,
    MentorBusy,
    MentorGone,
    NormsFirst,
    NotYourself,
    Refusal,
    TooManyOpen,
    Unseen,
)
from mail import letters
from tables.events import Event
from tables.inquiries import Exchange, Inquiry, State
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.links import Link
from tables.mentorships import Mentorship
from tables.people import Person, Standing
from tables.profiles import BusyReason, Profile
from tables.profiles import State as ProfileState
from tests.factories import make_inquiry, make_mentor, make_person, make_profile, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXT = "Je reprends une équipe de huit personnes et cherche un regard neuf."


def request(key: str = "") -> Request:
    return Request(key or new_key(), TEXT, TEXT, TEXT, ("phone",), "fr")


async def names_of_letters() -> list[str]:
    rows = await Letter.select(Letter.name).order_by(Letter.id)
    return [row["name"] for row in rows]


async def state_of(inquiry: Inquiry) -> str:
    row = await Inquiry.select(Inquiry.state).where(Inquiry.id == inquiry.id).first()
    assert row is not None
    return str(row["state"])


async def test_a_request_reaches_its_mentor(mentor: Person, mentee: Person) -> None:
    inquiry = await inquiries.ask(mentor, request(), by=mentee, now=NOW)

    [letter], [event] = await Letter.objects(), await Event.objects()
    assert inquiry.answer_by == datetime(2026, 12, 7, 17, tzinfo=UTC)
    assert letter.to == mentor.id and TEXT in letter.text and "/answer/" in letter.text
    assert mentee.email not in letter.text and mentee.email not in letter.html
    assert event.what == "inquiry.ask"


async def test_a_resend_is_the_same_request(mentor: Person, mentee: Person) -> None:
    key = new_key()

    first = await inquiries.ask(mentor, request(key), by=mentee, now=NOW)
    again = await inquiries.ask(mentor, request(key), by=mentee, now=NOW)

    assert first.id == again.id
    assert await Inquiry.count() == 1 and await Letter.count() == 1


async def test_a_mentee_has_three_open_requests_at_most(mentee: Person, founded: None) -> None:
    for _ in range(3):
        await inquiries.ask(await make_mentor(), request(), by=mentee, now=NOW)

    with pytest.raises(TooManyOpen):
        await inquiries.ask(await make_mentor(), request(), by=mentee, now=NOW)


async def test_the_limit_holds_in_parallel(mentee: Person, founded: None) -> None:
    mentors = [await make_mentor() for _ in range(6)]

    asked = [inquiries.ask(each, request(), by=mentee, now=NOW) for each in mentors]
    results = await asyncio.gather(*asked, return_exceptions=True)

    assert sum(isinstance(each, TooManyOpen) for each in results) == 3
    assert await Inquiry.count() == 3 and await Letter.count() == 3


async def test_one_open_a_pair_also_in_parallel(mentor: Person, mentee: Person) -> None:
    asked = [inquiries.ask(mentor, request(), by=mentee, now=NOW) for _ in range(3)]
    results = await asyncio.gather(*asked, return_exceptions=True)

    assert sum(isinstance(each, AlreadyAsked) for each in results) == 2
    assert await Inquiry.count() == 1


async def test_who_cannot_be_asked(mentor: Person, mentee: Person, founded: None) -> None:
    busy = await make_mentor(is_busy=True)
    hidden = await make_mentor(state=ProfileState.HANDED_IN)
    gone = await make_mentor(standing=Standing.EXCLUDED)
    newcomer = await make_person(has_accepted=False)

    for refusal, whom, who in (
        (MentorBusy, busy, mentee),
        (MentorGone, hidden, mentee),
        (MentorGone, gone, mentee),
        (MentorGone, newcomer, mentee),
        (NotYourself, mentor, mentor),
        (NormsFirst, mentor, newcomer),
    ):
        with pytest.raises(refusal):
            await inquiries.ask(whom, request(), by=who, now=NOW)
    assert await Inquiry.count() == 0 and await Letter.count() == 0


async def test_acceptance_shows_each_the_others_address(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor, sent_at=NOW)
    later = NOW + timedelta(days=2)
    proposal = Proposal("Volontiers, mardi?", "phone", (NOW + timedelta(days=4),))

    mentorship = await inquiries.accept(inquiry, proposal, by=mentor, now=later)

    letters = {row.name: row for row in await Letter.objects()}
    to_mentee, to_mentor = letters["inquiry_accepted"], letters["inquiry_taken"]
    assert to_mentee.reply_to == mentor.email and mentor.email in to_mentee.text
    assert to_mentor.reply_to == mentee.email and mentee.email in to_mentor.text
    assert "Volontiers, mardi?" in to_mentee.text
    assert "vendredi 27\xa0novembre 2026" in to_mentee.text
    assert (mentorship.state, mentorship.contacts) == ("beginning", 0)


async def test_a_full_mentor_turns_busy_by_themself(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor)

    await inquiries.accept(inquiry, Proposal("Oui"), by=mentor, now=NOW)

    profile = await Profile.objects().where(Profile.person == mentor.id).first()
    assert profile is not None
    assert profile.is_busy and profile.busy_reason == BusyReason.CAPACITY


async def test_with_room_left_a_mentor_stays_free(mentee: Person, founded: None) -> None:
    mentor = await make_mentor(capacity=2)

    await inquiries.accept(await make_inquiry(mentee, mentor), Proposal("Oui"), by=mentor, now=NOW)

    assert not await Profile.exists().where(Profile.is_busy.eq(True))


async def test_declining_as_busy_turns_busy(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor)

    await inquiries.decline_as_busy(inquiry, by=mentor, saying="Pas en ce moment", now=NOW)

    [letter] = await Letter.objects()
    assert letter.to == mentee.id and "Pas en ce moment" in letter.text
    assert mentor.email not in letter.text and letter.reply_to == ""
    assert await Profile.exists().where(Profile.busy_reason == BusyReason.BY_HAND)


async def test_not_my_topic_leaves_free(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor)

    await inquiries.decline(inquiry, by=mentor, saying="Un autre thème que le mien", now=NOW)

    assert await state_of(inquiry) == State.DECLINED
    assert not await Profile.exists().where(Profile.is_busy.eq(True))


async def test_a_colleague_is_suggested(mentor: Person, mentee: Person) -> None:
    inquiry, colleague = await make_inquiry(mentee, mentor), await make_mentor("Rita", "Sutter")

    await inquiries.suggest(inquiry, colleague, by=mentor, saying="Voyez Rita", now=NOW)

    [letter] = await Letter.objects()
    assert f"/mentors/{colleague.id}" in letter.text and colleague.email not in letter.text
    for nobody in (mentor, mentee):
        again = await make_inquiry(mentee, mentor)
        with pytest.raises(MentorGone):
            await inquiries.suggest(again, nobody, by=mentor, saying="Voyez", now=NOW)
        await Inquiry.delete().where(Inquiry.id == again.id)


async def test_a_colleague_who_left_is_shown_no_more(mentor: Person, mentee: Person) -> None:
    inquiry, colleague = await make_inquiry(mentee, mentor), await make_mentor("Rita", "Sutter")
    await inquiries.suggest(inquiry, colleague, by=mentor, saying="Voyez Rita", now=NOW)
    shown = await inquiries.suggested_in(inquiry)

    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == colleague.id)

    assert shown is not None and shown.id == colleague.id
    assert await inquiries.suggested_in(inquiry) is None


async def test_a_question_back_and_its_answer_start_the_clock_anew(
    mentor: Person, mentee: Person
) -> None:
    inquiry = await make_inquiry(mentee, mentor, sent_at=NOW)
    day_5, day_6 = NOW + timedelta(days=5), NOW + timedelta(days=6)

    await inquiries.remind_due(day_5)
    await inquiries.ask_back(inquiry, by=mentor, question="Quelle équipe?", now=day_5)
    await inquiries.remind_due(day_5 + timedelta(days=6))
    await inquiries.explain(inquiry, by=mentee, words="Huit personnes", now=day_6)
    await inquiries.remind_due(day_6 + timedelta(days=4))

    said = [row.words for row in await Exchange.objects().order_by(Exchange.id)]
    assert said == ["Quelle équipe?", "Huit personnes"]
    assert await names_of_letters() == [
        "inquiry_reminder",
        "inquiry_asked_back",
        "inquiry_explained",
        "inquiry_reminder",
    ]
    fresh = await Inquiry.objects().get(Inquiry.id == inquiry.id)
    assert fresh is not None and fresh.answer_by == datetime(2026, 12, 13, 17, tzinfo=UTC)


async def test_reminders_on_days_3_7_and_10_once_each(mentor: Person, mentee: Person) -> None:
    await make_inquiry(mentee, mentor, sent_at=NOW)

    sent = []
    for day in range(14):
        for _ in range(2):
            await inquiries.remind_due(NOW + timedelta(days=day))
        sent.append(await Letter.count())

    assert sent == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3]


async def test_two_clocks_at_once_send_one_reminder(mentor: Person, mentee: Person) -> None:
    await make_inquiry(mentee, mentor, sent_at=NOW)

    await asyncio.gather(*(inquiries.remind_due(NOW + timedelta(days=3)) for _ in range(4)))

    assert await names_of_letters() == ["inquiry_reminder"]


async def test_day_14_releases_once(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor, sent_at=NOW)
    others = [await make_mentor("Ruth", f"Amstutz {n}") for n in range(4)]
    evening = datetime(2026, 12, 7, 17, tzinfo=UTC)

    await inquiries.release_due(evening - timedelta(minutes=1))
    before = await state_of(inquiry)
    await asyncio.gather(*(inquiries.release_due(evening) for _ in range(4)))

    assert (before, await state_of(inquiry)) == (State.WAITING, State.RELEASED)
    assert sorted(await names_of_letters()) == ["inquiry_lapsed", "inquiry_released"]
    released = await Letter.objects().where(Letter.name == "inquiry_released").first()
    assert released is not None
    shown = [each for each in others if f"/mentors/{each.id}" in released.text]
    assert len(shown) == 3


async def test_two_released_unanswered_turn_busy(mentor: Person, mentee: Person) -> None:
    other = await make_person("Paul", "Zimmer")
    await make_inquiry(mentee, mentor, sent_at=NOW)
    await make_inquiry(other, mentor, sent_at=NOW + timedelta(days=1))

    await inquiries.release_due(NOW + timedelta(days=14, hours=12))
    after_one = await Profile.exists().where(Profile.is_busy.eq(True))
    await inquiries.release_due(NOW + timedelta(days=15, hours=12))

    assert not after_one
    assert await Profile.exists().where(Profile.busy_reason == BusyReason.UNANSWERED)
    assert "turned_busy" in await names_of_letters()


async def test_a_reply_forgives_an_earlier_silence(mentor: Person, mentee: Person) -> None:
    other, third = await make_person(), await make_person()
    await make_inquiry(mentee, mentor, sent_at=NOW)
    await inquiries.release_due(NOW + timedelta(days=15))
    answered = await make_inquiry(other, mentor, sent_at=NOW + timedelta(days=15))
    await inquiries.decline(
        answered, by=mentor, saying="Pas mon thème", now=NOW + timedelta(days=16)
    )
    await make_inquiry(third, mentor, sent_at=NOW + timedelta(days=16))

    await inquiries.release_due(NOW + timedelta(days=31))

    assert not await Profile.exists().where(Profile.is_busy.eq(True))


async def test_a_silent_mentee_is_no_mentors_fault(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor, sent_at=NOW)
    await inquiries.ask_back(inquiry, by=mentor, question="Laquelle?", now=NOW)

    await inquiries.release_due(NOW + timedelta(days=15))

    profile = await Profile.objects().where(Profile.person == mentor.id).first()
    assert profile is not None and profile.unanswered == 0
    released, lapsed = await Letter.objects().where(Letter.id > 1).order_by(Letter.id)
    assert "restée sans réponse de votre part" in released.text
    assert "n’a pas répondu à votre question" in lapsed.text and lapsed.to == mentor.id
    assert await inquiries.overdue() == []


async def test_an_explanation_in_the_last_moment_is_not_released(
    mentor: Person, mentee: Person
) -> None:
    inquiry = await make_inquiry(mentee, mentor, sent_at=NOW)
    await inquiries.ask_back(inquiry, by=mentor, question="Laquelle?", now=NOW)
    late = NOW + timedelta(days=15)
    seen_by_the_clock = await inquiries.by_answer_link(inquiry.id, mentor)
    await inquiries.explain(inquiry, by=mentee, words="Celle-ci", now=late)

    with pytest.raises(AlreadySettled):
        await inquiries._release(seen_by_the_clock, await house.current(), late)

    assert await state_of(inquiry) == State.WAITING


async def test_an_explanation_voids_earlier_links(mentor: Person, mentee: Person) -> None:
    inquiry = await inquiries.ask(mentor, request(), by=mentee, now=NOW)
    await inquiries.ask_back(inquiry, by=mentor, question="Laquelle?", now=NOW)
    await inquiries.explain(inquiry, by=mentee, words="Celle-ci", now=NOW)

    first, second = await Link.objects().order_by(Link.id)
    assert first.used_at is not None and second.used_at is None


async def test_one_row_that_fails_holds_up_nobody(
    mentor: Person, mentee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await make_inquiry(mentee, mentor, sent_at=NOW)
    fine = await make_inquiry(await make_person(), mentor, sent_at=NOW)
    released = letters.inquiry_released

    async def failing(inquiry: Inquiry, *words: Any) -> None:
        if inquiry.id == broken.id:
            raise ValueError
        await released(inquiry, *words)

    monkeypatch.setattr(letters, "inquiry_released", failing)
    await inquiries.release_due(NOW + timedelta(days=15))

    assert [await state_of(broken), await state_of(fine)] == [State.WAITING, State.RELEASED]


async def test_withdrawing_several_leaves_the_rest(mentee: Person, founded: None) -> None:
    asked = [await make_inquiry(mentee, await make_mentor()) for _ in range(3)]

    count = await inquiries.withdraw_all({asked[0].id, asked[2].id}, by=mentee, now=NOW)

    assert count == 2
    assert [await state_of(each) for each in asked] == ["withdrawn", "waiting", "withdrawn"]
    assert await names_of_letters() == ["inquiry_withdrawn"] * 2


async def test_declining_several_leaves_the_rest(mentor: Person, mentee: Person) -> None:
    german = await make_person(language="de")
    asked = [await make_inquiry(each, mentor) for each in (mentee, await make_person(), german)]
    numbers, saying = {asked[0].id, asked[2].id}, {"fr": "Pas disponible"}

    count = await inquiries.decline_all(numbers, by=mentor, saying=saying, now=NOW)

    assert count == 1
    assert [await state_of(each) for each in asked] == ["declined", "waiting", "waiting"]
    assert await inquiries.decline_all(numbers, by=mentor, saying=saying, now=NOW) == 0


async def test_the_usual_time_to_answer_is_the_median(mentor: Person, founded: None) -> None:
    for hours in (10, 20, 300):
        asked = await make_inquiry(await make_person(), mentor, sent_at=NOW)
        moment = NOW + timedelta(hours=hours)
        await inquiries.decline(asked, by=mentor, saying="Merci, mais non", now=moment)

    profile = await Profile.objects().where(Profile.person == mentor.id).first()
    assert profile is not None and profile.usual_hours == 20


async def test_who_wished_is_told_once_when_a_mentor_is_free_again(
    mentee: Person, founded: None
) -> None:
    mentor = await make_mentor(is_busy=True)
    profile = await Profile.objects(Profile.person).where(Profile.person == mentor.id).first()
    assert profile is not None
    await favourites.wish(mentor, by=mentee, now=NOW)

    for _ in range(2):
        await availability.turn_free(profile, by=mentor, now=NOW)

    [letter] = await Letter.objects()
    assert letter.name == "free_again" and letter.to == mentee.id


async def test_who_wishes_again_the_same_day_is_told_again(mentee: Person, founded: None) -> None:
    mentor = await make_mentor(is_busy=True)
    profile = await Profile.objects(Profile.person).where(Profile.person == mentor.id).first()
    assert profile is not None

    for minutes in (0, 10):
        now = NOW + timedelta(minutes=minutes)
        await availability.turn_busy(profile, until=None, by=mentor, now=now)
        await favourites.wish(mentor, by=mentee, now=now)
        await availability.turn_free(profile, by=mentor, now=now)
        await Letter.update({Letter.state: LetterState.SENT}).where(Letter.name == "free_again")

    assert await names_of_letters() == ["free_again", "free_again"]


async def test_who_was_excluded_is_told_of_nobody(mentee: Person, founded: None) -> None:
    mentor = await make_mentor(is_busy=True)
    profile = await Profile.objects(Profile.person).where(Profile.person == mentor.id).first()
    assert profile is not None
    await favourites.wish(mentor, by=mentee, now=NOW)
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentee.id)

    await availability.turn_free(profile, by=mentor, now=NOW)

    assert await names_of_letters() == []


async def test_two_browsers_answer_and_one_wins(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    seen = [
        await inquiries.by_answer_link(inquiry.id, mentor),
        await inquiries.by_answer_link(inquiry.id, mentor),
        await inquiries.by_answer_link(inquiry.id, mentor),
    ]

    deeds: list[Awaitable[Any]] = [
        inquiries.accept(seen[0], Proposal("Oui"), by=mentor, now=NOW),
        inquiries.decline(seen[1], by=mentor, saying="Non", now=NOW),
        inquiries.withdraw(seen[2], by=mentee, now=NOW),
    ]
    results = await asyncio.gather(*deeds, return_exceptions=True)

    assert sum(isinstance(each, AlreadySettled) for each in results) == 2
    assert await Event.count().where(Event.what.like("inquiry.%")) == 1
    assert await Mentorship.count() == (await state_of(inquiry) == State.ACCEPTED)


VERBS: dict[str, Any] = {
    "accept": lambda i, mentor, mentee: inquiries.accept(i, Proposal("Oui"), by=mentor, now=NOW),
    "decline": lambda i, mentor, mentee: inquiries.decline(i, by=mentor, saying="Non", now=NOW),
    "ask_back": lambda i, mentor, mentee: inquiries.ask_back(i, by=mentor, question="?", now=NOW),
    "explain": lambda i, mentor, mentee: inquiries.explain(i, by=mentee, words="Voilà", now=NOW),
    "withdraw": lambda i, mentor, mentee: inquiries.withdraw(i, by=mentee, now=NOW),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_each_verb_in_each_state(verb: str, mentee: Person, founded: None) -> None:
    origins, goal = MOVES[verb]

    for state in State:
        mentor = await make_mentor()
        inquiry = await make_inquiry(mentee, mentor, state=state)
        try:
            await VERBS[verb](inquiry, mentor, mentee)
            outcome = await state_of(inquiry)
        except AlreadySettled:
            outcome = "refused"
        assert outcome == (goal if state in origins else "refused"), state


@pytest.mark.parametrize("verb", VERBS)
async def test_a_stranger_can_do_nothing(
    verb: str, mentor: Person, mentee: Person, stranger: Person
) -> None:
    inquiry = await make_inquiry(mentee, mentor)

    with pytest.raises(Unseen):
        await VERBS[verb](inquiry, stranger, stranger)

    assert await state_of(inquiry) == State.WAITING and await Letter.count() == 0


async def test_mentor_and_mentee_have_each_their_verbs(mentor: Person, mentee: Person) -> None:
    inquiry = await make_inquiry(mentee, mentor)

    for verb in VERBS.values():
        with pytest.raises(Unseen):
            await verb(inquiry, mentee, mentor)


async def test_an_excluded_mentor_answers_no_more(mentee: Person, founded: None) -> None:
    mentor = await make_person(standing=Standing.EXCLUDED)
    await make_profile(mentor)
    inquiry = await make_inquiry(mentee, mentor)

    with pytest.raises(Refusal):
        await inquiries.accept(inquiry, Proposal("Oui"), by=mentor, now=NOW)


async def test_private_texts_are_sealed_in_the_database(mentor: Person, mentee: Person) -> None:
    await inquiries.ask(mentor, request(), by=mentee, now=NOW)

    [row], [letter] = await Inquiry.select(), await Letter.select()
    assert all(TEXT not in str(value) for value in (*row.values(), *letter.values()))


async def test_a_pair_sees_its_mentorship_and_nobody_else(
    mentor: Person, mentee: Person, stranger: Person, coordinator: Person
) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    await inquiries.accept(inquiry, Proposal("Oui"), by=mentor, now=NOW)

    assert len(await mentorships.seen_by(mentor)) == len(await mentorships.seen_by(mentee)) == 1
    assert await mentorships.seen_by(stranger) == await mentorships.seen_by(coordinator) == []
