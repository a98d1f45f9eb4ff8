"""Draws docs/states.md from the passages the program itself obeys: `make states`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from domain import (
    agreements,
    departures,
    exclusions,
    imports,
    inquiries,
    meetings,
    mentorships,
    profiles,
)

Moves = Mapping[str, tuple[Sequence[str], str]]

PAGE = Path(__file__).with_name("states.md")
BEGIN, END = "<!-- {name}: drawn by states.py -->", "<!-- end of {name} -->"
DRAWN: dict[str, Moves] = {
    "inquiries": inquiries.MOVES,
    "mentorships": mentorships.MOVES,
    "agreements": agreements.MOVES,
    "meetings": meetings.MOVES,
    "profiles": profiles.MOVES,
    "people": {**exclusions.MOVES, **departures.MOVES},
    "imports": imports.MOVES,
}


def drawing(moves: Moves) -> str:
    """The first state is where the first passage starts; where none leads on is the end."""
    origins = {str(origin) for froms, _ in moves.values() for origin in froms}
    goals = {str(goal) for _, goal in moves.values()}
    first = str(next(iter(moves.values()))[0][0])
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    for verb, (froms, goal) in moves.items():
        lines += [f"    {origin} --> {goal}: {verb}" for origin in froms]
    lines += [f"    {last} --> [*]" for last in sorted(goals - origins)]
    return "\n".join(["```mermaid", *lines, "```"])


def redrawn(page: str) -> str:
    """The page with what stands between its markers made anew."""
    for name, moves in DRAWN.items():
        begin, end = BEGIN.format(name=name), END.format(name=name)
        head, _, rest = page.partition(begin)
        _, is_found, tail = rest.partition(end)
        if not is_found:
            raise SystemExit(f"{PAGE.name} needs these two lines: {begin} and {end}")
        page = f"{head}{begin}\n{drawing(moves)}\n{end}{tail}"
    return page


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
