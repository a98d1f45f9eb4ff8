"""Alive: the process. Ready: the database answers and is upgraded."""

from __future__ import annotations

import asyncio

from litestar import MediaType, Response, get

from controllers.guards import COOKIELESS
from running import upgrade

PATIENCE = 1.0  # seconds


@get("/health", opt=COOKIELESS, media_type=MediaType.TEXT)
async def health() -> str:
    return "ok"


@get("/ready", opt=COOKIELESS, media_type=MediaType.TEXT)
async def ready() -> Response[str]:
    try:
        async with asyncio.timeout(PATIENCE):
            waiting = await upgrade.pending()
    except Exception:
        return Response("database out of reach", status_code=503)
    return Response("upgrade pending" if waiting else "ready", status_code=503 if waiting else 200)
