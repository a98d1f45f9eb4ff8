"""The programme in figures: counted for the office, without a word that anybody wrote.

Each question names the columns it needs, and their number doesn't depend on what there is to count.
A share, a median or a group of fewer than five is not told: it would tell who.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from statistics import median
from typing import Any

import clock
from content import catalogue
from domain import evaluations, inquiries
from tables.evaluations import Evaluation, Later
from tables.inquiries import Inquiry, Reason
from tables.inquiries import State as Asked
from tables.mentorships import RUNNING, Mentorship
from tables.people import Person, Standing
from tables.profiles import Profile
from tables.profiles import State as Shown
from tables.searches import SoughtInVain
from tables.topics import Topic

LEAST = evaluations.LEAST_COUNTED
LEAST_SOUGHT = 3  # times: what one person typed once is theirs
FEW = 2  # mentors of a topic: too few to choose from
MOST_TOPICS = 12
MOST_WORDS = 10
MOST_NAMED = 10
MOST_RUNNING = 3  # and more, of one mentor
FIRST_YEAR = 2000
ALL = "all"

MENTORS = f"""SELECT people.id AS person, people.first_name, people.last_name,
        profiles.released_at, profiles.capacity
    FROM profiles JOIN people ON people.id = profiles.person
    WHERE profiles.state = '{Shown.RELEASED}' AND people.standing = '{Standing.ACTIVE}'"""
ASKED = "EXISTS (SELECT 1 FROM inquiries WHERE inquiries.mentor = each.person)"
RUNNING_NOW = ", ".join(f"'{state}'" for state in RUNNING)
LOAD = f"""SELECT running, is_full, is_asked, count(*) AS mentors
    FROM (SELECT counted.running, counted.is_asked,
            CASE WHEN counted.running >= counted.capacity THEN 1 ELSE 0 END AS is_full
        FROM (SELECT each.capacity, CASE WHEN {ASKED} THEN 1 ELSE 0 END AS is_asked,
                (SELECT count(*) FROM mentorships WHERE mentorships.mentor = each.person
                    AND mentorships.state IN ({RUNNING_NOW})) AS running
            FROM ({MENTORS}) AS each) AS counted) AS loads
    GROUP BY running, is_full, is_asked"""
NEVER_ASKED = f"""SELECT person AS id, first_name, last_name, released_at
    FROM ({MENTORS}) AS each WHERE NOT {ASKED}
    ORDER BY released_at, person LIMIT {MOST_NAMED}"""
GROUPS = f"""SELECT people.canton, people.language, profiles.languages, count(*) AS members
    FROM people LEFT JOIN profiles
        ON profiles.person = people.id AND profiles.state = '{Shown.RELEASED}'
    WHERE people.standing = '{Standing.ACTIVE}'
    GROUP BY people.canton, people.language, profiles.languages"""
OFFERED = f"""SELECT topics.id, topics.name_fr, topics.name_de, topics.name_it, topics.name_en,
        count(each.person) AS mentors
    FROM topics LEFT JOIN profile_topics ON profile_topics.topic = topics.id
    LEFT JOIN (SELECT profiles.id, people.id AS person FROM profiles
        JOIN people ON people.id = profiles.person
        WHERE profiles.state = '{Shown.RELEASED}' AND people.standing = '{Standing.ACTIVE}')
        AS each ON each.id = profile_topics.profile
    WHERE topics.branch IS NOT NULL AND NOT topics.is_retired
    GROUP BY topics.id, topics.name_fr, topics.name_de, topics.name_it, topics.name_en
    HAVING count(each.person) <= {FEW}
    ORDER BY mentors, topics.name_fr"""
SOUGHT = f"""SELECT words, sum(times) AS times FROM sought_in_vain
    WHERE day >= {{}} AND day < {{}} GROUP BY words HAVING sum(times) >= {LEAST_SOUGHT}
    ORDER BY times DESC, words LIMIT {MOST_WORDS}"""


@dataclass(frozen=True)
class Period:
    """Whole months: tomorrow's page and today's differ by no single answer at the far end.

    `key`: a year, `all`, or nothing for the last twelve months. `ends`: the day after.
    """

    key: str
    begins: date
    ends: date
    months: tuple[date, ...]

    @property
    def last(self) -> date:
        return date.fromordinal(self.ends.toordinal() - 1)


@dataclass(frozen=True)
class Path:
    """Of the requests sent in the period, how many came how far until today."""

    asked: int = 0
    accepted: int = 0
    met: int = 0
    official: int = 0
    evaluated: int = 0

    @property
    def steps(self) -> tuple[int, ...]:
        return (self.asked, self.accepted, self.met, self.official, self.evaluated)

    def share(self, count: int) -> int | None:
        return share(count, self.asked)


@dataclass(frozen=True)
class Replies:
    """Of the requests that were owed a reply; `hours`: half of the mentors took less."""

    owed: int = 0
    in_time: int = 0
    hours: int | None = None

    @property
    def share(self) -> int | None:
        return share(self.in_time, self.owed)


@dataclass(frozen=True)
class Month:
    first: date
    asked: int
    accepted: int


@dataclass(frozen=True)
class Load:
    """Of today's mentors: by running mentorships, the last number standing for more."""

    by_running: tuple[int, ...]
    running: int
    full: int
    never_asked: int

    @property
    def mentors(self) -> int:
        return sum(self.by_running)


@dataclass(frozen=True)
class Unasked:
    """A mentor whom nobody has asked yet, known to the office anyway."""

    id: int
    name: str
    since: datetime | None


@dataclass(frozen=True)
class Group:
    """`asked`: requests of the period, None for fewer than five."""

    key: str
    members: int
    mentors: int
    asked: int | None


@dataclass(frozen=True)
class Offer:
    topic: Topic
    mentors: int


@dataclass(frozen=True)
class Sought:
    words: str
    times: int


@dataclass(frozen=True)
class Figures:
    period: Period
    members: int
    path: Path
    replies: Replies
    months: list[Month]
    load: Load
    unasked: list[Unasked]
    cantons: list[Group]
    languages: list[Group]
    scarce: list[Offer]
    scarce_in_all: int
    sought: list[Sought]
    evaluated: evaluations.Figures

    @property
    def benefits(self) -> list[tuple[str, int]]:
        """Those that came true for somebody, most often first."""
        came = [(key, count) for key, count in self.evaluated.benefits.items() if count]
        return sorted(came, key=lambda pair: (-pair[1], pair[0]))


def period_of(key: str, today: date) -> Period:
    """What makes no sense is the last twelve months."""
    until = _month_after(today.replace(day=1))
    months = tuple(_months_before(until, 12))
    if key == ALL:
        return Period(ALL, date(FIRST_YEAR, 1, 1), until, months)
    if is_year(key, today):
        return year_of(int(key))
    return Period("", months[0], until, months)


def is_year(key: str, today: date) -> bool:
    is_number = len(key) == 4 and key.isascii() and key.isdigit()
    return is_number and FIRST_YEAR <= int(key) <= today.year


def year_of(year: int) -> Period:
    months = tuple(date(year, month, 1) for month in range(1, 13))
    return Period(str(year), months[0], date(year + 1, 1, 1), months)


async def years(today: date) -> list[int]:
    """Those to choose from, the newest first."""
    rows = await Inquiry.select(Inquiry.sent_at).order_by(Inquiry.sent_at).limit(1)
    first = clock.day(rows[0]["sent_at"]).year if rows else today.year
    return list(range(today.year, max(FIRST_YEAR, first) - 1, -1))


async def count(period: Period) -> Figures:
    """Twelve questions at most, however much there is."""
    asked = await _asked(period)
    groups = await Person.raw(GROUPS)
    offered = await Topic.raw(OFFERED)
    return Figures(
        period=period,
        members=sum(row["members"] for row in groups),
        path=await _path(period, asked),
        replies=_replies(asked),
        months=_by_month(period, asked),
        load=_load(await Profile.raw(LOAD)),
        unasked=[_unasked(row) for row in await Profile.raw(NEVER_ASKED)],
        cantons=_groups(
            [*catalogue.cantons(), ""],
            members=_tally((row["canton"], row["members"]) for row in groups),
            mentors=_tally((row["canton"], _mentors(row)) for row in groups),
            asked=Counter(row["mentee.canton"] for row in asked),
        ),
        languages=_groups(
            catalogue.languages(),
            members=_tally((row["language"], row["members"]) for row in groups),
            mentors=_tally(
                (code, row["members"])
                for row in groups
                for code in (row["languages"] or "").split()
            ),
            asked=Counter(row["language"] for row in asked),
        ),
        scarce=[_offer(row) for row in offered[:MOST_TOPICS]],
        scarce_in_all=len(offered),
        sought=[
            Sought(row["words"], int(row["times"]))
            for row in await SoughtInVain.raw(SOUGHT, period.begins, period.ends)
        ],
        evaluated=await _evaluated(period),
    )


def share(part: int, whole: int) -> int | None:
    """In hundredths; of a few it says more about them than about the programme."""
    return round(100 * part / whole) if whole >= LEAST else None


def guarded(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Fewer than five are not told, nor can be reckoned from the total and the others."""
    shown: dict[str, int | None] = {k: n if n >= LEAST else None for k, n in counts.items()}
    hidden = sum(count for key, count in counts.items() if shown[key] is None)
    told = [key for key, count in shown.items() if count is not None]
    if told and 0 < hidden < LEAST:
        shown[min(told, key=lambda key: counts[key])] = None
    return shown


async def _asked(period: Period) -> list[dict[str, Any]]:
    """The requests of the period, and not a word of them."""
    rows = Inquiry.select(
        Inquiry.mentee.canton,
        Inquiry.language,
        Inquiry.state,
        Inquiry.reason,
        Inquiry.sent_at,
        Inquiry.replied_at,
    )
    return list(await rows.where(_within(Inquiry.sent_at, period)))


async def _path(period: Period, asked: Sequence[Mapping[str, Any]]) -> Path:
    begun_by: Any = Mentorship.inquiry
    began = Mentorship.select(Mentorship.id, Mentorship.contacts, Mentorship.completed_at)
    rows = await began.where(_within(begun_by.sent_at, period))
    looked_back: Any = Evaluation.mentorship
    sent = Evaluation.select(Evaluation.mentorship)
    within = await sent.where(_within(looked_back.inquiry.sent_at, period))
    evaluated = {row["mentorship"] for row in within}
    met = [row for row in rows if row["contacts"] or row["completed_at"]]
    official = [row for row in met if row["completed_at"]]
    return Path(
        asked=len(asked),
        accepted=len(rows),
        met=len(met),
        official=len(official),
        evaluated=sum(row["id"] in evaluated for row in official),
    )


def _replies(asked: Iterable[Mapping[str, Any]]) -> Replies:
    """As the desk counts them: a mentee who left a question unanswered is nobody's delay."""
    owed = [row for row in asked if _is_owed(row)]
    hours = [
        (row["replied_at"] - row["sent_at"]).total_seconds() / 3600
        for row in owed
        if row["replied_at"]
    ]
    return Replies(
        owed=len(owed),
        in_time=sum(not _is_silent(row) for row in owed),
        hours=round(median(hours)) if len(hours) >= LEAST else None,
    )


def _is_owed(row: Mapping[str, Any]) -> bool:
    is_lapsed = row["state"] == Asked.RELEASED and row["reason"] != Reason.PARTED
    return row["replied_at"] is not None or is_lapsed


def _is_silent(row: Mapping[str, Any]) -> bool:
    return row["state"] == Asked.RELEASED and row["reason"] not in inquiries.NO_SILENCE


def _by_month(period: Period, asked: Sequence[Mapping[str, Any]]) -> list[Month]:
    every = Counter(_month(row) for row in asked)
    accepted = Counter(_month(row) for row in asked if row["state"] == Asked.ACCEPTED)
    return [Month(first, every[first], accepted[first]) for first in period.months]


def _month(row: Mapping[str, Any]) -> date:
    return clock.day(row["sent_at"]).replace(day=1)


def _load(rows: Iterable[Mapping[str, Any]]) -> Load:
    counted = [(row["running"], row["is_full"], row["is_asked"], row["mentors"]) for row in rows]
    by_running = [0] * (MOST_RUNNING + 1)
    for running, _, _, mentors in counted:
        by_running[min(running, MOST_RUNNING)] += mentors
    return Load(
        by_running=tuple(by_running),
        running=sum(running * mentors for running, _, _, mentors in counted),
        full=sum(mentors for _, is_full, _, mentors in counted if is_full),
        never_asked=sum(mentors for _, _, is_asked, mentors in counted if not is_asked),
    )


def _unasked(row: Mapping[str, Any]) -> Unasked:
    name = f"{row['first_name']} {row['last_name']}".strip()
    return Unasked(row["id"], name, row["released_at"])


def _offer(row: Mapping[str, Any]) -> Offer:
    names = {name: row[name] for name in ("id", "name_fr", "name_de", "name_it", "name_en")}
    return Offer(Topic(**names, _ignore_missing=True), row["mentors"])


def _groups(
    keys: Iterable[str],
    *,
    members: Mapping[str, int],
    mentors: Mapping[str, int],
    asked: Mapping[str, int],
) -> list[Group]:
    """The largest first; where nobody is, there is no line."""
    told = guarded(asked)
    rows = [
        Group(key, members.get(key, 0), mentors.get(key, 0), told.get(key))
        for key in keys
        if members.get(key) or mentors.get(key)
    ]
    return sorted(rows, key=lambda row: (-row.members, -row.mentors, row.key))


def _tally(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for key, number in pairs:
        counted[key] += number
    return counted


def _mentors(row: Mapping[str, Any]) -> int:
    """Of a line of GROUPS: whoever has no profile on show has no languages of one."""
    return row["members"] if row["languages"] is not None else 0


async def _evaluated(period: Period) -> evaluations.Figures:
    """Of all since the beginning, as they came: handfuls are the same whatever the period. What
    one wrote to the partner or the office isn't asked for."""
    rows = await Evaluation.select(
        Evaluation.id,
        Evaluation.author,
        Evaluation.mentorship.mentee,
        Evaluation.process,
        Evaluation.results,
        Evaluation.benefits,
        Evaluation.sent_at,
    ).order_by(Evaluation.sent_at, Evaluation.id)
    sides: dict[bool, list[Evaluation]] = {True: [], False: []}
    for row in rows:
        is_mentee = row["author"] == row.pop("mentorship.mentee")
        sides[is_mentee].append(Evaluation(**row, _ignore_missing=True))
    laters = await Later.objects().order_by(Later.answered_at, Later.id)
    begins, ends = _midnight(period.begins), _midnight(period.ends)

    def counts(last: Any) -> bool:
        return bool(
            begins <= (last.answered_at if isinstance(last, Later) else last.sent_at) < ends
        )

    return evaluations.figures(sides[True], sides[False], laters, counts)


def _within(column: Any, period: Period) -> Any:
    return (column >= _midnight(period.begins)) & (column < _midnight(period.ends))


def _midnight(on: date) -> datetime:
    """Where the association lives."""
    return datetime.combine(on, time(), tzinfo=clock.ZURICH).astimezone(UTC)


def _month_after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _months_before(until: date, number: int) -> list[date]:
    months = [until.year * 12 + until.month - 1 - back for back in range(number, 0, -1)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]
