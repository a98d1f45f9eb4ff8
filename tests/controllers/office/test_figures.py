"""Figures on the office's pages: charts with their tables, a spreadsheet, a year."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

import clock
import urls
from domain import evaluations
from tables.evaluations import Later
from tables.inquiries import State as Asked
from tables.mentorships import Mentorship, State
from tables.people import Person
from tables.searches import SoughtInVain
from tests.cast import Browser
from tests.factories import (
    EXPECTATIONS,
    PROBLEM,
    VISION,
    make_evaluation,
    make_inquiry,
    make_mentor,
    make_mentorship,
)

YEAR = clock.day(clock.now()).year
PAGES = (urls.FIGURES, urls.figures("all"), urls.figures(str(YEAR)), urls.year(YEAR))
BENEFIT = evaluations.benefits_for(True, "fr")[0]


@pytest.fixture
async def window(browser: Browser, coordinator: Person) -> httpx.AsyncClient:
    return await browser(coordinator)


async def ended(mentee: Person, mentor: Person, number: int) -> None:
    """So many, each looked back at by the mentee."""
    for _ in range(number):
        begun_by = await make_inquiry(mentee, mentor, state=Asked.ACCEPTED)
        pair = await make_mentorship(
            mentee,
            mentor,
            inquiry=begun_by,
            state=State.COMPLETED,
            contacts=4,
            completed_at=clock.now(),
        )
        await make_evaluation(
            pair, mentee, benefits=BENEFIT[0], to_office="Mot au secrétariat", to_partner="Mot à l’"
        )


async def test_each_chart_has_a_title_words_and_its_table(
    window: httpx.AsyncClient, mentee: Person, mentor: Person
) -> None:
    await ended(mentee, mentor, 5)

    text = (await window.get(urls.FIGURES)).text
    charts = re.findall(r'<svg class="chart".*?</svg>', text, re.S)

    assert len(charts) >= 6
    for chart in charts:
        title, said = re.findall(r'aria-labelledby="(\S+) (\S+)"', chart)[0]
        assert f'<title id="{title}">' in chart and f'<desc id="{said}">' in chart
    assert text.count("<summary>Voir le tableau</summary>") == len(charts)
    assert BENEFIT[1] in text


@pytest.mark.parametrize("page", PAGES)
async def test_no_style_of_its_own_nor_private_text(
    page: str, window: httpx.AsyncClient, mentee: Person, mentor: Person
) -> None:
    await ended(mentee, mentor, 5)

    text = (await window.get(page)).text

    assert " style=" not in text and "<style" not in text
    for private in (PROBLEM, VISION, EXPECTATIONS, "Mot au", "Mot à l", mentee.email):
        assert private not in text
    assert mentee.last_name not in text


@pytest.mark.parametrize("page", PAGES)
async def test_nothing_of_four_evaluations(
    page: str, window: httpx.AsyncClient, mentee: Person, mentor: Person
) -> None:
    await ended(mentee, mentor, 4)
    few = (await window.get(page)).text
    await ended(mentee, mentor, 1)
    enough = (await window.get(page)).text

    assert BENEFIT[1][:20] not in few and "100\u202f%" not in few
    assert BENEFIT[1][:20] in enough and "100\u202f%" in enough


@pytest.mark.parametrize("page", PAGES)
async def test_an_empty_house_has_a_page_too(page: str, window: httpx.AsyncClient) -> None:
    answer = await window.get(page)

    assert answer.status_code == 200
    assert "0\u202f%" not in answer.text


@pytest.mark.parametrize("period", ["", "all", "2031", "%00", "'", "9" * 500])
async def test_any_period(period: str, window: httpx.AsyncClient) -> None:
    for kind in ("", ".csv"):
        assert (await window.get(f"{urls.FIGURES}{kind}?period={period}")).status_code == 200


@pytest.mark.parametrize("year", ["1999", str(YEAR + 1), "0", "abcd", "9" * 400, "02026", "%00"])
async def test_a_year_that_never_was(year: str, window: httpx.AsyncClient) -> None:
    assert (await window.get(f"{urls.FIGURES}/year/{year}")).status_code == 404


async def test_a_year_tells_of_itself_alone(
    window: httpx.AsyncClient, mentee: Person, mentor: Person
) -> None:
    for moment in (datetime(YEAR - 1, 5, 2, tzinfo=UTC), clock.now(), clock.now()):
        await make_inquiry(mentee, mentor, state=Asked.DECLINED, sent_at=moment)

    pages = [(await window.get(urls.year(year))).text for year in (YEAR - 1, YEAR)]
    asked = [re.findall(r"<dt>demandes envoyées</dt><dd>(\d+)</dd>", page) for page in pages]

    assert asked == [["1"], ["2"]]
    assert f"Le mentorat en {YEAR - 1}" in pages[0]


async def test_the_spreadsheet_says_what_the_page_says(
    window: httpx.AsyncClient, mentee: Person, mentor: Person
) -> None:
    await ended(mentee, mentor, 5)
    await SoughtInVain(words="=cmd|x", day=clock.day(clock.now()), times=3).save()

    answer = await window.get(urls.figures(str(YEAR), "csv"))
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    told = {tuple(line[:3]): line[3] for line in lines[1:]}

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'"chiffres-{YEAR}.csv"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert all(len(line) == 4 for line in lines)
    path = "De la demande à l’évaluation"
    assert told[path, "Quatre contacts", "Nombre"] == "5"
    assert told[path, "Quatre contacts", "Part des demandes"] == "100\u202f%"
    assert told["Cherchés en vain", "'=cmd|x", "Fois"] == "3"
    assert mentor.last_name not in answer.text


async def test_the_office_finds_its_way(window: httpx.AsyncClient) -> None:
    text = (await window.get(urls.FIGURES)).text

    assert f'<a href="{urls.FIGURES}" aria-current="page">' in text
    assert f'href="{urls.year(YEAR)}"' in text and f'href="{urls.figures(kind="csv")}"' in text


async def test_mentors_never_asked_lead_to_their_page(
    window: httpx.AsyncClient, mentee: Person, mentor: Person
) -> None:
    never = await make_mentor("Dora", "Frei")
    await ended(mentee, mentor, 1)

    text = (await window.get(urls.FIGURES)).text

    assert f'href="{urls.member(never)}"' in text
    assert f'href="{urls.member(mentor)}"' not in text


async def test_in_german(browser: Browser, coordinator: Person, mentee: Person) -> None:
    coordinator.language = "de"
    await coordinator.save()
    window = await browser(coordinator)

    text = (await window.get(urls.FIGURES)).text

    assert "Das Programm in Zahlen" in text and "Monat für Monat" in text
    assert "Letzte zwölf Monate" in text and "demandes" not in text


async def test_as_many_questions_for_few_as_for_many(
    window: httpx.AsyncClient, mentee: Person, mentor: Person, queries: Callable[[], Any]
) -> None:
    await window.get(urls.FIGURES)
    with queries() as few:
        await window.get(urls.FIGURES)
    await ended(mentee, mentor, 20)
    for number in range(20):
        await make_mentor(f"M{number}", canton=("GE", "VD", "ZH", "JU")[number % 4])
    with queries() as many:
        await window.get(urls.FIGURES)

    assert len(few) == len(many)


async def test_how_it_went_and_what_it_bore(
    window: httpx.AsyncClient, mentee: Person, mentor: Person
) -> None:
    """Five say yes to the first question, four and one to that of later; four are too few."""
    await ended(mentee, mentor, 4)
    few = (await window.get(urls.FIGURES)).text
    await ended(mentee, mentor, 1)
    for said, pair in zip(("yes",) * 4 + ("no",), await Mentorship.objects(), strict=True):
        values: dict[str, Any] = {"answer": said, "answered_at": clock.now()}
        await Later(mentorship=pair.id, person=mentee.id, **values).save()

    page = (await window.get(urls.FIGURES)).text
    answer = await window.get(urls.figures(kind="csv"))
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    told = {(row[1], row[2]): row[3] for row in rows}

    assert 'id="part-process"' not in few and 'id="part-process"' in page
    assert 'id="part-later"' in page
    question = evaluations.PROCESS["direction"]
    assert told[question.replace(" ?", "\u202f?"), "Oui"] == "5"
    assert (told["Oui", "Personnes"], told["Non", "Personnes"]) == ("4", "1")
