"""Texts of lists that wait or run go along to where texts stand now."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-30T09:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "texts of lists moved"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="mentorat", description=DESCRIPTION)

    async def run():
        await engine_finder().run_ddl(
            'INSERT INTO import_texts ("of", content_sealed)'
            " SELECT id, content_sealed FROM imports WHERE content_sealed <> ''"
        )

    manager.add_raw(run)

    manager.drop_column(
        table_class_name="Import",
        tablename="imports",
        column_name="content_sealed",
        db_column_name="content_sealed",
        schema=None,
    )

    return manager
