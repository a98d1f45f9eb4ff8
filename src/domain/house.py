"""The association's settings: made at the first start, read everywhere."""

from __future__ import annotations

import asyncio
import time

from tables.house import House

FRESH = 10.0  # seconds a replica may show old settings
_kept: dict[asyncio.AbstractEventLoop, tuple[float, int, House]] = {}


async def current() -> House:
    """Kept for some seconds: every page shows the house's name."""
    loop, database = asyncio.get_running_loop(), id(House._meta.db)
    at, kept_in, house = _kept.get(loop, (0.0, 0, House()))
    if kept_in != database or time.monotonic() - at > FRESH:
        house = await House.objects().order_by(House.id).first() or House()
        _kept.clear()
        _kept[loop] = (time.monotonic(), database, house)
    return house


def forget() -> None:
    """After an edit, on this replica at once."""
    _kept.clear()
