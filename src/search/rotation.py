"""Equal matches change their order every day, so that the same five don't get everything."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from itertools import islice

from search.bits import divide, places_of
from search.index import Index

FEW = 4000  # are sorted; more are picked from the whole day's order


class Day:
    """Drawn anew for each pair of day and mentor: the same everywhere, without a table of turns,
    and fair within every choice of mentors, which shifting one fixed order wouldn't be."""

    def __init__(self, today: date, index: Index) -> None:
        self.today = today
        self._index = index
        self._draws: dict[int, bytes] = {}
        self._turns: list[bytes] = []
        self._order: list[int] = []

    def pick(self, bits: int, first: int, count: int) -> list[int]:
        """Places from the `first`-th on."""
        self._draw()
        if bits.bit_count() <= FEW:
            found = sorted(places_of(bits), key=self._turns.__getitem__)
            return found[first : first + count]
        return list(islice(self._among(bits), first, first + count))

    def _among(self, bits: int) -> Iterator[int]:
        flags = bits.to_bytes(len(self._index.profiles) // 8 + 1, "little")
        if not self._order:
            self._order = sorted(range(len(self._turns)), key=self._turns.__getitem__)
        return (place for place in self._order if flags[place >> 3] >> (place & 7) & 1)

    def _draw(self) -> None:
        for profile in self._index.profiles[len(self._turns) :]:
            self._turns.append(turn(self.today, profile, self._draws))
            if self._order:
                insort(self._order, len(self._turns) - 1, key=self._turns.__getitem__)


def turn(today: date, profile: int, draws: dict[int, bytes]) -> bytes:
    """One draw of 64 signs is enough for eight neighbours; `draws` keeps it for the others."""
    eight, which = divmod(profile, 8)
    drawn = draws.get(eight)
    if drawn is None:
        drawn = draws[eight] = blake2b(f"{today.isoformat()} {eight}".encode()).digest()
    return drawn[8 * which : 8 * which + 8]


def of(today: date, index: Index) -> Day:
    """Kept with the index until the next day is asked for."""
    if index.day is None or index.day.today != today:
        index.day = Day(today, index)
    return index.day


def page(costs: dict[int, int], index: Index, today: date, first: int, count: int) -> list[int]:
    """Best match first, free before busy, then the day's order."""
    day = of(today, index)
    found: list[int] = []
    for cost in sorted(costs):
        for bits in divide(costs[cost], index.free):
            here = bits.bit_count()
            if first < here and len(found) < count:
                found += day.pick(bits, first, count - len(found))
            first = max(0, first - here)
    return found
