"""Why somebody is found: the words they wrote, marked, and facts in the reader's language."""

from __future__ import annotations

from typing import Any

from search.facets import Query
from search.find import Hit, find, similar
from search.reasons import Segment, Segments
from tables.people import Person
from tables.profiles import Profile
from tests.search import directory
from tests.search.conftest import TODAY, ask, visitor


def plain(text: Segments) -> str:
    return "".join(segment.text for segment in text)


def marked(text: Segments) -> list[str]:
    return [segment.text for segment in text if segment.is_match]


def why(hit: Hit) -> dict[str, tuple[str, list[str], str]]:
    return {
        reason.what: (plain(reason.text), marked(reason.text), reason.via) for reason in hit.reasons
    }


async def only(words: str, language: str = "fr", **query: Any) -> Hit:
    found = await ask(words, language, **query)
    return found.hits[0]


async def test_a_card_has_what_it_shows(mentors: None) -> None:
    hit = await only("claire favre")

    assert (hit.name, hit.short_name, hit.initials) == ("Claire Favre", "Claire F.", "CF")
    assert (hit.sector, hit.canton, hit.canton_name) == ("Pharma, chimie et biotech", "VD", "Vaud")
    assert hit.languages == ("fr", "en") and hit.kinds == ("phone", "video")
    assert hit.roles == ("adviser", "companion") and hit.about_language == "fr"
    assert (hit.is_busy, hit.busy_until, hit.usual_hours) == (False, None, None)
    assert [plain(topic.text) for topic in hit.topics][:2] == [
        "Première fonction dirigeante",
        "Trouver son style de conduite",
    ]


async def test_names_are_marked_as_short_as_they_are_shown(mentors: None) -> None:
    first, last = await only("claire"), await only("favre", cantons=("VD",))

    assert plain(first.marked_name) == plain(last.marked_name) == "Claire F."
    assert (marked(first.marked_name), marked(last.marked_name)) == (["Claire"], [" F."])


async def test_words_are_marked_in_what_people_wrote(mentors: None) -> None:
    for words, function, hits in (
        ("FUEHRUNG tunnel", "Abschnittsleiter Tunnelbau", ["Tunnelbau"]),
        ("oper direct", "Directrice des opérations", ["Directrice", "opérations"]),
        ("sociéte énergie", "Directrice d’une société d’énergie", ["société", "énergie"]),
    ):
        hit = await only(words)
        assert (plain(hit.function), marked(hit.function)) == (function, hits)


async def test_a_topic_found_by_another_name_says_which(mentors: None) -> None:
    french, german = await only("brevet federal", "de"), await only("fachausweis", "de")

    assert why(french)["topic"] == (
        "Eidgenössische Abschlüsse",
        ["Eidgenössische Abschlüsse"],
        "Brevets et diplômes fédéraux",
    )
    assert why(german)["topic"][2] == "Fachausweis"
    assert "topic" in why(await only("", topics=("mba",)))


async def test_of_several_words_the_topic_that_has_them_all(mentors: None) -> None:
    hit = await only("gestion de projet")
    topics = [plain(reason.text) for reason in hit.reasons if reason.what == "topic"]
    assert topics == ["Gestion de projet"]


async def test_facts_in_the_readers_language(mentors: None) -> None:
    assert why(await only("lausanne"))["canton"] == ("Vaud", ["Vaud"], "Lausanne")
    assert why(await only("uhren"))["sector"][0] == "Horlogerie et microtechnique"
    assert why(await only("romanche", "de"))["language"] == (
        "Rätoromanisch",
        ["Rätoromanisch"],
        "romanche",
    )
    assert why(await only("", languages=("it",)))["language"][0] == "italien"
    assert why(await only("mise en relation"))["role"][0] == "Mise en relation"
    assert "language" not in why(await only("claire favre"))


async def test_the_same_sector_as_the_viewer(mentors: None) -> None:
    query = Query(words="sébastien favre")
    same = await find(query, visitor("banking"), "de", TODAY)
    other = await find(query, visitor("health"), "de", TODAY)

    assert why(same.hits[0])["same_sector"] == ("Banken", [], "")
    assert "same_sector" not in why(other.hits[0])


async def test_an_excerpt_of_the_free_text_around_the_word(mentors: None) -> None:
    hit = await only("vignes")
    text, words, _via = why(hit)["about"]

    assert words == ["vignes"] and text.startswith("… ") and len(text) < 200
    profile = await Profile.select(Profile.about).where(Profile.id == hit.profile).first()
    assert profile and text.strip("… ") in " ".join(profile["about"].split())
    assert "about" not in why(await only("claire favre"))


async def test_texts_are_never_html(mentors: None) -> None:
    await Person.update({Person.function: "<b>Tricot</b> & Cie"}).where(
        Person.first_name == "Claire"
    )
    hit = await only("tricot")
    assert hit.function == (Segment("<b>"), Segment("Tricot", is_match=True), Segment("</b> & Cie"))


async def test_letters_sent_apart_are_marked_too(mentors: None) -> None:
    await Person.update({Person.function: "Fu\u0308hrungskraft"}).where(
        Person.first_name == "Claire"
    )
    assert marked((await only("führungskraft claire")).function) == ["Führungskraft"]


async def test_three_others_near_a_mentor_who_cannot_help(mentors: None) -> None:
    chappuis = await Person.objects().where(Person.last_name == "Chappuis").first()
    huerlimann = await Person.objects().where(Person.last_name == "Hürlimann").first()
    assert chappuis and huerlimann

    hits = await similar(chappuis, visitor(), "fr", TODAY)
    hers = await similar(chappuis, huerlimann, "fr", TODAY)

    assert len(hits) == len(hers) == 3 and not any(hit.is_busy for hit in hits)
    shared = [common(hit, chappuis) for hit in hits]
    assert shared == sorted(shared, reverse=True) and shared[0] >= 2
    assert "Regula Hürlimann" not in [hit.name for hit in hers]
    assert chappuis.id not in [hit.id for hit in hits]


def common(hit: Hit, mentor: Person) -> int:
    [told] = [m for m in directory.mentors() if m["last_name"] == mentor.last_name]
    return len({topic.key for topic in hit.topics} & set(told["topics"]))


async def test_nobody_in_common_is_still_somebody_free(mentors: None) -> None:
    topics = await directory.topic_numbers()
    alone = await directory.add({"key": "a", "first_name": "A", "topics": []}, topics)
    assert len(await similar(alone, visitor(), "fr", TODAY, limit=3)) == 3
