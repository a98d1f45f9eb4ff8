"""Counts beside the filters against a recount by hand."""

from __future__ import annotations

from typing import Any

from content import catalogue
from search.facets import Choice, Query
from tables.topics import Topic
from tests.search import directory
from tests.search.conftest import ask, everybody

Mentor = dict[str, Any]

BRANCHES = {
    branch.key: {branch.key, *(leaf.key for leaf in branch.leaves)}
    for branch in catalogue.topic_tree()
}
COMBINATIONS: list[dict[str, Any]] = [
    {},
    {"free": True},
    {"cantons": ("VD",)},
    {"cantons": ("VD", "GE", "TI")},
    {"topics": ("leadership",)},
    {"topics": ("leadership", "mba")},
    {"topics": ("mba",), "cantons": ("VD",)},
    {"languages": ("it",), "kinds": ("video", "written")},
    {"languages": ("de", "it"), "kinds": ("phone",), "roles": ("companion",), "free": True},
    {"topics": ("career", "finance"), "languages": ("en",), "cantons": ("ZH", "GE", "BE")},
]


def fits(mentor: Mentor, query: dict[str, Any], but: str = "") -> bool:
    """Or within one filter, and across them."""
    ticked = set(mentor["topics"])
    chosen = {
        "cantons": {mentor["canton"]},
        "languages": set(mentor["languages"]),
        "kinds": set(mentor["kinds"]),
        "roles": set(mentor["roles"]),
        "topics": ticked | {key for key, keys in BRANCHES.items() if ticked & keys},
    }
    for name, keys in query.items():
        if name == but:
            continue
        if "busy_days" in mentor if name == "free" else not chosen[name] & set(keys):
            return False
    return True


def recount(query: dict[str, Any], name: str, key: str) -> int:
    """How many there are with this one alone on in its filter."""
    alone: dict[str, Any] = {name: True if name == "free" else (key,)}
    return sum(
        fits(mentor, query, but=name) and fits(mentor, alone) for mentor in directory.mentors()
    )


def lines(choices: tuple[Choice, ...]) -> list[Choice]:
    return [line for choice in choices for line in (choice, *choice.leaves)]


async def test_every_count_is_right(mentors: None) -> None:
    for query in COMBINATIONS:
        found = await ask(**query)
        assert found.total == sum(fits(mentor, query) for mentor in directory.mentors()), query
        for name in ("topics", "roles", "languages", "cantons", "kinds"):
            shown = lines(getattr(found.facets, name))
            for line in shown:
                assert line.count == recount(query, name, line.key), (query, line)
                assert line.is_on == (line.key in query.get(name, ()))
            missing = KEYS[name] - {line.key for line in shown}
            assert all(recount(query, name, key) == 0 for key in missing), (query, name)
        assert found.facets.free.count == recount(query, "free", "1")


KEYS = {
    "topics": {key for keys in BRANCHES.values() for key in keys},
    "roles": set(catalogue.roles()),
    "languages": set(catalogue.languages()),
    "cantons": set(catalogue.cantons()),
    "kinds": set(catalogue.kinds()),
}


async def test_counts_with_words_are_what_one_gets(mentors: None) -> None:
    for words in ("führung", "claire", "condiute", "gestion de projet"):
        found = await ask(words, languages=("fr",))
        for name in ("topics", "roles", "languages", "cantons", "kinds"):
            for line in lines(getattr(found.facets, name)):
                on: dict[str, Any] = {"languages": ("fr",)} | {name: (line.key,)}
                assert line.count == (await ask(words, **on)).total, (words, line)


async def test_a_filter_that_finds_nobody_stays_to_be_taken_off(mentors: None) -> None:
    found = await ask("claire favre", cantons=("UR", "VD"))
    assert [(line.key, line.count, line.is_on) for line in found.facets.cantons] == [
        ("UR", 0, True),
        ("VD", 1, True),
    ]


async def test_names_are_the_readers_and_cantons_in_their_order(mentors: None) -> None:
    german, french = await ask(language="de"), await ask(language="fr")

    assert [line.name for line in french.facets.cantons][:4] == [
        "Argovie",
        "Bâle-Campagne",
        "Bâle-Ville",
        "Berne",
    ]
    assert [line.name for line in german.facets.cantons][-3:] == ["Wallis", "Zug", "Zürich"]
    assert german.facets.topics[0].name == "Führung"
    assert [line.key for line in french.facets.kinds] == ["phone", "video", "in_person", "written"]


async def test_chips_take_off_one_filter_each(mentors: None) -> None:
    found = await ask("claire", topics=("mba", "leadership"), cantons=("VD",), free=True, page=3)
    query = found.query

    assert [(chip.filter, chip.key, chip.name) for chip in found.chips] == [
        ("topics", "mba", "MBA et EMBA"),
        ("topics", "leadership", "Conduite d’équipe"),
        ("cantons", "VD", "Vaud"),
        ("free", "1", ""),
    ]
    assert found.chips[0].without == Query(
        words="claire", topics=("leadership",), cantons=("VD",), free=True
    )
    assert found.chips[-1].without.free is False and query.page == 3


async def test_an_old_address_with_unknown_keys_still_finds(mentors: None) -> None:
    found = await ask(topics=("gone", "mba", "mba"), cantons=("XX",), languages=("tlh",))

    assert found.query == Query(topics=("mba",))
    assert found.total == 1 and len(found.chips) == 1


async def test_a_retired_topic_is_no_longer_offered(mentors: None) -> None:
    await Topic.update({Topic.is_retired: True}).where(Topic.key == "mba")
    plain, chosen = await ask(), await ask(topics=("mba",))

    assert "mba" not in [line.key for line in lines(plain.facets.topics)]
    assert "mba" in [line.key for line in lines(chosen.facets.topics)]
    assert await everybody("mba") == ["Sandra Meier"]
