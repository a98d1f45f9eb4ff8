"""Made-up people for a letter that is only looked at: nothing here is a row of the database.

In the language spoken now; links lead to the home page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import clock
import i18n
import urls
from i18n import gettext
from mail.outbox import Sender
from tables.contacts import Kind
from tables.inquiries import Inquiry, Reason
from tables.meetings import Meeting
from tables.mentorships import Mentorship
from tables.people import Person
from tables.profiles import ProfileQuestion

CODE = "274961"
EARLIER = datetime(2026, 1, 5, 9, tzinfo=UTC)
TO_MENTOR = (
    "inquiry_received",
    "inquiry_reminder",
    "inquiry_taken",
    "inquiry_explained",
    "inquiry_withdrawn",
    "inquiry_lapsed",
    "inquiry_dropped",
)


@dataclass
class Scene:
    """David asks Claire; Luca and Elena would be free too."""

    now: datetime
    house: Sender
    claire: Person
    david: Person
    luca: Person
    elena: Person
    inquiry: Inquiry
    mentorship: Mentorship
    meeting: Meeting


class _Ways:
    """Instead of `urls`: pages of people who are not there."""

    mentor = staticmethod(lambda _: urls.HOME)
    absolute = staticmethod(urls.absolute)


def scene(house: Sender, now: datetime) -> Scene:
    claire = _person(1, "Claire", "Favre", gettext("Directrice des opérations"))
    david = _person(2, "David", "Moser", gettext("Chef d’équipe"))
    inquiry = Inquiry(
        mentee=david,
        mentor=claire,
        language=i18n.language(),
        kinds=" ".join((Kind.PHONE, Kind.IN_PERSON)),
        reason=Reason.BUSY,
        proposed_kind=Kind.VIDEO,
        sent_at=now - timedelta(days=3),
        waiting_since=now - timedelta(days=3),
        answer_by=now + timedelta(days=11),
    )
    inquiry.problem = gettext("Je dirige depuis peu une équipe de huit personnes.")
    inquiry.vision = gettext("Dans un an, l’équipe avance sans que je doive tout décider.")
    inquiry.expectations = gettext("Un regard franc et des exemples vécus.")
    mentorship = Mentorship(
        inquiry=inquiry,
        mentee=david,
        mentor=claire,
        began_at=now - timedelta(days=200),
        quiet_since=now - timedelta(days=35),
        completed_at=now - timedelta(days=90),
        ending_talk_on=clock.day(now + timedelta(days=4)),
        ending_due=now + timedelta(days=7),
    )
    meeting = Meeting(
        mentorship=mentorship,
        by=claire,
        starts_at=_at(now, 6, 18),
        minutes=60,
        kind=Kind.IN_PERSON,
        proposed_at=now,
    )
    meeting.place = gettext("Café de la Gare, Berne")
    return Scene(
        now=now,
        house=house if house.contact else replace(house, contact="mentorat@example.org"),
        claire=claire,
        david=david,
        luca=_person(3, "Luca", "Rossi", gettext("Responsable du personnel")),
        elena=_person(4, "Elena", "Bianchi", gettext("Ingénieure")),
        inquiry=inquiry,
        mentorship=mentorship,
        meeting=meeting,
    )


def _at(now: datetime, days: int, hour: int) -> datetime:
    """On the hour, where the association lives."""
    later = (now + timedelta(days=days)).astimezone(clock.ZURICH)
    return later.replace(hour=hour, minute=0, second=0, microsecond=0)


def _person(number: int, first_name: str, last_name: str, function: str) -> Person:
    return Person(
        id=number,
        first_name=first_name,
        last_name=last_name,
        email=f"{first_name}.{last_name}@example.org".lower(),
        language=i18n.language(),
        function=function,
        created_at=EARLIER,
    )


def _asked() -> ProfileQuestion:
    """By the office, about a profile."""
    row = ProfileQuestion(language=i18n.language(), _ignore_missing=True)
    row.question = gettext("Quels thèmes vous tiennent le plus à cœur, et pourquoi ?")
    return row


def words(scene: Scene, letter: str) -> dict[str, Any]:
    """Every name that a letter may need."""
    reader, partner = scene.david, scene.claire
    if letter in TO_MENTOR:
        reader, partner = partner, reader
    home = urls.absolute(urls.HOME)
    return {
        "asked": _asked(),
        "before": _at(scene.now, 2, 12),
        "by": partner,
        "code": CODE,
        "colleague": scene.luca,
        "day": clock.day(scene.now + timedelta(days=1)),
        "due": scene.now + timedelta(days=3),
        "end": home,
        "house": scene.house,
        "inquiry": scene.inquiry,
        "is_counter": False,
        "is_own": True,
        "language": i18n.language(),
        "link": home,
        "meeting": scene.meeting,
        "mentor": scene.claire,
        "mentors": [scene.luca, scene.elena],
        "mentorship": scene.mentorship,
        "others": [scene.luca, scene.elena],
        "page": home,
        "partner": partner,
        "question": gettext("Depuis quand dirigez-vous cette équipe?"),
        "reader": reader,
        "saying": gettext("Votre projet me parle. Racontez-moi la suite!"),
        "times": [_at(scene.now, 3, 12), _at(scene.now, 5, 17)],
        "urls": _Ways,
        "words": gettext("Merci de votre écoute et de votre franchise."),
    }
