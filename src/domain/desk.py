"""What awaits the office, oldest first; what was just settled stays while it can be undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from clock import day
from domain import deadlines, documents, duties, evaluations, exclusions, history, reports
from domain.permissions import is_waiting, may_settle
from domain.profiles import DECIDED, SETTLEMENTS, questions_of
from domain.refusals import AlreadySettled, insist
from mail import outbox
from tables.applications import Application
from tables.applications import State as ApplicationState
from tables.contacts import Contact
from tables.documents import Document
from tables.events import Event
from tables.inquiries import Inquiry
from tables.letters import Letter
from tables.mentorships import Mentorship
from tables.people import Person
from tables.profiles import Profile, ProfileQuestion, ProfileTopic
from tables.profiles import State as ProfileState
from tables.topics import Topic
from tables.transaction import transaction

SHOWN = 100
SETTLED = (*DECIDED, ProfileState.ASKED)
# What takes something off the desk.
TAKEN = (
    "application.accept",
    "application.refuse",
    *SETTLEMENTS,
    "report.settle",
    "evaluation.read",
    *(f"{noun}.{duties.SEEN}" for noun in duties.TABLES),
    f"letter.{duties.AGAIN}",
)


@dataclass(frozen=True)
class Line:
    """One application or profile, with what its card tells."""

    noun: str
    row: Any
    since: datetime
    days: int
    settled_at: datetime | None = None
    settled_by: Person | None = None
    known: Person | None = None
    topics: Sequence[Topic] = ()
    questions: Sequence[ProfileQuestion] = ()
    cv: Document | None = None
    is_undoable: bool = False
    is_barred: bool = False

    @property
    def id(self) -> str:
        """Of its card on every page."""
        return f"{self.noun}-{self.row.id}"

    @property
    def is_waiting(self) -> bool:
        return is_waiting(self.row)

    @property
    def is_asked(self) -> bool:
        """The ball is with the member, and the question can no longer be taken back."""
        return self.row.state == ProfileState.ASKED and not self.is_undoable


async def lines(now: datetime) -> list[Line]:
    fresh = Application.settled_at > now - deadlines.UNDO
    applied = (Application.state == ApplicationState.WAITING) | fresh
    handed_in: Any = Profile.state.is_in([ProfileState.HANDED_IN, ProfileState.ASKED])
    just_settled = await _just_settled(now)
    if just_settled:
        handed_in = handed_in | (
            Profile.id.is_in(just_settled) & Profile.state.is_in(list(SETTLED))
        )
    found = await _applications(applied, now) + await _profiles(handed_in, now)
    return sorted(found, key=lambda line: (line.since, line.noun, line.row.id))


@dataclass(frozen=True)
class Item:
    """One line of the desk, whatever it is about; `noun` names the piece that draws it.
    `is_apart`: nothing of ours, until somebody else has answered."""

    noun: str
    row: Any
    since: datetime
    is_waiting: bool
    is_apart: bool = False
    days: int = 0

    @property
    def id(self) -> str:
        """Of its line on the page."""
        if self.noun == "report":
            return f"report-{self.row.id}"
        return f"evaluation-{self.row.id}" if self.noun == "word" else str(self.row.id)


def after(since: datetime, items: Sequence[Item]) -> str:
    """Which line comes where one has gone: the next, or the last."""
    later = [item.id for item in items if item.since >= since]
    return later[0] if later else items[-1].id if items else ""


async def items(viewer: Person, now: datetime) -> list[Item]:
    """All that awaits somebody of the office, the oldest duty first; at the end what waits for
    an answer."""
    found = [
        Item("line", each, each.since, each.is_waiting, each.is_asked) for each in await lines(now)
    ]
    found += [
        Item("report", each, each.sent_at, each.settled_at is None)
        for each in await reports.on_desk(viewer, now)
    ]
    found += [
        Item("word", each, each.sent_at, each.read_at is None)
        for each in await evaluations.awaiting_office(viewer, now)
    ]
    found += [
        Item(each.noun, each, each.since, each.is_waiting)
        for each in await duties.duties(viewer, now)
    ]
    found = [replace(item, days=_days(item.since, now)) for item in found]
    return sorted(found, key=lambda item: (item.is_apart, item.since, item.noun, _number(item.row)))


async def decisions(viewer: Person, now: datetime) -> int:
    """How much awaits somebody: for the coordinators' home."""
    return sum(item.is_waiting for item in await items(viewer, now))


async def application(application_id: int, now: datetime) -> Line | None:
    found = await _applications(Application.id == application_id, now)
    return found[0] if found else None


async def profile(profile_id: int, now: datetime) -> Line | None:
    """Drafts are their owner's own."""
    seen = (Profile.id == profile_id) & (Profile.state != ProfileState.DRAFT)
    found = await _profiles(seen, now)
    return found[0] if found else None


async def again(line: Line, now: datetime) -> Line | None:
    """The same one, as the database has it by now."""
    found = {"application": application, "profile": profile}[line.noun]
    return await found(line.row.id, now)


async def quicker(item: str, viewer: Person) -> Event | None:
    """What another one has just done with it; `item` by its name on the page: «letter-7»."""
    noun, _, number = item.partition("-")
    here = (Event.noun == noun) & (Event.about == int(number)) & Event.what.is_in(list(TAKEN))
    last = await Event.objects(Event.by).where(here).order_by(Event.id, ascending=False).first()
    by = _person(last.by) if last else None
    return last if by and by.id != viewer.id else None


async def send_again(letter: Letter, *, by: Person, now: datetime) -> None:
    insist(may_settle(by))
    async with transaction():
        if not await outbox.try_again(letter, now):
            raise AlreadySettled
        await history.record("letter.again", letter, by, now)


@dataclass(frozen=True)
class Week:
    """What an empty desk shows."""

    asked: int
    answered: int
    contacts: int
    begun: int


async def week(now: datetime) -> Week:
    since = now - timedelta(days=7)
    return Week(
        asked=await _since(Inquiry, Inquiry.sent_at, since),
        answered=await _since(Inquiry, Inquiry.replied_at, since),
        contacts=await _since(Contact, Contact.logged_at, since),
        begun=await _since(Mentorship, Mentorship.began_at, since),
    )


async def _since(table: Any, column: Any, since: datetime) -> int:
    return int(await table.count().where(column > since))


async def _applications(where: Any, now: datetime) -> list[Line]:
    rows = await (
        Application.objects(Application.settled_by)
        .where(where)
        .order_by(Application.sent_at)
        .limit(SHOWN)
    )
    known = await _by_address([row.email for row in rows])
    barred = await exclusions.barred_among([row.email for row in rows])
    if barred:
        known = await exclusions.excluded_among(barred) | known
    return [
        Line(
            "application",
            row,
            since=row.sent_at,
            days=_days(row.sent_at, now),
            settled_at=row.settled_at,
            settled_by=_person(row.settled_by),
            known=known.get(row.email),
            is_barred=row.email in barred,
            is_undoable=_is_undoable(row.settled_at, now),
        )
        for row in rows
    ]


async def _profiles(where: Any, now: datetime) -> list[Line]:
    rows = await (
        Profile.objects(Profile.person).where(where).order_by(Profile.handed_in_at).limit(SHOWN)
    )
    numbers = [row.id for row in rows]
    deeds, topics = await _settlements(numbers), await _topics(numbers)
    questions = await questions_of(numbers)
    cvs = await documents.of_each([row.person.id for row in rows])
    return [
        replace(
            _profile_line(row, deeds.get(row.id), now),
            topics=topics[row.id],
            questions=questions[row.id],
            cv=cvs.get(row.person.id),
        )
        for row in rows
    ]


def _profile_line(row: Profile, deed: Event | None, now: datetime) -> Line:
    is_settled = deed is not None and row.state in SETTLED
    settled_at = deed.at if deed and is_settled else None
    since: datetime = row.handed_in_at or row.changed_at
    return Line(
        "profile",
        row,
        since=since,
        days=_days(since, now),
        settled_at=settled_at,
        settled_by=_person(deed.by) if deed and is_settled else None,
        is_undoable=_is_undoable(settled_at, now),
    )


async def _by_address(addresses: list[str]) -> dict[str, Person]:
    if not addresses:
        return {}
    return {
        person.email: person
        for person in await Person.objects().where(Person.email.is_in(addresses))
    }


async def _just_settled(now: datetime) -> list[int]:
    here = Event.what.is_in(list(SETTLEMENTS))  # by time alone: of a noun there are too many
    rows = await Event.select(Event.about).where(here & (Event.at > now - deadlines.UNDO))
    return [row["about"] for row in rows]


async def _settlements(profiles: list[int]) -> dict[int, Event]:
    """The last one of each: later rows replace earlier ones."""
    if not profiles:
        return {}
    here = (Event.noun == "profile") & Event.about.is_in(profiles)
    deeds = Event.objects(Event.by).where(here & Event.what.is_in(list(SETTLEMENTS)))
    return {event.about: event for event in await deeds.order_by(Event.id)}


async def _topics(profiles: list[int]) -> dict[int, list[Topic]]:
    found: dict[int, list[Topic]] = defaultdict(list)
    if profiles:
        rows = ProfileTopic.objects(ProfileTopic.topic)
        for row in await rows.where(ProfileTopic.profile.is_in(profiles)):
            found[int(row.profile)].append(row.topic)
    for topics in found.values():
        topics.sort(key=lambda topic: topic.position)
    return found


def _is_undoable(settled_at: datetime | None, now: datetime) -> bool:
    return settled_at is not None and deadlines.is_undoable(settled_at, now)


def _days(since: datetime, now: datetime) -> int:
    return int((day(now) - day(since)).days)


def _number(row: Any) -> int:
    found = row.row.id if isinstance(row, Line) else getattr(row, "number", None) or row.id
    return int(found)


def _person(row: Any) -> Person | None:
    """Prefetched as an empty shell where the column is null."""
    return row if isinstance(row, Person) and row.id else None
