"""A mentorship begins with an acceptance; its course follows."""

from __future__ import annotations

from datetime import datetime

from domain import history
from tables.inquiries import Inquiry
from tables.mentorships import Mentorship
from tables.people import Person


async def begin(inquiry: Inquiry, by: Person, now: datetime) -> Mentorship:
    """Inside the acceptance's transaction."""
    mentee: Person = inquiry.mentee
    mentor: Person = inquiry.mentor
    mentorship = Mentorship(inquiry=inquiry.id, mentee=mentee.id, mentor=mentor.id, began_at=now)
    await mentorship.save()
    await history.record("mentorship.begin", mentorship, by, now)
    return mentorship


async def of(inquiry: Inquiry) -> Mentorship | None:
    return await Mentorship.objects().where(Mentorship.inquiry == inquiry.id).first()


async def seen_by(viewer: Person) -> list[Mentorship]:
    rows = Mentorship.visible_to(viewer)
    return await rows.order_by(Mentorship.began_at, ascending=False).limit(50)
