"""Reading what a form sent: clean words or an error a field, what was typed kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import sealing
from clock import ZURICH
from formats.plain import LONGEST_ADDRESS, cleaned, is_address
from i18n import N_, gettext, ngettext

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", re.ASCII)
YEARS = range(1900, 2200)  # with others, adding some days or a time zone fails

REQUIRED = N_("Remplissez ce champ.")
CHOOSE = N_("Choisissez une des possibilités.")
CHOOSE_SOME = N_("Choisissez au moins une possibilité.")
NO_ADDRESS = N_("Indiquez une adresse complète, par exemple prenom@example.org.")
NO_DAY = N_("Indiquez une date, par exemple 24.11.2026.")
NO_MOMENT = N_("Indiquez une date et une heure.")
LEAPT_OVER = N_("Cette nuit-là, l’horloge passe de 2 à 3 heures. Indiquez une autre heure.")


def new_key() -> str:
    """Idempotency: what a form carries, and Reader.key reads again."""
    return sealing.token()[:24]


class Sent:
    """The names and values of a form."""

    def __init__(self, fields: Mapping[str, Sequence[Any]]) -> None:
        self._fields = fields

    def all(self, name: str) -> list[str]:
        """Uploaded files are no words."""
        return [cleaned(value) for value in self._fields.get(name, ()) if isinstance(value, str)]

    def one(self, name: str) -> str:
        """Of a doubled field the last, as browsers send a tick after its hidden twin."""
        values = self.all(name)
        return values[-1] if values else ""


@dataclass
class Form:
    """Base of all forms: `typed` fills the inputs again, `errors` stand beside them."""

    typed: dict[str, str] = field(default_factory=dict)
    ticked: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.typed.get(name, "")

    def is_ticked(self, name: str, choice: str) -> bool:
        return choice in self.ticked.get(name, ()) or self.typed.get(name) == choice

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


class Reader:
    """Reads field by field; the errors gather in the form it fills."""

    def __init__(self, sent: Sent, form: Form) -> None:
        self.sent, self.form = sent, form

    def text(self, name: str, *, least: int = 0, most: int = 2000) -> str:
        """Several lines."""
        return self._measured(name, self.sent.one(name), least, most)

    def line(self, name: str, *, least: int = 0, most: int = 120) -> str:
        """One line: line breaks become spaces, so that nothing slips into a header."""
        return self._measured(name, " ".join(self.sent.one(name).split()), least, most)

    def address(self, name: str) -> str:
        text = self.line(name, least=1, most=LONGEST_ADDRESS)
        if text and name not in self.form.errors and not is_address(text):
            self._wrong(name, gettext(NO_ADDRESS))
        return text

    def choice(self, name: str, among: Sequence[str], *, is_required: bool = True) -> str:
        chosen = self.form.typed[name] = self.sent.one(name)
        if chosen in among:
            return chosen
        if chosen or is_required:
            self._wrong(name, gettext(CHOOSE))
        return ""

    def choices(self, name: str, among: Sequence[str], *, least: int = 0) -> tuple[str, ...]:
        """In the order of `among`; what isn't among it is dropped."""
        ticked = set(self.sent.all(name))
        chosen = tuple(each for each in among if each in ticked)
        self.form.ticked[name] = list(chosen)
        if len(chosen) < least:
            self._wrong(name, gettext(CHOOSE_SOME))
        return chosen

    def tick(self, name: str) -> bool:
        is_on = self.sent.one(name) not in ("", "0", "false", "off")
        self.form.typed[name] = "1" if is_on else ""
        return is_on

    def number(self, name: str, *, least: int, most: int) -> int:
        written = self.form.typed[name] = self.sent.one(name)
        is_number = written.isascii() and written.isdigit() and len(written) < 10
        if is_number and least <= int(written) <= most:
            return int(written)
        between = gettext("Indiquez un nombre entier de %(least)s à %(most)s.")
        self._wrong(name, between % {"least": least, "most": most})
        return least

    def day(self, name: str) -> date | None:
        written = self.form.typed[name] = self.sent.one(name)
        if not written:
            return None
        day = _day(written)
        if day is None:
            self._wrong(name, gettext(NO_DAY))
        return day

    def moment(self, name: str) -> datetime | None:
        """A local date and time, as the browser's own field sends it."""
        written = self.form.typed[name] = self.sent.one(name)
        if not written:
            return None
        moment = _moment(written)
        if moment is None:
            self._wrong(name, gettext(NO_MOMENT))
        elif _is_leapt_over(moment):
            self._wrong(name, gettext(LEAPT_OVER))
            return None
        return moment

    def key(self, name: str = "key") -> str:
        """Idempotency: whatever isn't one of ours in form makes no two forms the same."""
        key = self.form.typed[name] = self.sent.one(name)
        if not re.fullmatch(r"[\w-]{16,40}", key, re.ASCII):
            self._wrong(name, gettext("Rechargez la page, puis envoyez à nouveau."))
        return key

    def _measured(self, name: str, text: str, least: int, most: int) -> str:
        self.form.typed[name] = text
        if not text and least:
            self._wrong(name, gettext(REQUIRED))
        elif len(text) < least:
            self._wrong(name, _too_short(least - len(text)))
        elif len(text) > most:
            self._wrong(name, _too_long(len(text) - most))
        return text

    def _wrong(self, name: str, message: str) -> None:
        self.form.errors.setdefault(name, message)


def _day(written: str) -> date | None:
    """ISO from the browser's field, or as people write it."""
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            day = datetime.strptime(written, pattern).replace(tzinfo=ZURICH).date()
        except ValueError:
            continue
        return day if day.year in YEARS else None
    return None


def _moment(written: str) -> datetime | None:
    if not MOMENT.fullmatch(written):
        return None
    try:
        moment = datetime.fromisoformat(written).replace(tzinfo=ZURICH)
    except ValueError:
        return None
    return moment if moment.year in YEARS else None


def _is_leapt_over(moment: datetime) -> bool:
    """When summer begins."""
    shown = moment.astimezone(UTC).astimezone(ZURICH)
    return shown.replace(tzinfo=None) != moment.replace(tzinfo=None)


def _too_short(missing: int) -> str:
    return ngettext(
        "Écrivez encore au moins %(count)s caractère.",
        "Écrivez encore au moins %(count)s caractères.",
        missing,
    ) % {"count": missing}


def _too_long(more: int) -> str:
    return ngettext(
        "Raccourcissez de %(count)s caractère.", "Raccourcissez de %(count)s caractères.", more
    ) % {"count": more}
