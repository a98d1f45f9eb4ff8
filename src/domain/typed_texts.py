"""What a sealed note or draft holds: answers, and which windows' typing they came from.

A window (one open page) gives each state of its text a mark, `window.count`. So a save whose
answer got lost isn't taken for somebody else's, and no late one overwrites its own successor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

FORMAT = 1
MARK = re.compile(r"([A-Za-z0-9]{6,24})\.(\d{1,7})", re.ASCII)
REMEMBERED = 12  # windows

Answers = dict[str, str | list[str]]


@dataclass(frozen=True)
class Window:
    """`seen`: the version its text is based on, 0 for none. `count`: how far it has typed; without
    a name (no script) the version alone counts. `past`: windows that are gone, whose typing this
    text came from."""

    seen: int = 0
    name: str = ""
    count: int = 0
    past: Mapping[str, int] = field(default_factory=dict)

    @property
    def marks(self) -> dict[str, int]:
        own = {self.name: self.count} if self.name else {}
        return {**self.past, **own}


@dataclass(frozen=True)
class Text:
    """`last`: the window that wrote it. `marks`: whose typing is in it, and how far."""

    answers: Answers
    last: str = ""
    marks: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not any(self.answers.values())

    def is_ahead_of(self, window: Window, version: int) -> bool:
        """An earlier state of the window that wrote this comes late. `version`: this text's."""
        return window.seen != version and self._has_passed(window)

    def is_unseen_by(self, window: Window, version: int) -> bool:
        """What the window holds would overwrite words that it never showed."""
        return window.seen != version and not self._precedes(window)

    def _precedes(self, window: Window) -> bool:
        """Nobody else wrote since: the text in the window grew out of this one."""
        reached = self.marks.get(self.last, 0)
        if self.last and self.last == window.name:
            return reached < window.count
        return bool(self.last) and reached <= window.past.get(self.last, -1)

    def _has_passed(self, window: Window) -> bool:
        mine = bool(self.last) and self.last == window.name
        return mine and window.count <= self.marks.get(self.last, 0)

    def followed_by(self, answers: Answers, window: Window) -> Text:
        return Text(answers, window.name, self._joined(window))

    def merged_to(self, answers: Answers, window: Window) -> Text:
        """Out of two: the window holds only one of them, so it may not go on by itself."""
        return Text(answers, "", self._joined(window))

    def _joined(self, window: Window) -> dict[str, int]:
        """The newest last, because the oldest are forgotten."""
        new = window.marks
        marks = {name: count for name, count in self.marks.items() if name not in new}
        marks |= {name: max(count, self.marks.get(name, 0)) for name, count in new.items()}
        return dict(list(marks.items())[-REMEMBERED:])


def pack(text: Text) -> str:
    kept = {"format": FORMAT, "answers": text.answers, "last": text.last, "marks": text.marks}
    return json.dumps(kept, ensure_ascii=False)


def unpack(kept: str) -> Text:
    """Without a format: a draft of the first kind, answers alone."""
    read = json.loads(kept) if kept else {}
    if "format" not in read:
        return Text(read)
    return Text(read["answers"], read["last"], read["marks"])


def write_marks(marks: Mapping[str, int]) -> str:
    return " ".join(f"{name}.{count}" for name, count in marks.items())


def read_marks(written: str) -> dict[str, int]:
    """`one.3 other.7`; what isn't in form is nobody's."""
    found = (MARK.fullmatch(each) for each in written.split()[:REMEMBERED])
    return {each[1]: int(each[2]) for each in found if each}
