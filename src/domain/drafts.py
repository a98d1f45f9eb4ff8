"""A request being written, saved as one types; its text serves again for another mentor."""

from __future__ import annotations

import json
from datetime import datetime

from domain.permissions import may_ask
from domain.refusals import insist
from tables.drafts import Draft
from tables.inquiries import Inquiry
from tables.people import Person
from tables.transaction import hold, transaction

Fields = dict[str, str | list[str]]


async def save(mentor: Person, fields: Fields, *, by: Person, now: datetime) -> None:
    insist(may_ask(by, mentor))
    async with transaction():
        await hold(by)
        draft = await _of(mentor, by) or Draft(person=by.id, mentor=mentor.id, saved_at=now)
        draft.fields = json.dumps(fields, ensure_ascii=False)
        draft.saved_at = now
        await draft.save()


async def read(mentor: Person, by: Person) -> tuple[Fields, datetime | None]:
    """What was being written to this mentor, and when it was saved."""
    draft = await _of(mentor, by)
    return (json.loads(draft.fields), draft.saved_at) if draft else ({}, None)


async def latest_words(by: Person) -> Fields:
    """Of the last request sent, to use again."""
    sent = Inquiry.objects().where(Inquiry.mentee == by.id)
    last = await sent.order_by(Inquiry.sent_at, ascending=False).first()
    if last is None:
        return {}
    return {
        "problem": last.problem,
        "vision": last.vision,
        "expectations": last.expectations,
        "kinds": last.wished,
        "language": last.language,
    }


async def drop(mentor: Person, by: Person) -> None:
    await Draft.delete().where((Draft.person == by.id) & (Draft.mentor == mentor.id))


async def _of(mentor: Person, by: Person) -> Draft | None:
    here = (Draft.person == by.id) & (Draft.mentor == mentor.id)
    return await Draft.objects().where(here).first()
