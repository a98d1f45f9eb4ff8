"""Who deleted their account is not invited anew by the next list."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-30T18:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "hashes of addresses that left"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="mentorat", description=DESCRIPTION
    )

    manager.add_table(
        class_name="Departed",
        tablename="departed",
        schema=None,
        columns=None,
    )

    manager.add_column(
        table_class_name="Departed",
        tablename="departed",
        column_name="hashed",
        db_column_name="hashed",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 64,
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": True,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    return manager
