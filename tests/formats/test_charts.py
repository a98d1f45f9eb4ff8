"""Where bars, columns and a scale's lines stand: reckoned by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats import charts
from formats.charts import BAR, BESIDE, LONGEST, PLOT, WIDTH


def test_bars_are_as_long_as_their_numbers() -> None:
    drawn = charts.bars([("Demandes", 40, "40"), ("Acceptées", 10, "10"), ("Aucune", 0, "0")])

    assert [bar.width for bar in drawn.bars] == [WIDTH, WIDTH / 4, 0]
    assert [bar.value for bar in drawn.bars] == ["40", "10", "0"]


def test_words_stand_above_their_bar_and_nothing_overlaps() -> None:
    drawn = charts.bars([(str(number), number, "") for number in range(9)])
    tops = [bar.words_y - 11 for bar in drawn.bars]  # of letters

    assert all(bar.words_y < bar.y for bar in drawn.bars)
    assert all(top > bar.y + BAR for bar, top in zip(drawn.bars, tops[1:], strict=False))
    assert drawn.height >= drawn.bars[-1].y + BAR


def test_a_whole_may_be_more_than_the_largest() -> None:
    [bar] = charts.bars([("Réponses", 25, "25 %")], whole=100).bars

    assert bar.width == WIDTH / 4


def test_the_first_stay_as_long_as_they_were() -> None:
    every = charts.bars([("A", 4, ""), ("B", 2, ""), ("C", 1, "")])

    assert every.first(2).bars == every.bars[:2]
    assert every.first(2).height < every.first(9).height == every.height


def test_little_beside_much_can_still_be_seen() -> None:
    [_, little] = charts.bars([("A", 100_000, ""), ("B", 1, "")]).bars

    assert little.width == 2


@pytest.mark.parametrize("rows", [[], [("A", 0, "0"), ("B", 0, "0")]])
def test_nothing_is_no_bar(rows: list[tuple[str, float, str]]) -> None:
    assert [bar.width for bar in charts.bars(rows).bars] == [0] * len(rows)


def test_columns_stand_on_the_floor_beside_each_other() -> None:
    drawn = charts.columns([("janv.", 10, 5), ("févr.", 0, 0)])
    [first, second] = drawn.columns

    assert (first.height, first.other_height) == (PLOT, PLOT / 2)
    assert first.y + first.height == first.other_y + first.other_height == drawn.floor
    assert first.other_x == pytest.approx(first.x + first.width, abs=0.2)
    assert (second.height, second.other_height) == (0, 0)
    assert BESIDE < first.middle < second.middle < WIDTH


@pytest.mark.parametrize(
    ("number", "named"),
    [(3, [0, 1, 2]), (8, [*range(8)]), (9, [0, 2, 4, 6, 8]), (12, [1, 3, 5, 7, 9, 11])],
)
def test_of_many_columns_every_second_is_named_and_the_last(number: int, named: list[int]) -> None:
    drawn = charts.columns([("mois", 1, 1)] * number).columns

    assert [place for place, column in enumerate(drawn) if column.words] == named


@pytest.mark.parametrize(
    ("most", "rules"),
    [
        (0, [0, 1, 2]),
        (1, [0, 1, 2]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (12, [0, 5, 10, 15]),
        (48, [0, 10, 20, 30, 40, 50]),
        (230, [0, 50, 100, 150, 200, 250]),
    ],
)
def test_a_scale_is_round_and_reaches_the_largest(most: int, rules: list[int]) -> None:
    assert charts.rules_of(most) == rules


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_a_scale_always_does(most: int) -> None:
    rules = charts.rules_of(most)

    assert rules[0] == 0 and rules[-1] >= most and 3 <= len(rules) <= 6
    assert len({after - before for before, after in pairwise(rules)}) == 1


def test_long_words_end_in_dots() -> None:
    long = "Entretien, évaluation et développement des collaboratrices"

    assert charts.shortened("Vaud") == "Vaud"
    assert charts.shortened(long).endswith("…") and len(charts.shortened(long)) <= LONGEST
    assert charts.shortened("m" * LONGEST) == "m" * LONGEST


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=24))
def test_nothing_leaves_the_drawing(rows: list[tuple[str, int, int]]) -> None:
    drawn = charts.columns(rows)

    for each in drawn.columns:
        assert each.x >= 0 and each.other_x + each.width <= WIDTH + 0.2
        assert 0 <= each.y <= drawn.floor and 0 <= each.other_y <= drawn.floor
    assert all(0 <= rule.y <= drawn.floor < drawn.height for rule in drawn.rules)
