"""The letters after a mentorship's end: a function each, as in letters.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import urls
from mail import outbox
from tables.mentorships import Mentorship
from tables.people import Person


async def word_revealed(mentorship: Mentorship, author: Person, now: datetime) -> None:
    """To the partner: that there is a word to read. The word itself stays on the page."""
    reader = mentorship.partner_of(author)
    await _to(reader, mentorship, "evaluation_revealed", now, part="evaluation")


async def asked_later(mentorship: Mentorship, now: datetime) -> None:
    for reader in (mentorship.mentee, mentorship.mentor):
        await _to(reader, mentorship, "asked_later", now, part="later")


async def thanks(mentorship: Mentorship, words: str, by: Person, now: datetime) -> None:
    """A letter by its author: an answer goes to them."""
    reader = mentorship.partner_of(by)
    quoted = {"words": words, "language": by.language, "reply_to": by.email}
    await _to(reader, mentorship, "thanks", now, **quoted)


async def _to(
    reader: Person,
    mentorship: Mentorship,
    name: str,
    now: datetime,
    part: str = "",
    **words: Any,
) -> None:
    """Each event comes once to each; whoever left the association hears no more from us."""
    if not reader.is_member:
        return
    words |= {
        "thread": f"mentorship-{mentorship.id}",
        "mentorship": mentorship,
        "partner": mentorship.partner_of(reader),
        "link": urls.absolute(urls.mentorship(mentorship, part)),
    }
    key = f"mentorship:{mentorship.id}:{name}:{reader.id}"
    await outbox.post(name, key, reader, now, **words)
