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

    __slots__ = ("_bits", "_counted", "add", "is_kept", "places")

    def __init__(self, *, is_kept: bool = False) -> None:
        self.places = array("I")
        self.add = self.places.append
        self.is_kept = is_kept
        self._bits = 0
        self._counted = 0

    @property
    def bits(self) -> int:
        if self._counted < len(self.places):
            bits = self._bits | of(self.places[self._counted :])
            if not self.is_kept and len(self.places) < FREQUENT:
                return bits
            self._bits, self._counted = bits, len(self.places)
        return self._bits

    @property
    def uncounted(self) -> array[int]:
        """Those who are not yet in what is counted."""
        return self.places[self._counted :] if self._counted else self.places

    @property
    def counted(self) -> int:
        return self._bits


NOBODY = Places(is_kept=True)


def union(several: Iterable[Places]) -> int:
    """Thousands of words, each with a few: all of them at once."""
    bits = 0
    rest = array("I")
    for some in several:
        rest += some.uncounted
        if some.counted:
            bits |= some.counted
    return bits | of(rest)


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


def divide(bits: int, by: int) -> tuple[int, int]:
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
