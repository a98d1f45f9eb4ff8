"""A contact: told in two taps, or with its day, its length and a line; corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.contacts import MOST_LINE, MOST_MINUTES, Talk
from forms.fields import REQUIRED, Form, Reader, Sent
from i18n import gettext, short_day
from tables.contacts import Contact, Kind

KINDS = tuple(kind.value for kind in Kind)


@dataclass(frozen=True)
class Days:
    """From the mentorship's first day to today."""

    first: date
    last: date


@dataclass
class Told(Form):
    """`twin`: one of that day that is there already; then the page asks. `now_is`: what somebody
    else made of it since it was shown."""

    talk: Talk | None = None
    is_apart: bool = False
    twin: Contact | None = None
    now_is: Contact | None = None

    @classmethod
    def read(cls, sent: Sent, days: Days) -> Told:
        """No day told means today."""
        form = cls()
        reader = Reader(sent, form)
        key = reader.key()
        kind = reader.choice("kind", KINDS)
        on = reader.day("on") or (days.last if not form.value("on") else None)
        minutes, line = _further(reader)
        form.is_apart = reader.tick("apart")
        if on is not None and not days.first <= on <= days.last:
            form.errors["on"] = _between(days)
        if not form.errors and on is not None:
            form.talk = Talk(key, Kind(kind), on, minutes, line)
        return form

    @classmethod
    def corrected(cls, sent: Sent, days: Days) -> Told:
        """Here an emptied day is no day."""
        form = cls.read(sent, days)
        if not form.value("on"):
            form.errors["on"] = gettext(REQUIRED)
            form.talk = None
        return form

    @classmethod
    def filled(cls, contact: Contact, key: str) -> Told:
        """To be corrected."""
        on: date = contact.on
        minutes = contact.minutes
        return cls(
            typed={
                "key": key,
                "kind": contact.kind,
                "on": on.isoformat(),
                "minutes": "" if minutes is None else str(minutes),
                "line": contact.line,
            }
        )

    @property
    def has_more(self) -> bool:
        """Something beside the kind was typed, or is wrong: its fields are to be seen."""
        return any(self.value(name) or self.error(name) for name in ("on", "minutes", "line"))


@dataclass
class Besides(Form):
    """What the partner of the same contact knows besides."""

    minutes: int | None = None
    line: str = ""

    @classmethod
    def read(cls, sent: Sent) -> Besides:
        form = cls()
        form.minutes, form.line = _further(Reader(sent, form))
        return form


def _further(reader: Reader) -> tuple[int | None, str]:
    line = reader.line("line", most=MOST_LINE)
    if not reader.sent.one("minutes"):
        reader.form.typed["minutes"] = ""
        return None, line
    return reader.number("minutes", least=1, most=MOST_MINUTES), line


def _between(days: Days) -> str:
    said = gettext("Choisissez un jour entre le %(first)s et le %(last)s.")
    return said % {"first": short_day(days.first), "last": short_day(days.last)}
