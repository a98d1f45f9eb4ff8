"""Rows that the clock works off: one that fails holds up nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from logging import Logger
from typing import Any

from domain.refusals import AlreadySettled


@contextmanager
def alone(log: Logger, what: str, row: Any) -> Iterator[None]:
    """Whoever was first has done it; a fault is told with the row's number alone."""
    try:
        yield
    except AlreadySettled:
        pass
    except Exception:
        log.exception("%s: %s %s", what, type(row).__name__.lower(), row.id)
