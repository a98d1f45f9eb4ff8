"""What became of a text: words that stayed, went, came."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

SAME, GONE, NEW = "same", "gone", "new"
WORDS = re.compile(r"\S+\s*|\s+")  # a word with the space after it
ALIKE = 0.4  # below it two lines are two, not one reworded


class Part(NamedTuple):
    kind: str
    text: str


def parts(before: str, after: str) -> list[Part]:
    """Word by word."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    found: list[Part] = []
    for tag, i, j, k, m in _opcodes(_bare(old), _bare(new)):
        if tag == "equal":
            found.append(Part(SAME, "".join(new[k:m])))
            continue
        if i < j:
            found.append(Part(GONE, "".join(old[i:j])))
        if k < m:
            found.append(Part(NEW, "".join(new[k:m])))
    return found


def lines(before: Sequence[str], after: Sequence[str]) -> list[list[Part]]:
    """Line by line; a line that was only reworded, word by word."""
    found: list[list[Part]] = []
    for tag, i, j, k, m in _opcodes(before, after):
        if tag == "equal":
            found += [[Part(SAME, line)] for line in before[i:j]]
        else:
            found += _paired(before[i:j], after[k:m])
    return found


def choices(before: Sequence[str], after: Sequence[str]) -> list[Part]:
    """What was ticked, in the order it is offered in; what went last."""
    kept = [Part(SAME if each in before else NEW, each) for each in after]
    return kept + [Part(GONE, each) for each in before if each not in after]


def is_same(found: Sequence[Part]) -> bool:
    return all(part.kind == SAME for part in found)


def _paired(before: Sequence[str], after: Sequence[str]) -> Iterator[list[Part]]:
    for old, new in zip_longest(before, after):
        if old is not None and new is not None and _alike(old, new):
            yield parts(old, new)
            continue
        if old is not None:
            yield [Part(GONE, old)]
        if new is not None:
            yield [Part(NEW, new)]


def _alike(old: str, new: str) -> bool:
    matcher = SequenceMatcher(None, old.split(), new.split(), autojunk=False)
    return matcher.ratio() >= ALIKE


def _bare(words: Sequence[str]) -> list[str]:
    """The space after a word is none of its own."""
    return [word.strip() for word in words]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
