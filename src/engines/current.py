"""Which transaction the running task is in; one that is over no longer counts."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar, Token
from typing import Any


class Current:
    """Stands where Piccolo has a plain ContextVar. A task started in a transaction remembers it
    for ever, and would later write into the transaction that has its connection by then."""

    def __init__(self, name: str) -> None:
        self._remembered: ContextVar[Any] = ContextVar(name, default=None)

    def get(self) -> Any:
        transaction = self._remembered.get()
        return None if transaction is None or transaction.over else transaction

    def set(self, transaction: Any) -> Token[Any]:
        return self._remembered.set(transaction)

    def reset(self, token: Token[Any]) -> None:
        # Closed from another context (a generator's end): being over, it doesn't count anyway.
        with suppress(ValueError):
            self._remembered.reset(token)
