"""What a pair does after the acceptance: contacts, words, agreement, notes, both kinds of end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import jobs
from clock import day
from demo.moments import Deed, hour, moment
from demo.people import Cast, Told, told
from domain import (
    agreements,
    contacts,
    evaluations,
    meetings,
    mentorships,
    notes,
    parting,
    reports,
)
from domain.agreements import Terms
from domain.contacts import Talk
from domain.evaluations import Answers
from domain.meetings import Plan
from domain.typed_texts import Window
from tables.contacts import Kind
from tables.inquiries import Inquiry
from tables.meetings import Meeting
from tables.mentorships import Mentorship, Question, State
from tables.people import Person

# What the clock does for pairs: each morning lately, every third one before.
CLOCK = (mentorships, meetings, evaluations, parting)
LATELY = 15  # days
BEGINS, ENDS = (7, 19), (19, 22)  # hours between which people meet, and then write


def mornings(now: datetime, first: int) -> Iterator[Deed]:
    """From so many days ago until now."""
    modules = {module.__name__ for module in CLOCK}
    verbs = [verb for _, _, verb in jobs.EVERY if verb.__module__ in modules]
    for days in (*range(first // 3 * 3, LATELY, -3), *range(LATELY, -1, -1)):
        at = min(hour(now, days, time(9, 5)), now)
        yield from (Deed(at, verb) for verb in verbs)


class Journey:
    """Of one accepted request; `asked` is filled while the story is told."""

    def __init__(self, cast: Cast, now: datetime, inquiry: Told, asked: dict[int, Inquiry]) -> None:
        self.cast, self.now, self.inquiry, self.asked = cast, now, inquiry, asked
        self.name = f"{inquiry['mentee']} {inquiry['mentor']}"

    def deeds(self, number: int) -> Iterator[Deed]:
        self.number = number
        for place, met in enumerate(self.inquiry.get("contacts", ()), start=1):
            yield self._deed(met["days_ago"], self._meet, place, met)
        own = self._own()
        yield from self._words(own.get("words"), Question.FIRST_TALK)
        yield from self._words(own.get("continues"), Question.CONTINUE)
        for place, written in enumerate(own.get("agreement", ())):
            yield self._late(written["days_ago"], self._propose, place, written)
            if days := written.get("accepted_days_ago"):
                yield self._late(days, self._agree, place + 1, written)
        for place, written in enumerate(own.get("meeting", ())):
            yield self._late(written["days_ago"], self._plan, place, written)
            if days := written.get("picked_days_ago"):
                yield self._late(days, self._pick, place, written)
        for written in own.get("note", ()):
            yield self._late(written["days_ago"], self._note, written)
            if days := written.get("shared_days_ago"):
                yield self._late(days, self._share, written)
        for place, written in enumerate(own.get("report", ())):
            yield self._late(written["days_ago"], self._report, place, written)
        yield from self._end(own)

    def _end(self, own: Told) -> Iterator[Deed]:
        if ending := own.get("ending"):
            yield self._late(ending["days_ago"], self._propose_end, ending)
        end: Told = self.inquiry.get("ends", {})
        if end.get("state") == State.CLOSED:
            yield self._late(end["days_ago"], self._close)
        elif end.get("state") == State.ENDED_EARLY:
            yield self._late(end["days_ago"], self._confirm_end, own["ending"])
        for noun, verb in (
            ("evaluation", self._evaluate),
            ("later", self._answer_later),
            ("thanks", self._thank),
        ):
            for written in own.get(noun, ()):
                yield self._late(written["days_ago"], verb, written)

    def _words(self, said: Told | None, question: Question) -> Iterator[Deed]:
        for who in ("mentee", "mentor") if said else ():
            is_yes = said is not None and said.get("no") != who
            days = said[f"{who}_days_ago"] if said else 0
            yield self._late(days, self._say, who, question, is_yes)

    async def _meet(self, place: int, met: Told, at: datetime) -> None:
        who = "mentor" if place % 2 else "mentee"
        talk = Talk(
            key=f"demo-contact-{self.number:04}-{place:02}",
            kind=Kind(met["kind"]),
            on=day(at),
            minutes=met["minutes"],
            line=met["line"],
        )
        await contacts.log(await self._pair(), talk, by=self._who(who), now=at)

    async def _say(self, who: str, question: Question, is_yes: bool, at: datetime) -> None:
        pair, by = await self._pair(), self._who(who)
        await mentorships.say(pair, question, is_yes=is_yes, by=by, now=at)

    async def _propose(self, base: int, written: Told, at: datetime) -> None:
        terms = Terms(
            goals=tuple(written["goals"]),
            kinds=tuple(written["kinds"]),
            form=written["form"],
            frequency=written["frequency"],
            roles=tuple(written["roles"]),
            length=written["length"],
        )
        key, by = f"demo-agreement-{self.number:04}-{base:02}", self._who(written["by"])
        await agreements.propose(await self._pair(), terms, key=key, base=base, by=by, now=at)

    async def _agree(self, number: int, written: Told, at: datetime) -> None:
        other = self._who("mentor" if written["by"] == "mentee" else "mentee")
        await agreements.accept(await self._pair(), number, by=other, now=at)

    async def _plan(self, place: int, written: Told, at: datetime) -> None:
        plan = Plan(
            key=f"demo-meeting-{self.number:04}-{place:02}",
            kind=Kind(written["kind"]),
            times=[self._time(each) for each in written["times"]],
            place=written["place"],
        )
        await meetings.propose(await self._pair(), plan, by=self._who(written["by"]), now=at)

    async def _pick(self, place: int, written: Told, at: datetime) -> None:
        key = f"demo-meeting-{self.number:04}-{place:02}"
        [meeting] = await Meeting.of(await self._pair()).where(Meeting.key == key)
        other = self._who("mentor" if written["by"] == "mentee" else "mentee")
        await meetings.pick(meeting, self._time(written["times"][0]), by=other, now=at)

    async def _note(self, written: Told, at: datetime) -> None:
        aside = ("author", "number", "days_ago", "shared_days_ago")
        answers = {name: value for name, value in written.items() if name not in aside}
        by = self._who(written["author"])
        pair = await self._pair()
        await notes.save(pair, written["number"], answers, Window(), by=by, now=at)

    async def _share(self, written: Told, at: datetime) -> None:
        by = self._who(written["author"])
        await notes.share(await self._pair(), written["number"], by=by, now=at)

    async def _report(self, place: int, written: Told, at: datetime) -> None:
        key = f"demo-report-{self.number:04}-{place:02}"
        said = reports.Told(key, written["words"], tuple(written["opened"]))
        pair, by = await self._pair(), self._who(written["by"])
        await reports.send(pair.partner_of(by), said, by=by, now=at, mentorship=pair)

    async def _propose_end(self, ending: Told, at: datetime) -> None:
        talk_on = day(self.now) - timedelta(days=ending["talk_days_ago"])
        by = self._who(ending["by"])
        await mentorships.propose_end(await self._pair(), talk_on, by=by, now=at)

    async def _confirm_end(self, ending: Told, at: datetime) -> None:
        other = self._who("mentor" if ending["by"] == "mentee" else "mentee")
        await mentorships.confirm_end(await self._pair(), by=other, now=at)

    async def _close(self, at: datetime) -> None:
        await mentorships.close(await self._pair(), by=self._who("mentee"), now=at)

    async def _evaluate(self, written: Told, at: datetime) -> None:
        pair = await self._pair()
        goals = evaluations.goals_of(evaluations.judged(await agreements.of(pair)))
        said = Answers(
            key=f"demo-evaluation-{self.number:04}-{written['author']}",
            process=tuple(written["process"]),
            goals=goals,
            results=tuple(written["results"]),
            benefits=tuple(written["benefits"]),
            to_partner=written["to_partner"],
            to_office=written.get("to_office", ""),
        )
        await evaluations.send(pair, said, by=self._who(written["author"]), now=at)

    async def _answer_later(self, written: Told, at: datetime) -> None:
        by = self._who(written["author"])
        await parting.answer_later(await self._pair(), written["answer"], by=by, now=at)

    async def _thank(self, written: Told, at: datetime) -> None:
        by = self._who(written["author"])
        await parting.thank(await self._pair(), written["words"], by=by, now=at)

    async def _pair(self) -> Mentorship:
        inquiry = self.asked[self.number]
        rows = Mentorship.visible_to(self._who("mentee"))
        found = await rows.where(Mentorship.inquiry == inquiry.id).first()
        assert found is not None
        return found

    def _own(self) -> Told:
        """What the file beside tells of this pair."""
        for journey in told("journeys")["journey"]:
            if f"{journey['mentee']} {journey['mentor']}" == self.name:
                own: Told = journey
                return own
        return {}

    def _who(self, part: str) -> Person:
        return self.cast[self.inquiry[part]]

    def _time(self, written: Told) -> datetime:
        return hour(self.now, written["days_ago"], time.fromisoformat(written["at"]))

    def _deed(self, days: int, verb: Any, *given: Any) -> Deed:
        at = moment(self.now, days, f"{self.name} {verb.__name__} {given[:1]}", BEGINS)
        return Deed(at, partial(verb, *given))

    def _late(self, days: int, verb: Any, *given: Any) -> Deed:
        """In the evening, after what the day brought."""
        at = moment(self.now, days, f"{self.name} {verb.__name__} {given[:1]}", ENDS)
        return Deed(at, partial(verb, *given))
