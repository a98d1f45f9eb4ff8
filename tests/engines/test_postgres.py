"""What only PostgreSQL needs: its floor."""

from __future__ import annotations

import pytest

from engines import postgres as engines_postgres
from engines.postgres import SafePostgresEngine, TooOld


async def test_an_old_server_is_refused_in_words(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = SafePostgresEngine({"dsn": postgres})
    monkeypatch.setattr(engines_postgres, "OLDEST", 99)

    with pytest.raises(TooOld, match="PostgreSQL 99 or newer is needed; the server is PostgreSQL"):
        await engine.start_connection_pool()

    assert engine.pool is None
