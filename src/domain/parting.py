"""After the end: the one question of later, and a thank-you note."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from domain import deadlines, evaluations, history, house, mentorships
from domain.evaluations import ENDED
from domain.one_by_one import alone
from domain.permissions import may_take_part
from domain.refusals import AlreadySettled, insist
from mail import evaluation_letters as letters
from tables.evaluations import Later, Thanks
from tables.mentorships import Mentorship
from tables.people import Person
from tables.transaction import hold, transaction

log = logging.getLogger("mentorat.parting")


async def ask_later_due(now: datetime) -> None:
    """Did it bear fruit? Both are asked once, some months after the official or the early end."""
    if not deadlines.is_daytime(now):
        return
    since = now - timedelta(days=(await house.current()).later_days)
    never_official = Mentorship.completed_at.is_null() & (Mentorship.ended_at <= since)
    long_ago = (Mentorship.completed_at <= since) | never_official
    due = Mentorship.asked_later_at.is_null() & Mentorship.state.is_in(list(ENDED)) & long_ago
    for mentorship in await Mentorship.objects(Mentorship.mentee, Mentorship.mentor).where(due):
        with alone(log, "not asked", mentorship):
            await _ask_later(mentorship, due, now)


async def answer_later(mentorship: Mentorship, answer: str, *, by: Person, now: datetime) -> None:
    """Once, for good; the same answer again changes nothing. Raises AlreadySettled."""
    insist(may_take_part(by, mentorship))
    insist(mentorship.asked_later_at is not None)
    async with transaction():
        await hold(mentorship.mentee)
        mine = (Later.mentorship == mentorship.id) & (Later.person == by.id)
        earlier = await Later.objects().where(mine).first()
        if earlier is not None:
            if earlier.answer != answer:
                raise AlreadySettled
            return
        later = Later(mentorship=mentorship.id, person=by.id, answer=answer, answered_at=now)
        await later.save()
        await history.record("later.answer", later, by, now)


async def thank(mentorship: Mentorship, words: str, *, by: Person, now: datetime) -> None:
    """One note each, as a letter that is answered to its author; the same words again are the
    note already sent. Raises AlreadySettled, NotYetEvaluable."""
    insist(may_take_part(by, mentorship))
    async with transaction():
        await hold(mentorship.mentee)
        mine = (Thanks.mentorship == mentorship.id) & (Thanks.author == by.id)
        earlier = await Thanks.objects().where(mine).first()
        if earlier is not None:
            if earlier.words != words:
                raise AlreadySettled
            return
        await evaluations.insist_ended(mentorship)
        insist(mentorship.partner_of(by).is_member)
        thanks = Thanks(mentorship=mentorship.id, author=by.id, sent_at=now)
        thanks.words = words
        await thanks.save()
        await history.record("thanks.send", thanks, by, now)
        await mentorships.touch(mentorship)
        await letters.thanks(mentorship, words, by, now)


async def _ask_later(mentorship: Mentorship, due: Any, now: datetime) -> None:
    async with transaction():
        claimed = Mentorship.update({Mentorship.asked_later_at: now})
        if not await claimed.where(due & (Mentorship.id == mentorship.id)).returning(Mentorship.id):
            return
        await history.record("mentorship.ask_later", mentorship, None, now)
        await mentorships.touch(mentorship)
        await letters.asked_later(mentorship, now)
