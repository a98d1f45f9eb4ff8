"""One verb, wholly or not at all, on either engine."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

import pytest

import clock
from tables.events import Event
from tables.people import Person
from tables.transaction import afterwards, hold, hold_word, transaction
from tests.factories import make_person

pytestmark = pytest.mark.usefixtures("database")


class Failure(Exception):
    pass


async def write(what: str) -> None:
    await Event(at=clock.now(), what=what, noun="test").save()


async def written() -> list[str]:
    return await Event.select(Event.what).order_by(Event.id).output(as_list=True)


async def test_what_succeeds_is_kept() -> None:
    async with transaction():
        await write("a")

    assert await written() == ["a"]


async def test_what_fails_keeps_nothing() -> None:
    with pytest.raises(Failure):
        async with transaction():
            await write("a")
            raise Failure

    assert await written() == []


async def test_a_cancelled_one_keeps_nothing() -> None:
    inside = asyncio.Event()

    async def work() -> None:
        async with transaction():
            await write("a")
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    async with asyncio.timeout(5):
        await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await written() == []
    await write("b")
    assert await written() == ["b"]


async def test_an_inner_failure_that_is_caught_keeps_nothing_of_itself() -> None:
    async with transaction():
        await write("a")
        with pytest.raises(Failure):
            async with transaction():
                await write("b")
                raise Failure
        await write("c")

    assert await written() == ["a", "c"]


async def test_a_refused_statement_leaves_the_outer_one_usable() -> None:
    """PostgreSQL refuses everything after an error, but for the savepoint."""
    async with transaction():
        await write("a")
        with pytest.raises(Exception, match="no_such_table"):
            async with transaction():
                await Event.raw("SELECT * FROM no_such_table")
        await write("b")

    assert await written() == ["a", "b"]


async def test_depths_fail_one_by_one() -> None:
    async with transaction():
        with pytest.raises(Failure):
            async with transaction():
                await write("a")
                async with transaction():
                    await write("b")
                with pytest.raises(Failure):
                    async with transaction():
                        await write("c")
                        raise Failure
                assert await written() == ["a", "b"]
                raise Failure
        async with transaction():
            await write("d")

    assert await written() == ["d"]


async def test_an_outer_failure_takes_the_inner_one_along() -> None:
    with pytest.raises(Failure):
        async with transaction():
            async with transaction():
                await write("a")
            raise Failure

    assert await written() == []


# What is done afterwards


async def test_afterwards_is_after_the_commit() -> None:
    done: list[str] = []
    async with transaction():
        async with transaction():
            afterwards(lambda: done.append("inner"))
        afterwards(lambda: done.append("outer"))
        assert done == []

    assert done == ["inner", "outer"]


async def test_outside_a_transaction_it_is_at_once() -> None:
    done: list[str] = []
    async with transaction():
        pass
    afterwards(lambda: done.append("now"))

    assert done == ["now"]


async def test_never_after_a_rollback() -> None:
    done: list[str] = []
    with pytest.raises(Failure):
        async with transaction():
            afterwards(lambda: done.append("never"))
            raise Failure
    async with transaction():
        pass

    assert done == []


async def test_never_for_an_inner_failure_that_is_caught() -> None:
    done: list[str] = []
    async with transaction():
        afterwards(lambda: done.append("first"))
        with pytest.raises(Failure):
            async with transaction():
                afterwards(lambda: done.append("never"))
                raise Failure
        afterwards(lambda: done.append("last"))

    assert done == ["first", "last"]


async def test_never_after_a_refused_commit(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    async def refuse(_: Any) -> None:
        raise Failure

    monkeypatch.setattr(type(database.transaction()), "commit", refuse)
    with pytest.raises(Failure):
        async with transaction():
            await write("a")
            afterwards(lambda: done.append("never"))

    assert done == [] and await written() == []


# Side by side


async def test_parallel_ones_are_of_their_own() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        async with transaction():
            await write(str(number))
            afterwards(lambda: done.append(number))
            await asyncio.sleep(0)
            if number % 2:
                raise Failure

    await asyncio.gather(*(work(number) for number in range(12)), return_exceptions=True)

    even = [0, 2, 4, 6, 8, 10]
    assert sorted(map(int, await written())) == sorted(done) == even


@pytest.mark.parametrize("by_word", [False, True])
async def test_a_limit_is_counted_by_one_at_a_time(by_word: bool) -> None:
    person = await make_person(has_accepted=False)

    async def take() -> None:
        async with transaction():
            await (hold_word("a word") if by_word else hold(person))
            if len(await written()) < 3:
                await asyncio.sleep(0.01)
                await write("taken")

    await asyncio.gather(*(take() for _ in range(9)))

    assert await written() == ["taken"] * 3


async def test_one_person_does_not_hold_up_another(database: Any) -> None:
    one, other = await make_person(has_accepted=False), await make_person(has_accepted=False)
    if database.engine_type == "sqlite":  # has one writer
        return
    async with transaction():
        await hold(one)
        await hold_word("one")

        async def elsewhere() -> None:
            async with transaction():
                await hold(other)
                await hold_word("other")

        # As another request: it knows nothing of our transaction.
        task = asyncio.create_task(elsewhere(), context=contextvars.Context())
        await asyncio.wait_for(task, 5)


async def test_who_is_held_can_still_be_named(database: Any) -> None:
    """Two mentors accept each other at once: each holds themself and names the other."""
    if database.engine_type == "sqlite":  # has one writer
        return
    pair = [await make_person(has_accepted=False) for _ in range(2)]
    held = asyncio.Barrier(2)

    async def accept(one: Person, other: Person) -> None:
        async with transaction():
            await hold(one)
            await held.wait()
            await Event(at=clock.now(), what="accept", noun="test", by=other.id).save()

    async with asyncio.timeout(5):
        await asyncio.gather(accept(*pair), accept(*reversed(pair)))

    assert await written() == ["accept", "accept"]
