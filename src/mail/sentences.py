"""What the office may say in its own words: each letter's sentences, never its structure.

A sentence is known by its shipped French text. When a release changes that, what the office had
written instead is used no more and shown to it as set aside.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import i18n
import templating
from mail import wording
from mail.wording import Own
from tables.wordings import Wording
from templating import Part

FOLDER = "letters/"
SIGNATURE = "_signature"  # below every letter
# Without them the sentence has no purpose: where, when, what to type. Names may be left out.
NEEDED = {
    "address",
    "before",
    "code",
    "contact",
    "day",
    "due",
    "kind",
    "language",
    "minutes",
    "moment",
    "place",
}
PLACED = re.compile(r"%\((\w+)\)s")


class Role(StrEnum):
    SUBJECT = "subject"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    BUTTON = "button"


MOST = {
    Role.SUBJECT: 150,
    Role.HEADING: 120,
    Role.PARAGRAPH: 2000,
    Role.ITEM: 600,
    Role.BUTTON: 60,
}
SIGNS = {"": Role.PARAGRAPH, "#": Role.HEADING, "-": Role.ITEM, "=>": Role.BUTTON}


@dataclass(frozen=True)
class Sentence:
    """`one`, `many`: as it is shipped."""

    key: str
    role: Role
    one: str
    many: str
    words: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Of a form: one, or singular and plural."""
        return (self.key, f"{self.key}-many") if self.many else (self.key,)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if word in NEEDED)

    @property
    def is_optional(self) -> bool:
        """It may say nothing at all."""
        return not self.needed and self.role not in (Role.SUBJECT, Role.BUTTON)

    @property
    def most(self) -> int:
        return MOST[self.role]

    @property
    def has_lines(self) -> bool:
        return self.role == Role.PARAGRAPH

    def shipped(self) -> tuple[str, ...]:
        """In the language spoken now, as the office types it."""
        if self.many:
            said = [i18n.ngettext(self.one, self.many, count) for count in (1, 2)]
        else:
            said = [i18n.gettext(self.one)]
        return tuple(PLACED.sub(r"{\1}", text).replace("%%", "%") for text in said)


@cache
def letters() -> tuple[str, ...]:
    return tuple(name for name in _sources() if not name.startswith("_"))


@cache
def shared() -> tuple[str, ...]:
    """Parts that stand in several letters."""
    return tuple(name for name in _sources() if name.startswith("_"))


@cache
def outline(name: str) -> tuple[Sentence | str, ...]:
    """Of a letter or a part: its sentences and the names of its parts, in their order."""
    found: list[Sentence | str] = []
    for each in templating.outline(wording.environment(), f"{FOLDER}{name}.txt"):
        if isinstance(each, Part):
            found.append(_name(each.name))
        else:
            is_subject = each.is_first and name not in shared()
            role = Role.SUBJECT if is_subject else SIGNS[each.before.strip()]
            key = f"s{hashlib.sha256(each.one.encode()).hexdigest()[:12]}"
            found.append(Sentence(key, role, each.one, each.many, each.words))
    return (*found, SIGNATURE) if name in letters() else tuple(found)


@cache
def of(name: str) -> tuple[Sentence, ...]:
    return tuple(each for each in outline(name) if isinstance(each, Sentence))


def parts(name: str) -> tuple[str, ...]:
    return tuple(each for each in outline(name) if isinstance(each, str))


async def own(name: str, language: str) -> Own:
    """What the office says instead in this letter and its parts; one question."""
    names = [name, *parts(name)]
    here = (Wording.language == language) & Wording.name.is_in(names)
    return joined(await Wording.objects().where(here))


def joined(rows: Iterable[Wording]) -> Own:
    return {one: each for row in rows for one, each in usable(row.name, row.sentences).items()}


def usable(name: str, texts: Mapping[str, Sequence[str]]) -> Own:
    """Without what was said instead of a sentence that is there no more, and on one line what
    stands on one."""
    found = {each.one: each for each in of(name)}
    return {
        one: [text if found[one].has_lines else wording.flat(text) for text in forms]
        for one, forms in texts.items()
        if _fits(found.get(one), forms) and (all(map(_says, forms)) or found[one].is_optional)
    }


def set_aside(name: str, texts: Mapping[str, Sequence[str]]) -> Own:
    """That alone."""
    found = {each.one: each for each in of(name)}
    return {one: forms for one, forms in texts.items() if not _fits(found.get(one), forms)}


def _fits(sentence: Sentence | None, forms: Sequence[str]) -> bool:
    return sentence is not None and len(sentence.fields) == len(forms)


def _says(text: str) -> bool:
    """Something, once it is made harmless."""
    return bool(wording.flat(text).strip(wording.SIGNS))


@cache
def _sources() -> tuple[str, ...]:
    found = wording.environment().list_templates(
        filter_func=lambda name: name.startswith(FOLDER) and name.endswith(".txt")
    )
    return tuple(map(_name, found))


def _name(template: str) -> str:
    return template.removeprefix(FOLDER).removesuffix(".txt")
