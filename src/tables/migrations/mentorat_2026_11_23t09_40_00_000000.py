from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Text
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T09:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "an invitation goes along with a letter"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="mentorat", description=DESCRIPTION
    )

    manager.add_column(
        table_class_name="Letter",
        tablename="letters",
        column_name="calendar_sealed",
        db_column_name="calendar_sealed",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    return manager
