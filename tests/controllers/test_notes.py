"""Notes over HTTP: the sheet, its saving as one types, two texts, sharing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import clock
import urls
from domain import notes, typed_texts
from tables.mentorships import Mentorship, State
from tables.notes import Note
from tables.people import Person
from tests.cast import HTMX, Browser
from tests.factories import make_mentorship


@pytest.fixture
async def mentorship(mentee: Person, mentor: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, contacts=2)


def version_in(answer: httpx.Response) -> str:
    found = re.search(r'name="version" value="(\d+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


async def test_a_sheet_is_saved_as_one_types_and_read_again(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)
    address = urls.note(mentorship, 3)

    empty = await window.get(address)
    typed = {"version": "0", "needs": "Oser trancher", "techniques": ["feedback", "nonsense"]}
    saved = await window.post(address, data=typed, headers=HTMX)
    again = await window.get(address)

    assert version_in(empty) == "0" and "Préparer le contact 3" in empty.text
    assert saved.status_code == 200 and "<html" not in saved.text
    assert version_in(saved) == "1" and "Enregistré à" in saved.text
    assert "Oser trancher" in again.text and version_in(again) == "1"
    assert 'value="feedback" checked' in again.text and "nonsense" not in again.text


async def test_an_old_version_is_told_beside_the_text_and_overwrites_nothing(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window, address = await browser(mentor), urls.note(mentorship, 1)
    await window.post(address, data={"version": "0", "needs": "Oser"}, headers=HTMX)

    told = await window.post(address, data={"version": "0", "needs": "Autre"}, headers=HTMX)

    assert told.status_code == 409 and 'hx-target="#note-elsewhere"' in told.text
    assert "note-compare" in told.text and 'hx-target="#note"' not in told.text
    assert "Oser" in (await window.get(address)).text


@pytest.mark.parametrize("headers", [HTMX, {}])
async def test_two_texts_are_shown_side_by_side_and_chosen_from(
    mentorship: Mentorship, mentor: Person, browser: Browser, headers: dict[str, str]
) -> None:
    window, address = await browser(mentor), urls.note(mentorship, 1)
    theirs = {"needs": "Oser", "techniques": "feedback", "goals": "Le même"}
    await window.post(address, data={"version": "0"} | theirs, headers=HTMX)
    mine = {"version": "0", "needs": "<script>", "techniques": "questions", "goals": "Le même"}

    both = await window.post(address, data=mine | {"done": "1"}, headers=headers)
    choice = mine | {"version": version_in(both), "keep_needs": "both", "keep_techniques": "mine"}
    chosen = await window.post(f"{address}/choice", data=choice)
    late = await window.post(f"{address}/choice", data=choice, headers=headers)
    after = await window.get(address)

    assert both.status_code == 409 and ("<html" in both.text) is (not headers)
    assert "Oser" in both.text and "&lt;script&gt;" in both.text and "<script>" not in both.text
    assert 'name="keep_needs"' in both.text and 'name="keep_goals"' not in both.text
    assert (chosen.status_code, chosen.headers["location"]) == (303, address)
    assert "Oser\n\n&lt;script&gt;" in after.text and 'value="questions" checked' in after.text
    assert 'value="feedback" checked' not in after.text
    assert late.status_code == 409  # seen one version too early


async def test_without_a_choice_nothing_is_dropped(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window, address = await browser(mentor), urls.note(mentorship, 1)
    await window.post(address, data={"version": "0", "needs": "Oser", "techniques": "feedback"})
    choice = {"version": "1", "needs": "Dire", "techniques": "questions", "keep_needs": "nobody"}

    await window.post(f"{address}/choice", data=choice)

    after = (await window.get(address)).text
    assert "Oser\n\nDire" in after
    assert 'value="questions" checked' in after and 'value="feedback" checked' in after


async def test_the_button_saves_and_leads_back(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window, address = await browser(mentor), urls.note(mentorship, 1)

    typed = {"version": "0", "needs": "Oser", "done": "1"}
    plain = await window.post(address, data=typed)
    again = await window.post(address, data=typed, headers=HTMX)
    nothing = await window.post(urls.note(mentorship, 3), data={"done": "1"})

    there = urls.mentorship(mentorship)
    assert (plain.status_code, plain.headers["location"]) == (303, there)
    assert "said=" in plain.headers["set-cookie"]
    assert (again.status_code, again.headers["hx-redirect"]) == (204, there)
    assert nothing.status_code == 303 and "said=" not in nothing.headers.get("set-cookie", "")
    assert await Note.count() == 1


async def test_a_text_that_is_too_long_is_kept_and_not_cut(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window, address = await browser(mentor), urls.note(mentorship, 1)
    long = {"version": "0", "needs": "é" * 8001}

    typing = await window.post(address, data=long, headers=HTMX)
    sent = await window.post(address, data=long | {"done": "1"})

    assert (
        typing.status_code == 422 and "trop long" in typing.text and "<textarea" not in typing.text
    )
    assert sent.status_code == 422 and "é" * 8001 in sent.text and "Raccourcissez" in sent.text
    assert version_in(sent) == "0" and await Note.count() == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"version": "²", "mark": "x.y", "past": "é"},
        {"version": "-1"},
        {"version": "9" * 40, "mark": "windowone." + "9" * 40},
        {"version": ["1", "0"], "needs": ["first", "last"]},
        {"needs": "nul\x00 and \u202e turned", "agenda": "<b>"},
        {"nobody": "asked"},
    ],
)
async def test_what_no_browser_sends_breaks_nothing(
    mentorship: Mentorship, mentor: Person, browser: Browser, odd: dict[str, str | list[str]]
) -> None:
    window, address = await browser(mentor), urls.note(mentorship, 1)

    for path in ("", "/sharing", "/choice"):
        answer = await window.post(address + path, data=odd, headers=HTMX)
        assert answer.status_code in (200, 204, 404, 409), (path, answer.status_code)
    page = await window.get(address)
    assert page.status_code == 200 and "\x00" not in page.text and "<b>" not in page.text


async def test_shared_and_hidden_the_sheet_comes_along(
    mentorship: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    window, partner = await browser(mentor), await browser(mentee)
    address, theirs = urls.note(mentorship, 1), urls.mentorship(mentorship, "notes")
    sharing = f"{address}/sharing"

    blank = await window.post(sharing, data={"version": "0", "shared": "1"}, headers=HTMX)
    typed = {"version": "0", "needs": "Oser", "shared": "1"}
    shared = await window.post(sharing, data=typed, headers=HTMX)
    seen = await partner.get(theirs)
    aside = await partner.get(urls.mentorship(mentorship))
    stale = {"version": "0", "needs": "Autre", "shared": "0"}
    hidden = await window.post(sharing, data=stale, headers=HTMX)
    gone = await partner.get(theirs)

    assert blank.status_code == 409 and "vide" in blank.text
    assert shared.status_code == 200 and "Ne plus partager" in shared.text
    assert version_in(shared) == "1"
    assert "Oser" in seen.text and "<textarea" not in seen.text and "Modifier" not in seen.text
    assert "partage sa note" in aside.text and "Oser" not in aside.text
    # A text that is a matter of two doesn't keep it in sight.
    assert hidden.status_code == 409 and "Oser" not in gone.text


async def test_nobody_else_comes_to_it(
    mentorship: Mentorship,
    mentor: Person,
    mentee: Person,
    stranger: Person,
    coordinator: Person,
    browser: Browser,
) -> None:
    window, address = await browser(mentor), urls.note(mentorship, 1)
    await window.post(address, data={"version": "0", "needs": "Oser"})

    for person in (stranger, coordinator):
        other = await browser(person)
        assert (await other.get(address)).status_code == 404
        for path in ("", "/sharing", "/choice"):
            assert (await other.post(address + path, data={"version": "1"})).status_code == 404
    partner = await browser(mentee)
    assert "Oser" not in (await partner.get(address)).text
    assert "Oser" not in (await partner.get(urls.mentorship(mentorship, "notes"))).text


@pytest.mark.parametrize("number", ["0", "-1", "4", "32767", "32768", "9" * 30, "two"])
async def test_a_sheet_that_is_none_is_not_there(
    mentorship: Mentorship, mentor: Person, browser: Browser, number: str
) -> None:
    window = await browser(mentor)
    address = f"{urls.mentorship(mentorship, 'notes')}/{number}"

    assert (await window.get(address)).status_code == 404
    assert (await window.post(address, data={"needs": "x"})).status_code == 404


async def test_after_the_end_it_is_read_and_hidden_only(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window, address = await browser(mentor), urls.note(mentorship, 1)
    typed = {"version": "0", "needs": "Oser", "shared": "1"}
    await window.post(f"{address}/sharing", data=typed)
    await Mentorship.update({"state": State.CLOSED, "ended_at": clock.now()}, force=True)

    page = await window.get(address)
    written = await window.post(address, data={"version": "1", "needs": "Trop tard"}, headers=HTMX)
    hidden = await window.post(f"{address}/sharing", data={"shared": "0"})
    next_one = await window.get(urls.note(mentorship, 3))
    way = await window.get(urls.mentorship(mentorship))

    assert "Oser" in page.text and "<textarea" not in page.text and "Ne plus partager" in page.text
    assert written.status_code == 409 and "terminé" in written.text
    assert hidden.status_code == 303 and next_one.status_code == 404
    assert "Préparer le contact" not in way.text and "Relire ma note" in way.text
    [note] = await Note.objects()
    assert not note.is_shared


async def test_after_an_end_without_notes_the_page_says_so(
    mentee: Person, mentor: Person, browser: Browser
) -> None:
    over = await make_mentorship(mentee, mentor, contacts=4, state=State.CLOSED)
    window = await browser(mentee)

    page = await window.get(urls.mentorship(over, "notes"))

    assert "Pas de notes ici" in page.text and "Préparer le contact" not in page.text


async def test_after_the_fourth_contact_no_fifth_is_prepared(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)
    values: dict[Any, Any] = {Mentorship.state: State.COMPLETED, Mentorship.contacts: 4}
    await Mentorship.update(values | {Mentorship.completed_at: clock.now()}, force=True)

    for page in ("", "notes"):
        shown = (await window.get(urls.mentorship(mentorship, page))).text
        assert "Préparer le contact" not in shown and "Revenir sur le contact 4" in shown
    assert (await window.get(urls.note(mentorship, 5))).status_code == 404
    await Mentorship.update({Mentorship.state: State.CONTINUING}, force=True)
    assert "Préparer le contact 5" in (await window.get(urls.mentorship(mentorship))).text


async def test_the_last_promise_greets_the_next_sheet(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    window = await browser(mentor)
    said = {"next_offer": "Mon carnet d’adresses", "more": "questions", "needs": "Pas cela"}
    await window.post(urls.note(mentorship, 2), data={"version": "0"} | said)

    page = (await window.get(urls.note(mentorship, 3))).text

    assert "Mon carnet d’adresses" in page and "des questions bien choisies" in page
    assert "Pas cela" not in page


async def test_a_longer_way_asks_no_more_and_the_page_opens_no_note(
    mentorship: Mentorship,
    mentor: Person,
    browser: Browser,
    queries: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = await browser(mentor)
    opened: list[str] = []
    usual = typed_texts.unpack
    monkeypatch.setattr(notes, "unpack", lambda kept: opened.append(kept) or usual(kept))  # type: ignore[func-returns-value]
    asked: dict[str, list[int]] = {"way": [], "notes": []}
    for count in (1, 50):
        for number in range(await Note.count() + 1, count + 1):
            whose: dict[str, Any] = {"mentorship": mentorship.id, "author": mentor.id}
            row = Note(number=number, saved_at=clock.now(), **whose)
            row.fields = typed_texts.pack(typed_texts.Text({"needs": f"besoin {number}"}))
            await row.save()
        with queries() as way:
            await window.get(urls.mentorship(mentorship))
        assert opened == []
        with queries() as listed:
            page = await window.get(urls.mentorship(mentorship, "notes"))
        assert f"besoin {count}" in page.text and len(opened) == count
        opened.clear()
        asked["way"].append(len(way))
        asked["notes"].append(len(listed))

    assert asked["way"][0] == asked["way"][1] and asked["notes"][0] == asked["notes"][1]


async def test_two_windows_at_once_one_is_told(
    mentorship: Mentorship, mentor: Person, browser: Browser
) -> None:
    one, two = await browser(mentor), await browser(mentor)
    address = urls.note(mentorship, 1)
    await one.post(address, data={"version": "0", "needs": "zéro"})

    answers = await asyncio.gather(
        one.post(address, data={"version": "1", "needs": "un"}, headers=HTMX),
        two.post(address, data={"version": "1", "needs": "deux"}, headers=HTMX),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [note] = await Note.objects()
    assert note.version == 2
