"""The last letter to whoever has deleted their account."""

from __future__ import annotations

from datetime import datetime

import clock
from mail import outbox
from mail.outbox import Stranger


async def account_deleted(address: str, language: str, number: int, now: datetime) -> None:
    """To an address that is no longer kept: gone with this letter."""
    key = f"person:{number}:deleted:{clock.milliseconds(now)}"
    await outbox.post("account_deleted", key, Stranger(address, language), now)
