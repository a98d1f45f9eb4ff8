"""Everybody the installation knows: members, mentors among them, coordinators."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class Standing(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    EXCLUDED = "excluded"
    GONE = "gone"  # deleted at their own wish: a row without a person, for what counts


class Person(Table, tablename="people"):
    """`paused_at`: out of the directory and without letters that can wait, until they are back.
    `invite_from`: waits for an invitation, sent at `invited_at`.
    `sort_as`: where the office's list has them; emptied by a trigger when something sought changes
    (search/members.py)."""

    id: Serial
    email = Varchar(length=254, unique=True)
    first_name = Varchar(length=80)
    last_name = Varchar(length=80)
    language = Varchar(length=2, default="fr")
    function = Varchar(length=120)
    sector = Varchar(length=40)
    canton = Varchar(length=2)
    standing = Varchar(length=10, default=Standing.INVITED, choices=Standing)
    is_coordinator = Boolean(default=False)
    internal_note = Text()
    joined_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)
    paused_at = Timestamptz(null=True, default=None)
    invite_from = Timestamptz(null=True, default=None, index=True)
    invited_at = Timestamptz(null=True, default=None, index=True)
    sort_as = Varchar(length=170, default="")

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def short_name(self) -> str:
        """For cards: «Claire F.», «Monika v. A.»."""
        return " ".join(
            (self.first_name, *(f"{word[0]}." for word in _to_the_name(self.last_name)))
        )

    @property
    def initials(self) -> str:
        return initials(self.first_name, self.last_name)

    @property
    def is_member(self) -> bool:
        return self.standing == Standing.ACTIVE


def initials(first_name: str, last_name: str) -> str:
    """Two at most: «CF», and «MA» for Monika von Arx."""
    return (first_name[:1] + "".join(word[0] for word in _to_the_name(last_name)[-1:])).upper()


def _to_the_name(last_name: str) -> list[str]:
    """The words of «von Arx» up to the first that begins with a capital: both."""
    words = last_name.split()
    capital = next((place for place, word in enumerate(words) if not word[0].islower()), len(words))
    return words[: capital + 1]


def by_email(address: str) -> str:
    """The form under which an address is kept and looked up."""
    return address.strip().casefold()
