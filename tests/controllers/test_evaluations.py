"""Pages of the end: who reads what when, bad input, two windows, no JavaScript."""

from __future__ import annotations

import asyncio
import html
import re
from datetime import timedelta
from typing import Any

import pytest

import clock
import templating
import urls
from domain import evaluations
from tables.agreements import Agreement
from tables.agreements import State as AgreementState
from tables.evaluations import Evaluation, Later, Thanks
from tables.letters import Letter
from tables.mentorships import Mentorship, State
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_evaluation, make_mentorship, make_person, new_key
from tests.moments import At

KEY = "key-of-a-form-abcdef"
SECRET = "Sans vous, j’aurais démissionné."
OFFICE = "Les délais sont trop courts."
FORM = {
    "key": KEY,
    "agreement": "1",
    "process_direction": "yes",
    "process_rhythm": "",
    "goal_0": "partly",
    "goal_1": "no",
    "benefits": ["open-doors", "fresh-look"],
    "company": "shared-knowledge",
    "to_partner": SECRET,
    "to_office": OFFICE,
}


async def ended(
    mentee: Person, mentor: Person, state: State = State.COMPLETED, **more: Any
) -> Mentorship:
    now = clock.now()
    usual: dict[str, Any] = {"state": state, "contacts": 4, "completed_at": now}
    if state in (State.CLOSED, State.ENDED_EARLY, State.NOT_PURSUED):
        usual["ended_at"] = now
    return await make_mentorship(mentee, mentor, **usual | more)


async def agreed(pair: Mentorship, number: int, goals: str) -> None:
    now = clock.now()
    row = Agreement(
        key=new_key(),
        mentorship=pair.id,
        number=number,
        state=AgreementState.ACCEPTED,
        by=pair.mentee.id,
        proposed_at=now,
        accepted_at=now,
    )
    row.goals = goals
    row.form = row.frequency = row.length = ""
    await row.save()


def page_of(pair: Mentorship) -> str:
    return urls.mentorship(pair, "evaluation")


async def test_looking_back_once_however_often_it_is_sent(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor), await browser(mentee)
    await agreed(pair, 1, "Déléguer\nDire non")

    page = await window.get(page_of(pair))
    sent = [window.post(page_of(pair), data=FORM, headers=HTMX) for _ in range(3)]
    answers = await asyncio.gather(*sent)
    own = html.unescape((await window.get(page_of(pair))).text)

    [row] = await Evaluation.objects()
    assert "Déléguer" in page.text and "Dire non" in page.text
    assert {each.headers["hx-redirect"] for each in answers} == {urls.mentorship(pair)}
    assert row.process == "yes - - -" and row.results == "partly no"
    assert row.benefits == "open-doors shared-knowledge"  # a mentor's isn't a mentee's
    assert (row.to_partner, row.to_office) == (SECRET, OFFICE)
    assert SECRET in own and OFFICE in own and "evaluation-send" not in own


async def test_another_form_of_the_same_person_is_told(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await ended(mentee, mentor)
    one, two = await browser(mentee), await browser(mentee)

    forms = [FORM, FORM | {"key": new_key(), "to_partner": "Autre"}]
    sent = [
        window.post(page_of(pair), data=form, headers=HTMX)
        for window, form in zip((one, two), forms, strict=True)
    ]
    answers = await asyncio.gather(*sent)
    plain = await two.post(page_of(pair), data=FORM | {"key": new_key()})

    assert sorted(each.status_code for each in answers) == [204, 409]
    told = next(each for each in answers if each.status_code == 409)
    assert 'hx-target="#evaluation"' in told.text and "Vos réponses" in told.text
    assert plain.status_code == 409 and "<html" in plain.text
    assert await Evaluation.count() == 1


async def test_without_javascript_a_post_leads_to_the_journey(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor), await browser(mentee)

    answer = await window.post(page_of(pair), data={"key": KEY})
    page = await window.get(answer.headers["location"])

    assert answer.status_code == 303 and "enregistré" in page.text
    assert "Vous avez évalué le mentorat" in page.text
    [row] = await Evaluation.objects()
    assert row.process == "- - - -" and row.to_partner == ""  # everything may be left out


async def test_nobody_reads_the_word_before_its_day(
    mentor: Person, mentee: Person, stranger: Person, coordinator: Person, browser: Browser, at: At
) -> None:
    pair, theirs = await ended(mentee, mentor), await browser(mentor)
    await (await browser(mentee)).post(page_of(pair), data=FORM)
    places = [urls.mentorship(pair), page_of(pair), f"{urls.mentorship(pair, 'news')}?seen=0"]
    places += [urls.HOME, urls.MENTORSHIPS]

    async def read(window: Any) -> str:
        pages = [await window.get(place, headers=how) for place in places for how in ({}, HTMX)]
        pages.append(await window.post(page_of(pair), data={"key": "?"}, headers=HTMX))
        return html.unescape("".join(page.text for page in pages))

    before = await read(theirs)
    office, passer_by = await browser(coordinator), await browser(stranger)
    others = await read(office) + await read(passer_by) + (await office.get(urls.DESK)).text
    written = "".join(letter.text + letter.subject for letter in await Letter.objects())
    at(clock.now() + timedelta(days=15))
    after = await read(await browser(mentor))

    assert "a déjà répondu" in before
    assert SECRET not in before and SECRET not in others and SECRET not in written
    assert SECRET in after and OFFICE not in before + after
    assert OFFICE in html.unescape(others)  # the desk's alone
    assert OFFICE not in html.unescape(await read(office))


async def test_the_partner_sees_the_word_alone(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await ended(mentee, mentor)
    await make_evaluation(
        pair,
        mentee,
        to_partner=SECRET,
        to_office=OFFICE,
        goals="Ne plus pleurer",
        results="no",
        benefits="open-doors",
    )
    window = await browser(mentor)

    await window.post(page_of(pair), data={"key": KEY, "to_partner": "De Claire"})
    pages = [await window.get(each) for each in (page_of(pair), urls.mentorship(pair))]

    for page in pages:
        text = html.unescape(page.text)
        assert SECRET in text and OFFICE not in text
        assert "Ne plus pleurer" not in text and "portes ouvertes" not in text.partition("<main")[2]
    theirs = await (await browser(mentee)).get(urls.mentorship(pair))
    assert "De Claire" in theirs.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to_partner": "m" * 2001}, "to_partner"),
        ({"to_office": "m" * 2001}, "to_office"),
        ({"key": "<script>"}, "key"),
        ({"key": ""}, "key"),
        ({"process_trust": "stars"}, "process_trust"),
        ({"goal_0": "<script>alert(1)</script>"}, "goal_0"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_kept(
    change: dict[str, str], field: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor), await browser(mentee)
    await agreed(pair, 1, "Déléguer\nDire non")

    answer = await window.post(page_of(pair), data=FORM | change, headers=HTMX)
    plain = await window.post(page_of(pair), data=FORM | change)

    text = html.unescape(answer.text)
    assert answer.status_code == plain.status_code == 422
    assert "<html" not in answer.text and "<html" in plain.text
    assert 'class="error"' in text or 'class="errors"' in text
    assert (OFFICE in text or field == "to_office") and (SECRET in text or field == "to_partner")
    assert 'id="process_direction" name="process_direction" value="yes" checked' in text
    assert re.search(r'name="benefits"[^>]*value="open-doors" checked', text)
    assert "<script>alert" not in answer.text
    kept = re.search(r'name="key" value="([^"]*)"', answer.text)
    assert kept and re.fullmatch(r"[\w-]{16,40}", kept[1])
    assert await Evaluation.count() == 0


async def test_strange_input_breaks_nothing(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor), await browser(mentee)

    doubled = await window.post(
        page_of(pair),
        data={
            "key": KEY,
            "agreement": ["²", "9" * 40],
            "process_direction": ["no", "yes"],
            "goal_0": "yes",
            "to_partner": "\x00\u202eMerci <b>\x07",
        },
    )

    [row] = await Evaluation.objects()
    page = await (await browser(mentee)).get(page_of(pair))
    assert doubled.status_code == 303 and row.process.split()[0] == "yes"
    assert row.to_partner == "Merci <b>" and row.results == "" and row.goals == ""
    assert "Merci &lt;b&gt;" in page.text


async def test_goals_judged_are_those_one_saw(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor, State.CONTINUING), await browser(mentee)
    await agreed(pair, 1, "Déléguer\nDire non")
    await agreed(pair, 2, "Autre but")

    page = await window.get(page_of(pair))
    await window.post(page_of(pair), data=FORM)  # made of the first version

    [row] = await Evaluation.objects()
    assert "Autre but" in page.text and 'name="agreement" value="2"' in page.text
    assert row.goals == "Déléguer\nDire non" and row.results == "partly no"


@pytest.mark.parametrize("state", [State.BEGINNING, State.RUNNING])
async def test_before_the_end_there_are_the_prompts_alone(
    state: State, mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await make_mentorship(mentee, mentor, state=state, contacts=3)
    window = await browser(mentee)

    page = await window.get(page_of(pair))
    answer = await window.post(page_of(pair), data=FORM, headers=HTMX)
    thanks = await window.post(urls.mentorship(pair, "thanks"), data={"words": "Merci"})

    assert page.status_code == 200 and "discussion finale" in page.text
    assert "evaluation-send" not in page.text and "thanks-send" not in page.text
    assert answer.status_code == thanks.status_code == 409
    assert await Evaluation.count() == 0 and await Thanks.count() == 0


async def test_what_was_not_pursued_has_no_end_to_look_at(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await ended(mentee, mentor, State.NOT_PURSUED, completed_at=None, contacts=1)
    window = await browser(mentee)

    got = [await window.get(urls.mentorship(pair, part)) for part in PARTS]
    for part in ("evaluation", "later", "thanks"):
        got.append(await window.post(urls.mentorship(pair, part), data=FORM | {"words": "Merci"}))
        got.append(await window.post(urls.mentorship(pair, part), data={}))
    journey = await window.get(urls.mentorship(pair))

    assert {each.status_code for each in got} == {404}
    assert "Au bout du chemin" not in journey.text and "certificate" not in journey.text


PARTS = ("evaluation", "later", "certificate")


async def test_an_early_end_has_all_but_the_certificate(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await ended(mentee, mentor, State.ENDED_EARLY, completed_at=None, contacts=2)
    window = await browser(mentee)

    got = {part: (await window.get(urls.mentorship(pair, part))).status_code for part in PARTS}
    journey = await window.get(urls.mentorship(pair))
    sent = await window.post(page_of(pair), data=FORM)

    assert got == {"evaluation": 200, "later": 404, "certificate": 404}
    assert "certificate" not in journey.text and "thanks-send" in journey.text
    assert sent.status_code == 303


async def test_the_step_is_to_look_back_then_nothing_then_later(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor, State.CLOSED), await browser(mentee)
    journey = urls.mentorship(pair)

    first = await window.get(journey)
    await window.post(page_of(pair), data=FORM)
    second = await window.get(journey)
    await Mentorship.update({Mentorship.asked_later_at: clock.now()}).where(
        Mentorship.id == pair.id
    )
    third = await window.get(journey)

    assert 'id="next-h">Regard en arrière' in first.text
    assert "next-h" not in second.text
    assert 'id="next-h">Une seule question' in third.text
    assert urls.mentorship(pair, "later") in third.text


# Later


async def test_later_is_answered_by_one_tap_and_once(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor, asked_later_at=clock.now()), await browser(mentee)
    address = urls.mentorship(pair, "later")

    page = await window.get(address)
    wrong = [await window.post(address, data=each) for each in ({}, {"answer": "<b>"})]
    none = await Later.count()
    done = await window.post(address, data={"answer": "yes"}, headers=HTMX)
    again = await window.post(address, data={"answer": "yes"})
    other = await window.post(address, data={"answer": "no"}, headers=HTMX)
    plain = await window.post(address, data={"answer": "no"})
    theirs = await (await browser(mentor)).get(address)

    assert page.text.count('name="answer"') == 4
    assert {each.status_code for each in wrong} == {422} and none == 0
    assert 'id="answer-error"' in wrong[0].text and 'name="answer"' in wrong[0].text
    assert done.status_code == 200 and "«Oui»" in done.text and "<html" not in done.text
    assert again.status_code == 303
    assert other.status_code == plain.status_code == 409
    assert 'hx-target="#later"' in other.text and "«Oui»" in other.text and "«Oui»" in plain.text
    assert "«Oui»" not in theirs.text and 'name="answer"' in theirs.text
    [row] = await Later.objects()
    assert row.answer == "yes"


async def test_two_windows_answer_later_at_once(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair = await ended(mentee, mentor, asked_later_at=clock.now())
    one, two = await browser(mentee), await browser(mentee)
    address = urls.mentorship(pair, "later")

    answers = await asyncio.gather(
        one.post(address, data={"answer": "yes"}, headers=HTMX),
        two.post(address, data={"answer": "no"}, headers=HTMX),
    )

    assert sorted(each.status_code for each in answers) == [200, 409]
    assert await Later.count() == 1


# Thanks


async def test_thanks_from_the_journey_and_read_there(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor, State.CLOSED), await browser(mentee)
    address, words = urls.mentorship(pair, "thanks"), "Merci <3\nEt bon vent!"

    wrong = [
        await window.post(address, data=each, headers=HTMX)
        for each in ({}, {"words": " \n "}, {"words": "m" * 2001})
    ]
    page = await window.post(address, data={"words": "m" * 2001})
    none = await Thanks.count()
    sent = [window.post(address, data={"words": words}, headers=HTMX) for _ in range(3)]
    answers = await asyncio.gather(*sent)
    other = await window.post(address, data={"words": "Autre"}, headers=HTMX)
    theirs = await (await browser(mentor)).get(urls.mentorship(pair))

    assert {each.status_code for each in wrong} == {page.status_code} == {422} and none == 0
    assert "m" * 2001 in wrong[2].text and "m" * 2001 in page.text and "<html" in page.text
    assert {each.status_code for each in answers} == {200}
    assert other.status_code == 409 and 'hx-target="#thanks"' in other.text
    assert "Merci &lt;3<br>" in answers[0].text and "thanks-send" not in answers[0].text
    assert "Merci &lt;3<br>" in theirs.text and "thanks-send" in theirs.text
    assert await Letter.count() == 1 and await Thanks.count() == 1


async def test_without_javascript_thanks_lead_to_the_journey(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window = await ended(mentee, mentor), await browser(mentor)

    answer = await window.post(urls.mentorship(pair, "thanks"), data={"words": "Danke"})
    page = await window.get(answer.headers["location"])

    assert answer.headers["location"] == urls.mentorship(pair)
    assert "Votre merci est parti." in page.text and "Danke" in page.text


async def test_the_partners_open_page_notices(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    pair, window, theirs = await ended(mentee, mentor), await browser(mentee), await browser(mentor)

    async def news() -> int:
        row = await Mentorship.objects().get(Mentorship.id == pair.id)
        seen, row_version = pair.version, row.version if row else 0
        answer = await theirs.get(f"{urls.mentorship(pair, 'news')}?poll=1&seen={seen}")
        pair.version = row_version
        return answer.status_code

    quiet = await news()
    await window.post(page_of(pair), data=FORM)
    evaluated = await news()
    await window.post(urls.mentorship(pair, "thanks"), data={"words": "Merci"})
    thanked = await news()

    assert (quiet, evaluated, thanked, await news()) == (204, 200, 200, 204)


# The page's price


async def test_the_pages_ask_as_much_for_many_as_for_one(
    mentor: Person, mentee: Person, browser: Browser, queries: Any
) -> None:
    pair, window = await ended(mentee, mentor), await browser(mentee)
    await agreed(pair, 1, "Un but")
    places = [page_of(pair), urls.mentorship(pair)]

    async def asked() -> list[int]:
        counts = []
        for place in places:
            await window.get(place)
            with queries() as seen:
                await window.get(place)
            counts.append(len(seen))
        return counts

    before = await asked()
    await agreed(pair, 2, "\n".join(f"But {number}" for number in range(50)))
    for person in (mentee, mentor):
        await make_evaluation(pair, person, to_partner="Un mot")
        thanks = Thanks(mentorship=pair.id, author=person.id, sent_at=clock.now())
        thanks.words = "Merci"
        await thanks.save()
    for _ in range(3):
        other = await ended(await make_person(), mentor)
        await make_evaluation(other, mentor)

    assert await asked() == before


async def test_a_row_that_is_blind_never_enters_the_context(
    mentor: Person, mentee: Person, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    pair, seen = await ended(mentee, mentor), list[dict[str, Any]]()
    await make_evaluation(pair, mentee, to_partner=SECRET)

    def noted(template: str, **context: Any) -> str:
        seen.append(context)
        return templating.render(template, **context)

    monkeypatch.setattr("pages.render", noted)
    window = await browser(mentor)
    for place in (urls.mentorship(pair), page_of(pair)):
        await window.get(place)

    held = [_held(context) for context in seen]
    assert len(held) == 2 and not any(isinstance(each, Evaluation) for row in held for each in row)
    shown = (await evaluations.seen_by(mentee, pair, clock.now())).shown
    assert isinstance(shown.mine, Evaluation)


def _held(value: Any, depth: int = 6) -> list[Any]:
    """All that can be reached from it."""
    if depth == 0:
        return []
    if isinstance(value, dict):
        inner = list(value.values())
    elif isinstance(value, (list, tuple, set)):
        inner = list(value)
    else:
        inner = list(getattr(value, "__dict__", {}).values())
    return [value, *(each for part in inner for each in _held(part, depth - 1))]
