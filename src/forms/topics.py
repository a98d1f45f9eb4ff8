"""A topic's names in every language, and the further words it is found by."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from domain.topic_edits import COLUMNS, LANGUAGES
from forms.fields import Form, Reader, Sent

DIVIDER = " · "  # as the search reads them


@dataclass
class TopicForm(Form):
    words: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: Sent) -> TopicForm:
        form = cls(seen=_seen(sent.one("seen")))
        reader, words = Reader(sent, form), form.words
        for code in LANGUAGES:
            words[f"name_{code}"] = reader.line(f"name_{code}", least=1, most=80)
        also = reader.text("also", most=1000).replace("·", "\n").split("\n")
        words["also"] = DIVIDER.join(each for word in also if (each := " ".join(word.split())))
        return form


def _seen(written: str) -> dict[str, str]:
    try:
        given = json.loads(written)
    except ValueError:
        return {}
    known = isinstance(given, dict) and given.keys() == set(COLUMNS)
    return {name: str(given[name]) for name in COLUMNS} if known else {}
