"""What people type, who must come first, and who must not come at all; on either engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

from search import index
from search.facets import Query
from search.find import A_PAGE, Found, find
from search.reasons import Segments
from tables.people import Person, Standing
from tables.profiles import Profile, State
from tests import databases
from tests.search import directory
from tests.search.conftest import TODAY, Asked, ask, everybody


class Case(NamedTuple):
    words: str
    first: str
    never: tuple[str, ...] = ()


CASES = [
    # Names, however they are spelled
    Case("claire favre", "Claire Favre", ("Sébastien Favre",)),
    Case("favre cl", "Claire Favre", ("Sébastien Favre",)),
    Case("CLAIRE", "Claire Favre", ("Chiara Bernasconi",)),
    Case("Zürcher", "Philippe Zürcher", ("Fabio Bernasconi",)),
    Case("zuercher", "Philippe Zürcher"),
    Case("zurcher", "Philippe Zürcher"),
    Case("öztürk", "Kemal Öztürk"),
    Case("oeztuerk", "Kemal Öztürk"),
    Case("ozturk", "Kemal Öztürk"),
    Case("huerlimann", "Regula Hürlimann"),
    Case("hurliman", "Regula Hürlimann"),
    Case("von arx", "Monika von Arx", ("Milena Stojanović",)),
    Case("petrovic", "Jelena Petrović", ("Milena Stojanović",)),
    Case("Stojanović", "Milena Stojanović"),
    Case("yilmaz", "Mehmet Yilmaz"),
    Case("jean-luc", "Jean-Luc Morand"),
    Case("jeanluc", "Jean-Luc Morand"),
    Case("luc jean", "Jean-Luc Morand"),
    Case("sandra meier", "Sandra Meier", ("Daniel Meier",)),
    Case("meier zürich", "Daniel Meier", ("Sandra Meier",)),
    Case("nowak product", "Katarzyna Nowak"),
    Case("gir", "Amélie Girod"),
    Case("Élodie", "Élodie Blanc-Martin"),
    Case("blanc", "Élodie Blanc-Martin"),
    Case("françoise jaq", "Françoise Jaquet", ("Anne-Françoise Bonvin",)),
    # Functions
    Case("avocate", "Françoise Jaquet", ("Claire Favre",)),
    Case("médecin", "Caroline Vuagnat", ("Beat Bucher",)),
    Case("medecine", "Caroline Vuagnat"),
    Case("spitaldirektor", "Beat Bucher", ("Priya Sivarajah",)),
    Case("rechtsdienst", "Simone Burckhardt", ("Françoise Jaquet",)),
    Case("tunnelbau", "Josef Gisler"),
    Case("TUNNEL", "Josef Gisler", ("Dario Zanetti",)),
    Case("heimleiterin", "Barbara Aeschlimann"),
    Case("betriebsleiter", "Kemal Öztürk", ("Josef Gisler",)),
    Case("mosterei", "Roland Oettli"),
    Case("décolletage", "Denis Boillat"),
    Case("bergbahnen", "Andri Caduff"),
    Case("softwareentwicklung", "Marc-Olivier Chevalley", ("Shreya Menon",)),
    Case("capo reparto", "Salvatore Greco", ("Fabio Bernasconi",)),
    Case("regional director", "Andrew Whitfield"),
    # Topics in four languages, whichever the mentor writes
    Case("dialogue conflits", "Thierry Bolomey"),
    Case("médiation", "Thierry Bolomey", ("Nathalie Perrin",)),
    Case("mediazione", "Thierry Bolomey", ("Nathalie Perrin",)),
    Case("Konflikte lösen", "Thierry Bolomey"),
    Case("burn-out", "Christophe Luyet", ("Caroline Vuagnat",)),
    Case("burnout", "Christophe Luyet"),
    Case("Erschöpfung", "Christophe Luyet"),
    Case("start-up", "Tiago Mendes"),
    Case("startup", "Tiago Mendes"),
    Case("brevet fédéral", "Paulo Ferreira", ("Sandra Meier",)),
    Case("fachausweis", "Paulo Ferreira"),
    Case("mba", "Sandra Meier"),
    Case("datenschutz", "Simone Burckhardt", ("Shreya Menon",)),
    Case("protezione dei dati", "Simone Burckhardt"),
    Case("RGPD", "Simone Burckhardt"),
    Case("cyber", "Marc-Olivier Chevalley"),
    Case("sicurezza informatica", "Marc-Olivier Chevalley", ("Aïcha Benali",)),
    Case("droit du travail", "Marie-Noëlle Chappuis", ("Simone Burckhardt",)),
    Case("diritto del lavoro", "Marie-Noëlle Chappuis"),
    Case("gestion de projet", "Paulo Ferreira", ("Caroline Vuagnat",)),
    Case("gestione di progetti", "Paulo Ferreira"),
    Case("projektleitung", "Paulo Ferreira", ("Denis Boillat",)),
    Case("Verhandlungen", "Markus Schaub", ("Corinne Wernli",)),
    Case("méthode harvard", "Markus Schaub", ("Corinne Wernli",)),
    Case("lohn", "Séverine Matthey"),
    Case("stipendio", "Séverine Matthey", ("Lucía Fernández",)),
    Case("prévoyance professionnelle", "Monika von Arx", ("Daniel Meier",)),
    Case("l’innovation", "Katarzyna Nowak", ("Reto Brunner",)),
    Case("first 100 days", "Aylin Demir", ("Daniel Meier",)),
    Case("agile", "Katarzyna Nowak", ("Aïcha Benali",)),
    Case("conseil d'administration", "Ursula Bänziger"),
    Case("einkauf", "Pierre-Yves Jeanneret", ("Fabio Bernasconi",)),
    Case("export", "Patrick Iten"),
    Case("handicap", "Priya Sivarajah", ("Caroline Vuagnat",)),
    # Sectors, cantons and their towns, roles and languages
    Case("horlogerie", "Pierre-Yves Jeanneret", ("Fabio Bernasconi",)),
    Case("orologi", "Pierre-Yves Jeanneret"),
    Case("Uhren", "Pierre-Yves Jeanneret", ("Denis Boillat",)),
    Case("viticulture", "Véronique Aebischer"),
    Case("polizei", "Christophe Luyet"),
    Case("immobilien", "Markus Schaub", ("Roland Oettli",)),
    Case("coire", "Andri Caduff", ("Josef Gisler",)),
    Case("Chur", "Andri Caduff"),
    Case("uri", "Josef Gisler", ("Aylin Demir",)),
    Case("bern", "Hans-Peter Gerber"),
    Case("jura", "Marie-Noëlle Chappuis"),
    Case("romanche", "Andri Caduff", ("Fabio Bernasconi",)),
    Case("Rätoromanisch", "Andri Caduff"),
    # Free text
    Case("apprenti maçon", "Jean-Luc Morand", ("Paulo Ferreira",)),
    Case("vignes", "Jean-Luc Morand"),
    # Several words narrow
    Case("führung bern", "Hans-Peter Gerber", ("Monika von Arx",)),
    Case("femmes énergie", "Fabienne Zufferey", ("Claire Favre",)),
    Case("italien promotion", "Chiara Bernasconi", ("Dario Zanetti",)),
    Case("agil zürich produkt", "Katarzyna Nowak", ("Nirosh Selvarajah",)),
    Case("stress tessin", "Elena Rezzonico", ("Christophe Luyet",)),
    Case("banque genève risques", "Sébastien Favre", ("Chiara Bernasconi",)),
    # Typing errors
    Case("whitefield", "Andrew Whitfield"),
    Case("stojanovich", "Milena Stojanović"),
    Case("mediazoine", "Thierry Bolomey"),
    Case("comptabilté", "Aylin Demir"),
    Case("negociaton", "Markus Schaub"),
    Case("spitaldriektor", "Beat Bucher"),
    Case("datenshutz", "Simone Burckhardt"),
    Case("gstion de projt", "Paulo Ferreira", ("Caroline Vuagnat",)),
    Case("cybersecurty", "Marc-Olivier Chevalley"),
]
NOBODY = ["jardinage", "astronaute", "qwertz", "zz", "claire bernasconi", "mobbing", "mba uri"]


FILTERS: list[dict[str, Any]] = [
    {},
    {"free": True},
    {"languages": ("it", "en"), "kinds": ("video",)},
    {"topics": ("leadership", "mba"), "cantons": ("VD", "ZH"), "roles": ("adviser",)},
]


async def test_what_people_type(mentors: None) -> None:
    wrong = []
    for words, first, never in CASES:
        names = await everybody(words)
        if not names or names[0] != first or set(never) & set(names):
            wrong.append((words, first, names[:4], set(never) & set(names)))
    assert not wrong, "\n".join(map(str, wrong))
    assert len(CASES) >= 80


async def test_words_that_find_nobody(mentors: None) -> None:
    assert [words for words in NOBODY if (await ask(words)).total] == []


async def test_both_engines_answer_alike(
    sqlite_template: Path, postgres: str, postgres_template: str, tmp_path: Path
) -> None:
    """Hits, order, reasons, filters with counts, corrections and what is near."""
    here = [answer async for answer in answers(databases.copied_sqlite(sqlite_template, tmp_path))]
    with databases.new_postgres(postgres, postgres_template) as url:
        there = [answer async for answer in answers(url)]

    assert len(here) > 400
    for one, other in zip(here, there, strict=True):
        assert one == other


async def answers(url: str) -> AsyncIterator[Found]:
    async with databases.opened(url):
        await directory.fill()
        for words in [case.words for case in CASES] + NOBODY + [""]:
            for filters in FILTERS:
                yield await ask(words, **filters)
        index.forget()


async def test_letter_by_letter_nobody_is_lost_who_fits(mentors: None) -> None:
    for words, name in (("Führung Zürich", "Reto Brunner"), ("claire favre", "Claire Favre")):
        for length in range(1, len(words) + 1):
            assert name in await everybody(words[:length]), words[:length]


async def test_signs_are_no_syntax(mentors: None) -> None:
    for words in (
        '"',
        "'",
        "%",
        "*",
        "(a OR b)",
        "a & b",
        "-claire",
        "claire:*",
        "NEAR(",
        "\x00",
        "{}",
    ):
        assert (await ask(words)).total >= 0
    assert (await ask("claire:*")).total == (await ask("claire")).total
    assert (await ask("%%%")).total == len(directory.mentors())


async def test_strong_words_come_first_and_free_mentors_before_busy_ones(mentors: None) -> None:
    topics = await directory.topic_numbers()
    usual: dict[str, Any] = {"first_name": "A", "topics": []}
    cases: list[tuple[str, dict[str, Any]]] = [
        ("In the text", {"about": "Zwirnerei"}),
        ("Busy, in the text", {"about": "Zwirnerei", "is_busy": True}),
        ("Mistyped", {"function": "Zwirnerie"}),
        ("Function, busy", {"function": "Zwirnerei", "is_busy": True}),
        ("Function", {"function": "Leiter Zwirnerei"}),
        ("Beginning", {"function": "Zwirnereileiter"}),
    ]
    for name, differs in cases:
        await directory.add(usual | {"key": name, "last_name": name} | differs, topics)

    names = [name.removeprefix("A ") for name in await everybody("zwirnerei")]

    # «Zwirnerie» is left out: what was typed finds enough.
    assert names == ["Function", "Function, busy", "Beginning", "In the text", "Busy, in the text"]


async def test_a_topic_comes_before_its_branch(mentors: None) -> None:
    found = await ask("conduite")
    by_leaf = [any(topic.key in LEAVES for topic in hit.topics) for hit in found.hits]
    assert by_leaf == sorted(by_leaf, reverse=True) and by_leaf[0] and not by_leaf[-1]


async def test_one_topic_with_all_words_comes_before_words_from_here_and_there(
    mentors: None,
) -> None:
    topics = await directory.topic_numbers()
    for number in range(4):
        of_both = {"function": "Projet", "topics": ["time-management"]}  # «Gestion du temps»
        await directory.add({"key": str(number), "first_name": f"Z{number}"} | of_both, topics)

    names = await everybody("gestion projet")

    managers = {
        f"{mentor['first_name']} {mentor['last_name']}"
        for mentor in directory.mentors()
        if "project-management" in mentor["topics"]
    }
    assert set(names[: len(managers)]) == managers
    assert {name.strip() for name in names[len(managers) :]} >= {"Z0", "Z1", "Z2", "Z3"}


LEAVES = ("leadership-style", "intercultural-leadership")


async def test_never_oneself_nor_anybody_not_released_or_not_active(mentors: None) -> None:
    claire = await Person.objects().where(Person.first_name == "Claire").first()
    assert claire is not None
    mine = await find(Query(words="favre"), claire, "fr", TODAY)
    assert [hit.name for hit in mine.hits] == ["Sébastien Favre"]
    assert mine.facets.free.count == 1

    for state in (State.DRAFT, State.HANDED_IN, State.REFUSED):
        await Profile.update({Profile.state: state}).where(Profile.person == claire.id)
        assert (await ask("claire favre")).total == 0
    await Profile.update({Profile.state: State.RELEASED}).where(Profile.person == claire.id)
    assert (await ask("claire favre")).total == 1
    for standing in (Standing.EXCLUDED, Standing.INVITED):
        await Person.update({Person.standing: standing}).where(Person.id == claire.id)
        assert (await ask("claire favre")).total == 0


async def test_pages_hold_everybody_once(mentors: None) -> None:
    first = await ask()
    names = await everybody("")

    assert (first.total, first.pages) == (65, 4) and len(first.hits) == A_PAGE
    assert len(names) == len(set(names)) == 65
    assert (await ask(page=99)).hits == (await ask(page=4)).hits
    assert (await ask(page=-1)).hits == first.hits


async def test_two_questions_to_the_database(mentors: None, asked: Asked) -> None:
    await ask()  # reads the directory
    for words in ("claire", "e", "condiute", "gstion de projt"):
        asked.clear()
        assert (await ask(words)).total
        assert len(asked) == 2, asked


async def test_what_is_corrected_is_said(mentors: None) -> None:
    assert (await ask("Condiute")).corrected == [("Condiute", "Conduite")]
    assert (await ask("negociaton")).corrected == [("negociaton", "Négociation")]
    assert (await ask("claire")).corrected == []
    assert (await ask("zzzzzz")).corrected == []


async def test_a_beginning_may_be_mistyped_too(mentors: None) -> None:
    assert "Simone Burckhardt" in await everybody("datneschu")
    assert "Christophe Luyet" in await everybody("epuisemnt")


async def test_nobody_fits_but_something_is_near(mentors: None) -> None:
    bullying = await ask("mobbing")
    mistaken = await ask("médiateurs", cantons=("UR",))
    narrow = await ask("mba", cantons=("UR",), free=True)

    assert bullying.near and [topic.key for topic in bullying.near.topics] == ["communication"]
    assert bullying.near.wider is None
    assert mistaken.near and "conflict-resolution" not in [t.key for t in mistaken.near.topics]
    assert narrow.near and narrow.near.wider
    assert (narrow.near.wider.filter, narrow.near.wider.names) == ("cantons", ("Uri",))
    assert narrow.near.wider.total == (await ask("mba", free=True)).total == 1
    assert narrow.near.wider.without == Query(words="mba", free=True)
    assert (await ask("claire")).near is None


async def test_the_loosest_filter_is_the_one_that_finds_most(mentors: None) -> None:
    found = await ask("mba", cantons=("UR",), languages=("it",))
    assert found.near and found.near.wider
    wider = found.near.wider

    totals = {
        "words": (await ask("", cantons=("UR",), languages=("it",))).total,
        "cantons": (await ask("mba", languages=("it",))).total,
        "languages": (await ask("mba", cantons=("UR",))).total,
    }
    assert (wider.filter, wider.total) == ("words", totals["words"])
    assert wider.total == max(totals.values()) == 1


def plain(text: Segments) -> str:
    return "".join(segment.text for segment in text)


def marked(text: Segments) -> list[str]:
    return [segment.text for segment in text if segment.is_match]
