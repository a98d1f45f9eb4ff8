"""Which window sent a text that is saved as one types (see domain/typed_texts.py)."""

from __future__ import annotations

import re

from domain.typed_texts import MARK, Window, read_marks
from forms.fields import Sent

VERSION = re.compile(r"\d{1,15}", re.ASCII)


def window_in(sent: Sent) -> Window:
    """What isn't in form is no window that has seen anything."""
    mark = MARK.fullmatch(sent.one("mark"))
    return Window(
        seen=version_in(sent, "version"),
        name=mark[1] if mark else "",
        count=int(mark[2]) if mark else 0,
        past=read_marks(sent.one("past")),
    )


def version_in(sent: Sent, name: str) -> int:
    written = sent.one(name)
    return int(written) if VERSION.fullmatch(written) else 0
