"""Rows with the rows they point to. Piccolo works out every column of theirs anew for each
question, which takes longer than the database's answer; here each way is worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from piccolo.columns import Column, ForeignKey
from piccolo.columns.readable import Readable
from piccolo.querystring import QueryString

Way = tuple[Any, ...]  # a table, and the keys that lead on from it

_piccolos = ForeignKey.all_columns
_known: dict[Way, Whole] = {}


def quicken() -> None:
    ForeignKey.all_columns = _all_columns  # type: ignore[assignment, method-assign]


class Whole(Readable):
    """All columns at a way's end, as one piece of a SELECT."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(template="", columns=columns[:1])  # one is enough to join the table
        self.names = QueryString(", ".join(column._meta.get_full_name() for column in columns))

    def get_select_string(self, engine_type: str, with_alias: bool = True) -> QueryString:
        return self.names


def _all_columns(key: Any, exclude: Any = None) -> list[Any]:
    if exclude:
        return _piccolos(key, exclude)
    way = _way(key)
    if way not in _known:
        _known[way] = Whole(_piccolos(key))
    return [_known[way]]


def _way(key: Any) -> Way:
    keys = (*key._meta.call_chain, key)
    return (keys[0]._meta.table, *(each._meta.name for each in keys))
