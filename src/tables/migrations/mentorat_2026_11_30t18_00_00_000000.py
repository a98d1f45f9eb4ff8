"""Events stay as they are also against INSERT OR REPLACE, a rowid, a note added afterwards."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-30T18:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "events are fixed against every statement"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="mentorat", description=DESCRIPTION)

    async def run():
        from tables import fixed

        engine = engine_finder()
        await fixed.loosen_events(engine)
        await fixed.fix_events(engine)

    manager.add_raw(run)
    return manager
