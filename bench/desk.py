"""The desk of a large house: a morning's duties, and the years behind them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

TIMES = 100
# As many as wait for three coordinators after a weekend.
APPLICATIONS, PROFILES, LETTERS, REPORTS, WORDS = 12, 6, 4, 2, 3
UNANSWERED, QUIET = 8, 5
PASSED = 10  # members for one request that was answered once
TOLD = 2  # events a member
AT_ONCE = 500


async def fill(size: int, now: datetime) -> int:
    """How much waits."""
    from bench.fill import mentors
    from tables.people import Person

    people = [row["id"] for row in await Person.select(Person.id).order_by(Person.id).limit(2000)]
    await _past(size, people, now)
    await _waiting(people, [row["about"] for row in islice(mentors(PROFILES), PROFILES)], now)
    return APPLICATIONS + PROFILES + LETTERS + REPORTS + WORDS + UNANSWERED + QUIET


async def measure(office: Any, plain: Any) -> dict[str, float]:
    """Milliseconds of the page and of an open page's question, and of the least there is."""
    from tests.cast import HTMX

    from bench.search import spread

    asked: dict[str, Any] = {
        "desk": lambda: office.get("/desk"),
        "poll": lambda: office.get("/desk", params={"poll": "1"}, headers=HTMX),
        "plain": lambda: plain.get("/bench/plain"),
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(TIMES):
        for name, ask in asked.items():  # in turn, so that a busy moment is everybody's
            begun = time.perf_counter()
            answer = await ask()
            times[name].append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200
    told: dict[str, float] = {}
    for name, taken in times.items():
        told[name], told[f"{name}_late"] = spread(taken)
    return told


async def _past(size: int, people: list[int], now: datetime) -> None:
    """Requests, the mentorships they led to, and what was noted of it all."""
    from bench.fill import _insert
    from tables.events import Event
    from tables.inquiries import Inquiry, State
    from tables.mentorships import Mentorship
    from tables.mentorships import State as Ended

    inquiries, events = [], []
    for number in range(size // PASSED):
        at = now - timedelta(days=40 + number % 1500)
        mentee, mentor = people[number % 1000], people[1000 + number * 7 % 1000]
        inquiries.append(
            {
                "key": f"bench-past-{number:08}",
                "mentee": mentee,
                "mentor": mentor,
                "state": State.ACCEPTED.value,
                "sent_at": at,
                "waiting_since": at,
                "replied_at": at + timedelta(days=3),
                "answer_by": at + timedelta(days=14),
                "settled_at": at + timedelta(days=3),
            }
        )
    for number in range(size * TOLD):
        at = now - timedelta(days=1500 * (1 - number / (size * TOLD)) + 1)
        noun, what = (("inquiry", "accept"), ("profile", "release"), ("letter", "acknowledge"))[
            number % 3
        ]
        events.append(
            {"at": at, "what": f"{noun}.{what}", "noun": noun, "about": number, "by": people[0]}
        )
    for begin in range(0, len(inquiries), AT_ONCE):
        some = inquiries[begin : begin + AT_ONCE]
        pairs = [
            {
                "inquiry": number,
                "mentee": row["mentee"],
                "mentor": row["mentor"],
                "state": Ended.CLOSED.value,
                "began_at": row["settled_at"],
                "quiet_since": row["settled_at"],
            }
            for number, row in zip(await _insert(Inquiry, some), some, strict=True)
        ]
        await _insert(Mentorship, pairs)
    for begin in range(0, len(events), AT_ONCE):
        await _insert(Event, events[begin : begin + AT_ONCE])


async def _waiting(people: list[int], texts: list[str], now: datetime) -> None:
    from tests import factories as make

    from tables.inquiries import State
    from tables.mentorships import State as Ended
    from tables.people import Person
    from tables.profiles import State as ProfileState
    from tables.reports import Report

    some = await Person.objects().where(Person.id.is_in(people[:100])).order_by(Person.id)
    pairs = list(zip(some[:50], some[50:], strict=True))
    for number in range(APPLICATIONS):
        await make.make_application("Nora", f"Keller {number}")
    for person, about in zip(some, texts, strict=False):
        await make.make_profile(person, state=ProfileState.HANDED_IN, about=about)
    for person in some[:LETTERS]:
        await make.make_letter(person)
    for mentee, mentor in pairs[:UNANSWERED]:
        sent_at, settled_at = now - timedelta(days=16), now - timedelta(days=2)
        await make.make_inquiry(
            mentee, mentor, state=State.RELEASED, sent_at=sent_at, settled_at=settled_at
        )
    for mentee, mentor in pairs[10 : 10 + QUIET]:
        nudged_at = now - timedelta(days=20)
        quiet: dict[str, Any] = {"state": Ended.RUNNING, "contacts": 1, "nudged_at": nudged_at}
        await make.make_mentorship(mentee, mentor, **quiet)
    for number, (mentee, mentor) in enumerate(pairs[20 : 20 + REPORTS]):
        key = f"bench-report-{number:04}"
        await Report(key=key, by=mentee.id, about=mentor.id, sent_at=now).save()
    for mentee, mentor in pairs[30 : 30 + WORDS]:
        ended = await make.make_mentorship(mentee, mentor, state=Ended.CLOSED)
        await make.make_evaluation(ended, mentee, to_office="Merci de tout cœur.")
