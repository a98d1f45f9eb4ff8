"""Asking and answering on the site: pages, pieces, limits, bad input, two at once."""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any

import httpx
import pytest

import urls
from tables.drafts import Draft
from tables.inquiries import Inquiry, State
from tables.letters import Letter
from tables.mentorships import Mentorship
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_inquiry, make_mentor, make_person

TEXT = "Je reprends une équipe de huit personnes et cherche un regard neuf."
KEY = "key-of-a-form-abcdef"
FORM = {
    "key": KEY,
    "problem": TEXT,
    "vision": TEXT,
    "expectations": TEXT,
    "kinds": "phone",
    "language": "fr",
}


async def test_a_mentee_asks_once_however_often_it_is_sent(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    sent = [window.post(urls.ask(mentor), data=FORM, headers=HTMX) for _ in range(3)]
    answers = await asyncio.gather(*sent)

    [inquiry] = await Inquiry.objects()
    assert {each.headers["hx-redirect"] for each in answers} == {urls.inquiry(inquiry)}
    assert await Letter.count() == 1


async def test_without_htmx_a_post_leads_on(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.post(urls.ask(mentor), data=FORM)
    page = await window.get(answer.headers["location"])

    assert answer.status_code == 303 and "Votre demande est partie." in page.text
    assert html.escape(TEXT) in page.text or TEXT in page.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"problem": "Trop court"}, "problem"),
        ({"problem": ""}, "problem"),
        ({"vision": "x" * 2001}, "vision"),
        ({"kinds": ""}, "kinds"),
        ({"language": "xx"}, "language"),
        ({"key": "<script>"}, "key"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_kept(
    change: dict[str, str], field: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.post(urls.ask(mentor), data=FORM | change, headers=HTMX)

    assert answer.status_code == 422 and "<html" not in answer.text
    assert 'class="error"' in answer.text or 'class="errors"' in answer.text
    kept = (FORM | change)["vision"]
    assert kept in html.unescape(answer.text)
    assert await Inquiry.count() == 0 and await Letter.count() == 0


async def test_doubled_missing_and_unprintable_fields(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    missing = await window.post(urls.ask(mentor), data={}, headers=HTMX)
    doubled = await window.post(
        urls.ask(mentor), data=FORM | {"problem": ["kurz", TEXT]}, headers=HTMX
    )
    strange = f"{TEXT}\x00\x07\u202e<script>alert(1)</script>"
    page = await window.post(
        urls.ask(mentor), data=FORM | {"problem": strange, "vision": "kurz"}, headers=HTMX
    )

    assert missing.status_code == 422
    assert doubled.status_code == 204
    assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text
    assert "\x00" not in page.text and "\u202e" not in page.text


async def test_limits_are_said_beside_the_form(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    for _ in range(3):
        await make_inquiry(mentee, await make_mentor())
    window = await browser(mentee)

    answer = await window.post(urls.ask(mentor), data=FORM, headers=HTMX)

    assert answer.status_code == 422 and "3 demandes" in answer.text and TEXT in answer.text


async def test_a_draft_is_kept_as_one_types_and_used_again(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    saved = await window.post(urls.draft(mentor), data={"problem": "À peine"}, headers=HTMX)
    page = await window.get(urls.ask(mentor))
    [row] = await Draft.select()
    await window.post(urls.ask(mentor), data=FORM)
    other = await make_mentor("Rita", "Sutter")
    again = await window.get(f"{urls.ask(other)}?words=again")

    assert "Brouillon enregistré" in saved.text and "<html" not in saved.text
    assert "À peine" in page.text and "À peine" not in str(row.values())
    assert await Draft.count() == 0 and TEXT in again.text


async def test_a_draft_that_changed_elsewhere_is_shown_beside_what_is_typed(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    phone, laptop = await browser(mentee), await browser(mentee)
    address = urls.draft(mentor)
    begun = await phone.post(address, data={"problem": "Un", "version": "0"}, headers=HTMX)
    seen = version_in(begun)
    await laptop.post(address, data={"problem": "Du bureau", "version": seen}, headers=HTMX)

    typed = {"problem": "Du train", "version": seen}
    piece = await phone.post(address, data=typed, headers=HTMX)
    page = await phone.post(address, data=typed)
    for answer in (piece, page):
        assert answer.status_code == 409 and "Du bureau" in answer.text
    assert 'id="ask"' not in piece.text  # what is under the fingers stays
    assert "Du train</textarea>" in page.text and f'name="version" value="{seen}"' in page.text
    assert "Du bureau" in (await laptop.get(urls.ask(mentor))).text

    over = re.search(r'name="over" value="(\d+)"', piece.text)
    assert over is not None
    kept = await phone.post(address, data=typed | {"over": over[1]}, headers=HTMX)
    again = await laptop.post(address, data=typed | {"problem": "?", "over": over[1]})
    assert kept.status_code == 200 and "Du bureau" not in kept.text
    assert again.status_code == 409  # that one was never shown
    assert "Du train" in (await laptop.get(urls.ask(mentor))).text


@pytest.mark.parametrize("version", ["-1", "1e3", "²", "9" * 99, "x", ""])
async def test_a_draft_of_no_window(
    version: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window, address = await browser(mentee), urls.draft(mentor)
    sent = {"problem": "Un", "version": version, "over": version, "mark": version, "past": version}

    assert (await window.post(address, data=sent)).status_code == 303
    assert (await window.post(address, data=sent | {"problem": "Deux"})).status_code == 409


def version_in(answer: httpx.Response) -> str:
    found = re.search(r'id="draft-version" name="version" value="(\d+)"', answer.text)
    assert found is not None
    return found[1]


async def test_accepting_opens_the_mentorship(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    inquiry, window = await make_inquiry(mentee, mentor), await browser(mentor)

    before = await window.get(urls.inquiry(inquiry))
    answer = await window.post(
        urls.inquiry(inquiry, "acceptance"),
        data={"words": "Volontiers", "kind": "phone", "time_1": "2099-01-12T18:00"},
        headers=HTMX,
    )
    [mentorship] = await Mentorship.objects()
    page = await (await browser(mentee)).get(urls.mentorship(mentorship))

    assert mentee.email not in before.text
    assert answer.status_code == 200 and mentee.email in answer.text
    assert "<html" not in answer.text and "hx-partial" in answer.text
    assert mentor.email in page.text and "lundi 12\xa0janvier 2099, 18:00" in page.text
    assert "0 contact sur 4" in page.text


async def test_the_second_of_two_is_told_and_shown(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    one, two = await browser(mentor), await browser(mentor)

    first = await one.post(urls.inquiry(inquiry, "refusal-topic"), data={"words": "Non merci"})
    second = await two.post(
        urls.inquiry(inquiry, "acceptance"), data={"words": "Oui"}, headers=HTMX
    )
    plain = await two.post(urls.inquiry(inquiry, "acceptance"), data={"words": "Oui"})

    assert first.status_code == 303
    assert second.status_code == plain.status_code == 409
    assert "Vous avez décliné" in second.text and f"#inquiry-{inquiry.id}" in second.text
    assert "<html" in plain.text and "Vous avez décliné" in plain.text
    assert await Letter.count() == 1 and await Mentorship.count() == 0


@pytest.mark.parametrize(
    ("deed", "sent", "state"),
    [
        ("acceptance", {"words": "Oui"}, State.ACCEPTED),
        ("refusal-busy", {"words": "Pas le temps"}, State.DECLINED),
        ("refusal-topic", {"words": "Pas mon thème"}, State.DECLINED),
        ("question", {"words": "Laquelle?"}, State.ASKED_BACK),
        ("suggestion", {"words": "Voyez", "colleague": "own"}, State.DECLINED),
    ],
)
async def test_each_answer_wants_words_and_keeps_them(
    deed: str,
    sent: dict[str, str],
    state: State,
    mentor: Person,
    mentee: Person,
    browser: Browser,
) -> None:
    colleague = await make_mentor("Rita", "Sutter")
    if "colleague" in sent:
        sent = sent | {"colleague": str(colleague.id)}
    inquiry, window = await make_inquiry(mentee, mentor), await browser(mentor)
    address = urls.inquiry(inquiry, deed)

    empty = await window.post(address, data={**sent, "words": " \n "}, headers=HTMX)
    long = await window.post(address, data={**sent, "words": "m" * 4001}, headers=HTMX)
    untouched = await Inquiry.exists().where(Inquiry.state == State.WAITING)
    done = await window.post(address, data=sent, headers=HTMX)

    assert empty.status_code == long.status_code == 422 and untouched
    assert " open" in long.text and "m" * 4001 in long.text
    assert done.status_code == 200
    assert await Inquiry.exists().where(Inquiry.state == state)


@pytest.mark.parametrize("deed", ["refusal", "refusal_busy", "Acceptance", "reopening", "%00"])
async def test_an_unknown_deed_is_no_deed(
    deed: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    inquiry, window = await make_inquiry(mentee, mentor), await browser(mentor)

    for words in ("Oui", ""):
        answer = await window.post(urls.inquiry(inquiry, deed), data={"words": words})
        assert answer.status_code == 404

    assert await Inquiry.exists().where(Inquiry.state == State.WAITING)


async def test_past_dates_and_unknown_colleagues_are_refused(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    inquiry, window = await make_inquiry(mentee, mentor), await browser(mentor)
    await make_mentor("Rita", "Sutter")

    past = await window.post(
        urls.inquiry(inquiry, "acceptance"),
        data={"words": "Oui", "time_2": "2020-01-01T10:00"},
        headers=HTMX,
    )
    nobody = await window.post(
        urls.inquiry(inquiry, "suggestion"),
        data={"words": "Voyez", "colleague": str(mentee.id)},
        headers=HTMX,
    )

    assert past.status_code == nobody.status_code == 422
    assert "Choisissez une date à venir." in past.text
    assert await Inquiry.exists().where(Inquiry.state == State.WAITING)


async def test_the_focus_goes_to_what_became_of_it(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    """The form that was sent is gone; also for whoever came second."""
    inquiry = await make_inquiry(mentee, mentor)
    window, address = await browser(mentee), urls.inquiry(inquiry, "withdrawal")

    shown = await window.get(urls.inquiry(inquiry))
    first, second = [await window.post(address, headers=HTMX) for _ in range(2)]

    assert (first.status_code, second.status_code) == (200, 409)
    assert all('tabindex="-1" autofocus' in answer.text for answer in (first, second))
    assert "autofocus" not in shown.text


async def test_after_an_acceptance_the_others_are_decided_in_one_step(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    accepted = await make_inquiry(mentee, mentor, state=State.ACCEPTED)
    others = [await make_inquiry(mentee, await make_mentor()) for _ in range(2)]
    window = await browser(mentee)

    page = await window.get(urls.inquiry(accepted))
    await window.post(f"{urls.INQUIRIES}/withdrawals", data={"withdraw": str(others[0].id)})

    assert all(f'value="{each.id}"' in page.text for each in others)
    rows = await Inquiry.select(Inquiry.state).order_by(Inquiry.id)
    assert [row["state"] for row in rows] == ["accepted", "withdrawn", "waiting"]


@pytest.mark.parametrize("deed", ["", "acceptance", "question", "withdrawal", "explanation"])
async def test_a_request_is_seen_by_its_two_people_alone(
    deed: str,
    mentor: Person,
    mentee: Person,
    stranger: Person,
    coordinator: Person,
    browser: Browser,
) -> None:
    inquiry = await make_inquiry(mentee, mentor)
    address = urls.inquiry(inquiry, deed)

    for person in (stranger, coordinator):
        window = await browser(person)
        if deed:
            answer = await window.post(address, data={"words": "Bonjour"})
        else:
            answer = await window.get(address)
        assert answer.status_code == 404 and TEXT not in answer.text
    nobody = await (await browser(None)).get(urls.inquiry(inquiry))
    assert nobody.status_code == 303 and nobody.headers["location"].startswith(urls.SIGN_IN)


async def test_lists_ask_the_database_as_often_with_one_as_with_many(
    mentor: Person, mentee: Person, browser: Browser, queries: Any
) -> None:
    window = await browser(mentor)
    counts = []
    for more in (1, 4):
        for _ in range(more):
            await make_inquiry(await make_person(), mentor)
        with queries() as counted:
            page = await window.get(urls.INQUIRIES)
        counts.append(len(counted))
        assert len(re.findall(r'class="card hit"', page.text)) >= more
    assert counts[0] == counts[1]


async def test_every_language_that_is_offered_can_be_chosen(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    mentor = await make_mentor(languages=("fr", "es"))

    form = (await window.get(urls.ask(mentor))).text
    await window.post(urls.ask(mentor), data=FORM | {"language": "es"})
    wrong = await window.post(urls.ask(mentor), data=FORM | {"language": "pt"})

    [inquiry] = await Inquiry.objects()
    assert 'value="es"' in form and 'value="pt"' not in form
    assert inquiry.language == "es" and wrong.status_code == 422
