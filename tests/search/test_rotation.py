"""The same order everywhere on a day, another the next, and the first place fair over the days."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from datetime import date, timedelta

from search import bits, rotation
from search.index import Index
from tests.search.conftest import TODAY, everybody

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]


def directory_of(profiles: list[int]) -> Index:
    index = Index()
    index.profiles = profiles
    index.shown = index.free = (1 << len(profiles)) - 1
    return index


def order(index: Index, day: date, among: int | None = None) -> list[int]:
    costs = {0: index.shown if among is None else among}
    places = rotation.page(costs, index, day, 0, len(index.profiles))
    return [index.profiles[place] for place in places]


def test_everybody_is_there_once() -> None:
    index = directory_of(list(range(1, 66)))
    assert sorted(order(index, TODAY)) == list(range(1, 66))
    assert order(index, TODAY) != order(index, TODAY + timedelta(days=1))


def test_the_order_does_not_depend_on_places() -> None:
    """Another process read the rows in another order, and remembers some who changed."""
    profiles = list(range(1, 66))
    shuffled = random.Random(1).sample(profiles, len(profiles))
    assert order(directory_of(profiles), TODAY) == order(directory_of(shuffled), TODAY)


def test_who_joins_changes_nothing_among_the_others() -> None:
    index = directory_of(list(range(1, 66)))
    before = order(index, TODAY)
    index.profiles.append(66)
    index.shown |= 1 << 65

    assert [profile for profile in order(index, TODAY) if profile != 66] == before


def test_many_are_ordered_as_few_are() -> None:
    """Above a number the day's whole order is used instead of sorting."""
    index = directory_of(list(range(1, 3 * rotation.FEW)))
    few = sum(1 << place for place in range(0, 2000, 3))
    among = set(order(index, TODAY, few))

    whole = rotation.page({0: index.shown}, index, TODAY, 0, len(index.profiles))

    assert [p for p in (index.profiles[place] for place in whole) if p in among] == order(
        index, TODAY, few
    )
    assert rotation.page({0: index.shown}, index, TODAY, 40, 20) == whole[40:60]


def chi_square(counts: Counter[int], kinds: int) -> float:
    expected = counts.total() / kinds
    return sum((counts[kind] - expected) ** 2 / expected for kind in counts) + expected * (
        kinds - len(counts)
    )


def test_the_first_place_is_fair_over_a_year() -> None:
    """Chi-square below what chance exceeds once in a thousand: 64, 4 and 19 degrees."""
    index = directory_of(list(range(1, 66)))
    first = Counter(order(index, day)[0] for day in DAYS)
    assert chi_square(first, 65) < 107.3 and len(first) > 60

    five = sum(1 << place for place in (3, 4, 5, 40, 41))  # some of them neighbours
    assert chi_square(Counter(order(index, day, five)[0] for day in DAYS), 5) < 18.5

    seen = Counter(profile for day in DAYS for profile in order(index, day)[:20])
    assert max(seen.values()) < 2 * min(seen.values())


def test_places_of_one_mentor_are_spread() -> None:
    index = directory_of(list(range(1, 21)))
    for profile in (1, 8, 20):
        places = Counter(order(index, day).index(profile) for day in DAYS)
        assert chi_square(places, 20) < 43.8


async def test_the_search_page_turns_every_day(mentors: None) -> None:
    assert await everybody("führung") == await everybody("führung")


def test_sets_of_bits() -> None:
    dice = random.Random(2)
    for count in (0, 1, 15, 16, 2999, 3000, 5000):
        places = array("I", dice.sample(range(20_000), count))
        assert bits.places_of(bits.of(places)) == sorted(places)
    some = bits.Places()
    for place in range(0, 2000, 3):
        some.add(place)
        assert some.bits == bits.of(some.places) == bits.union([some, bits.NOBODY])
