"""How well somebody fits, as costs with sets of mentors: the better match has the lower cost."""

from __future__ import annotations

from search import bits

# Costs of several words add up. What stands in name, function or topics comes before sector,
# canton, role and language, the free text after all; but a whole «Bern» is the canton rather
# than the beginning of «Bernasconi».
WHOLE = {"strong": 0, "branch": 1, "chosen": 2, "text": 20}
BEGINNING = {"strong": 3, "branch": 4, "chosen": 10, "text": 21}
RELATED = {"strong": 6, "branch": 7, "chosen": 13, "text": 24}
# What was corrected comes after everything that was typed.
CORRECTED = 1000
INSTEAD = {name: cost + CORRECTED for name, cost in WHOLE.items()}
ONE_TOPIC, ONE_BRANCH = -2, -1  # all words in one name: «gestion de projet»

Costs = dict[int, int]
# Sets of mentors by where the words stand; `branch`: only the branch of a ticked topic is meant.
Sets = dict[str, int]


def add(costs: Costs, of: dict[str, int], sets: Sets) -> None:
    for name, some in sets.items():
        if some:
            costs[of[name]] = costs.get(of[name], 0) | some


def disjoint(costs: Costs) -> Costs:
    """Each mentor at their lowest cost."""
    left = union(costs)
    kept: Costs = {}
    for cost in sorted(costs):
        if some := costs[cost] & left:
            kept[cost] = some
            left ^= some
    return kept


def both(some: Costs, others: Costs) -> Costs:
    """Who is in one and the other."""
    together: Costs = {}
    for cost, few in some.items():
        for more, many in others.items():
            if here := few & many:
                together[cost + more] = together.get(cost + more, 0) | here
    return together


def first(topics: int, branches: int, costs: Costs) -> Costs:
    """Before the others, but what was corrected still comes after what was typed."""
    together: Costs = {}
    for cost, some in costs.items():
        best = cost // CORRECTED * CORRECTED
        by_topic, others = bits.divide(some, topics)
        by_branch, others = bits.divide(others, branches)
        places = ((best + ONE_TOPIC, by_topic), (best + ONE_BRANCH, by_branch), (cost, others))
        for place, here in places:
            if here:
                together[place] = together.get(place, 0) | here
    return together


def union(costs: Costs | Sets) -> int:
    everybody = 0
    for some in costs.values():
        everybody |= some
    return everybody


def count(costs: Costs | Sets) -> int:
    return union(costs).bit_count()
