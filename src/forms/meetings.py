"""Meetings: up to three dates to choose from; another moment for the one that is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clock import ZURICH
from domain.meetings import USUAL, Change, Plan
from forms.fields import REQUIRED, Form, Reader, Sent
from i18n import gettext
from tables.contacts import Kind
from tables.meetings import Meeting

KINDS = tuple(kind.value for kind in Kind)
LENGTHS = ("30", "45", "60", "90", "120", "180")  # minutes
TIMES = ("time_1", "time_2", "time_3")
MOST_PLACE = 200
FARTHEST = timedelta(days=366)  # a year typed wrongly is noticed


@dataclass
class Dates(Form):
    plan: Plan | None = None

    @classmethod
    def read(cls, sent: Sent, now: datetime) -> Dates:
        form = cls()
        reader = Reader(sent, form)
        key = reader.key()
        times = {name: _moment(reader, name, now) for name in TIMES}
        if not any(form.value(name) for name in TIMES):
            form.errors[TIMES[0]] = gettext(REQUIRED)
        kind, minutes, place = _rest(reader)
        if not form.errors:
            chosen = sorted({moment for moment in times.values() if moment is not None})
            form.plan = Plan(key, Kind(kind), chosen, minutes, place)
        return form

    @classmethod
    def begun(cls, key: str, kind: str, like: Meeting | None = None) -> Dates:
        """`like`: a proposal that is answered by another one."""
        minutes, place = (like.minutes, like.place) if like else (USUAL, "")
        kind = like.kind if like else kind
        return cls(typed={"key": key, "kind": kind, "minutes": str(minutes), "place": place})


@dataclass
class Moved(Form):
    change: Change | None = None
    version: int = 0

    @classmethod
    def read(cls, sent: Sent, now: datetime) -> Moved:
        form = cls()
        reader = Reader(sent, form)
        moment = _moment(reader, "moment", now)
        if not form.value("moment"):
            form.errors["moment"] = gettext(REQUIRED)
        kind, minutes, place = _rest(reader)
        form.version = version_in(sent)
        if not form.errors and moment is not None:
            form.change = Change(moment, Kind(kind), minutes, place)
        return form

    @classmethod
    def of(cls, meeting: Meeting) -> Moved:
        local = meeting.starts_at.astimezone(ZURICH)
        typed = {
            "moment": f"{local:%Y-%m-%dT%H:%M}",
            "kind": meeting.kind,
            "minutes": str(meeting.minutes),
            "place": meeting.place,
        }
        return cls(typed=typed)


def version_in(sent: Sent) -> int:
    """Of the meeting as the page showed it. 0: it doesn't say."""
    written = sent.one("version")
    is_number = written.isascii() and written.isdigit() and len(written) < 10
    return int(written) if is_number else 0


def moment_in(sent: Sent) -> datetime | None:
    """One of the dates, as its button names it."""
    try:
        moment = datetime.fromisoformat(sent.one("at"))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _moment(reader: Reader, name: str, now: datetime) -> datetime | None:
    moment = reader.moment(name)
    if moment is None:
        return None
    if moment <= now:
        reader.form.errors[name] = gettext("Choisissez une date à venir.")
    elif moment > now + FARTHEST:
        reader.form.errors[name] = gettext("Choisissez une date dans les douze prochains mois.")
    return moment.astimezone(UTC)


def _rest(reader: Reader) -> tuple[str, int, str]:
    kind = reader.choice("kind", KINDS)
    length = reader.choice("minutes", LENGTHS)
    place = reader.line("place", most=MOST_PLACE)
    return kind, int(length or USUAL), place
