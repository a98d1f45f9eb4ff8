"""What a deletion leaves beside the rows: the database's log, copies of before an upgrade."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import piccolo_conf
from running import upgrade

KEPT = timedelta(days=30)  # a copy: who upgrades and is not content has noticed by then


async def clear(now: datetime) -> None:
    """On SQLite; PostgreSQL has its own tools for both."""
    engine: Any = piccolo_conf.DB
    if engine.engine_type == "sqlite":
        await engine.empty_log()
        upgrade.forget_old_copies(engine, now - KEPT)
