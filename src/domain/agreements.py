"""Agreements: wished, never required; proposed, countered, accepted; every version kept."""

from __future__ import annotations

from tables.agreements import Agreement
from tables.mentorships import Mentorship


async def of(mentorship: Mentorship) -> list[Agreement]:
    return await Agreement.of(mentorship)
