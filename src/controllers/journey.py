"""A pair's page as context, and as the answer to whatever was done on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import clock
import urls
from domain import contacts, house, journeys
from domain.refusals import Refusal
from forms.fields import new_key
from pages import Answer, Page, Region
from tables.mentorships import Mentorship
from tables.people import Person

JOURNEY = Region("#journey", "outerMorph", "mentorships/_journey")


async def journey(
    mentorship: Mentorship, viewer: Person, now: datetime, **more: Any
) -> dict[str, Any]:
    """What mentorships/_journey.html and its pieces need. `more`: a form with its errors."""
    seen = await journeys.seen_by(viewer, await _fresh(mentorship, viewer), now)
    kept = await house.current()
    forms = {"contact_form": None, "word_form": None, "thanks_form": None}
    return {
        "journey": seen,
        "mentorship": seen.mentorship,
        "inquiry": seen.mentorship.inquiry,
        "is_mentee": seen.mentorship.is_mentee(viewer),
        "other": seen.partner,
        "house": kept,
        "now": now,
        "first_day": contacts.first_day(seen.mentorship),
        "today": clock.day(now),
        "new_key": new_key(),
        "correctable": contacts.correctable(seen.contacts, seen.mentorship, kept, now),
        "is_next_focused": False,
        **forms,
        **more,
    }


async def done(
    mentorship: Mentorship, viewer: Person, now: datetime, toast: str = "", **more: Any
) -> Answer:
    """After a deed: the page's main part anew, or back to it by 303."""
    context = await journey(mentorship, viewer, now, **more)
    return Answer(
        "mentorships/_journey", instead=urls.mentorship(mentorship), toast=toast, **context
    )


async def refused(
    mentorship: Mentorship, viewer: Person, now: datetime, status: int = 422, **more: Any
) -> Page:
    """A form of the page with its errors, what was typed kept."""
    context = await journey(mentorship, viewer, now, **more)
    return Page(
        "mentorships/show", piece="mentorships/_journey", status=status, nav="home", **context
    )


async def overtaken(
    mentorship: Mentorship,
    viewer: Person,
    now: datetime,
    refusal: Refusal,
    further: Sequence[Region] = (),
    **more: Any,
) -> Page:
    """Somebody or something came first: what it is, and the page as it is now."""
    context = await journey(mentorship, viewer, now, **more)
    return Page(
        "mentorships/show",
        status=refusal.status,
        also=[JOURNEY, *further],
        toast=refusal.said,
        nav="home",
        **context,
    )


async def _fresh(mentorship: Mentorship, viewer: Person) -> Mentorship:
    """As it is after the deed."""
    rows = Mentorship.visible_to(viewer).where(Mentorship.id == mentorship.id)
    return await rows.first() or mentorship
