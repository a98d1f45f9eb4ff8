"""Mentorships: what is unique in a pair, and the days of those that had begun."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T09:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique in a mentorship"

STATEMENTS = (
    "CREATE UNIQUE INDEX one_word ON mentorship_words (mentorship, person, question)",
    "CREATE UNIQUE INDEX one_contact ON contacts (mentorship, number)",
    "CREATE UNIQUE INDEX one_contact_key ON contacts (mentorship, key)",
    "CREATE UNIQUE INDEX one_meeting_key ON meetings (mentorship, key)",
    "CREATE UNIQUE INDEX one_agreement ON agreements (mentorship, number)",
    "CREATE UNIQUE INDEX one_agreement_key ON agreements (mentorship, key)",
    "CREATE UNIQUE INDEX one_note ON notes (mentorship, author, number)",
    "CREATE UNIQUE INDEX one_evaluation ON evaluations (mentorship, author)",
    "CREATE UNIQUE INDEX one_later ON laters (mentorship, person)",
    "CREATE UNIQUE INDEX one_thanks ON thanks (mentorship, author)",
    "CREATE INDEX mentorships_quiet ON mentorships (quiet_since)"
    " WHERE state IN ('beginning', 'running', 'continuing') AND nudged_at IS NULL",
    "UPDATE mentorships SET quiet_since = began_at",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="mentorat", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        for statement in STATEMENTS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    return manager
