"""A mentorship's page, one contact logged, one note saved: filled on the server's side, asked on
the bench's."""

from __future__ import annotations

import http.client
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from statistics import mean
from typing import Any, NamedTuple
from urllib.parse import urlencode

TIMES = 200  # of each, one by one
AT_ONCE, SECONDS = 8, 4.0
PAIRS = 40  # so that none grows long while contacts are logged


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    body: str = ""


async def fill(mentee: Any, now: datetime) -> list[int]:
    """Mentorships that go on after four contacts, with all that a page can show."""
    from tests.factories import make_mentorship

    from domain import agreements, contacts, mentorships, notes
    from domain.agreements import Terms
    from domain.contacts import Talk
    from domain.typed_texts import Window
    from tables.contacts import Kind
    from tables.mentorships import Question
    from tables.people import Person

    began = now - timedelta(days=200)
    mentors = Person.objects().where(Person.id != mentee.id).order_by(Person.id).limit(PAIRS)
    numbers = []
    for mentor in await mentors:
        pair = await make_mentorship(mentee, mentor, began_at=began)
        terms = Terms(
            goals=("Trancher", "Déléguer"), kinds=("phone",), frequency="Une fois par mois"
        )
        key = f"bench-agreement-{pair.id}"
        await agreements.propose(pair, terms, key=key, base=0, by=mentee, now=began)
        await agreements.accept(pair, 1, by=mentor, now=began)
        for place in range(4):
            at = began + timedelta(days=30 * (place + 1))
            talk = Talk(f"bench-contact-{pair.id}-{place}", Kind.PHONE, at.date(), 45, "Un mot.")
            await contacts.log(pair, talk, by=mentee, now=at)
            said: dict[str, str | list[str]] = {"goals": "Écouter d’abord.", "needs": "Du temps."}
            await notes.save(pair, place + 1, said, Window(), by=mentor, now=at)
            await notes.share(pair, place + 1, by=mentor, now=at)
        for by in (mentee, mentor):
            await mentorships.say(pair, Question.CONTINUE, is_yes=True, by=by, now=now)
        numbers.append(pair.id)
    return numbers


def deeds(pairs: Sequence[int]) -> dict[str, Iterator[Asked]]:
    """By name, for ever: each contact and each state of a note is a new one."""
    count = itertools.count(1)

    def page() -> Asked:
        return Asked("GET", f"/mentorships/{pairs[next(count) % len(pairs)]}")

    def contact() -> Asked:
        number = next(count)
        said = {"key": f"bench-logged-{number:010}", "kind": "phone", "apart": "1"}
        return Asked("POST", f"/mentorships/{pairs[number % len(pairs)]}/contacts", urlencode(said))

    def note() -> Asked:
        number = next(count)
        said = {
            "version": "0",
            "mark": f"benchwindow.{number}",
            "needs": f"Du temps pour écouter, dit pour la {number}e fois.",
        }
        return Asked("POST", f"/mentorships/{pairs[number % len(pairs)]}/notes/1", urlencode(said))

    return {
        "a mentorship's page": iter(page, None),
        "a contact logged": iter(contact, None),
        "a note saved": iter(note, None),
    }


def measure(
    address: tuple[str, int],
    pairs: Sequence[int],
    headers: dict[str, str],
    say: Callable[[str], None],
) -> None:
    """Beside each the plain handler, in the same minute."""
    from bench.search import spread

    for name, asked in deeds(pairs).items():
        times, sizes = _one_by_one(address, [next(asked) for _ in range(TIMES)], headers)
        plain, _ = _one_by_one(address, [Asked("GET", "/bench/plain")] * TIMES, {})
        middle, late = spread(times)
        bare = spread(plain)[0]
        fast = _per_second(address, asked, headers)
        least = _per_second(address, itertools.repeat(Asked("GET", "/bench/plain")), {})
        say(
            f"  {name:<20} median {middle:5.2f} ms  p95 {late:6.2f} ms"
            f"  {middle / bare:.0f} times the plain handler, {mean(sizes) / 1024:.1f} kB;"
            f"  {AT_ONCE} at once: {fast:.0f} answers/s (ratio to plain {fast / least:.3f})"
        )


def _one_by_one(
    address: tuple[str, int], asked: Sequence[Asked], headers: dict[str, str]
) -> tuple[list[float], list[int]]:
    times, sizes = [], []
    connection = http.client.HTTPConnection(*address)
    for each in asked:
        begun = time.perf_counter()
        sizes.append(_ask(connection, each, headers))
        times.append((time.perf_counter() - begun) * 1000)
    connection.close()
    return times, sizes


def _per_second(address: tuple[str, int], asked: Iterator[Asked], headers: dict[str, str]) -> float:
    stop = time.perf_counter() + SECONDS

    def ask(_: int) -> int:
        connection = http.client.HTTPConnection(*address)
        answered = 0
        while time.perf_counter() < stop:
            _ask(connection, next(asked), headers)
            answered += 1
        connection.close()
        return answered

    with ThreadPoolExecutor(AT_ONCE) as windows:
        return sum(windows.map(ask, range(AT_ONCE))) / SECONDS


def _ask(connection: http.client.HTTPConnection, asked: Asked, headers: dict[str, str]) -> int:
    form = {"content-type": "application/x-www-form-urlencoded"} if asked.body else {}
    connection.request(asked.method, asked.path, asked.body.encode() or None, headers | form)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{asked.method} {asked.path} answered {response.status}")
    return len(body)
