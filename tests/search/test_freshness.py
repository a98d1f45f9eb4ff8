"""A search sees what any other process has changed, and nothing that is not kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

import piccolo_conf
from search import changes, index
from search.facets import Query
from search.find import find
from tables.people import Person
from tables.profiles import Profile
from tables.search_changes import SearchChange
from tables.transaction import transaction
from tests import databases
from tests.search import directory
from tests.search.conftest import TODAY, Asked, ask, everybody


@pytest.fixture
async def other(database_url: str, mentors: None) -> AsyncIterator[Any]:
    """Another process: an engine of its own on the same database."""
    engine: Any = piccolo_conf.engine_for(database_url)
    await engine.start_connection_pool()
    await ask()  # ours has read everything before
    yield engine
    await engine.close_connection_pool()


async def total(words: str = "", **query: Any) -> int:
    return (await ask(words, **query)).total


CLAIRE = "(SELECT id FROM people WHERE first_name = 'Claire')"
DARIO = "(SELECT id FROM people WHERE first_name = 'Dario')"
HERS = f"(SELECT id FROM profiles WHERE person = {CLAIRE})"


async def test_another_process_changes_words(other: Any) -> None:
    await other.run_ddl(f"UPDATE people SET function = 'Zirkusdirektorin' WHERE id = {CLAIRE}")
    assert await everybody("zirkus") == ["Claire Favre"]
    assert await total("directrice claire") == 0

    await other.run_ddl(f"UPDATE profiles SET about = 'Trapezakt' WHERE id = {HERS}")
    assert await everybody("trapezakt") == ["Claire Favre"]
    await other.run_ddl(f"UPDATE profiles SET about = '' WHERE id = {HERS}")
    assert await everybody("trapezakt") == []


async def test_beginnings_that_were_typed_before_find_new_words(other: Any) -> None:
    """They are remembered, and must go with the words."""
    assert (await total("zirk"), await total("xylo")) == (0, 0)
    await other.run_ddl(f"UPDATE people SET function = 'Zirkusdirektorin' WHERE id = {CLAIRE}")
    await other.run_ddl(f"UPDATE profiles SET about = 'Am Xylophon' WHERE id = {HERS}")
    assert await everybody("zirk") == ["Claire Favre"]
    assert await everybody("xylo") == ["Claire Favre"]
    assert (await ask("zirk")).corrected == (await ask("xylo")).corrected == []


async def test_another_process_changes_filters(other: Any) -> None:
    free = (await ask()).facets.free.count
    await other.run_ddl(f"UPDATE profiles SET is_busy = true WHERE id = {HERS}")
    assert (await ask()).facets.free.count == free - 1
    assert (await ask("claire favre")).hits[0].is_busy

    await other.run_ddl(f"UPDATE people SET canton = 'UR' WHERE id = {CLAIRE}")
    await other.run_ddl(f"UPDATE profiles SET languages = 'rm' WHERE id = {HERS}")
    assert await everybody("", cantons=("UR",), languages=("rm",)) == ["Claire Favre"]

    await other.run_ddl(f"DELETE FROM profile_topics WHERE profile = {HERS}")
    assert (await ask("claire favre")).hits[0].topics == ()
    await other.run_ddl(
        "INSERT INTO profile_topics (profile, topic)"
        f" SELECT {HERS}, id FROM topics WHERE key = 'mba'"
    )
    assert set(await everybody("", topics=("mba",))) == {"Claire Favre", "Sandra Meier"}


async def test_who_leaves_and_who_comes(other: Any) -> None:
    await other.run_ddl(f"UPDATE people SET standing = 'excluded' WHERE id = {CLAIRE}")
    assert await total("claire favre") == 0
    await other.run_ddl(f"UPDATE people SET standing = 'active' WHERE id = {CLAIRE}")
    assert await total("claire favre") == 1
    await other.run_ddl(f"DELETE FROM people WHERE id = {CLAIRE}")
    assert await total("claire favre") == 0
    assert (await ask()).total == 64

    # Without topics, whose rows would tell it too.
    await other.run_ddl("DELETE FROM profile_topics")
    assert (await ask()).total == 64
    await other.run_ddl(f"DELETE FROM people WHERE id = {DARIO}")
    assert (await ask()).total == 63

    topics = await directory.topic_numbers()
    await directory.add({"key": "new", "first_name": "Zwirbel", "topics": ["mba"]}, topics)
    assert await everybody("zwirbel mba") == ["Zwirbel"]


async def test_who_leaves_with_another_name(other: Any) -> None:
    """Both the person and the profile have changed: still one mentor who goes."""
    everybody_there = await total()
    await other.run_ddl(f"UPDATE people SET last_name = 'Zwirbel' WHERE id = {CLAIRE}")
    await other.run_ddl(f"UPDATE profiles SET state = 'draft' WHERE id = {HERS}")

    assert await total() == everybody_there - 1
    assert await total("claire zwirbel") == 0


async def test_a_topic_gets_another_name_or_branch(other: Any) -> None:
    await other.run_ddl("UPDATE topics SET name_fr = 'Trapèze volant' WHERE key = 'mba'")
    assert await everybody("trapeze") == ["Sandra Meier"]
    assert (await ask("trapeze", language="de")).hits[0].reasons[0].via == "Trapèze volant"

    before = await total("", topics=("boards",))
    await other.run_ddl(
        "UPDATE topics SET branch = (SELECT id FROM topics WHERE key = 'boards') WHERE key = 'mba'"
    )
    assert await total("", topics=("boards",)) == before + 1


async def test_a_known_word_whose_last_user_left_is_no_correction(other: Any) -> None:
    await other.run_ddl(f"UPDATE people SET function = 'Zirkusdirektorin' WHERE id = {CLAIRE}")
    assert (await ask("zirkusdirektorni")).corrected
    await other.run_ddl(f"UPDATE people SET function = '' WHERE id = {CLAIRE}")
    assert (await ask("zirkusdirektorni")).corrected == []
    assert await total("zirkusdirektorin") == 0
    # As in a process that never knew the word: what resembles it is offered instead.
    await other.run_ddl(f"UPDATE people SET function = 'Zirkusdirektor' WHERE id = {DARIO}")
    assert (await ask("zirkusdirektorin")).corrected or await total("zirkusdirektorin") == 1


async def test_only_what_changed_is_read_again(other: Any) -> None:
    here = await index.fresh()
    places = len(here.profiles)
    await other.run_ddl(f"UPDATE profiles SET is_busy = true WHERE id = {HERS}")
    await other.run_ddl(f"UPDATE profiles SET warned_for = NULL, state = state WHERE id = {HERS}")
    assert await index.fresh() is here and len(here.profiles) == places

    await other.run_ddl(f"UPDATE people SET function = 'Other' WHERE id = {CLAIRE}")
    assert await index.fresh() is here and len(here.profiles) == places + 1


async def test_after_many_changes_the_index_is_read_anew(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "LEFT_OVER", -64)
    here = await index.fresh()
    for number in range(5):
        await other.run_ddl(f"UPDATE people SET function = 'No {number}' WHERE id = {CLAIRE}")
        assert await everybody(f"claire {number}") == ["Claire Favre"]
    newer = await index.fresh()
    assert newer is not here and len(newer.profiles) < 68


async def test_reading_all_again_on_request(other: Any) -> None:
    here = await index.fresh()
    await index.reindex_all()
    newer = await index.fresh()
    assert newer is not here and await index.fresh() is newer


async def test_what_a_transaction_undoes_is_never_kept(other: Any) -> None:
    with pytest.raises(KeyError):
        async with transaction():
            await Person.update({Person.function: "Trapezkünstlerin"}).where(
                Person.first_name == "Claire"
            )
            assert await everybody("trapezkunstlerin") == ["Claire Favre"]
            raise KeyError
    assert await everybody("trapezkunstlerin") == []
    assert await everybody("claire directrice") == ["Claire Favre"]

    # On SQLite the number of the undone change is given again.
    await other.run_ddl("UPDATE people SET function = 'Clown' WHERE first_name = 'Dario'")
    assert await everybody("clown") == ["Dario Zanetti"]


async def test_an_undone_change_whose_number_another_gets(other: Any) -> None:
    with pytest.raises(KeyError):
        async with transaction():
            await Person.update({Person.function: "Clown"}).where(Person.first_name == "Claire")
            assert await everybody("clown") == ["Claire Favre"]
            raise KeyError
    await other.run_ddl(f"UPDATE people SET function = 'Zauberer' WHERE id = {DARIO}")
    assert (await everybody("zauberer"), await everybody("clown")) == (["Dario Zanetti"], [])


async def test_a_slow_search_never_brings_old_rows_back(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads, another process changes the row, a quicker search reads it, the slow one ends."""
    usual, has_read, may_end = index._read, asyncio.Event(), asyncio.Event()

    async def slow(profiles: Any, people: Any) -> Any:
        rows = await usual(profiles, people)
        monkeypatch.setattr(index, "_read", usual)
        has_read.set()
        await may_end.wait()
        return rows

    monkeypatch.setattr(index, "_read", slow)
    await other.run_ddl(f"UPDATE people SET function = 'Clown' WHERE id = {CLAIRE}")
    slowly = asyncio.create_task(everybody("clown"))
    await has_read.wait()
    await other.run_ddl(f"UPDATE people SET function = 'Zauberin' WHERE id = {CLAIRE}")
    assert await everybody("zauberin") == ["Claire Favre"]
    may_end.set()

    assert await slowly == []
    assert await everybody("zauberin") == ["Claire Favre"]


async def test_a_first_search_within_a_transaction_is_its_own(other: Any) -> None:
    index.forget()
    with pytest.raises(KeyError):
        async with transaction():
            await Person.update({Person.function: "Clown"}).where(Person.first_name == "Claire")
            assert await everybody("clown") == ["Claire Favre"]
            raise KeyError
    await other.run_ddl(f"UPDATE people SET function = 'Zauberer' WHERE id = {DARIO}")
    assert (await everybody("zauberer"), await everybody("clown")) == (["Dario Zanetti"], [])


async def test_many_first_searches_read_once_and_a_failed_reading_is_none(
    mentors: None, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.forget()
    usual = index._ticks

    async def fails(*_asked: Any) -> Any:
        raise OSError

    monkeypatch.setattr(index, "_ticks", fails)
    with pytest.raises(OSError):
        await ask()
    monkeypatch.setattr(index, "_ticks", usual)
    asked.clear()
    totals = await asyncio.gather(*(total("claire favre") for _search in range(5)))
    assert totals == [1] * 5
    assert sum("FROM profile_topics" in statement for statement in asked) == 1


async def test_searches_during_changes_are_each_right(other: Any) -> None:
    """Many at once, while rows change: afterwards everybody agrees with the rows."""

    async def change(number: int) -> None:
        await other.run_ddl(f"UPDATE people SET function = 'Rolle{number}' WHERE id = {CLAIRE}")

    for number in range(10):
        await asyncio.gather(change(number), *(ask("claire") for _search in range(8)))
        assert await everybody(f"rolle{number}") == ["Claire Favre"]


async def test_a_transaction_that_ends_later_than_a_younger_one(
    postgres: str, postgres_template: str
) -> None:
    """PostgreSQL alone: numbers are given at the beginning, rows are seen at the end."""
    with databases.new_postgres(postgres, postgres_template) as url:
        async with databases.opened(url):
            await directory.fill()
            await ask()
            older: Any = piccolo_conf.engine_for(url)
            async with older.transaction():
                await older.run_ddl(
                    "UPDATE people SET function = 'Clown' WHERE first_name = 'Dario'"
                )
                await Person.update({Person.function: "Zauberin"}).where(
                    Person.first_name == "Claire"
                )
                assert (await everybody("zauberin"), await everybody("clown")) == (
                    ["Claire Favre"],
                    [],
                )
            assert await everybody("clown") == ["Dario Zanetti"]
            index.forget()


async def test_numbers_of_another_server_are_no_endless_news(mentors: None, asked: Asked) -> None:
    """A restored backup brings versions from a younger world."""
    await ask()
    await SearchChange.update({SearchChange.version: 2**40}).where(SearchChange.about == "topics")
    index.forget()
    assert await total("claire favre") == 1
    asked.clear()
    assert await total("claire favre") == 1 and len(asked) == 2
    if not changes.on_sqlite():
        assert not (await changes.since(2**39)).about
    await Person.update({Person.function: "Clown"}).where(Person.first_name == "Claire")
    assert await everybody("clown") == ["Claire Favre"]


async def test_by_hand_too(mentors: None) -> None:
    here = await index.fresh()
    claire = await Profile.select(Profile.id).where(Profile.person.first_name == "Claire").first()
    assert claire is not None
    await index.reindex(claire["id"])
    assert await index.fresh() is here


async def test_the_viewer_may_be_a_mentor_who_joined_just_now(mentors: None) -> None:
    await ask()
    topics = await directory.topic_numbers()
    person = await directory.add(
        {"key": "me", "first_name": "Zwirbel", "topics": list(topics)[:2]}, topics
    )
    assert (await find(Query(words="zwirbel"), person, "fr", TODAY)).total == 0
    assert await everybody("zwirbel") == ["Zwirbel"]
