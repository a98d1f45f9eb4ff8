"""Finding a mentor: the search window, live and as a plain form; a mentor's page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

import clock
import urls
from domain import searches
from tables.people import Person, Standing
from tables.profiles import Profile, State
from tables.searches import SoughtInVain
from tests.cast import HTMX, Browser
from tests.factories import make_inquiry, make_mentor

At = Callable[[datetime], None]
SCRIPT = "<script>alert(1)</script>"


async def test_words_find_a_mentor_by_their_topic_in_any_language(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    page = await window.get(urls.mentors(q="Führungsaufgabe"))

    assert page.status_code == 200 and "<html" in page.text
    assert "1 mentor<" in page.text.replace("\n", "") and "Claire F." in page.text
    assert "<mark>Première fonction dirigeante</mark>" in page.text
    assert mentor.email not in page.text and "Favre" not in _card(page.text, mentor)


async def test_typing_is_answered_with_pieces_and_the_address_follows(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.get(urls.mentors(q="banque", free=""), headers=HTMX)

    assert "<html" not in answer.text and 'id="results"' in answer.text
    assert answer.headers["hx-replace-url"] == "/mentors?q=banque"
    for region in ("#count", "#chips", "#filters", "#preview"):
        assert f'hx-target="{region}"' in answer.text


async def test_a_filter_narrows_and_can_be_taken_off(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    await make_mentor("Luca", "Rossi", canton="TI", languages=("it",))
    window = await browser(mentee)

    page = await window.get(urls.mentors(q="conduite", canton="TI", language=["it", "de"]))

    assert "Luca R." in page.text and "Claire F." not in page.text
    assert _ticked(page.text) == {"f-canton-TI", "f-language-it", "f-language-de"}
    without = html.escape(urls.mentors(q="conduite", language=["it", "de"]))
    assert f'<a class="chip on" href="{without}">Tessin' in page.text


async def test_who_is_busy_says_until_when_and_free_now_hides_them(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    await Profile.update({Profile.is_busy: True, Profile.busy_until: date(2027, 1, 12)}).where(
        Profile.person == mentor.id
    )
    window = await browser(mentee)

    everybody = await window.get(urls.MENTORS)
    free = await window.get(urls.mentors(free="1"))

    assert "Occupé jusqu’au 12\xa0janvier 2027" in _card(everybody.text, mentor)
    assert "Claire F." not in free.text and _ticked(free.text) == {"f-free"}


@pytest.mark.parametrize(
    ("hours", "phrase"),
    [
        (5, "le jour même"),
        (50, "deux à trois jours"),
        (100, "moins d’une semaine"),
        (300, "une à deux"),
    ],
)
async def test_the_usual_time_to_answer_is_a_phrase(
    hours: int, phrase: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await Profile.update({Profile.usual_hours: hours}).where(Profile.person == mentor.id)
    window = await browser(mentee)

    for path in (urls.MENTORS, urls.mentor(mentor)):
        assert phrase in (await window.get(path)).text


async def test_typing_errors_are_corrected_and_said(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    page = await window.get(urls.mentors(q="condiute"))

    assert "Claire F." in page.text and "résultats pour «" in page.text


async def test_nobody_fits_near_topics_the_loosest_filter_and_a_letter_are_offered(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    page = await window.get(urls.mentors(q="Claire", canton="JU"))

    assert "Personne ne correspond encore" in page.text
    wider = f'href="{urls.mentors(q="Claire")}">Voir sans «Jura»: 1 mentor'
    assert wider in page.text.replace("\u202f:", ":")
    assert 'action="/searches"' in page.text
    assert 'value="q=Claire&amp;canton=JU"' in page.text


async def test_words_in_vain_are_counted_of_whole_searches_alone(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    await window.get(urls.mentors(q="zyx"), headers=HTMX)
    await window.get(urls.mentors(q="Claire", canton="JU"))  # the filter's fault
    await window.get(urls.mentors(q="zq"))
    assert await SoughtInVain.count() == 0

    await window.get(urls.mentors(q="Zyxomètre", canton="JU"))
    [counted] = await SoughtInVain.objects()
    assert (counted.words, counted.times) == ("zyxometre", 1)


async def test_a_live_search_that_settles_is_counted_by_the_page_itself(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    live = await window.get(urls.mentors(q="zyxometre"), headers=HTMX)
    whole = await window.get(urls.mentors(q="zyxometre"))
    await SoughtInVain.delete(force=True)
    settled = await window.post(urls.SOUGHT_IN_VAIN, data={"query": "q=zyxometre"}, headers=HTMX)
    await window.post(urls.SOUGHT_IN_VAIN, data={"query": "q=Claire"}, headers=HTMX)

    assert 'hx-trigger="load delay:' in live.text and 'hx-trigger="load' not in whole.text
    assert settled.status_code == 204
    [counted] = await SoughtInVain.objects()
    assert (counted.words, counted.times) == ("zyxometre", 1)


async def test_nobody_fills_the_list_of_words_in_vain(
    mentor: Person, mentee: Person, stranger: Person, browser: Browser, at: At
) -> None:
    now = clock.now()
    at(now)
    window, other = await browser(mentee), await browser(stranger)

    for number in range(searches.MOST_IN_VAIN + 3):
        await window.get(urls.mentors(q=f"zyx{number}"))
    first_day = await SoughtInVain.count()
    await other.get(urls.mentors(q="zyxometre"))
    at(now + timedelta(days=1))
    await window.get(urls.mentors(q="z" + "yx" * 49))

    last = await SoughtInVain.objects().order_by(SoughtInVain.id, ascending=False).first()
    assert first_day == searches.MOST_IN_VAIN
    assert await SoughtInVain.count() == first_day + 2
    assert last is not None and len(last.words) == searches.MOST_LETTERS


async def test_a_long_list_grows_by_pages(founded: None, mentee: Person, browser: Browser) -> None:
    for number in range(23):
        await make_mentor(f"Mentor{number:02}", "Roux", topics=())
    window = await browser(mentee)

    first = await window.get(urls.MENTORS)
    more = await window.get("/mentors?page=2", headers=HTMX)
    plain = await window.get("/mentors?page=2")

    pages = (page.text.split('id="results"')[-1] for page in (first, more, plain))
    names = [set(re.findall(r"Mentor\d\d", text)) for text in pages]
    assert 'href="/mentors?page=2"' in first.text
    assert len(names[1]) == 3 and names[1] == names[2] and len(names[0] | names[1]) == 23
    assert "<html" not in more.text and "hx-partial" not in more.text
    assert "hx-replace-url" not in more.headers
    assert "page 2 sur 2" in plain.text and 'href="/mentors">Revenir' in plain.text


async def test_nobody_finds_themselves_nor_who_isnt_released(
    mentor: Person, stranger: Person, browser: Browser
) -> None:
    await make_mentor("Draft", "Person", state=State.HANDED_IN)
    await make_mentor("Gone", "Person", standing=Standing.EXCLUDED)
    window = await browser(mentor)

    page = await window.get(urls.MENTORS)

    assert not re.search(r"Draft P\.|Gone P\.|Claire F\.", page.text)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00%01conduite",
        "q=" + "x" * 5000,
        "q=%ff%fe&topic=%ff",
        "topic=nothing&topic=nothing&canton=XX&role=&language=fr&language=fr",
        "page=0",
        "page=-3&page=99999999999999999999",
        "page=%D9%A3",
        "free=2&free=1&q=a&q=b",
        "&&&===&q",
        "q=%F0%9F%98%80",
        "q=" + "%25" * 100,
    ],
)
async def test_whatever_stands_in_the_address_a_page_comes(
    query: str, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    for headers in ({}, HTMX):
        page = await window.get(f"/mentors?{query}", headers=headers)

        assert page.status_code == 200
        assert "\0" not in page.text


async def test_what_is_typed_or_written_never_becomes_markup(
    mentee: Person, browser: Browser
) -> None:
    nasty = await make_mentor(
        f"A{SCRIPT}", f"B{SCRIPT}", function=f"Chef {SCRIPT}", about=f"Moi {SCRIPT} et {SCRIPT}"
    )
    window = await browser(mentee)

    for path in (
        urls.mentors(q=SCRIPT),
        urls.mentors(q="script"),
        urls.mentors(q=SCRIPT + "zzzz", canton="JU"),
        urls.mentor(nasty),
        urls.mentor_preview(nasty),
    ):
        for headers in ({}, HTMX):
            page = await window.get(path, headers=headers)
            assert page.status_code == 200
            assert "<script>" not in page.text and "alert(1)" in page.text


async def test_a_mentors_page_tells_all_but_the_address(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    await Profile.update({Profile.about_language: "de"}).where(Profile.person == mentor.id)
    window = await browser(mentee)

    page = await window.get(urls.mentor(mentor))

    for told in ("Claire Favre", "Directrice des opérations", "Genève", "français, allemand",
                 "Téléphone, en personne", "20 ans de métier", "Accompagnement",
                 "Trouver son style de conduite", 'lang="de"'):  # fmt: skip
        assert told in page.text
    assert f'href="{urls.ask(mentor)}"' in page.text and "Demander un mentorat" in page.text
    assert mentor.email not in page.text and "@" not in page.text.split("<main")[1]


async def test_back_leads_to_the_very_search(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    for referer, back in (
        ("http://localhost:8000/mentors?q=banque&canton=GE", "/mentors?q=banque&amp;canton=GE"),
        ("http://elsewhere.example/mentors?q=x", "/mentors"),
        ("http://localhost:8000/account?q=x", "/mentors"),
        ("", "/mentors"),
    ):
        page = await window.get(urls.mentor(mentor), headers={"referer": referer})
        assert f'<a class="back" href="{back}">' in page.text


async def test_a_busy_mentor_isnt_asked_but_waited_for(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    await Profile.update({Profile.is_busy: True}).where(Profile.person == mentor.id)
    window = await browser(mentee)

    page = await window.get(urls.mentor(mentor))

    assert urls.ask(mentor) not in page.text and urls.free_wish(mentor) in page.text
    assert "Être averti" in page.text


async def test_an_open_request_is_linked_instead(
    mentor: Person, mentee: Person, stranger: Person, browser: Browser
) -> None:
    inquiry = await make_inquiry(mentee, mentor)

    asker = await (await browser(mentee)).get(urls.mentor(mentor))
    other = await (await browser(stranger)).get(urls.mentor(mentor))

    assert urls.inquiry(inquiry) in asker.text and urls.ask(mentor) not in asker.text
    assert urls.inquiry(inquiry) not in other.text and urls.ask(mentor) in other.text


async def test_ones_own_page_leads_to_the_profile(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)

    page = await window.get(urls.mentor(mentor))

    deed = page.text.split('id="mentor-deed"')[1]
    assert f'href="{urls.PROFILE}"' in deed and urls.ask(mentor) not in page.text
    assert urls.favourite(mentor) not in page.text


async def test_the_preview_is_a_piece_and_by_itself_the_page(
    mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    piece = await window.get(urls.mentor_preview(mentor), headers=HTMX)
    page = await window.get(urls.mentor_preview(mentor))

    assert "<html" not in piece.text and "Claire Favre" in piece.text
    assert "<h1>Claire Favre</h1>" in page.text
    assert mentor.email not in piece.text


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**31, 2**63, 10**30])
async def test_who_isnt_there_isnt_found(
    number: int, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    for path in (f"/mentors/{number}", f"/mentors/{number}/preview"):
        assert (await window.get(path)).status_code == 404


async def test_who_left_the_directory_isnt_found(
    mentee: Person, stranger: Person, browser: Browser
) -> None:
    hidden = [
        await make_mentor("Not", "Yet", state=State.HANDED_IN),
        await make_mentor("Was", "Excluded", standing=Standing.EXCLUDED),
        stranger,
    ]
    window = await browser(mentee)

    for person in hidden:
        assert (await window.get(urls.mentor(person))).status_code == 404


async def test_nobody_looks_around_without_signing_in(mentor: Person, browser: Browser) -> None:
    window = await browser(None)

    for path in (urls.MENTORS, urls.mentor(mentor), urls.mentor_preview(mentor)):
        page = await window.get(path)
        live = await window.get(path, headers=HTMX)

        assert page.status_code == 303 and page.headers["location"].startswith(urls.SIGN_IN)
        assert live.status_code == 401 and "Claire" not in live.text


async def test_as_many_questions_for_one_hit_as_for_many(
    mentor: Person, mentee: Person, browser: Browser, queries: Callable[[], Any]
) -> None:
    window = await browser(mentee)
    await window.get(urls.MENTORS)  # the index is read once

    with queries() as for_one:
        one = await window.get(urls.MENTORS)
    for number in range(3):
        await make_mentor(f"Further{number}", "Mentor")
    await window.get(urls.MENTORS)  # and what changed
    with queries() as for_four:
        four = await window.get(urls.MENTORS)

    assert one.text.count('id="hit-') == 1 and four.text.count('id="hit-') == 4
    assert len(for_one) == len(for_four)


def _card(text: str, person: Person) -> str:
    return re.split(r'id="hit-|<aside', text.split(f'id="hit-{person.id}"')[1])[0]


def _ticked(text: str) -> set[str]:
    boxes = re.findall(r'<input id="([^"]+)" type="checkbox"[^>]*>', text)
    return {box for box in boxes if re.search(rf'id="{box}"[^>]* checked', text)}
