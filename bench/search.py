"""The search itself, in this process: each keystroke of typed queries, filters on and off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    "gestion de projet",
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
    """Seconds to read the directory, megabytes it takes; then milliseconds."""

    reading: float
    words: int
    middle: float
    late: float
    slowest: float
    slowest_words: str


async def measure() -> Speed:
    viewer = Person(first_name="B", sector="banking", created_at=clock.now())
    viewer.id = 0
    begun = time.perf_counter()
    here = await index.fresh()
    reading = time.perf_counter() - begun
    took: list[tuple[float, str]] = []
    for query in keystrokes():
        begun = time.perf_counter()
        await find(query, viewer, "fr", TODAY)
        took.append(((time.perf_counter() - begun) * 1000, query.words))
    slowest, words = max(took)
    middle, late = spread([milliseconds for milliseconds, _words in took])
    return Speed(reading, len(here.vocabulary.known), middle, late, slowest, words)


def keystrokes() -> Iterator[Query]:
    """Letter by letter, as the window asks."""
    for filters in FILTERS:
        yield filters
        for typed in TYPED:
            for length in range(1, len(typed) + 1):
                yield replace(filters, words=typed[:length])


def spread(times: list[float]) -> tuple[float, float]:
    """Median and p95."""
    return median(times), quantiles(times, n=20)[-1]
