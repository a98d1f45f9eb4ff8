"""Two people, the clock and a coordinator do whatever they like, in any order.

Whatever they try is done or refused by name; after each deed the mentorship must make sense.
RUNS says how many stories are told an engine: few with every test run, thousands now and then
(`RUNS=2000 make test ONLY=tests/domain/test_any_order.py`).
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as tell

import clock
import jobs
from domain import (
    agreements,
    contacts,
    departures,
    evaluations,
    exclusions,
    founding,
    house,
    meetings,
    mentorships,
    notes,
    parting,
    reports,
)
from domain.agreements import Terms
from domain.contacts import Talk
from domain.evaluations import Answers
from domain.meetings import Change, Plan
from domain.mentorships import MOVES
from domain.refusals import Refusal, Unseen
from domain.reports import Told
from domain.typed_texts import Window
from tables.agreements import Agreement
from tables.contacts import Contact, Kind
from tables.events import Event
from tables.letters import Letter
from tables.meetings import Meeting
from tables.meetings import State as MeetingState
from tables.mentorships import OFFICIAL, OVER, Mentorship, Question, State
from tables.notes import Note
from tables.people import Person
from tests import databases
from tests.cast import without_a_past
from tests.factories import make_mentor, make_mentorship, make_person, new_key

RUNS = int(os.environ.get("RUNS", "12"))
STEPS = 40
START = datetime(2026, 3, 2, 9, tzinfo=UTC)

pair = st.sampled_from(["mentee", "mentor"])
actors = st.sampled_from(["mentee", "mentor", "mentee", "mentor", "coordinator"])
answers = st.booleans()
_numbers = itertools.count(1)
Row = TypeVar("Row")


class Story(RuleBasedStateMachine):
    """One pair. `loop` is the event loop in which the database is open."""

    loop: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.most = 0  # contacts so far
        self.may_part = False
        self.run(self._begin())

    def teardown(self) -> None:
        self.run(_forget())

    def run(self, deed: Awaitable[Any]) -> Any:
        return self.loop.get_loop().run_until_complete(deed)

    def attempt(self, deed: Callable[[Mentorship, Person], Awaitable[Any]], who: str) -> None:
        """Done, or refused by name: any other error is a fault. What is over stays as it was."""

        async def tried() -> None:
            mentorship = await self._row()
            traces = await self._traces(mentorship) if mentorship.state in OVER else None
            done = False
            with suppress(Refusal):
                await deed(mentorship, self.people[who])
                done = True
            if who == "coordinator" or not self.people[who].is_member:
                assert not done
            if traces is not None:
                assert await self._traces(await self._row()) == traces

        self.run(tried())

    @initialize(may_part=answers)
    def choose(self, may_part: bool) -> None:
        """Half of the stories know no early end: else hardly one would reach the others."""
        self.may_part = may_part

    # The two, and somebody of the office who tries the same

    @rule(who=actors, number=st.integers(1, 3), days=st.integers(0, 2), apart=answers)
    def log_a_contact(self, who: str, number: int, days: int, apart: bool) -> None:
        """Often with a key that was used already: a double tap."""
        on = clock.day(self.now - timedelta(days=days))
        talk = Talk(f"a-contact-told-{self.most + number:04}", Kind.PHONE, on)
        self.attempt(
            lambda pair, by: contacts.log(pair, talk, by=by, now=self.now, apart=apart), who
        )

    @rule(who=pair, days=st.integers(1, 20))
    def meet(self, who: str, days: int) -> None:
        """What moves most stories on: some days later, one more contact."""
        self.now += timedelta(days=days)
        talk = Talk(new_key(), Kind.IN_PERSON, clock.day(self.now))
        self.attempt(
            lambda pair, by: contacts.log(pair, talk, by=by, now=self.now, apart=True), who
        )

    meet_again = meet  # as often as two other deeds

    @rule(who=actors)
    def confirm_the_last_contact(self, who: str) -> None:
        async def confirm(pair: Mentorship, by: Person) -> None:
            await contacts.confirm(last(await contacts.of(pair)), by=by, now=self.now)

        self.attempt(confirm, who)

    @rule(who=actors, kind=st.sampled_from(list(Kind)))
    def correct_the_last_contact(self, who: str, kind: Kind) -> None:
        async def correct(pair: Mentorship, by: Person) -> None:
            contact = last(await contacts.of(pair))
            talk = Talk(new_key(), kind, contact.on, 45, "Un mot.")
            await contacts.correct(contact, talk, by=by, now=self.now)

        self.attempt(correct, who)

    @rule(who=actors, hours=st.integers(-2, 60))
    def propose_a_meeting(self, who: str, hours: int) -> None:
        plan = Plan(new_key(), Kind.VIDEO, [self.now + timedelta(hours=hours)])
        self.attempt(lambda pair, by: meetings.propose(pair, plan, by=by, now=self.now), who)

    @rule(who=actors, hours=st.integers(-2, 60))
    def answer_dates_by_others(self, who: str, hours: int) -> None:
        plan = Plan(new_key(), Kind.PHONE, [self.now + timedelta(hours=hours)])

        async def counter(pair: Mentorship, by: Person) -> None:
            instead = last(await meetings.of(pair))
            await meetings.propose(pair, plan, by=by, now=self.now, instead=instead)

        self.attempt(counter, who)

    @rule(who=actors, deed=st.sampled_from(["pick", "move", "cancel", "held", "missed"]))
    def act_on_the_last_meeting(self, who: str, deed: str) -> None:
        async def act(pair: Mentorship, by: Person) -> None:
            await self._meet(last(await meetings.of(pair)), deed, by)

        self.attempt(act, who)

    @rule(who=actors, base=st.integers(0, 2))
    def propose_an_agreement(self, who: str, base: int) -> None:
        terms = Terms(goals=("Déléguer sans surveiller",), kinds=("phone",))
        self.attempt(
            lambda pair, by: agreements.propose(
                pair, terms, key=new_key(), base=base, by=by, now=self.now
            ),
            who,
        )

    @rule(who=actors, number=st.integers(1, 3))
    def accept_an_agreement(self, who: str, number: int) -> None:
        self.attempt(lambda pair, by: agreements.accept(pair, number, by=by, now=self.now), who)

    @rule(who=actors, number=st.integers(1, 6), seen=st.integers(0, 2))
    def write_a_note(self, who: str, number: int, seen: int) -> None:
        said: dict[str, str | list[str]] = {"agenda": f"Mot {next(_numbers)}"}
        self.attempt(
            lambda pair, by: notes.save(pair, number, said, Window(seen), by=by, now=self.now), who
        )

    @rule(who=actors, number=st.integers(1, 6))
    def share_a_note(self, who: str, number: int) -> None:
        self.attempt(lambda pair, by: notes.share(pair, number, by=by, now=self.now), who)

    @rule(who=actors, number=st.integers(1, 6), seen=st.integers(0, 2))
    def choose_between_two_texts(self, who: str, number: int, seen: int) -> None:
        said: dict[str, str | list[str]] = {"agenda": f"Choix {next(_numbers)}"}
        self.attempt(
            lambda pair, by: notes.settle(pair, number, said, Window(seen), by=by, now=self.now),
            who,
        )

    @rule(who=actors, is_yes=answers, question=st.sampled_from(list(Question)))
    def say_a_word(self, who: str, is_yes: bool, question: Question) -> None:
        self._say(who, is_yes, question)

    @rule(said=st.lists(answers, min_size=2, max_size=2))
    def both_say_a_word(self, said: list[bool]) -> None:
        """On what they are asked at that time."""
        for who, is_yes in zip(("mentor", "mentee"), said, strict=True):
            for question in Question:
                self._say(who, is_yes, question)

    @rule(who=actors, days=st.integers(-3, 70))
    @precondition(lambda self: self.may_part)
    def propose_an_end(self, who: str, days: int) -> None:
        on = clock.day(self.now + timedelta(days=days))
        self.attempt(lambda pair, by: mentorships.propose_end(pair, on, by=by, now=self.now), who)

    @rule(who=actors)
    def take_the_end_back(self, who: str) -> None:
        self.attempt(lambda pair, by: mentorships.take_back_end(pair, by=by, now=self.now), who)

    @rule(who=actors)
    def confirm_the_end(self, who: str) -> None:
        self.attempt(lambda pair, by: mentorships.confirm_end(pair, by=by, now=self.now), who)

    @rule(who=actors)
    @precondition(lambda self: self.may_part and self.most > 0)
    def leave(self, who: str) -> None:
        self.attempt(lambda pair, by: mentorships.leave(pair, by=by, now=self.now), who)

    @rule(who=actors)
    @precondition(lambda self: self.may_part and self.most > 0)
    def leave_with_a_word_to_the_office(self, who: str) -> None:
        told = Told(new_key(), "Des remarques déplacées.", ("contacts",))
        self.attempt(lambda pair, by: reports.leave(pair, told, by=by, now=self.now), who)

    @rule(who=actors)
    def close(self, who: str) -> None:
        self.attempt(lambda pair, by: mentorships.close(pair, by=by, now=self.now), who)

    @rule(who=pair, again=st.booleans())
    @precondition(lambda self: self.may_part and self.most > 1)
    def the_coordinator_excludes(self, who: str, again: bool) -> None:
        """One of them, and perhaps lets them in again: what ended has ended all the same."""

        async def excluded() -> None:
            person, by = self.people[who], self.people["coordinator"]
            with suppress(Refusal):
                await exclusions.exclude(person, by=by, note="", now=self.now)
                assert (await self._row()).state in OVER
            if again:
                with suppress(Refusal):
                    await exclusions.reinstate(person, by=by, note="", now=self.now)

        self.run(excluded())

    @rule(who=pair)
    @precondition(lambda self: self.may_part and self.most > 2)
    def delete_ones_account(self, who: str) -> None:
        async def deleted() -> None:
            with suppress(Refusal):
                await departures.delete(by=self.people[who], now=self.now)
                assert (await self._row()).state in OVER

        self.run(deleted())

    # What is open after the end, too

    @rule(who=actors, number=st.integers(1, 6))
    def hide_a_note(self, who: str, number: int) -> None:
        self.attempt_late(lambda pair, by: notes.unshare(pair, number, by=by, now=self.now), who)

    @rule(who=actors, answer=st.sampled_from(["yes", "no"]))
    def answer_later(self, who: str, answer: str) -> None:
        self.attempt_late(
            lambda pair, by: parting.answer_later(pair, answer, by=by, now=self.now), who
        )

    @rule(who=actors)
    def evaluate(self, who: str) -> None:
        said = Answers(key=new_key(), process=("yes",), to_partner="Merci.")
        self.attempt_late(lambda pair, by: evaluations.send(pair, said, by=by, now=self.now), who)

    @rule(who=actors)
    def thank(self, who: str) -> None:
        self.attempt_late(lambda pair, by: parting.thank(pair, "Merci.", by=by, now=self.now), who)

    # The clock

    @rule(days=st.integers(1, 40), hour=st.integers(0, 23))
    def time_passes(self, days: int, hour: int) -> None:
        self.now = (self.now + timedelta(days=days)).replace(hour=hour)
        self.run(self._tick())

    # What must hold after each deed

    @invariant()
    def it_makes_sense(self) -> None:
        self.run(self._check())

    def attempt_late(self, deed: Callable[[Mentorship, Person], Awaitable[Any]], who: str) -> None:
        async def tried() -> None:
            with suppress(Refusal):
                await deed(await self._row(), self.people[who])
                assert who != "coordinator" and self.people[who].is_member

        self.run(tried())

    def _say(self, who: str, is_yes: bool, question: Question) -> None:
        said = is_yes or not self.may_part
        self.attempt(
            lambda pair, by: mentorships.say(pair, question, is_yes=said, by=by, now=self.now),
            who,
        )

    async def _begin(self) -> None:
        mentor, mentee = await make_mentor(), await make_person()
        office = await make_person(is_coordinator=True)
        self.people = {"mentor": mentor, "mentee": mentee, "coordinator": office}
        began: dict[str, Any] = {"began_at": START, "quiet_since": START}
        pair = await make_mentorship(mentee, mentor, **began)
        self.looks = _looks_at(pair, mentee)

    async def _row(self) -> Mentorship:
        row: Mentorship
        [row] = await self.looks["row"].run()
        return row

    async def _traces(self, row: Mentorship) -> list[Any]:
        """All that both can see of a mentorship and could have changed."""
        found: list[Any] = [row.state, row.contacts, row.version, row.ended_at]
        for table in TRACES:
            found.append(await self.looks[table._meta.tablename].run())
        return found

    async def _meet(self, meeting: Meeting, deed: str, by: Person) -> None:
        if deed == "pick":
            await meetings.pick(meeting, meeting.proposed[0], by=by, now=self.now)
        elif deed == "move":
            change = Change(self.now + timedelta(hours=30), Kind.PHONE, 45, "")
            await meetings.move(meeting, change, by=by, now=self.now)
        elif deed == "cancel":
            await meetings.cancel(meeting, by=by, now=self.now)
        else:
            verb = meetings.note_held if deed == "held" else meetings.note_missed
            await verb(meeting, by=by, now=self.now)

    async def _tick(self) -> None:
        """Each job as two processes would run it, one just after the other."""
        for _, _, verb in JOBS:
            await verb(self.now)
            await verb(self.now)

    async def _check(self) -> None:
        row = await self._row()
        assert row.contacts >= self.most
        self.most = row.contacts
        assert (row.completed_at is not None) == (row.contacts >= OFFICIAL)
        assert (row.ended_at is not None) == (row.state in OVER)
        numbers = [each.number for each in await contacts.of(row)]
        assert numbers == list(range(1, row.contacts + 1))
        held = Meeting.state == MeetingState.HELD
        counted = [each.contact for each in await Meeting.of(row).where(held)]
        assert None not in counted and len(set(counted)) == len(counted)
        await self._check_passages(row)
        await self._check_letters()

    async def _check_passages(self, row: Mentorship) -> None:
        """The events tell one walk through the table, from the beginning to where it is."""
        state: str = State.BEGINNING
        for event in await self.looks["events"].run():
            verb = event["what"].partition(".")[2]
            if verb in MOVES:
                origins, goal = MOVES[verb]
                assert state in origins
                state = goal
        assert state == row.state

    async def _check_letters(self) -> None:
        """None twice of what happens once."""
        rows = await self.looks["letters"].run()
        counted = Counter((row["name"], row["to"]) for row in rows)
        assert [each for each, count in counted.items() if count > 1] == []


def last(rows: Sequence[Row]) -> Row:
    if not rows:
        raise Unseen
    return rows[-1]


def _looks_at(pair: Mentorship, mentee: Person) -> dict[str, Any]:
    """What is asked after each deed, put into words once: with thousands of stories it counts."""
    told = (Event.noun == "mentorship") & (Event.about == pair.id)
    looks: dict[str, Any] = {
        "row": Mentorship.visible_to(mentee).where(Mentorship.id == pair.id),
        "events": Event.select(Event.what).where(told).order_by(Event.id),
        "letters": Letter.select(Letter.name, Letter.to).where(Letter.name.is_in(ONCE)),
    }
    for table in TRACES:
        rows = table.select().where(table.mentorship == pair.id).order_by(table.id)
        looks[table._meta.tablename] = rows
    return {name: look.freeze() for name, look in looks.items()}


async def _forget() -> None:
    """The next story begins with empty tables."""
    await without_a_past(Person._meta.db)
    for table in (Letter, Person):
        await table.delete(force=True)


TRACES: list[Any] = [Contact, Meeting, Agreement, Note]
# Letters about what happens once in a mentorship.
ONCE = [
    "mentorship_running",
    "mentorship_continuing",
    "mentorship_not_pursued",
    "mentorship_completed",
    "mentorship_ended_early",
    "mentorship_left",
    "mentorship_parted",
    "mentorship_closed",
]
NOUNS = {
    "agreements": agreements,
    "contacts": contacts,
    "evaluations": evaluations,
    "meetings": meetings,
    "mentorships": mentorships,
    "notes": notes,
    "parting": parting,
}
# Of an acceptance, a logging, an exclusion; and what the office does with what it was told.
PARTS = {
    "contacts.log_held",
    "evaluations.mark_read",
    "evaluations.mark_unread",
    "meetings.propose_with_acceptance",
    "mentorships.begin",
    "mentorships.count_contact",
    "mentorships.part_from",
}
JOBS = [
    job
    for job in jobs.EVERY
    if job[2].__module__.partition(".")[2] in ("mentorships", "meetings", "evaluations", "parting")
]


@contextmanager
def an_open(database: str) -> Iterator[asyncio.Runner]:
    """One loop for all stories, as the pool wants it."""
    with asyncio.Runner() as runner:
        opened = databases.opened(database)
        runner.run(opened.__aenter__())
        try:
            house.forget()
            runner.run(founding.found(START))
            yield runner
        finally:
            runner.run(opened.__aexit__(None, None, None))


def test_every_verb_is_told() -> None:
    """Of both and of the clock; the other ones are parts of these."""
    told = inspect.getsource(Story)
    missing = {
        f"{noun}.{name}"
        for noun, verbs in NOUNS.items()
        for name, verb in vars(verbs).items()
        if inspect.iscoroutinefunction(verb)
        and not name.startswith("_")
        and verb.__module__ == verbs.__name__
        and {"by", "now"} <= inspect.signature(verb).parameters.keys()
        and not re.search(rf"\b{noun}\.{name}\b", told)
    }
    assert missing == PARTS


def test_in_any_order(database_url: str) -> None:
    with an_open(database_url) as runner:
        story = type("ToldStory", (Story,), {"loop": runner})
        tell(
            story,
            settings=settings(
                max_examples=RUNS,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # shrinking replays for minutes; a story is short
                suppress_health_check=list(HealthCheck),
            ),
        )
