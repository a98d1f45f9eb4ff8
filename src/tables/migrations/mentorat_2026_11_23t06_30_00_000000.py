"""What Piccolo's tables can't say alike on both engines: unique pairs, one open request a pair,
and the triggers that tell the search window what changed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T06:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique pairs, search triggers"

STATEMENTS = (
    "CREATE UNIQUE INDEX one_open_inquiry ON inquiries (mentee, mentor)"
    " WHERE state IN ('waiting', 'asked_back')",
    "CREATE UNIQUE INDEX one_acceptance ON norms_acceptances (person, version)",
    "CREATE UNIQUE INDEX one_topic ON profile_topics (profile, topic)",
    "CREATE UNIQUE INDEX one_favourite ON favourites (person, mentor)",
    "CREATE UNIQUE INDEX one_free_wish ON free_wishes (person, mentor)",
    "CREATE UNIQUE INDEX one_draft ON drafts (person, mentor)",
    "CREATE UNIQUE INDEX one_in_vain ON sought_in_vain (words, day)",
    "CREATE INDEX letters_due ON letters (due) WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX inquiries_open ON inquiries (answer_by)"
    " WHERE state IN ('waiting', 'asked_back')",
    "CREATE INDEX events_about ON events (noun, about)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="mentorat", description=DESCRIPTION)

    async def run():
        from search import changes

        engine = engine_finder()
        for statement in STATEMENTS:
            await engine.run_ddl(statement)
        await changes.create_triggers(engine)

    manager.add_raw(run)
    return manager
