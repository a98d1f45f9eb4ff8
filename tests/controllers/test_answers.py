"""The letter's link: shows by GET, acts once by POST, never tells a stranger anything."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

import clock
import urls
from domain import inquiries
from domain.inquiries import Proposal, Request
from tables.inquiries import Inquiry, State
from tables.letters import Letter
from tables.links import Link
from tables.people import Person, Standing
from tests.cast import HTMX, Browser
from tests.factories import make_mentor, new_key

TEXT = "Je reprends une équipe de huit personnes et cherche un regard neuf."


async def link_sent(mentor: Person, mentee: Person) -> str:
    """As it stands in the letter."""
    await inquiries.ask(
        mentor,
        Request(new_key(), TEXT, TEXT, TEXT, ("phone",), "fr"),
        by=mentee,
        now=clock.now(),
    )
    letter = await Letter.objects().order_by(Letter.id, ascending=False).first()
    assert letter is not None
    found = re.search(r"/answer/([\w-]+)", letter.text)
    assert found is not None
    return found[1]


async def test_looking_changes_nothing(mentor: Person, mentee: Person, browser: Browser) -> None:
    link, window = await link_sent(mentor, mentee), await browser(None)

    pages = [await window.get(urls.answer(link)) for _ in range(3)]

    assert all(page.status_code == 200 and TEXT in page.text for page in pages)
    assert mentee.email not in pages[0].text
    assert await Inquiry.exists().where(Inquiry.state == State.WAITING)


async def test_the_mentor_accepts_without_signing_in(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    link, window = await link_sent(mentor, mentee), await browser(None)

    answer = await window.post(urls.answer(link, "acceptance"), data={"words": "Volontiers"})
    again = await window.post(urls.answer(link, "refusal-topic"), data={"words": "Non"})
    later = await window.get(urls.answer(link))

    assert answer.status_code == 200 and "Merci" in answer.text and mentee.email in answer.text
    assert again.status_code == later.status_code == 409
    assert "déjà traité" in later.text and mentee.email not in later.text
    assert await Inquiry.exists().where(Inquiry.state == State.ACCEPTED)


async def test_one_link_in_two_browsers_acts_once(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    link = await link_sent(mentor, mentee)
    windows = [await browser(None) for _ in range(3)]

    deeds = ("acceptance", "refusal-busy", "question")
    answers = await asyncio.gather(
        *(
            window.post(urls.answer(link, deed), data={"words": "Bonjour"}, headers=HTMX)
            for window, deed in zip(windows, deeds, strict=True)
        )
    )

    assert sorted(each.status_code for each in answers)[0] == 200
    assert [each.status_code for each in answers].count(200) == 1
    assert await Letter.count().where(Letter.name.not_like("inquiry_received")) <= 2


async def test_a_question_spends_the_link(mentor: Person, mentee: Person, browser: Browser) -> None:
    link, window = await link_sent(mentor, mentee), await browser(None)

    await window.post(urls.answer(link, "question"), data={"words": "Laquelle?"})
    again = await window.post(urls.answer(link, "acceptance"), data={"words": "Oui"})

    assert again.status_code == 410
    assert await Inquiry.exists().where(Inquiry.state == State.ASKED_BACK)


async def test_words_wanting_keep_the_link_alive(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    link, window = await link_sent(mentor, mentee), await browser(None)

    wrong = await window.post(urls.answer(link, "acceptance"), data={"words": ""}, headers=HTMX)
    right = await window.post(urls.answer(link, "acceptance"), data={"words": "Oui"})

    assert wrong.status_code == 422 and urls.answer(link, "acceptance") in wrong.text
    assert right.status_code == 200


async def test_altered_expired_and_foreign_links(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    link, window = await link_sent(mentor, mentee), await browser(None)
    altered = ("x" if link[0] != "x" else "y") + link[1:]

    for secret in (altered, "x", "x" * 5000, "%00", "..%2f.."):
        answer = await window.get(urls.answer(secret))
        assert answer.status_code in (404, 405, 410) and TEXT not in answer.text
    await Link.update({Link.expires_at: clock.now() - timedelta(minutes=1)}).where(Link.id > 0)
    expired = await window.post(urls.answer(link, "acceptance"), data={"words": "Oui"})

    assert expired.status_code == 410 and TEXT not in expired.text
    assert await Inquiry.exists().where(Inquiry.state == State.WAITING)


async def test_an_unknown_deed_is_no_deed(mentor: Person, mentee: Person, browser: Browser) -> None:
    link, window = await link_sent(mentor, mentee), await browser(None)

    answer = await window.post(urls.answer(link, "withdrawal"), data={"words": "Oui"})

    assert answer.status_code == 404
    assert await Inquiry.exists().where(Inquiry.state == State.WAITING)


async def test_an_excluded_mentors_link_is_void(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    link, window = await link_sent(mentor, mentee), await browser(None)
    await Person.update({Person.standing: Standing.EXCLUDED}).where(Person.id == mentor.id)

    answers = [
        await window.get(urls.answer(link)),
        await window.post(urls.answer(link, "acceptance"), data={"words": "Oui"}),
    ]

    assert [each.status_code for each in answers] == [404, 404]


@pytest.mark.parametrize("signed_in", [True, False])
async def test_a_stranger_with_the_link_acts_as_its_mentor_alone(
    signed_in: bool, mentor: Person, mentee: Person, stranger: Person, browser: Browser
) -> None:
    """The link is the key, whoever is signed in: forwarding it is the mentor's own doing."""
    link = await link_sent(mentor, mentee)
    window = await browser(stranger if signed_in else None)

    answer = await window.post(urls.answer(link, "refusal-topic"), data={"words": "Merci, non"})
    [inquiry] = await Inquiry.objects()

    assert answer.status_code == 200 and inquiry.state == State.DECLINED
    assert (await window.get(urls.inquiry(inquiry))).status_code != 200


async def test_the_page_speaks_its_mentors_language(mentee: Person, browser: Browser) -> None:
    ursula = await make_mentor("Ursula", "Keller", language="de")
    link, window = await link_sent(ursula, mentee), await browser(None)

    german = await window.get(urls.answer(link))
    window.cookies.set("language", "fr")
    chosen = await window.get(urls.answer(link))

    assert '<html lang="de"' in german.text and "Annehmen" in german.text
    assert '<html lang="fr"' in chosen.text


@pytest.mark.parametrize("words", ["Oui", ""])
async def test_a_void_link_tells_no_word_and_no_address(
    words: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    """Nor to whoever asks as a script does: a spent one, and one that was overtaken."""
    overtaken = await link_sent(mentor, mentee)
    [inquiry] = await Inquiry.visible_to(mentor)
    await inquiries.accept(inquiry, Proposal("Volontiers"), by=mentor, now=clock.now())
    window = await browser(None)

    answers = [await window.get(urls.answer(overtaken), headers=HTMX)]
    for headers in (HTMX, {}):
        path = urls.answer(overtaken, "acceptance")
        answers.append(await window.post(path, data={"words": words}, headers=headers))

    assert [each.status_code for each in answers] == [409] * 3
    for answer in answers:
        assert mentee.name in answer.text
        assert mentee.email not in answer.text and TEXT not in answer.text
