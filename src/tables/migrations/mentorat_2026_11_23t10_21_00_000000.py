"""The office finds members: what finds their words, and what empties them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T10:21:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "members are found by beginnings"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="mentorat", description=DESCRIPTION)

    async def run():
        from search import members

        engine = engine_finder()
        await members.create_finding(engine)

    manager.add_raw(run)
    return manager
