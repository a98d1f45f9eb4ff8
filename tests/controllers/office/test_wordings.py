"""The letters' texts by hand: checked at once, looked at, tried out, given back."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import Any

import html5lib
import httpx
import pytest

import clock
import urls
from domain import wordings
from mail import letters, sentences
from tables.events import Event
from tables.letters import Letter
from tables.people import Person
from tables.wordings import Wording, written
from tests.cast import HTMX, Browser
from tests.factories import make_person

NAME = "inquiry_accepted"
PAGE = urls.house_letter(NAME)
SUBJECT, NEWS, SAYS, *_ = sentences.of(NAME)
[ADDRESS] = [each for each in sentences.of(NAME) if "address" in each.words]
[HEADING] = [each for each in sentences.of(NAME) if each.role == "heading"]
[BUTTON] = [each for each in sentences.of(NAME) if each.role == "button"]
OWN = "Bravo: {mentor} vous dit oui.\n\nÀ bientôt!"


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


async def typed(window: httpx.AsyncClient, name: str = NAME, **changed: Any) -> dict[str, str]:
    """What the page would send; `changed` by field."""
    text = (await window.get(urls.house_letter(name, changed.get("language", "")))).text
    form = text.partition('id="letter-form"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'<input [^>]*?name="([\w-]+)"[^>]*?value="([^"]*)"', form))
    fields |= dict(
        re.findall(r'<textarea [^>]*?name="([\w-]+)"[^>]*>\n(.*?)</textarea>', form, re.S)
    )
    fields.pop("_csrf_token", None)
    return {name: unescape(value) for name, value in fields.items()} | changed


async def save(window: httpx.AsyncClient, **changed: Any) -> httpx.Response:
    return await window.post(PAGE, data=await typed(window, **changed))


async def told() -> list[str]:
    return [row["what"] for row in await Event.select(Event.what).order_by(Event.id)]


def faults(page: str) -> list[str]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    return [*map(str, parser.errors), *{each for each in ids if ids.count(each) > 1}]


async def test_the_page_sends_what_it_shows(window: httpx.AsyncClient) -> None:
    sent = await typed(window)

    assert {name for each in sentences.of(NAME) for name in each.fields} < sent.keys()
    assert sent[NEWS.key] == "Bonne nouvelle\u202f: {mentor} accepte de vous accompagner."
    answer = await window.post(PAGE, data=sent)
    assert answer.status_code == 303 and not await Wording.exists() and await told() == []


async def test_what_is_saved_is_sent(
    window: httpx.AsyncClient, coordinator: Person, mentor: Person
) -> None:
    [subject, *_] = sentences.of("turned_busy")
    own = await typed(window, "turned_busy", **{subject.key: "Pause ?"})

    answer = await window.post(urls.house_letter("turned_busy"), data=own)
    await letters.turned_busy(mentor, clock.now())
    [letter] = await Letter.objects()

    assert answer.status_code == 303 and letter.subject == "Pause\u202f?"
    assert await told() == ["wording.write"]


async def test_htmx_gets_the_letter_as_it_is_now(window: httpx.AsyncClient) -> None:
    sent = await typed(window, **{NEWS.key: OWN})

    answer = await window.post(PAGE, data=sent, headers=HTMX)
    [row] = await Wording.objects()

    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'name="seen" value="1"' in answer.text and "Les textes sont enregistrés." in answer.text
    assert f'id="back-{NEWS.key}"' in answer.text and 'hx-target="#preview"' in answer.text
    assert row.sentences == {NEWS.one: [OWN]}


WRONG = [
    (SUBJECT, "", "Remplissez ce champ."),
    (SUBJECT, "x" * 151, "Raccourcissez de 1 caractère."),
    (SUBJECT, "{mentor} {mentro}", "{mentro} n’est pas connu"),
    (SUBJECT, "{mentor", "accolades"),
    (SUBJECT, "{mentor}}", "accolades"),
    (SUBJECT, "{{mentor}}", "accolades"),
    (SUBJECT, "{ mentor }", "accolades"),
    (SUBJECT, "> {mentor}", "commencer par «>»"),
    (BUTTON, "", "Remplissez ce champ."),
    (BUTTON, "\u200b \n", "Remplissez ce champ."),
    (BUTTON, "x" * 61, "Raccourcissez de 1 caractère."),
    (BUTTON, "=> Ici", "commencer par «=»"),
    (HEADING, "{address}", "{address} n’est pas connu"),
    (ADDRESS, "", "Remplissez ce champ."),
    (ADDRESS, "Écrivez à {mentor}.", "Il manque {address}"),
    (NEWS, "Oui!\n\n- {mentor}", "commencer par «-»"),
    (NEWS, "{code}", "{code} n’est pas connu"),
    (NEWS, "x" * 2003, "Raccourcissez de 3 caractères."),
]


@pytest.mark.parametrize(("sentence", "text", "said"), WRONG)
async def test_a_mistake_is_said_at_its_sentence(
    sentence: Any, text: str, said: str, window: httpx.AsyncClient
) -> None:
    answer = await save(window, **{sentence.key: text})
    error = answer.text.partition(f'id="{sentence.key}-error"')[2].partition("</p>")[0]

    assert answer.status_code == 422 and said in unescape(error)
    assert answer.text.count('class="error"') == 1 and not await Wording.exists()
    assert faults(answer.text) == []


async def test_all_mistakes_come_at_once_and_what_was_typed_stays(
    window: httpx.AsyncClient,
) -> None:
    wrong = {SUBJECT.key: "", NEWS.key: "{mentro} {", ADDRESS.key: "Écrivez! <b>"}

    for headers in ({}, HTMX):
        sent = await typed(window, **wrong, **{HEADING.key: "Et puis?"})
        answer = await window.post(PAGE, data=sent, headers=headers)
        assert answer.status_code == 422 and answer.text.count('class="error"') == 3
        assert "{mentro} n’est pas connu dans cette phrase. Des accolades" in answer.text
        assert "Écrivez! &lt;b&gt;" in answer.text and 'value="Et puis?"' in answer.text
        assert f'href="#{ADDRESS.key}">Paragraphe' in answer.text
    assert not await Wording.exists()


async def test_what_may_be_left_out_may_be_emptied(window: httpx.AsyncClient) -> None:
    answer = await save(window, **{HEADING.key: "", NEWS.key: ""})
    [row] = await Wording.objects()

    assert answer.status_code == 303
    assert row.sentences == {NEWS.one: [""], HEADING.one: [""]}
    page = (await window.get(PAGE)).text
    assert "Et maintenant" not in page.partition('id="preview"')[2]


async def test_singular_and_plural_are_two_fields(window: httpx.AsyncClient) -> None:
    [subject, *_] = sentences.of("search_fits")
    address = urls.house_letter("search_fits", "de")
    own = await typed(window, "search_fits", language="de", **{f"{subject.key}-many": "{count}!"})

    answer = await window.post(address, data=own)
    [row] = await Wording.objects()
    page = (await window.get(address)).text

    assert answer.status_code == 303
    assert row.sentences == {subject.one: ["Eine Person passt zu Ihrer Suche", "{count}!"]}
    assert f'name="{subject.key}-many" type="text" value="{{count}}!"' in page
    wrong = await window.post(address, data=own | {subject.key: ""})
    assert wrong.status_code == 422 and wrong.text.count('class="error"') == 1


async def test_what_nobody_sees_is_not_kept(window: httpx.AsyncClient) -> None:
    await save(window, **{NEWS.key: "A\x00\u202e \r\n\r\n\r\n {mentor}\u2028B"})
    [row] = await Wording.objects()

    assert row.sentences == {NEWS.one: ["A\n\n{mentor}\nB"]}


async def test_whoever_is_second_keeps_what_they_typed_beside_the_others(
    window: httpx.AsyncClient, browser: Browser
) -> None:
    other = await browser(await make_person("Martine", "Dubois", is_coordinator=True))
    mine = await typed(window, **{NEWS.key: "La mienne, {mentor}"})
    theirs = await typed(other, **{NEWS.key: "La leur, {mentor}", HEADING.key: "Ensuite"})

    answers = await asyncio.gather(
        window.post(PAGE, data=mine), other.post(PAGE, data=theirs, headers=HTMX)
    )
    [lost] = [answer for answer in answers if answer.status_code == 409]
    first, second = ("La mienne", "La leur") if lost is answers[1] else ("La leur", "La mienne")

    assert sorted(answer.status_code for answer in answers) in ([200, 409], [303, 409])
    assert f">\n{second}, {{mentor}}</textarea>" in lost.text
    assert "Enregistré entre-temps" in lost.text and f"<p>{first}, {{mentor}}</p>" in lost.text
    assert 'name="seen" value="1"' in lost.text and "Quelqu’un d’autre" in lost.text
    assert await told() == ["wording.write"]


async def test_a_form_sent_again_after_it_was_second_is_kept(
    window: httpx.AsyncClient,
) -> None:
    old = await typed(window, **{NEWS.key: "A {mentor}"})
    await save(window, **{NEWS.key: "B {mentor}"})

    lost = await window.post(PAGE, data=old)
    again = await window.post(PAGE, data=old | {"seen": "1"})

    assert (lost.status_code, again.status_code) == (409, 303)
    assert (await wordings.kept(NAME, "fr")).sentences == {NEWS.one: ["A {mentor}"]}


async def test_a_preview_keeps_nothing(window: httpx.AsyncClient) -> None:
    sent = await typed(window, **{NEWS.key: "Bravo <b>{mentor}</b>", SUBJECT.key: "{mentro}"})

    piece = await window.post(PAGE, data=sent | {"preview": "1"}, headers=HTMX)
    page = await window.post(PAGE, data=sent | {"preview": "1"})

    for answer in (piece, page):
        shown = answer.text.partition('id="preview"')[2]
        assert answer.status_code == 200 and "Bravo &lt;b&gt;Claire Favre&lt;/b&gt;" in shown
        assert "1 phrase à corriger" in shown and '<h2 id="preview-h">{mentro}</h2>' in shown
    assert "<form" not in piece.text and faults(page.text) == []
    assert not await Wording.exists() and not await Letter.exists()


async def test_each_case_can_be_seen(window: httpx.AsyncClient) -> None:
    address = urls.house_letter("inquiry_declined")
    sent = await typed(window, "inquiry_declined")
    said = ["pas assez de temps", "pas de son domaine", "vous aidera mieux", "pas assez de temps"]

    for case, words in enumerate(said):
        answer = await window.post(address, data=sent | {"preview": "1", "case": str(case)})
        assert words in answer.text.partition('id="preview"')[2]
        assert f'value="{case}" selected' in answer.text
    for unknown in ("99", "-1", "x", "²", ""):
        answer = await window.post(address, data=sent | {"preview": "1", "case": unknown})
        assert answer.status_code == 200 and said[0] in answer.text.partition('id="preview"')[2]


async def test_a_sentence_says_when_it_is_there(window: httpx.AsyncClient) -> None:
    page = (await window.get(urls.house_letter("inquiry_released"))).text

    assert "Seulement si\u202f: une question du mentor est restée sans réponse." in page
    assert "Sauf si\u202f: personne d’autre ne convient." in page


async def test_a_sentence_comes_back_as_it_was_shipped(window: httpx.AsyncClient) -> None:
    await save(window, **{NEWS.key: OWN})
    sent = await typed(window, **{HEADING.key: "Pas encore gardé"})

    for headers in ({}, HTMX):
        answer = await window.post(PAGE, data=sent | {"original": NEWS.key}, headers=headers)
        assert answer.status_code == 200 and "Bonne nouvelle" in answer.text
        assert "Pas encore gardé" in answer.text
    assert (await wordings.kept(NAME, "fr")).sentences == {NEWS.one: [OWN]}  # not saved yet
    unknown = await window.post(PAGE, data=sent | {"original": "s123"})
    assert unknown.status_code == 404


async def test_a_trial_of_what_is_typed(window: httpx.AsyncClient, coordinator: Person) -> None:
    sent = await typed(window, **{NEWS.key: OWN}, trial="1")

    answers = [await window.post(PAGE, data=sent, headers=each) for each in ({}, HTMX)]
    [letter] = await Letter.objects()

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Bravo: {mentor} vous dit oui." in answer.text for answer in answers)
    assert "sandra.weber@example.org" in answers[0].text and letter.address == coordinator.email
    assert letter.subject.startswith("Essai\u202f: Claire Favre accepte")
    assert "Bravo\u202f: Claire Favre vous dit oui." in letter.text
    assert not await Wording.exists() and await told() == ["person.try_letter"]
    wrong = await window.post(PAGE, data=sent | {SUBJECT.key: ""})
    assert wrong.status_code == 422 and await Letter.count() == 1


async def test_the_whole_letter_comes_back(window: httpx.AsyncClient) -> None:
    await save(window, **{NEWS.key: OWN, HEADING.key: ""})
    sent = {"language": "fr", "seen": "1"}

    late = await window.post(urls.house_letter(NAME, "", "reversal"), data=sent | {"seen": "0"})
    done = await window.post(urls.house_letter(NAME, "", "reversal"), data=sent)
    again = await window.post(urls.house_letter(NAME, "", "reversal"), data=sent)

    assert [answer.status_code for answer in (late, done, again)] == [409, 303, 409]
    assert "Voici où il en est" in late.text and "Bravo: {mentor}" in late.text
    assert (await wordings.kept(NAME, "fr")).sentences == {}
    assert await told() == ["wording.write", "wording.revert"]
    assert 'id="origin"' not in (await window.get(PAGE)).text


async def test_what_an_update_changed_is_shown_until_it_is_cleared(
    window: httpx.AsyncClient,
) -> None:
    source = written({"Une phrase d’avant": ["Ma <b>phrase</b>"]})
    await Wording(name=NAME, language="fr", source=source, changed_at=clock.now()).save()

    page = (await window.get(PAGE)).text
    index = (await window.get(urls.HOUSE_LETTERS)).text
    cleared = await window.post(
        urls.house_letter(NAME, "", "clearing"), data={"language": "fr", "seen": "1"}
    )

    assert "Le texte d’origine a changé" in page and "Ma &lt;b&gt;phrase&lt;/b&gt;" in page
    assert "Ma &lt;b&gt;" not in page.partition('id="preview"')[2] and faults(page) == []
    assert "français\u202f: à revoir" in index and cleared.status_code == 303
    assert "Le texte d’origine a changé" not in (await window.get(PAGE)).text


async def test_the_list_tells_what_was_changed_and_where(window: httpx.AsyncClient) -> None:
    before = (await window.get(urls.HOUSE_LETTERS)).text
    await window.post(PAGE, data=await typed(window, language="de", **{NEWS.key: "Ja, {mentor}!"}))
    after = (await window.get(urls.HOUSE_LETTERS)).text

    for name in (*sentences.letters(), *sentences.shared()):
        assert f'href="{urls.house_letter(name)}"' in before
    assert "modifié" not in before and after.count("modifié") == 1
    assert f'href="{urls.house_letter(NAME, "de")}"' in after and "allemand\u202f: modifié" in after
    assert after.count(" open>") == before.count(" open>") + 1 and faults(after) == []


@pytest.mark.parametrize("name", (*sentences.letters(), *sentences.shared()))
async def test_every_letter_has_its_page(name: str, window: httpx.AsyncClient) -> None:
    for code in ("fr", "de"):
        answer = await window.get(urls.house_letter(name, code))
        assert answer.status_code == 200 and faults(answer.text) == []
        assert "%(" not in answer.text and answer.text.count("<h1") == 1


@pytest.mark.parametrize("name", ["gone", "_gone", "..%2Fsign_in", "letter", "Sign_in"])
async def test_no_other_template_is_a_letter(name: str, window: httpx.AsyncClient) -> None:
    assert (await window.get(f"{urls.HOUSE_LETTERS}/{name}")).status_code == 404
    assert (await window.post(f"{urls.HOUSE_LETTERS}/{name}", data={})).status_code == 404


async def test_a_language_that_is_not_spoken_is_the_viewers(window: httpx.AsyncClient) -> None:
    for code in ("rm", "xx", "../de"):
        answer = await window.get(PAGE, params={"language": code})
        assert answer.status_code == 200 and "Bonne nouvelle" in answer.text
