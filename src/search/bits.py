"""Sets of mentors as the bits of one long number: AND, OR and counting at memory speed."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

# A word that fewer mentors use is kept as places alone: 100,000 bits are 12 kilobytes.
FREQUENT = 512
# Which way to set bits is quickest, measured at 100,000.
A_HANDFUL, SOME = 16, 3000


class Places:
    """Who uses a word or ticked a topic. Only ever grows: who changes gets a new place."""

    __slots__ = ("_bits", "is_kept", "places")

    def __init__(self, *, is_kept: bool = False) -> None:
        self.places = array("I")
        self.is_kept = is_kept
        self._bits: int | None = None

    def add(self, place: int) -> None:
        self.places.append(place)
        if self._bits is not None:
            self._bits |= 1 << place

    @property
    def bits(self) -> int:
        bits = self._bits
        if bits is None:
            bits = of(self.places)
            if self.is_kept or self.is_frequent:
                self._bits = bits
        return bits

    @property
    def is_frequent(self) -> bool:
        return len(self.places) >= FREQUENT


NOBODY = Places(is_kept=True)


def union(several: Iterable[Places]) -> int:
    rare = array("I")
    bits = 0
    for some in several:
        if some.is_frequent:
            bits |= some.bits
        else:
            rare.extend(some.places)
    return bits | of(rare)


def of(places: array[int]) -> int:
    if len(places) < A_HANDFUL:
        bits = 0
        for place in places:
            bits |= 1 << place
        return bits
    last = max(places)
    if len(places) < SOME:
        octets = bytearray((last >> 3) + 1)
        for place in places:
            octets[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(octets, "little")
    digits = bytearray(b"0") * (last + 1)
    for place in places:
        digits[last - place] = 49  # "1"
    return int(digits, 2)


def split(bits: int, by: int) -> tuple[int, int]:
    """Those in `by` and the others; quicker than `& ~by`, which copies the whole number twice."""
    both = bits & by
    return both, bits ^ both


def places_of(bits: int) -> list[int]:
    digits = f"{bits:b}"[::-1]
    found = []
    place = digits.find("1")
    while place >= 0:
        found.append(place)
        place = digits.find("1", place + 1)
    return found
