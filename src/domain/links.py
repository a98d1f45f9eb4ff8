"""Single-use links in letters: looked at by GET, spent by POST."""

from __future__ import annotations

from datetime import datetime

import sealing
from domain.refusals import LinkVoid
from tables.links import Link
from tables.people import Person

ANSWER = "answer"
END_SEARCH = "end_search"
ADDRESS = "address"


async def make(purpose: str, person: Person, about: int, expires: datetime) -> str:
    """The secret for the letter; only its hash is kept."""
    secret = sealing.token()
    link = Link(
        purpose=purpose,
        hashed=sealing.hashed(secret),
        person=person.id,
        about=about,
        expires_at=expires,
    )
    await link.save()
    return secret


async def look(secret: str, purpose: str) -> Link | None:
    """Spent and expired ones too: their page says what became of it."""
    here = (Link.hashed == sealing.hashed(secret)) & (Link.purpose == purpose)
    return await Link.objects(Link.person).where(here).first()


def is_alive(link: Link, now: datetime) -> bool:
    expires: datetime = link.expires_at
    return link.used_at is None and now < expires


async def void(purpose: str, about: int, now: datetime) -> None:
    """All that are left: what they opened has moved on."""
    left = (Link.purpose == purpose) & (Link.about == about) & Link.used_at.is_null()
    await Link.update({Link.used_at: now}).where(left)


async def void_all_of(person: Person, purpose: str, now: datetime) -> None:
    """Of whoever may no longer read their letters."""
    left = (Link.person == person.id) & (Link.purpose == purpose) & Link.used_at.is_null()
    await Link.update({Link.used_at: now}).where(left)


async def spend(link: Link, now: datetime) -> None:
    """Inside the deed's transaction. Raises LinkVoid for the second of two."""
    unused = (Link.id == link.id) & Link.used_at.is_null() & (Link.expires_at > now)
    if not await Link.update({Link.used_at: now}).where(unused).returning(Link.id):
        raise LinkVoid
