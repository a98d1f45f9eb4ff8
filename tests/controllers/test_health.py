"""Alive: the process. Ready: the database answers and is upgraded."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from piccolo.apps.migrations.tables import Migration

from controllers import health
from running import upgrade
from tests.cast import Browser


async def ask(browser: Browser, path: str) -> tuple[int, str]:
    answer = await (await browser(None)).get(path)
    return answer.status_code, answer.text


async def test_a_healthy_server(browser: Browser) -> None:
    assert await ask(browser, "/health") == (200, "ok")
    assert await ask(browser, "/ready") == (200, "ready")


async def test_a_pending_upgrade_is_not_ready(browser: Browser) -> None:
    [newest, *_] = sorted(await Migration.get_migrations_which_ran(), reverse=True)
    await Migration.delete().where(Migration.name == newest)

    assert await ask(browser, "/ready") == (503, "upgrade pending")
    assert await ask(browser, "/health") == (200, "ok")


async def test_a_database_newer_than_the_program_is_ready(browser: Browser) -> None:
    """The old replicas go on while the new ones come."""
    await Migration(name="9999-01-01T00:00:00:000000", app_name="mentorat").save()

    assert await ask(browser, "/ready") == (200, "ready")


async def test_a_database_that_is_away_is_not_ready(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> list[str]:
        raise ConnectionRefusedError("at 10.0.0.7")

    monkeypatch.setattr(upgrade, "pending", away)

    assert await ask(browser, "/ready") == (503, "database out of reach")
    assert await ask(browser, "/health") == (200, "ok")


async def test_a_silent_database_is_not_waited_for(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent() -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr(upgrade, "pending", silent)
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    begun = time.monotonic()

    assert await ask(browser, "/ready") == (503, "database out of reach")
    assert time.monotonic() - begun < 5
