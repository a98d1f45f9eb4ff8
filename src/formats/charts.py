"""Charts as numbers: where each bar, point and word stands. Pure; a partial draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 360  # of every drawing, in its own units: as wide as a phone, so letters keep their size
LINE = 42  # of a bar with its words above
WORDS, BAR = 14, 14
LONGEST = 38  # signs above a bar; the table has all of them
PLOT = 150  # height of a drawing by month
ABOVE, BELOW, BESIDE = 16, 26, 26
MOST_NAMED = 8  # columns: of more only every second has room for words, the last one always
SAMPLES = (1, 2, 5)  # times ten, hundred …: where a scale's lines may be


@dataclass(frozen=True)
class Bar:
    """`words` and `value` stand above it, on the line of `words_y`."""

    words: str
    value: str
    y: float
    words_y: float
    width: float


@dataclass(frozen=True)
class Bars:
    bars: list[Bar]
    width: float = WIDTH
    bar: float = BAR

    @property
    def height(self) -> float:
        return self.bars[-1].y + BAR + 2 if self.bars else 0

    def first(self, number: int) -> Bars:
        """Where there is less room: as long as they were."""
        return Bars(self.bars[:number])


@dataclass(frozen=True)
class Column:
    """Two values beside each other at one place of the axis."""

    words: str
    middle: float
    x: float
    width: float
    y: float
    height: float
    other_x: float
    other_y: float
    other_height: float


@dataclass(frozen=True)
class Rule:
    """A line of the scale."""

    value: int
    y: float


@dataclass(frozen=True)
class Columns:
    columns: list[Column]
    rules: list[Rule]
    height: float
    floor: float
    left: float
    width: float = WIDTH


def bars(rows: Sequence[tuple[str, float, str]], *, whole: float = 0) -> Bars:
    """Of words, number and the number as it is read. `whole`: what fills the width, else the
    largest."""
    most = max([whole, *(number for _, number, _ in rows)], default=0)
    return Bars(
        [
            Bar(
                words=shortened(words),
                value=value,
                y=place * LINE + WORDS + 6,
                words_y=place * LINE + WORDS,
                width=_part(number, most, WIDTH),
            )
            for place, (words, number, value) in enumerate(rows)
        ]
    )


def columns(rows: Sequence[tuple[str, int, int]]) -> Columns:
    """Of words and two numbers, the second a part of the first or not."""
    scale = rules_of(max((max(one, other) for _, one, other in rows), default=0))
    most, floor = scale[-1], ABOVE + PLOT
    step = (WIDTH - BESIDE) / max(1, len(rows))
    each = step * 0.36
    unnamed = range(len(rows) - 2, -1, -2) if len(rows) > MOST_NAMED else ()
    return Columns(
        [
            _column(
                ("", *row[1:]) if place in unnamed else row,
                BESIDE + place * step,
                step,
                each,
                most,
                floor,
            )
            for place, row in enumerate(rows)
        ],
        rules=[Rule(value, _round(floor - _part(value, most, PLOT))) for value in scale],
        height=floor + BELOW,
        floor=floor,
        left=BESIDE,
    )


def rules_of(most: int) -> list[int]:
    """From nought to no less than the largest, in two to five round steps."""
    step = 1
    for size in range(10):
        for sample in SAMPLES:
            step = sample * 10**size
            if step * 5 >= most:
                return [step * place for place in range(max(2, -(-most // step)) + 1)]
    return [0, most]


def shortened(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip(" ,;:/-") + "…"


def _column(
    row: tuple[str, int, int], x: float, step: float, each: float, most: int, floor: float
) -> Column:
    words, one, other = row
    heights = (_part(one, most, PLOT), _part(other, most, PLOT))
    left = x + (step - 2 * each) / 2
    return Column(
        words=words,
        middle=_round(x + step / 2),
        x=_round(left),
        width=_round(each),
        y=_round(floor - heights[0]),
        height=heights[0],
        other_x=_round(left + each),
        other_y=_round(floor - heights[1]),
        other_height=heights[1],
    )


def _part(number: float, most: float, length: float) -> float:
    """What there is can be seen, however small beside the largest."""
    if not number or not most:
        return 0
    return _round(max(2.0, length * number / most))


def _round(number: float) -> float:
    return round(number, 1)
