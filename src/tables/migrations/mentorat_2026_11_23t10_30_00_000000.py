"""Who pauses is out of the search window at once: watched like a name or a standing."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T10:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the search window notices a pause"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="mentorat", description=DESCRIPTION)

    async def run():
        from search import changes

        await changes.watch_pauses(engine_finder())

    manager.add_raw(run)
    return manager
