"""A request being written, saved as one types; its text serves again for another mentor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import clock
from domain import typed_texts
from domain.permissions import may_ask
from domain.refusals import DraftChanged, insist
from domain.typed_texts import Answers, Text, Window
from tables.drafts import Draft
from tables.inquiries import Inquiry
from tables.people import Person
from tables.transaction import hold, transaction

TICK = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Saved:
    """What was being written, and when. Its moment is its version: what a window must have seen
    to overwrite it."""

    text: Text
    at: datetime | None = None

    @property
    def version(self) -> int:
        return clock.milliseconds(self.at) if self.at else 0


async def save(
    mentor: Person, fields: Answers, window: Window, *, by: Person, now: datetime
) -> Saved:
    """Raises DraftChanged when the window hasn't seen what would be overwritten: another one, or
    another device, wrote since."""
    insist(may_ask(by, mentor))
    async with transaction():
        await hold(by)
        draft = await _of(mentor, by)
        if draft is None:
            draft = Draft(person=by.id, mentor=mentor.id, saved_at=now)
            return await _keep(draft, Text({}).followed_by(fields, window))
        saved = _saved(draft)
        if saved.text.answers == fields or saved.text.is_ahead_of(window, saved.version):
            return saved
        if saved.text.is_unseen_by(window, saved.version):
            raise DraftChanged
        draft.saved_at = max(now, draft.saved_at + TICK)  # two versions, whatever the clock says
        return await _keep(draft, saved.text.followed_by(fields, window))


async def read(mentor: Person, by: Person) -> Saved:
    """What was being written to this mentor."""
    draft = await _of(mentor, by)
    return _saved(draft) if draft else Saved(Text({}))


async def latest_words(by: Person) -> Answers:
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


async def _keep(draft: Draft, text: Text) -> Saved:
    draft.fields = typed_texts.pack(text)
    await draft.save()
    return _saved(draft)


def _saved(draft: Draft) -> Saved:
    return Saved(typed_texts.unpack(draft.fields), draft.saved_at)


async def _of(mentor: Person, by: Person) -> Draft | None:
    here = (Draft.person == by.id) & (Draft.mentor == mentor.id)
    return await Draft.objects().where(here).first()
