"""Meetings: proposed, picked, moved, called off; afterwards: did it take place?"""

from __future__ import annotations

from tables.meetings import Meeting
from tables.mentorships import Mentorship


async def of(mentorship: Mentorship) -> list[Meeting]:
    return await Meeting.of(mentorship)
