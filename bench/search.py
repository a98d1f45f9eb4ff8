"""The search itself, in this process: each keystroke of typed queries, filters on and off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median, quantiles

import clock
from search import index
from search.facets import Query
from search.find import find
from tables.people import Person

TODAY = date(2026, 11, 23)
TYPED = (
    "conduite d’équipe",
    "Führung Zürich",
    "favre",
    "négociation",
    "softwareentwicklung",
    "condiute",
    "gestión de projet",
    "Lausanne banque",
    "mediazione dei conflitti",
    "career change",
    "marie",
    "comptabilté",
    "versicherung bern",
    "italien",
    "xylophone",
)
FILTERS = (
    Query(),
    Query(free=True),
    Query(languages=("it", "en"), kinds=("video",)),
    Query(topics=("leadership",), cantons=("VD", "GE", "VS")),
)


@dataclass(frozen=True)
class Speed:
    """Milliseconds; the first reading in seconds."""

    first: float
    middle: float
    late: float
    slowest: float
    slowest_query: str
    searches: int


async def measure(rounds: int = 1) -> Speed:
    viewer = Person(first_name="B", sector="banking", created_at=clock.now())
    viewer.id = 0
    index.forget()
    begun = time.perf_counter()
    await index.fresh()
    first = time.perf_counter() - begun
    took: list[tuple[float, str]] = []
    for _round in range(rounds):
        for query in keystrokes():
            begun = time.perf_counter()
            await find(query, viewer, "fr", TODAY)
            took.append(((time.perf_counter() - begun) * 1000, query.words))
    times = [milliseconds for milliseconds, _words in took]
    slowest, words = max(took)
    late = quantiles(times, n=20)[-1]
    return Speed(first, median(times), late, slowest, words, len(times))


def keystrokes() -> Iterator[Query]:
    from dataclasses import replace

    for filters in FILTERS:
        yield filters
        for typed in TYPED:
            for length in range(1, len(typed) + 1):
                yield replace(filters, words=typed[:length])
