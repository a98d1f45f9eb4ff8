"""The office's letters to members: invited, moved to another address, excluded; and the neutral
word to whoever had to do with somebody who is no longer in the programme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import clock
import urls
from mail import outbox
from mail.outbox import Stranger
from tables.address_changes import AddressChange
from tables.inquiries import Inquiry
from tables.mentorships import Mentorship
from tables.people import Person

ASKED = "address_asked"


async def invitation(person: Person, now: datetime) -> None:
    key = f"invitation:{person.id}:{clock.milliseconds(now)}"
    await outbox.post("invitation", key, person, now, link=urls.absolute(urls.SIGN_IN))


async def address_asked(person: Person, change: AddressChange, secret: str, now: datetime) -> None:
    """To the address they have, which decides. The other one isn't named: an old mailbox may have
    other readers by now."""
    key = f"{ASKED}:{person.id}:{clock.milliseconds(now)}"
    link = urls.absolute(urls.address_change(secret))
    await outbox.post(ASKED, key, person, now, due=change.due_at, link=link)


async def address_changed(person: Person, before: str, now: datetime) -> None:
    """To both: the new address works from now on; the old one's owner learns that it doesn't, and
    not which one does."""
    key = f"address_changed:{person.id}:{clock.milliseconds(now)}"
    link = urls.absolute(urls.SIGN_IN)
    await outbox.post("address_changed", key, person, now, link=link)
    key = f"address_left:{person.id}:{clock.milliseconds(now)}"
    await outbox.post("address_left", key, Stranger(before, person.language), now)


async def excluded(person: Person, now: datetime) -> None:
    """Without a reason (norm 1), and with where to write all the same."""
    key = f"person:{person.id}:excluded:{clock.milliseconds(now)}"
    await outbox.post("member_excluded", key, person, now)


async def reinstated(person: Person, now: datetime) -> None:
    key = f"person:{person.id}:reinstated:{clock.milliseconds(now)}"
    await outbox.post("member_reinstated", key, person, now, link=urls.absolute(urls.SIGN_IN))


async def inquiry_dropped(inquiry: Inquiry, now: datetime) -> None:
    """To the mentor."""
    mentor: Person = inquiry.mentor
    if mentor.is_member:
        key, thread = f"inquiry:{inquiry.id}:dropped", f"inquiry-{inquiry.id}"
        await outbox.post("inquiry_dropped", key, mentor, now, thread=thread, inquiry=inquiry)


async def inquiry_unanswerable(inquiry: Inquiry, others: Sequence[Person], now: datetime) -> None:
    """To the mentee, with up to three free mentors who fit."""
    mentee: Person = inquiry.mentee
    if mentee.is_member:
        await outbox.post(
            "inquiry_unanswerable",
            f"inquiry:{inquiry.id}:unanswerable",
            mentee,
            now,
            thread=f"inquiry-{inquiry.id}",
            inquiry=inquiry,
            others=others[:3],
            link=urls.absolute(urls.MENTORS),
        )


async def mentorship_parted(mentorship: Mentorship, gone: Person, now: datetime) -> None:
    """To the other one."""
    reader = mentorship.partner_of(gone)
    if reader.is_member:
        await outbox.post(
            "mentorship_parted",
            f"mentorship:{mentorship.id}:parted:{reader.id}",
            reader,
            now,
            thread=f"mentorship-{mentorship.id}",
            mentorship=mentorship,
            partner=mentorship.partner_of(reader),
            link=urls.absolute(urls.mentorship(mentorship, "evaluation")),
        )
