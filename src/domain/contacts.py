"""Contacts: logged by either in two taps, corrected by the other, the same one recognised."""

from __future__ import annotations

from tables.contacts import Contact
from tables.mentorships import Mentorship


async def of(mentorship: Mentorship) -> list[Contact]:
    return await Contact.of(mentorship)
