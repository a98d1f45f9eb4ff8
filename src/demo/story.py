"""What happened so far: asked, answered, met, sought; told by the domain's own verbs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

import i18n
from clock import ZURICH, day
from content import texts
from demo import people
from demo.journeys import Journey, mornings
from demo.moments import Deed, hour, moment
from demo.people import Cast, Told, told
from domain import (
    applications,
    drafts,
    favourites,
    founding,
    house,
    inquiries,
    searches,
)
from domain.typed_texts import Window
from mail.leases import EMPTIED
from tables.events import Event
from tables.house import House
from tables.inquiries import Inquiry
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.transaction import transaction

MADE = "demo.make"  # the event by which a database is known to be a demo's
READABLE = timedelta(days=30)  # as long letters keep their texts
REMINDED, RELEASED = (3, 7, 10), 14  # days: those the house begins with
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


async def tell(now: datetime, edition: int) -> None:
    """Wholly or not at all: half a demo is none. `edition` says which story this is."""
    house.forget()
    async with transaction():
        story = Story(now)
        for deed in sorted(story.deeds(), key=lambda deed: deed.at):
            await deed.act(deed.at)
        await _deliver_nothing(now)
        await Event(at=now, what=MADE, noun="demo", about=edition).save()
    house.forget()


class Story:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.cast = Cast()
        self.asked: dict[int, Inquiry] = {}

    def deeds(self) -> Iterator[Deed]:
        yield Deed(hour(self.now, people.OPENED, time(6)), self._found)
        yield from people.deeds(self.cast, self.now)
        for number, inquiry in enumerate(told("inquiries")["inquiry"]):
            yield from self._course(number, inquiry)
        for application in told("applications")["application"]:
            at = moment(self.now, application["days_ago"], application["email"])
            yield Deed(at, partial(self._apply, application))
        yield from self._traces()
        yield from mornings(
            self.now, max(each["days_ago"] for each in told("inquiries")["inquiry"])
        )

    def _course(self, number: int, inquiry: Told) -> Iterator[Deed]:
        """From the request to its answer, the clock's letters between, and what came of it."""
        name = f"{inquiry['mentee']} {inquiry['mentor']}"
        asked = moment(self.now, inquiry["days_ago"], name)
        yield Deed(asked, partial(self._ask, number, inquiry))
        days: int = inquiry["days_ago"]
        days = inquiry.get("answered_after_days") or days
        for passed in REMINDED:
            if passed <= days:
                morning = hour(self.now, inquiry["days_ago"] - passed, time(8, 5))
                yield Deed(min(morning, self.now), inquiries.remind_due)
        if inquiry["state"] == InquiryState.RELEASED:
            evening = hour(self.now, inquiry["days_ago"] - RELEASED, time(18, 5))
            yield Deed(evening, inquiries.release_due)
        if "answered_after_days" in inquiry and inquiry["state"] != InquiryState.RELEASED:
            # Withdrawals late: they follow another mentor's yes of the same day.
            hours = (20, 22) if inquiry["state"] == InquiryState.WITHDRAWN else (9, 19)
            answered = moment(self.now, inquiry["days_ago"] - days, f"{name} reply", hours)
            yield Deed(answered, partial(self._answer, number, inquiry))
        yield from self._path(number, inquiry)

    def _path(self, number: int, inquiry: Told) -> Iterator[Deed]:
        yield from Journey(self.cast, self.now, inquiry, self.asked).deeds(number)
        if days := inquiry.get("free_again_days_ago"):
            free = partial(self.cast.turn_free, inquiry["mentor"])
            yield Deed(moment(self.now, days, f"{number} free"), free)

    def _traces(self) -> Iterator[Deed]:
        """What people leave while they look around."""
        verbs = {
            "favourite": self._keep,
            "wish": self._wish,
            "saved_search": self._save_search,
            "draft": self._draft,
            "in_vain": self._seek_in_vain,
        }
        for kind, traces in told("traces").items():
            for number, trace in enumerate(traces):
                at = moment(self.now, trace["days_ago"], f"{kind} {number}")
                yield Deed(at, partial(verbs[kind], trace))

    async def _found(self, at: datetime) -> None:
        await founding.found(at)
        await House.update({House.contact: people.address("office")}, force=True)
        house.forget()

    async def _ask(self, number: int, inquiry: Told, at: datetime) -> None:
        request = inquiries.Request(
            key=f"demo-inquiry-{number:04}",
            problem=inquiry["problem"],
            vision=inquiry["vision"],
            expectations=inquiry["expectations"],
            kinds=tuple(inquiry["kinds"]),
            language=inquiry["language"],
        )
        mentor, mentee = self.cast[inquiry["mentor"]], self.cast[inquiry["mentee"]]
        self.asked[number] = await inquiries.ask(mentor, request, by=mentee, now=at)

    async def _answer(self, number: int, inquiry: Told, at: datetime) -> None:
        asked, words = self.asked[number], inquiry["answer"]
        mentor, mentee = self.cast[inquiry["mentor"]], self.cast[inquiry["mentee"]]
        match inquiry["state"], inquiry.get("reason", ""):
            case "accepted", _:
                await inquiries.accept(asked, _proposal(inquiry, at), by=mentor, now=at)
            case "declined", "busy":
                await inquiries.decline_as_busy(asked, by=mentor, saying=words, now=at)
            case "declined", "colleague":
                colleague = self.cast[inquiry["suggested"]]
                await inquiries.suggest(asked, colleague, by=mentor, saying=words, now=at)
            case "declined", _:
                await inquiries.decline(asked, by=mentor, saying=words, now=at)
            case "asked_back", _:
                await inquiries.ask_back(asked, by=mentor, question=inquiry["question"], now=at)
            case "withdrawn", _:
                await inquiries.withdraw(asked, by=mentee, now=at)

    async def _apply(self, application: Told, at: datetime) -> None:
        checks = texts.selfchecks("fr")
        parts = [part for part in ("mentor", "mentee") if application[f"as_{part}"]]
        said: Told = {name: value for name, value in application.items() if name != "days_ago"}
        candidate = applications.Candidate(
            key=f"demo-{application['email'].partition('@')[0]}"[:40],
            visitor=application["email"],
            ticked=tuple(key for part in parts for key, _ in checks[part][:4]),
            **said,
        )
        with i18n.speaking(application["language"]):
            await applications.send(candidate, at)

    async def _keep(self, trace: Told, at: datetime) -> None:
        mentor, person = self.cast[trace["mentor"]], self.cast[trace["person"]]
        await favourites.keep(mentor, by=person, now=at)

    async def _wish(self, trace: Told, at: datetime) -> None:
        mentor, person = self.cast[trace["mentor"]], self.cast[trace["person"]]
        await favourites.wish(mentor, by=person, now=at)

    async def _save_search(self, trace: Told, at: datetime) -> None:
        query = searches.query_of(trace["query"])
        await searches.save(query, by=self.cast[trace["person"]], now=at)

    async def _draft(self, trace: Told, at: datetime) -> None:
        names = ("problem", "vision", "expectations", "language", "kinds")
        fields = {name: trace[name] for name in names}
        mentor, person = self.cast[trace["mentor"]], self.cast[trace["person"]]
        await drafts.save(mentor, fields, Window(), by=person, now=at)

    async def _seek_in_vain(self, trace: Told, at: datetime) -> None:
        """Whoever it was: it isn't kept."""
        for _ in range(trace["times"]):
            await searches.count_in_vain(trace["words"], by=self.cast["office"], now=at)


def _proposal(inquiry: Told, at: datetime) -> inquiries.Proposal:
    """`proposed`: «tuesday 07:30», the next one with at least a day between."""
    times = tuple(_next(written, at) for written in inquiry.get("proposed", ()))
    return inquiries.Proposal(inquiry["answer"], inquiry["kinds"][0], times)


def _next(written: str, at: datetime) -> datetime:
    weekday, _, clock_time = written.partition(" ")
    on = day(at) + timedelta(days=2)
    on += timedelta(days=(WEEKDAYS.index(weekday) - on.weekday()) % 7)
    return datetime.combine(on, time.fromisoformat(clock_time), tzinfo=ZURICH).astimezone(UTC)


async def _deliver_nothing(now: datetime) -> None:
    """Letters of the past have left, as far as anybody can tell; the last ones stay readable."""
    await Letter.raw("UPDATE letters SET state = 'sent', attempts = 1, sent_at = posted_at")
    old: dict[Any, Any] = EMPTIED
    await Letter.update(old).where(Letter.posted_at < now - READABLE)
