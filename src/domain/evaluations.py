"""The end's evaluation by both, blind until both or its days are over (4.3)."""

from __future__ import annotations

from tables.evaluations import Evaluation
from tables.mentorships import Mentorship


async def of(mentorship: Mentorship) -> list[Evaluation]:
    return await Evaluation.of(mentorship)
