"""The search window's one verb: who fits these words and filters, in which order, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from content import catalogue
from search import facets, index, reasons, rotation, words
from search.bits import divide
from search.facets import Chip, Choice, Facets, Filters, Query
from search.index import Index
from search.reasons import Marker, Reason, Segment, Segments, ShownTopic
from search.words import Matches
from tables.people import Person, Standing
from tables.profiles import Profile, State

__all__ = ["Chip", "Choice", "Facets", "Found", "Hit", "Near", "Query", "find", "similar"]

A_PAGE = 20
NEAR_TOPICS = 5

CARDS = f"""
SELECT profiles.id, profiles.person, profiles.about, profiles.about_language, profiles.languages,
    profiles.kinds, profiles.roles, profiles.is_busy, profiles.busy_until, profiles.usual_hours,
    people.first_name, people.last_name, people.function, people.sector, people.canton
FROM profiles JOIN people ON people.id = profiles.person
WHERE profiles.state = '{State.RELEASED}' AND people.standing = '{Standing.ACTIVE}'
    AND people.paused_at IS NULL
"""


@dataclass(frozen=True)
class Hit:
    """What a card shows. `id` is the person's, for addresses; sector and canton by name."""

    id: int
    profile: int
    name: str
    short_name: str
    initials: str
    marked_name: Segments
    function: Segments
    sector: str
    canton: str
    canton_name: str
    languages: tuple[str, ...]
    topics: tuple[ShownTopic, ...]
    roles: tuple[str, ...]
    kinds: tuple[str, ...]
    is_busy: bool
    busy_until: date | None
    usual_hours: int | None
    reasons: tuple[Reason, ...]
    about_language: str


class Face:
    """A person's names by the person's own rules, without the row's other columns."""

    name: Any = vars(Person)["name"]
    short_name: Any = vars(Person)["short_name"]
    initials: Any = vars(Person)["initials"]

    def __init__(self, first_name: str, last_name: str) -> None:
        self.first_name = first_name
        self.last_name = last_name

    def marked(self, marker: Marker) -> Segments:
        """As short as on the card: the initial stands for a last name that was found."""
        initial = self.short_name.removeprefix(self.first_name)
        found = reasons.is_marked(marker.mark(self.last_name))
        return (*marker.mark(self.first_name), Segment(initial, is_match=found))


@dataclass(frozen=True)
class Wider:
    """A filter to take off (or `words`), and how many that finds."""

    filter: str
    names: tuple[str, ...]
    total: int
    without: Query


@dataclass(frozen=True)
class Near:
    """What to offer when nobody fits: topics with their number of mentors, the loosest filter."""

    topics: tuple[Choice, ...]
    wider: Wider | None


@dataclass(frozen=True)
class Found:
    query: Query
    hits: list[Hit]
    total: int
    pages: int
    facets: Facets
    chips: list[Chip]
    near: Near | None = None
    corrected: list[tuple[str, str]] = field(default_factory=list)


async def find(query: Query, viewer: Person, language: str, today: date) -> Found:
    """Two questions to the database, however many are found: who changed, and the page's rows."""
    here = await index.fresh()
    query = facets.known(query, here)
    matches = words.match(query.words, here)
    others = here.shown & ~_bit(here.place_of_person.get(viewer.id))
    costs = {cost: bits & others for cost, bits in matches.costs.items()}
    everybody = matches.all & others
    marker = Marker(matches)
    filters = Filters(query, here)
    total = filters.narrow(everybody).bit_count()
    pages = max(1, -(-total // A_PAGE))
    page = min(max(1, query.page), pages)
    wanted = {cost: filters.narrow(bits) for cost, bits in costs.items()}
    places = rotation.page(wanted, here, today, (page - 1) * A_PAGE, A_PAGE)
    return Found(
        query=query,
        total=total,
        pages=pages,
        facets=facets.count(everybody, query, filters, language),
        chips=facets.chips(query, here, language),
        near=None if total else _near(query, everybody, others, filters, language),
        corrected=matches.corrected,
        hits=await _hits(places, here, marker, query, viewer, language),
    )


async def similar(
    mentor: Person, viewer: Person, language: str, today: date, limit: int = 3
) -> list[Hit]:
    """Other free mentors, the most topics in common first: for whom this one could not help."""
    here = await index.fresh()
    others = here.shown & here.free & ~_bit(here.place_of_person.get(viewer.id))
    place = here.place_of_person.get(mentor.id)
    topics = here.topics_of[place] if place is not None else ()
    costs = _by_topics(topics, others & ~_bit(place), here)
    places = rotation.page(costs, here, today, 0, limit)
    return await _hits(places, here, Marker(Matches({})), Query(), viewer, language)


def _by_topics(topics: Iterable[int], others: int, here: Index) -> dict[int, int]:
    """A common topic counts three, a common branch one."""
    worth: dict[int, int] = {}
    for number in topics:
        if topic := here.topics.get(number):
            worth[number] = 3
            worth[topic.branch if topic.branch is not None else number] = (
                worth.get(topic.branch or number, 0) + 1
            )
    costs = {0: others}
    for number, points in worth.items():
        with_it = here.who(here.topics[number])
        next_costs: dict[int, int] = {}
        for cost, bits in costs.items():
            for better, some in zip((cost - points, cost), divide(bits, with_it), strict=True):
                if some:
                    next_costs[better] = next_costs.get(better, 0) | some
        costs = next_costs
    return costs


def _near(query: Query, found: int, others: int, filters: Filters, language: str) -> Near:
    here = filters.index
    base = filters.narrow(others, but="topics")
    choices = (
        facets.topic_choice(topic, base, query, here, language)
        for topic in words.near_topics(query.words, here)
        if topic.key not in query.topics
    )
    offered = [choice for choice in choices if choice.count]
    return Near(tuple(offered[:NEAR_TOPICS]), _wider(query, found, others, filters, language))


def _wider(query: Query, found: int, others: int, filters: Filters, language: str) -> Wider | None:
    """The one filter without which most are found."""
    totals = {name: filters.narrow(found, but=name).bit_count() for name in filters.bits}
    if query.words.strip() and filters.bits:
        totals[facets.WORDS] = filters.narrow(others).bit_count()
    if not any(totals.values()):
        return None
    name = max(totals, key=lambda name: totals[name])  # the first of equals
    keys = () if name in (facets.FREE, facets.WORDS) else query.on(name)
    names = tuple(facets.named(filters.index, name, key, language) for key in keys)
    return Wider(name, names, totals[name], query.without(name))


async def _hits(
    places: Sequence[int], here: Index, marker: Marker, query: Query, viewer: Person, language: str
) -> list[Hit]:
    if not places:
        return []
    # Rows rather than objects: twenty of those take longer than the search.
    profiles = ", ".join(str(here.profiles[place]) for place in places)
    rows = await Profile.raw(f"{CARDS} AND profiles.id IN ({profiles})")
    by_id = {row["id"]: row for row in rows}
    return [
        _hit(row, place, here, marker, query, viewer, language)
        for place in places
        if (row := by_id.get(here.profiles[place]))
    ]


def _hit(
    row: dict[str, Any],
    place: int,
    here: Index,
    marker: Marker,
    query: Query,
    viewer: Person,
    language: str,
) -> Hit:
    function = marker.mark(row["function"])
    topics, why = reasons.of_topics(
        reasons.shown(here, here.topics_of[place]), marker, query, here, language
    )
    spoken, offered = row["languages"].split(), row["roles"].split()
    if reasons.is_marked(function):
        why.insert(0, Reason("function", function))
    why += reasons.of_choices("sector", [row["sector"]], marker, (), here, language)
    why += reasons.of_choices("canton", [row["canton"]], marker, (), here, language)
    why += reasons.of_choices("role", offered, marker, query.roles, here, language)
    why += reasons.of_choices("language", spoken, marker, query.languages, here, language)
    sector = catalogue.name_of("sector", row["sector"], language)
    if excerpt := marker.excerpt(row["about"], place):
        why.append(Reason("about", excerpt))
    if row["sector"] and row["sector"] == viewer.sector:
        why.append(Reason("same_sector", (Segment(sector),)))
    face = Face(row["first_name"], row["last_name"])
    return Hit(
        id=row["person"],
        profile=row["id"],
        name=face.name,
        short_name=face.short_name,
        initials=face.initials,
        marked_name=face.marked(marker),
        function=function,
        sector=sector,
        canton=row["canton"],
        canton_name=catalogue.name_of("canton", row["canton"], language),
        languages=tuple(spoken),
        topics=tuple(topics),
        roles=tuple(offered),
        kinds=tuple(row["kinds"].split()),
        is_busy=bool(row["is_busy"]),
        busy_until=row["busy_until"],
        usual_hours=row["usual_hours"],
        reasons=tuple(why),
        about_language=row["about_language"],
    )


def _bit(place: int | None) -> int:
    return 0 if place is None else 1 << place
