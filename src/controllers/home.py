"""Home for members: what awaits me now, my paths, the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain import addresses, desk, inquiries, mentorships, norms, profiles
from domain.permissions import is_answerable, is_explainable
from tables.people import Person

MOST_DUTIES = 3


async def member_home(viewer: Person, now: datetime) -> dict[str, Any]:
    """What home/member.html needs: duties are the oldest that wait for this person."""
    seen = await inquiries.seen_by(viewer)
    mine = [each for each in seen if is_answerable(viewer, each) or is_explainable(viewer, each)]
    duties = sorted(mine, key=lambda each: each.answer_by)[:MOST_DUTIES]
    return {
        "duties": duties,
        "more_duties": len(mine) - len(duties),
        "waiting": [each for each in seen if each.is_open and each not in mine],
        "paths": await mentorships.seen_by(viewer),
        "is_norms_due": not await norms.has_accepted(viewer),
        "moving": await addresses.of(viewer),
        "profile": await profiles.of(viewer),
        "decisions": await desk.decisions(viewer, now) if viewer.is_coordinator else 0,
        "now": now,
    }
