"""A function each letter: who reads it, what names the event, what it needs to be written.

Each is called inside the transaction of the deed. Where one event happens once, the key says the
event; where it may happen again (a second question), the key ends with the moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import clock
import urls
from mail import outbox
from mail.outbox import Stranger
from sealing import hashed, keyed
from tables.applications import Application
from tables.inquiries import Inquiry
from tables.people import Person
from tables.profiles import ProfileQuestion
from tables.searches import SavedSearch

CODE_LIFE = timedelta(minutes=15)
STALE = timedelta(hours=1)  # an answer to a sign-in that nobody waits for any longer
AT_ONCE = timedelta()


# What is behind a letter's link, from its secret


def answer_link(secret: str) -> str:
    return urls.absolute(urls.answer(secret))


def sign_in_link(secret: str) -> str:
    return urls.absolute(urls.sign_in_link(secret))


def end_search_link(secret: str) -> str:
    return urls.absolute(urls.unsubscribe(secret))


# Coming in


async def sign_in(person: Person, code: str, link: str, now: datetime) -> None:
    """The code goes first and dies with the sign-in it belongs to."""
    await outbox.post(
        "sign_in",
        f"sign_in:{hashed(link)[:40]}",
        person,
        now,
        urgent=True,
        life=CODE_LIFE,
        code=code,
        link=_absolute(link),
    )


async def sign_in_unknown(address: str, language: str, now: datetime) -> None:
    """Tells the owner of the address alone that it isn't known here."""
    key = f"sign_in_unknown:{keyed('letter', address)[:24]}:{_ms(now)}"
    to = Stranger(address, language)
    link = urls.absolute(urls.APPLY)
    await outbox.post("sign_in_unknown", key, to, now, urgent=True, life=STALE, link=link)


async def application_received(application: Application, now: datetime) -> None:
    key = f"application:{application.id}:received"
    await outbox.post("application_received", key, _applicant(application), now)


async def application_accepted(
    application: Application, person: Person, now: datetime, wait: timedelta = AT_ONCE
) -> None:
    """`wait`: as long as the office can undo it; here and in the three like it."""
    key = f"application:{application.id}:accepted"
    link = urls.absolute(urls.SIGN_IN)
    await outbox.post("application_accepted", key, person, now, wait=wait, link=link)


async def application_refused(
    application: Application, now: datetime, wait: timedelta = AT_ONCE
) -> None:
    """Without a reason (norm 1)."""
    key = f"application:{application.id}:refused"
    await outbox.post("application_refused", key, _applicant(application), now, wait=wait)


async def application_known(person: Person, now: datetime) -> None:
    """Instead of `application_received`, once a day at most."""
    key = f"application_known:{person.id}:{clock.day(now)}"
    link = urls.absolute(urls.SIGN_IN)
    await outbox.post("application_known", key, person, now, link=link)


# A mentor's profile


async def profile_released(person: Person, now: datetime, wait: timedelta = AT_ONCE) -> None:
    key = f"profile:{person.id}:released:{_ms(now)}"
    link = urls.absolute(urls.AVAILABILITY)
    page = urls.absolute(urls.mentor(person))
    await outbox.post("profile_released", key, person, now, wait=wait, link=link, page=page)


async def profile_refused(person: Person, now: datetime, wait: timedelta = AT_ONCE) -> None:
    """Without a reason (norm 1)."""
    key = f"profile:{person.id}:refused:{_ms(now)}"
    await outbox.post("profile_refused", key, person, now, wait=wait)


async def profile_asked(
    person: Person, asked: ProfileQuestion, now: datetime, wait: timedelta = AT_ONCE
) -> None:
    key = f"profile:{person.id}:asked:{_ms(now)}"
    link = f"{urls.absolute(urls.PROFILE)}#question"
    await outbox.post("profile_asked", key, person, now, wait=wait, asked=asked, link=link)


# A request and its guaranteed reply


async def inquiry_received(inquiry: Inquiry, link: str, now: datetime) -> None:
    await _to_mentor(inquiry, "inquiry_received", "received", now, link=_absolute(link))


async def inquiry_reminder(inquiry: Inquiry, day: int, link: str, now: datetime) -> None:
    """`day` of the house's reminder days; sent once, and again when the clock began anew."""
    event = f"reminder:{day}:{clock.day(inquiry.waiting_since)}"
    await _to_mentor(inquiry, "inquiry_reminder", event, now, link=_absolute(link))


async def inquiry_accepted(inquiry: Inquiry, saying: str, now: datetime) -> None:
    """From here on each has the other's address; an answer to this letter goes to the mentor."""
    mentor: Person = inquiry.mentor
    await _to_mentee(
        inquiry,
        "inquiry_accepted",
        "accepted",
        now,
        reply_to=mentor.email,
        saying=saying,
        times=_moments(inquiry.proposed_times),
        link=urls.absolute(urls.MENTORSHIPS),
    )


async def inquiry_taken(inquiry: Inquiry, now: datetime) -> None:
    """The mentor's own copy of what was accepted."""
    mentee: Person = inquiry.mentee
    link = urls.absolute(urls.MENTORSHIPS)
    await _to_mentor(inquiry, "inquiry_taken", "taken", now, reply_to=mentee.email, link=link)


async def inquiry_declined(inquiry: Inquiry, saying: str, now: datetime) -> None:
    """Busy, not my topic, or a colleague: `inquiry.reason`, `inquiry.suggested`."""
    await _to_mentee(
        inquiry,
        "inquiry_declined",
        "declined",
        now,
        saying=saying,
        colleague=await _person(inquiry.suggested),
        link=urls.absolute(urls.MENTORS),
    )


async def inquiry_asked_back(inquiry: Inquiry, question: str, now: datetime) -> None:
    link = urls.absolute(urls.inquiry(inquiry))
    event = f"asked_back:{_ms(now)}"
    await _to_mentee(inquiry, "inquiry_asked_back", event, now, question=question, link=link)


async def inquiry_explained(inquiry: Inquiry, words: str, link: str, now: datetime) -> None:
    event, link = f"explained:{_ms(now)}", _absolute(link)
    await _to_mentor(inquiry, "inquiry_explained", event, now, words=words, link=link)


async def inquiry_withdrawn(inquiry: Inquiry, now: datetime) -> None:
    await _to_mentor(inquiry, "inquiry_withdrawn", "withdrawn", now)


async def inquiry_released(inquiry: Inquiry, others: Sequence[Person], now: datetime) -> None:
    """`others`: up to three free mentors who fit."""
    link = urls.absolute(urls.MENTORS)
    await _to_mentee(inquiry, "inquiry_released", "released", now, others=others[:3], link=link)


async def inquiry_lapsed(inquiry: Inquiry, now: datetime) -> None:
    link = urls.absolute(urls.AVAILABILITY)
    await _to_mentor(inquiry, "inquiry_lapsed", "lapsed", now, link=link)


# Free and busy


async def turned_busy(person: Person, now: datetime) -> None:
    """By the clock, after unanswered requests."""
    link = urls.absolute(urls.AVAILABILITY)
    await outbox.post("turned_busy", f"turned_busy:{person.id}:{_ms(now)}", person, now, link=link)


async def busy_ends_tomorrow(person: Person, day: date, now: datetime) -> None:
    """`day`: the one on which the mentor is free again."""
    key, link = f"busy_ends:{person.id}:{day}", urls.absolute(urls.AVAILABILITY)
    await outbox.post("busy_ends_tomorrow", key, person, now, day=day, link=link)


async def free_again(
    person: Person, mentor: Person, now: datetime, wait: timedelta = AT_ONCE
) -> None:
    """To whoever wished to be told: once a wish, which may be wished again the same day. The
    mentor first in the key: who turns busy again takes all of them back."""
    key = f"free_again:{mentor.id}:{person.id}:{_ms(now)}"
    link = urls.absolute(urls.mentor(mentor))
    await outbox.post("free_again", key, person, now, wait=wait, mentor=mentor, link=link)


async def search_fits(
    person: Person,
    search: SavedSearch,
    mentors: Sequence[Person],
    link_to_end: str,
    now: datetime,
) -> None:
    """`link_to_end` ends the saved search by a POST without signing in; GET shows a button."""
    end = _absolute(link_to_end)
    await outbox.post(
        "search_fits",
        f"search:{search.id}:{clock.day(now)}",
        person,
        now,
        unsubscribe=end,
        mentors=mentors,
        link=urls.absolute(f"{urls.MENTORS}?{quote(search.query, safe='=&+%')}"),
        end=end,
    )


async def _to_mentor(inquiry: Inquiry, name: str, event: str, now: datetime, **words: Any) -> None:
    await outbox.post(name, _key(inquiry, event), inquiry.mentor, now, **_about(inquiry), **words)


async def _to_mentee(inquiry: Inquiry, name: str, event: str, now: datetime, **words: Any) -> None:
    await outbox.post(name, _key(inquiry, event), inquiry.mentee, now, **_about(inquiry), **words)


def _about(inquiry: Inquiry) -> dict[str, Any]:
    return {"thread": f"inquiry-{inquiry.id}", "inquiry": inquiry}


def _moments(written: str) -> list[datetime]:
    return [datetime.fromisoformat(moment) for moment in written.split()]


def _key(inquiry: Inquiry, event: str) -> str:
    return f"inquiry:{inquiry.id}:{event}"


def _applicant(application: Application) -> Stranger:
    return Stranger(application.email, application.language)


async def _person(reference: Any) -> Person | None:
    """A reference that may be empty, a number, or the row itself."""
    return await Person.objects().where(Person.id == reference).first() if reference else None


def _absolute(link: str) -> str:
    return urls.absolute(link) if link.startswith("/") else link


def _ms(now: datetime) -> int:
    return clock.milliseconds(now)
