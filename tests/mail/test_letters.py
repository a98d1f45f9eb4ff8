"""Every letter: to whom, in which language, with which words, and whose address it keeps."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import html5lib
import pytest
from babel.support import NullTranslations

import i18n
import templating
import urls
from clock import milliseconds
from mail import departure_letters, letters
from mail.message import Outgoing, compose
from tables.applications import Application
from tables.house import House
from tables.inquiries import Inquiry, Reason
from tables.letters import Letter
from tables.people import Person
from tables.profiles import ProfileQuestion
from tables.searches import SavedSearch
from tests.factories import make_application, make_inquiry, make_person
from tests.mail import (
    test_evaluation_letters,
    test_meeting_letters,
    test_member_letters,
    test_mentorship_letters,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MENTEE, MENTOR = "david.moser@example.org", "claire.favre@example.org"
HOUSE = "mentorat@association.example"
LINK = "http://localhost:8000/answer/abc"
CODE = "042731"
TEMPLATES = Path(templating.SOURCE) / "templates" / "letters"


@dataclass
class Scene:
    """David asks Claire; Luca and Elena would be free too."""

    mentee: Person
    mentor: Person
    luca: Person
    elena: Person
    inquiry: Inquiry
    application: Application
    search: SavedSearch


@pytest.fixture
async def scene(database: Any) -> Scene:
    house = House(name_fr="Association suisse des cadres", short_name="ASC", contact=HOUSE)
    await house.save()
    mentee = await make_person("David", "Moser", email=MENTEE, language="de")
    mentor = await make_person("Claire", "Favre", email=MENTOR, function="Directrice")
    search = SavedSearch(person=mentee.id, query="q=conduite d’équipe&canton=VD", saved_at=NOW)
    await search.save()
    return Scene(
        mentee=mentee,
        mentor=mentor,
        luca=await make_person("Luca", "Rossi", email="luca@example.org"),
        elena=await make_person("Elena", "Bianchi", email="elena@example.org", function=""),
        inquiry=await make_inquiry(
            mentee,
            mentor,
            language="de",
            kinds=("phone", "video"),
            problem="Mein Team ist gross.\n\nUnd ich bin neu.",
            sent_at=NOW,
        ),
        application=await make_application("Nora", "Keller", email="nora@example.org"),
        search=search,
    )


def asked() -> ProfileQuestion:
    """By somebody of the office who writes German."""
    question = ProfileQuestion(profile=1, language="de", asked_at=NOW)
    question.question = "Wie viele Personen?\n\n=> Klick | http://x"
    return question


Writing = Callable[[Scene], Awaitable[None]]
LETTERS: dict[str, Writing] = {
    "account_deleted": lambda s: departure_letters.account_deleted(
        "gone@example.org", "de", 7, NOW
    ),
    "sign_in": lambda s: letters.sign_in(s.mentee, CODE, LINK, NOW),
    "sign_in_unknown": lambda s: letters.sign_in_unknown("who@example.org", "de", NOW),
    "application_received": lambda s: letters.application_received(s.application, NOW),
    "application_accepted": lambda s: letters.application_accepted(s.application, s.mentee, NOW),
    "application_refused": lambda s: letters.application_refused(s.application, NOW),
    "application_known": lambda s: letters.application_known(s.mentee, NOW),
    "profile_released": lambda s: letters.profile_released(s.mentor, NOW),
    "profile_refused": lambda s: letters.profile_refused(s.mentor, NOW),
    "profile_asked": lambda s: letters.profile_asked(s.mentor, asked(), NOW),
    "inquiry_received": lambda s: letters.inquiry_received(s.inquiry, LINK, NOW),
    "inquiry_reminder": lambda s: letters.inquiry_reminder(s.inquiry, 3, LINK, NOW),
    "inquiry_accepted": lambda s: letters.inquiry_accepted(s.inquiry, "Avec plaisir.", NOW),
    "inquiry_taken": lambda s: letters.inquiry_taken(s.inquiry, NOW),
    "inquiry_declined": lambda s: letters.inquiry_declined(s.inquiry, "Es tut mir leid.", NOW),
    "inquiry_asked_back": lambda s: letters.inquiry_asked_back(s.inquiry, "Wie viele?", NOW),
    "inquiry_explained": lambda s: letters.inquiry_explained(s.inquiry, "Acht.", LINK, NOW),
    "inquiry_withdrawn": lambda s: letters.inquiry_withdrawn(s.inquiry, NOW),
    "inquiry_released": lambda s: letters.inquiry_released(s.inquiry, [s.luca, s.elena], NOW),
    "inquiry_lapsed": lambda s: letters.inquiry_lapsed(s.inquiry, NOW),
    "turned_busy": lambda s: letters.turned_busy(s.mentor, NOW),
    "busy_ends_tomorrow": lambda s: letters.busy_ends_tomorrow(s.mentor, date(2027, 1, 12), NOW),
    "free_again": lambda s: letters.free_again(s.mentee, s.mentor, NOW),
    "search_fits": lambda s: letters.search_fits(
        s.mentee, s.search, [s.luca, s.elena], urls.unsubscribe("t"), NOW
    ),
}
TO_MENTOR = {
    "inquiry_received",
    "inquiry_reminder",
    "inquiry_taken",
    "inquiry_explained",
    "inquiry_withdrawn",
    "inquiry_lapsed",
    "profile_asked",
    "profile_released",
    "profile_refused",
    "turned_busy",
    "busy_ends_tomorrow",
}
TO_STRANGERS = {
    "account_deleted": "gone@example.org",
    "sign_in_unknown": "who@example.org",
    "application_received": "nora@example.org",
    "application_refused": "nora@example.org",
}
EVERY = pytest.mark.parametrize("name", LETTERS)


async def written(scene: Scene, name: str) -> Letter:
    await LETTERS[name](scene)
    [letter] = await Letter.objects().where(Letter.name == name)
    return letter


def links(html: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', html)]


def test_every_template_has_its_letter() -> None:
    sources = {path.stem for path in TEMPLATES.glob("*.txt") if not path.stem.startswith("_")}
    others = (
        test_evaluation_letters,
        test_meeting_letters,
        test_member_letters,
        test_mentorship_letters,
    )

    alone = {"report_noticed"}  # in test_report_letters
    assert sources == set(LETTERS).union(alone, *(each.LETTERS for each in others))


@EVERY
async def test_it_goes_to_its_reader(scene: Scene, name: str) -> None:
    letter = await written(scene, name)

    reader = scene.mentor if name in TO_MENTOR else scene.mentee
    assert letter.to == (None if name in TO_STRANGERS else reader.id)
    assert letter.address == TO_STRANGERS.get(name, reader.email)
    assert letter.posted_at == NOW and letter.due == milliseconds(NOW)


@EVERY
async def test_it_is_whole(scene: Scene, name: str) -> None:
    letter = await written(scene, name)

    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    document = parser.parse(letter.html)
    assert parser.errors == []
    assert document.get("lang") == letter.language
    assert document.findtext("head/title") == letter.subject
    assert 10 < len(letter.subject) < 90 and "{" not in letter.subject + letter.text
    assert all(link in letter.text for link in links(letter.html))
    words = " ".join(" ".join(document.find("body").itertext()).split())
    for line in letter.text.splitlines():
        if not line.startswith("http"):
            assert " ".join(line.lstrip(">- ").split()) in words
    assert "Association suisse des cadres" in letter.text and HOUSE in letter.text
    assert "ß" not in letter.text and "« " not in letter.text and "\n\n\n" not in letter.text


@EVERY
async def test_no_address_but_the_readers_and_the_houses(scene: Scene, name: str) -> None:
    letter = await written(scene, name)

    reader: str = letter.address
    shown = set(re.findall(r"[\w.+-]+@[\w.-]+\w", letter.subject + letter.text + letter.html))
    if name == "inquiry_accepted":
        assert shown == {HOUSE, MENTOR} and letter.reply_to == MENTOR
    elif name == "inquiry_taken":
        assert shown == {HOUSE, MENTEE} and letter.reply_to == MENTEE
    else:
        assert shown <= {HOUSE, reader} and letter.reply_to == ""


@EVERY
async def test_only_what_can_be_switched_off_says_so(scene: Scene, name: str) -> None:
    letter = await written(scene, name)

    if name == "search_fits":
        assert letter.unsubscribe == "http://localhost:8000/unsubscribe/t"
        assert letter.unsubscribe in links(letter.html)
    else:
        assert letter.unsubscribe == ""


@EVERY
async def test_only_codes_hurry(scene: Scene, name: str) -> None:
    letter = await written(scene, name)

    life = {"sign_in": timedelta(minutes=15), "sign_in_unknown": timedelta(hours=1)}.get(name)
    assert letter.is_urgent == (life is not None)
    assert letter.expires == (milliseconds(NOW + life) if life else 0)


@EVERY
async def test_the_same_event_is_told_once(scene: Scene, name: str) -> None:
    await LETTERS[name](scene)
    await LETTERS[name](scene)

    assert await Letter.count() == 1


@EVERY
async def test_what_concerns_a_request_is_one_conversation(scene: Scene, name: str) -> None:
    letter = await written(scene, name)

    about = name.startswith("inquiry_")
    assert letter.thread == (f"inquiry-{scene.inquiry.id}" if about else "")
    assert letter.key.startswith(f"inquiry:{scene.inquiry.id}:") == about


@EVERY
async def test_every_word_is_in_the_readers_language(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a language whose every sentence starts with a sign, none is without it."""

    class German(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"§{message}"

        def ngettext(self, msgid1: str, msgid2: str, num: int) -> str:
            return f"§{msgid1 if num == 1 else msgid2}"

    usual = i18n._catalogue
    monkeypatch.setattr(i18n, "offered", lambda: ("fr", "de"))
    monkeypatch.setattr(i18n, "_catalogue", lambda code: German() if code == "de" else usual(code))
    for person in (scene.mentee, scene.mentor, scene.inquiry.mentor, scene.application):
        person.language = "de"

    letter = await written(scene, name)

    own = ("> ", ">", "http", "- ", "Association suisse", "Luca Rossi", "Elena Bianchi")
    assert letter.language == "de" and '<html lang="de">' in letter.html
    assert letter.subject.startswith("§")
    for line in letter.text.splitlines():
        assert not line or line.startswith(("§", *own)), line


async def test_french_readers_get_spaces_that_cannot_break(scene: Scene) -> None:
    letter = await written(scene, "turned_busy")

    assert letter.language == "fr" and " ?" not in letter.text and " :" not in letter.text
    assert "Une question\u202f?" in letter.text


@EVERY
async def test_it_leaves_as_a_message(scene: Scene, name: str) -> None:
    letter = await written(scene, name)
    outgoing = Outgoing(
        letter.message_id,
        letter.address,
        letter.language,
        letter.subject,
        letter.text,
        letter.html,
        "Association suisse des cadres",
    )

    assert compose(outgoing, NOW).as_bytes()


@EVERY
async def test_a_name_becomes_no_markup_and_no_line(scene: Scene, name: str) -> None:
    plain = await written(scene, name)
    await Letter.delete(force=True)
    for person in (scene.mentee, scene.mentor, scene.luca, scene.inquiry.mentee):
        person.first_name = "\n=> <b>x</b>\r\nBcc: spy | http://evil.example/ |"
        person.function = "\n\n# <i>"
    scene.inquiry.mentor.first_name = "> x\n=> y | http://evil.example/"
    wicked = await written(scene, name)

    assert links(wicked.html) == links(plain.html)
    assert len(wicked.text.splitlines()) == len(plain.text.splitlines())
    assert "\n" not in wicked.subject and "<b>" not in wicked.html and "<i>" not in wicked.html


# What each of them says


async def test_the_code_comes_first(scene: Scene) -> None:
    letter = await written(scene, "sign_in")

    assert letter.subject.startswith(CODE)
    assert CODE in letter.text.splitlines()[0] and LINK in links(letter.html)
    assert CODE not in letter.key and "abc" not in letter.key


async def test_each_sign_in_has_its_own_letter(scene: Scene) -> None:
    await letters.sign_in(scene.mentee, "111111", "/sign-in/link/a", NOW)
    await letters.sign_in(scene.mentee, "222222", "/sign-in/link/b", NOW)

    first, _ = await Letter.objects().order_by(Letter.id)
    assert "http://localhost:8000/sign-in/link/a" in first.text


@pytest.mark.parametrize("name", ["application_received", "application_refused"])
async def test_nobody_sends_words_to_others_by_applying(scene: Scene, name: str) -> None:
    scene.application.first_name = "Visitez evil.example"
    scene.application.words = "Achetez ceci"
    letter = await written(scene, name)

    assert "evil" not in letter.text and "Achetez" not in letter.text


@pytest.mark.parametrize("name", ["application_refused", "profile_refused"])
async def test_a_refusal_gives_no_reason_and_is_kind(scene: Scene, name: str) -> None:
    scene.application.note = "Trop jeune"
    letter = await written(scene, name)

    assert "Merci" in letter.text and "Trop jeune" not in letter.text


async def test_the_offices_question_is_quoted_in_its_own_language(scene: Scene) -> None:
    letter = await written(scene, "profile_asked")

    assert "> Wie viele Personen?\n>\n> => Klick | http://x" in letter.text
    assert letter.html.count('<blockquote lang="de"') == 1 and "http://x" not in links(letter.html)
    assert f"http://localhost:8000{urls.PROFILE}#question" in links(letter.html)


async def test_the_office_can_take_its_time(scene: Scene) -> None:
    wait = timedelta(seconds=30)
    await letters.application_accepted(scene.application, scene.mentee, NOW, wait)
    await letters.application_refused(scene.application, NOW, wait)
    await letters.profile_released(scene.mentor, NOW, wait)
    await letters.profile_refused(scene.mentor, NOW, wait)
    await letters.profile_asked(scene.mentor, asked(), NOW, wait)

    assert {letter.due for letter in await Letter.objects()} == {milliseconds(NOW + wait)}


async def test_the_mentor_reads_the_whole_request(scene: Scene) -> None:
    letter = await written(scene, "inquiry_received")

    asked = scene.inquiry
    assert "> Mein Team ist gross.\n>\n> Und ich bin neu." in letter.text
    assert f"> {asked.vision}" in letter.text and f"> {asked.expectations}" in letter.text
    assert letter.html.count('<blockquote lang="de"') == 3
    assert "- Téléphone\n- Skype / visio" in letter.text and "allemand" in letter.text
    assert "au plus tard le lundi" in letter.text and "7\xa0décembre" in letter.text
    assert "David Moser (Cheffe de projet)" in letter.text
    assert LINK in links(letter.html)


async def test_reminders_of_other_days_are_other_letters(scene: Scene) -> None:
    for day in (3, 7, 3, 10, 7):
        await letters.inquiry_reminder(scene.inquiry, day, LINK, NOW)
    scene.inquiry.waiting_since = NOW + timedelta(days=5)
    await letters.inquiry_reminder(scene.inquiry, 3, LINK, NOW)

    assert await Letter.count() == 4
    [first, *_] = await Letter.objects().order_by(Letter.id)
    assert "7\xa0décembre" in first.text and LINK in links(first.html)


async def test_an_acceptance_says_what_comes_next(scene: Scene) -> None:
    scene.inquiry.proposed_kind = "video"
    scene.inquiry.proposed_times = "2026-12-01T17:00:00+00:00 2026-12-03T07:30:00+00:00"
    letter = await written(scene, "inquiry_accepted")

    assert "> Avec plaisir." in letter.text and MENTOR in letter.text
    assert (
        "1.\xa0Dezember 2026, 18:00" in letter.text and "3.\xa0Dezember 2026, 08:30" in letter.text
    )
    assert "Skype / Video" in letter.text
    assert "http://localhost:8000/mentorships" in links(letter.html)


async def test_an_acceptance_without_a_word_quotes_nothing(scene: Scene) -> None:
    await letters.inquiry_accepted(scene.inquiry, "", NOW)

    [letter] = await Letter.objects()
    assert "blockquote" not in letter.html and "vous écrit" not in letter.text


@pytest.mark.parametrize("reason", [Reason.BUSY, Reason.NOT_MY_TOPIC, Reason.COLLEAGUE])
async def test_a_decline_is_kind_in_each_case(scene: Scene, reason: Reason) -> None:
    scene.inquiry.reason = reason
    scene.inquiry.suggested = scene.luca.id if reason == Reason.COLLEAGUE else None
    letter = await written(scene, "inquiry_declined")

    page = f"http://localhost:8000/mentors/{scene.luca.id}"
    said = {
        Reason.BUSY: "nicht genug Zeit",
        Reason.NOT_MY_TOPIC: "nicht zu den Themen dieser",
        Reason.COLLEAGUE: "empfiehlt Ihnen Luca Rossi",
    }
    assert [each for each in said if said[each] in letter.text] == [reason]
    assert (page in links(letter.html)) == (reason == Reason.COLLEAGUE)
    assert '<blockquote lang="de"' in letter.html and "> Es tut mir leid." in letter.text


async def test_a_colleague_may_be_the_row_or_its_number(scene: Scene) -> None:
    inquiry = scene.inquiry
    inquiry.reason, inquiry.suggested = Reason.COLLEAGUE, scene.luca
    letter = await written(scene, "inquiry_declined")

    assert "Luca Rossi" in letter.text


async def test_questions_and_answers_follow_each_other(scene: Scene) -> None:
    later = NOW + timedelta(minutes=1)
    for now in (NOW, later):
        await letters.inquiry_asked_back(scene.inquiry, "Wie viele?", now)
        await letters.inquiry_explained(scene.inquiry, "Acht.", LINK, now)

    texts = [letter.text for letter in await Letter.objects().order_by(Letter.id)]
    assert len(texts) == 4
    assert "> Wie viele?" in texts[0] and urls.inquiry(scene.inquiry) in texts[0]
    assert "> Acht." in texts[1] and LINK in texts[1]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
async def test_a_released_request_shows_three_others_at_most(scene: Scene, count: int) -> None:
    others = [scene.luca, scene.elena, scene.mentee, scene.mentor][:count]
    await letters.inquiry_released(scene.inquiry, others, NOW)

    [letter] = await Letter.objects()
    pages = re.findall(r"/mentors/\d+", letter.text)
    assert pages == [urls.mentor(other) for other in others[:3]]
    assert ("Diese Person" in letter.text) == (count == 1)
    assert "Luca Rossi, Cheffe de projet\n" in letter.text or not count
    assert "Elena Bianchi\n" in letter.text or count < 2


async def test_a_saved_search_opens_again(scene: Scene) -> None:
    letter = await written(scene, "search_fits")

    assert letter.subject.startswith("2 Personen")
    assert "http://localhost:8000/mentors?q=conduite%20d%E2%80%99" in letter.text
    assert "&canton=VD" in letter.text
    assert urls.absolute(urls.mentor(scene.luca)) in letter.text


async def test_one_who_fits_is_one(scene: Scene) -> None:
    await letters.search_fits(scene.mentee, scene.search, [scene.luca], LINK, NOW)

    [letter] = await Letter.objects()
    assert letter.subject.startswith("Eine Person")


async def test_a_house_without_a_row_still_writes(database: Any) -> None:
    person = await make_person("David", "Moser", email=MENTEE)
    await letters.turned_busy(person, NOW)

    [letter] = await Letter.objects()
    assert "\nMentorat\n" in letter.text
