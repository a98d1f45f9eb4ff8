"""Preparation and follow-up (4.2): saved as one types, private until shared."""

from __future__ import annotations

from tables.mentorships import Mentorship
from tables.notes import Note
from tables.people import Person


async def seen_by(viewer: Person, mentorship: Mentorship) -> list[Note]:
    return await Note.visible_to(viewer, mentorship)
