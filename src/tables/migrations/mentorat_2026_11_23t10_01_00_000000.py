"""The office: events that nobody changes, and a text a letter and language."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T10:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "events are fixed"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="mentorat", description=DESCRIPTION)

    async def run():
        from tables import fixed

        engine = engine_finder()
        await engine.run_ddl("CREATE UNIQUE INDEX one_wording ON wordings (name, language)")
        await engine.run_ddl("CREATE INDEX events_at ON events (at)")
        await fixed.fix_events(engine)

    manager.add_raw(run)
    return manager
