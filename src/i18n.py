"""Catalogues, plurals, dates: whose language it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from clock import ZURICH

FOLDER = Path(__file__).parent / "translations"
LOCALES = {"fr": "fr_CH", "de": "de_CH", "it": "it_CH", "en": "en_GB"}
# CLDR's fr_CH writes «vendredi, 27 novembre»: a comma that stumbles inside a sentence.
DAYS = LOCALES | {"fr": "fr"}
SOURCE = "fr"
NARROW = "\u202f"
# Where a narrow space belongs: not in 12:30 or https://, in an entity (&amp;), nor where a colon
# is Markdown's own (---: in a table, [1]: for a link).
MARKS = re.compile(r"&#?\w+;|(?<=[^\s;:!?|\]-])[ \xa0]?(?=[;:!?]+(?:\s|$|[»)<*_]))")
# A line that ends in «a-» reads badly.
ASKED = re.compile(r"(?<=\w)-t-(?=ils?\b|elles?\b|on\b)")
DAY_AND_MONTH = re.compile(r"(?<=\d)(\.?) (?=[^\W\d])")

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def offered() -> tuple[str, ...]:
    """The languages whose catalogue is there; French is the source and always is."""
    return tuple(code for code in LOCALES if code == SOURCE or (FOLDER / f"{code}.po").exists())


def language() -> str:
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """`with speaking(reader.language):` for letters, jobs and ready texts."""
    mark = _language.set(code if code in offered() else SOURCE)
    try:
        yield
    finally:
        _language.reset(mark)


def speak(code: str) -> None:
    """For the rest of this request."""
    _language.set(code if code in offered() else SOURCE)


def choose(own: str | None, cookie: str | None, accepted: str) -> str:
    """The member's setting, the switch's cookie, Accept-Language, French."""
    for choice in (own, cookie):
        if choice in offered():
            return str(choice)
    wanted = sorted(_weighed(accepted), key=lambda pair: -pair[0])
    return next((code for _, code in wanted if code in offered()), SOURCE)


def gettext(text: str) -> str:
    return str(_catalogue(_language.get()).gettext(text))


def ngettext(one: str, many: str, count: int) -> str:
    return str(_catalogue(_language.get()).ngettext(one, many, count))


def plural(count: int) -> int:
    """Which form of a text this number takes."""
    return int(_catalogue(_language.get()).plural(count))


def pgettext(context: str, text: str) -> str:
    return str(_catalogue(_language.get()).pgettext(context, text))


def npgettext(context: str, one: str, many: str, count: int) -> str:
    return str(_catalogue(_language.get()).npgettext(context, one, many, count))


_ = gettext


def N_(text: str) -> str:
    """Marks a text that is translated where it is shown."""
    return text


def long_day(value: date) -> str:
    """With the weekday, by CLDR's own order: a pattern of ours would be wrong in German."""
    return _written(value, "full")


def short_day(value: date) -> str:
    """«12 janvier 2027»: without the weekday."""
    return _written(value, "long")


def brief_day(value: date) -> str:
    """«12 janv.»: where there is little room and the year is plain."""
    code = _language.get()
    day = DAY_AND_MONTH.sub("\\1\xa0", format_skeleton("MMMd", value, locale=DAYS[code]))
    return re.sub(r"^1(?=\xa0)", "1er", day) if code == SOURCE else day


def month(value: date) -> str:
    """«novembre 2026»."""
    return str(format_skeleton("yMMMM", value, locale=DAYS[_language.get()]))


def brief_month(value: date) -> str:
    """«nov.»: below a chart."""
    return str(format_date(value, "LLL", locale=DAYS[_language.get()]))


def moment(value: datetime) -> str:
    """Kept in UTC, shown in Zurich, 24 hours."""
    local = value.astimezone(ZURICH)
    return f"{long_day(local.date())}, {local:%H:%M}"


def time_of(value: datetime) -> str:
    return format_time(value.astimezone(ZURICH), "HH:mm", locale=LOCALES[_language.get()])


def language_name(code: str) -> str:
    """A spoken language's name in the reader's language."""
    names: Mapping[str, str] = Locale.parse(LOCALES[_language.get()]).languages
    return names.get(code, code)


def own_name(code: str) -> str:
    """«Deutsch»: a language as its speakers write it."""
    return str(Locale.parse(code).get_display_name(code)).capitalize()


def _written(value: date, length: Literal["full", "long"]) -> str:
    """A line that ended with «4.» would read as the end of a sentence; CLDR has no «1er»."""
    code = _language.get()
    day = DAY_AND_MONTH.sub("\\1\xa0", format_date(value, length, locale=DAYS[code]))
    return re.sub(r"\b1(?=\xa0)", "1er", day) if code == SOURCE else day


def _weighed(accepted: str) -> Iterator[tuple[float, str]]:
    """Languages without their regions; what isn't understood isn't wanted."""
    for part in accepted.lower().split(","):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        with suppress(ValueError):
            share = float(weight or 1)
            if 0 < share <= 1:
                yield share, tag.partition("-")[0]


@cache
def _catalogue(code: str) -> Translations:
    catalogue = _french() if code == SOURCE else _read(f"{code}.po", code)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    return Translations(buffer)


def _french() -> Catalog:
    """The source needs a catalogue too: without one gettext counts as English does (0 demandes)."""
    catalogue = Catalog(locale=SOURCE)
    if not (FOLDER / "messages.pot").exists():
        return catalogue
    for message in _read("messages.pot", SOURCE):
        if message.id:
            several = isinstance(message.id, (tuple, list))
            text = tuple(map(spaced, message.id)) if several else spaced(str(message.id))
            catalogue.add(message.id, text, context=message.context)
    return catalogue


def _read(name: str, code: str) -> Catalog:
    with (FOLDER / name).open("rb") as file:
        return read_po(file, locale=code)


def typeset(text: str, code: str = "") -> str:
    """Of texts that come from no catalogue: content files, what the office writes."""
    return spaced(text) if (code or language()) == SOURCE else text


def spaced(text: str) -> str:
    """French: people type a plain space before ; : ! ? or none; readers get a narrow one that
    can't break; nor does «a-t-elle»."""
    joined = ASKED.sub("\u2011t\u2011", text)
    return MARKS.sub(lambda found: found[0] if found[0].startswith("&") else NARROW, joined)
