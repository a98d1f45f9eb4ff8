"""The agreement's pages: proposed, compared, accepted, overtaken, printed."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx
import pytest

import urls
from domain import agreements
from domain.agreements import Terms
from tables.agreements import Agreement, State
from tables.letters import Letter
from tables.mentorships import Mentorship
from tables.mentorships import State as Stage
from tables.people import Person
from tests.cast import Browser
from tests.factories import make_mentorship, new_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TERMS = Terms(
    goals=("Mener mon premier entretien", "Dire non"),
    kinds=("phone",),
    frequency="Une heure par mois",
    roles=("adviser",),
)
OTHERS = replace(TERMS, goals=("Mener mon deuxième entretien",), kinds=("phone", "written"))


@pytest.fixture
async def pair(mentor: Person, mentee: Person) -> Mentorship:
    return await make_mentorship(mentee, mentor, state=Stage.RUNNING)


def page_of(pair: Mentorship, part: str = "") -> str:
    return urls.mentorship(pair, "agreement" + (f"/{part}" if part else ""))


def form(base: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "key": new_key(),
        "base": str(base),
        "goals": "Mener mon premier entretien\n- Dire non\n\n",
        "kinds": ["phone", "written", "smoke"],
        "form": "D’abord  en\r\npersonne",
        "roles": ["adviser"],
    } | more


async def propose(pair: Mentorship, by: Person, base: int = 0, terms: Terms = TERMS) -> None:
    await agreements.propose(pair, terms, key=new_key(), base=base, by=by, now=NOW)


async def accept(window: httpx.AsyncClient, pair: Mentorship, number: Any = 1) -> httpx.Response:
    return await window.post(page_of(pair, "acceptance"), data={"number": str(number)})


def words(page: httpx.Response) -> str:
    """Without the narrow spaces of French."""
    return unescape(page.text).replace("\u202f", "")


async def test_the_first_form_is_filled_from_the_request(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    page = await (await browser(mentee)).get(page_of(pair))

    assert "Un regard franc, des exemples vécus et une heure par mois." in words(page)
    assert 'value="phone" checked' in page.text and 'value="adviser" checked' in page.text
    assert 'value="video" checked' not in page.text
    assert "Jusqu’au quatrième contact" in words(page) and 'name="base" value="0"' in page.text


async def test_from_a_proposal_to_a_signed_page(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)

    answer = await one.post(page_of(pair), data=form())
    assert answer.status_code == 303 and answer.headers["location"] == urls.mentorship(pair)
    [kept] = await agreements.of(pair)
    assert Terms.of(kept) == Terms(
        goals=("Mener mon premier entretien", "Dire non"),
        kinds=("phone", "written"),
        form="D’abord en personne",
        roles=("adviser",),
    )
    assert "Claire n’a pas encore répondu" in words(await one.get(urls.mentorship(pair)))
    assert "David vous propose une version" in words(await two.get(urls.mentorship(pair)))
    assert "Accepter la version 1" not in (await one.get(page_of(pair))).text
    assert "Accepter la version 1" in (await two.get(page_of(pair))).text
    assert (await accept(two, pair)).status_code == 303

    for window in (one, two):
        journey = words(await window.get(urls.mentorship(pair)))
        assert "Conclue le" in journey and "Mener mon premier entretien" in journey
    paper = words(await one.get(page_of(pair, "print")))
    assert "Dire non" in paper and "sans contrepartie financière" in paper
    assert "Téléphone, par écrit" in paper
    assert "Claire Favre" in paper and "David Moser" in paper and "Acceptée le" in paper


async def test_what_changed_is_shown_and_said(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await propose(pair, mentee)
    await propose(pair, mentor, base=1, terms=OTHERS)
    await propose(pair, mentee, base=2)
    window = await browser(mentee)

    page = words(await window.get(page_of(pair) + "?version=2&against=1"))
    changed = re.findall(r"<(ins|del)><span class=\"vh\">([^<]*)</span>([^<]*)", page)
    assert ("ins", "ajouté: ", "deuxième ") in changed
    assert ("del", "retiré: ", "premier ") in changed
    assert ("del", "retiré: ", "Dire non") in changed
    assert ("ins", "ajouté: ", "par écrit") in changed
    same = words(await window.get(page_of(pair) + "?version=3&against=1"))
    assert "Rien n’a changé par rapport à la version 1" in same
    # Backwards too, and whatever else is asked.
    back = words(await window.get(page_of(pair) + "?version=1&against=2"))
    assert ("ins", "ajouté: ", "premier ") in re.findall(
        r"<(ins|del)><span class=\"vh\">([^<]*)</span>([^<]*)", back
    )
    for query in ("version=9", "version=x&against=-1", "version=%00", "against=99999999999999"):
        assert (await window.get(f"{page_of(pair)}?{query}")).status_code == 200


async def test_who_and_when_of_every_version(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await propose(pair, mentee)
    await agreements.accept(pair, 1, by=mentor, now=NOW)
    await propose(pair, mentor, base=1, terms=OTHERS)

    page = words(await (await browser(mentee)).get(page_of(pair)))

    assert "Claire Favre, 23" in page and "vous, 23" in page and "acceptée le 23" in page
    assert "la version 1 reste valable" in page


async def test_overtaken_by_a_newer_version(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    """What was typed is kept, the newer one is beside it, and the next try goes through."""
    await propose(pair, mentee)
    window = await browser(mentor)
    await propose(pair, mentee, base=1, terms=OTHERS)

    late = await window.post(page_of(pair), data=form(1, frequency="Tous les lundis"))

    assert late.status_code == 409 and "version plus récente" in late.text
    assert "Version 2" in late.text and "deuxième" in late.text
    assert 'value="Tous les lundis"' in late.text and 'name="base" value="2"' in late.text
    assert re.search(r'<details[^>]*id="other-version" open', late.text)
    key = re.search(r'name="key" value="([\w-]+)"', late.text)
    assert key is not None
    again = form(2, frequency="Tous les lundis", key=key[1])
    assert (await window.post(page_of(pair), data=again)).status_code == 303
    assert len(await agreements.of(pair)) == 3


async def test_accepting_what_is_no_more_proposed(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await propose(pair, mentee)
    await propose(pair, mentee, base=1, terms=OTHERS)
    window = await browser(mentor)

    late = await accept(window, pair, 1)
    assert late.status_code == 409 and "Accepter la version 2" in late.text
    assert (await accept(window, pair, 2)).status_code == 303
    assert (await accept(window, pair, 2)).status_code == 409
    for number in ("", "3", "-1", "²", "99999", "999999999999", "x\x00"):
        assert (await accept(window, pair, number)).status_code == 404
    assert (await accept(await browser(mentee), pair, 2)).status_code == 404


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"goals": "\n".join("abcdefg")}, "Six objectifs au plus"),
        ({"goals": "x" * 201}, "200 caractères au plus"),
        ({"goals": "x" * 3000}, "Raccourcissez"),
        ({"form": "x" * 201}, "Raccourcissez"),
        ({"length": "<script>" * 30}, "Raccourcissez"),
        ({"goals": " \n- \n", "kinds": [], "form": "", "roles": []}, "Notez au moins un point"),
        ({"key": "x"}, "Rechargez la page"),
        ({"base": "many"}, "Rechargez la page"),
        ({"base": ""}, "Rechargez la page"),
        ({"base": "99999"}, "Rechargez la page"),
    ],
)
async def test_what_does_not_fit(
    more: dict[str, Any], error: str, pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    answer = await (await browser(mentee)).post(page_of(pair), data=form(**more))

    assert answer.status_code == 422 and error in words(answer)
    assert "<script><" not in answer.text
    assert await Agreement.count() == 0


async def test_a_resend_and_a_doubled_field(
    pair: Mentorship, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    same = form(goals=["Oublié", "Dire\x00 non <b>"])

    answers = await asyncio.gather(*(window.post(page_of(pair), data=same) for _ in "ab"))

    assert [each.status_code for each in answers] == [303, 303]
    [kept] = await agreements.of(pair)
    assert kept.goal_list == ["Dire non <b>"]
    assert "Dire non &lt;b&gt;" in (await window.get(page_of(pair))).text
    assert await Letter.count() == 1


async def test_two_windows_at_once(
    pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    one, two = await browser(mentee), await browser(mentor)

    answers = await asyncio.gather(
        one.post(page_of(pair), data=form()), two.post(page_of(pair), data=form())
    )

    assert sorted(each.status_code for each in answers) == [303, 409]
    await propose(pair, mentee, base=1)
    answers = await asyncio.gather(accept(two, pair, 2), accept(two, pair, 2))
    assert sorted(each.status_code for each in answers) == [303, 409]


@pytest.mark.parametrize("stage", [Stage.COMPLETED, Stage.CLOSED, Stage.NOT_PURSUED])
async def test_read_only_where_nothing_is_settled_any_more(
    stage: Stage, pair: Mentorship, mentor: Person, mentee: Person, browser: Browser
) -> None:
    await propose(pair, mentee)
    values: dict[Any, Any] = {Mentorship.state: stage, Mentorship.ended_at: NOW}
    await Mentorship.update(values | {Mentorship.completed_at: NOW}).where(Mentorship.id == pair.id)
    window = await browser(mentor)

    page = await window.get(page_of(pair))
    assert "Dire non" in page.text and "<form method" not in page.text.split("<main")[1]
    assert (await accept(window, pair)).status_code == 409
    assert (await window.post(page_of(pair), data=form(1))).status_code == 409
    [kept] = await agreements.of(pair)
    assert kept.state == State.PROPOSED
    assert (await window.get(page_of(pair, "print"))).status_code == 200


async def test_nothing_to_print_yet(pair: Mentorship, mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    assert (await window.get(page_of(pair, "print"))).status_code == 404
    await propose(pair, mentee)
    assert "Pas encore acceptée" in words(await window.get(page_of(pair, "print")))
    assert (await window.get(page_of(pair, "print") + "?version=2")).status_code == 404


async def test_as_many_questions_for_fifty_versions(
    pair: Mentorship, mentee: Person, browser: Browser, queries: Any
) -> None:
    await propose(pair, mentee)
    window = await browser(mentee)
    with queries() as few:
        await window.get(page_of(pair))
    for base in range(1, 50):
        await propose(pair, mentee, base=base)
    with queries() as many:
        page = await window.get(page_of(pair))

    assert "Version 50" in page.text and len(few) == len(many)
