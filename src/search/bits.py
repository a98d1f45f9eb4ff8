"""Sets of mentors as the bits of one long number: AND, OR and counting at memory speed."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

# A word that fewer mentors use is kept as places alone: 100,000 bits are 12 kilobytes.
FREQUENT = 512


class Places:
    """Who uses a word or ticked a topic. Only ever grows: who changes gets a new place."""

    __slots__ = ("_bits", "places")

    def __init__(self) -> None:
        self.places = array("I")
        self._bits: int | None = None

    def add(self, place: int) -> None:
        self.places.append(place)
        if self._bits is not None:
            self._bits |= 1 << place

    @property
    def bits(self) -> int:
        if self._bits is None:
            bits = of(self.places)
            if len(self.places) < FREQUENT:
                return bits
            self._bits = bits
        return self._bits


NOBODY = Places()


def union(several: Iterable[Places]) -> int:
    rare = array("I")
    bits = 0
    for some in several:
        if len(some.places) < FREQUENT:
            rare.extend(some.places)
        else:
            bits |= some.bits
    return bits | of(rare)


def of(places: array[int]) -> int:
    if len(places) < 16:
        bits = 0
        for place in places:
            bits |= 1 << place
        return bits
    last = max(places)
    digits = bytearray(b"0") * (last + 1)
    for place in places:
        digits[last - place] = 49  # "1"
    return int(digits, 2)


def places_of(bits: int) -> list[int]:
    digits = f"{bits:b}"[::-1]
    found = []
    place = digits.find("1")
    while place >= 0:
        found.append(place)
        place = digits.find("1", place + 1)
    return found
