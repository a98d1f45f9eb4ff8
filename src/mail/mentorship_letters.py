"""The letters of a mentorship's course: a function each, as in letters.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import clock
import urls
from mail import outbox
from tables.mentorships import Mentorship, Question
from tables.people import Person


async def word_said(mentorship: Mentorship, question: Question, by: Person, now: datetime) -> None:
    """To the partner: after the first talk that a word was said, never which; after the official
    end that they would like to continue."""
    if question == Question.FIRST_TALK:
        await _to_partner(mentorship, "word_said", "said", by, now, part="first-talk")
    else:
        event = f"wished:{clock.day(now)}"  # once a day at most, however often it is asked anew
        await _to_partner(mentorship, "continue_wished", event, by, now)


async def both_go_on(mentorship: Mentorship, question: Question, by: Person, now: datetime) -> None:
    """To whoever spoke first: the other has just read it on the page."""
    name = "running" if question == Question.FIRST_TALK else "continuing"
    await _to_partner(mentorship, f"mentorship_{name}", name, by, now)


async def not_pursued(mentorship: Mentorship, now: datetime) -> None:
    """To both alike: nobody learns from it who said what."""
    await _to_both(mentorship, "mentorship_not_pursued", "not_pursued", now)


async def completed(mentorship: Mentorship, now: datetime) -> None:
    """Officially ended by the fourth contact: to both, with the evaluation."""
    await _to_both(mentorship, "mentorship_completed", "completed", now, part="evaluation")


async def end_proposed(mentorship: Mentorship, by: Person, now: datetime) -> None:
    event = f"end_proposed:{clock.milliseconds(now)}"
    await _to_partner(mentorship, "end_proposed", event, by, now)


async def end_taken_back(mentorship: Mentorship, by: Person, now: datetime) -> None:
    event = f"end_taken_back:{clock.milliseconds(now)}"
    await _to_partner(mentorship, "end_taken_back", event, by, now)


async def ended_early(mentorship: Mentorship, now: datetime) -> None:
    await _to_both(mentorship, "mentorship_ended_early", "ended_early", now, part="evaluation")


async def left(mentorship: Mentorship, by: Person, now: datetime) -> None:
    """Neutral, and without a reason."""
    await _to_partner(mentorship, "mentorship_left", "left", by, now, part="evaluation")


async def closed(mentorship: Mentorship, by: Person, now: datetime) -> None:
    await _to_partner(mentorship, "mentorship_closed", "closed", by, now)


async def nudge(mentorship: Mentorship, now: datetime) -> None:
    """Once a silence: the moment names it."""
    event = f"nudge:{clock.milliseconds(mentorship.quiet_since)}"
    await _to_both(mentorship, "mentorship_nudge", event, now)


async def _to_both(
    mentorship: Mentorship, name: str, event: str, now: datetime, part: str = ""
) -> None:
    for reader in (mentorship.mentee, mentorship.mentor):
        await _to(reader, mentorship, name, event, now, part)


async def _to_partner(
    mentorship: Mentorship, name: str, event: str, by: Person, now: datetime, part: str = ""
) -> None:
    await _to(mentorship.partner_of(by), mentorship, name, event, now, part)


async def _to(
    reader: Person, mentorship: Mentorship, name: str, event: str, now: datetime, part: str
) -> None:
    """Whoever left the association hears no more from us."""
    if not reader.is_member:
        return
    words: dict[str, Any] = {
        "thread": f"mentorship-{mentorship.id}",
        "mentorship": mentorship,
        "partner": mentorship.partner_of(reader),
        "link": urls.absolute(urls.mentorship(mentorship, part)),
    }
    key = f"mentorship:{mentorship.id}:{event}:{reader.id}"
    await outbox.post(name, key, reader, now, **words)
