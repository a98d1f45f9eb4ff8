"""The database by one setting; Piccolo looks here."""

from typing import Any

from piccolo.conf.apps import AppRegistry
from piccolo.engine.base import Engine

from engines import joined
from engines.postgres import SafePostgresEngine
from engines.sqlite import PooledSQLiteEngine
from settings import settings


def engine_for(url: str) -> Engine[Any]:
    if url.startswith("sqlite:///"):
        return PooledSQLiteEngine(url.removeprefix("sqlite:///"))
    return SafePostgresEngine({"dsn": url})


joined.quicken()
DB: Engine[Any] = engine_for(settings().database_url)
APP_REGISTRY = AppRegistry(apps=["tables.piccolo_app"])
