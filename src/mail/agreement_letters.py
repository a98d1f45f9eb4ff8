"""The letters of an agreement: that there is something to read, never what it says."""

from __future__ import annotations

from datetime import datetime

import urls
from mail import outbox
from tables.agreements import Agreement
from tables.mentorships import Mentorship
from tables.people import Person


async def proposed(
    mentorship: Mentorship, agreement: Agreement, by: Person, now: datetime, *, is_counter: bool
) -> None:
    """`is_counter`: in answer to the reader's own proposal."""
    name = "agreement_countered" if is_counter else "agreement_proposed"
    await _to_partner(mentorship, agreement, name, by, now)


async def accepted(mentorship: Mentorship, agreement: Agreement, by: Person, now: datetime) -> None:
    await _to_partner(mentorship, agreement, "agreement_accepted", by, now)


async def _to_partner(
    mentorship: Mentorship, agreement: Agreement, name: str, by: Person, now: datetime
) -> None:
    reader = mentorship.partner_of(by)
    if not reader.is_member:
        return
    await outbox.post(
        name,
        f"agreement:{agreement.id}:{name}:{reader.id}",
        reader,
        now,
        thread=f"mentorship-{mentorship.id}",
        partner=by,
        link=urls.absolute(urls.mentorship(mentorship, "agreement")),
    )
