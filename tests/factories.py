"""Rows for tests, as they come to be; what a test doesn't say is plausible."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import clock
from domain import deadlines, norms
from tables.applications import Application
from tables.contacts import Kind
from tables.documents import Document, DocumentFile
from tables.evaluations import Evaluation
from tables.imports import Import, ImportText
from tables.inquiries import OPEN, Inquiry
from tables.inquiries import State as InquiryState
from tables.letters import Letter
from tables.letters import State as LetterState
from tables.meetings import Meeting
from tables.meetings import State as MeetingState
from tables.mentorships import Mentorship
from tables.norms import Acceptance
from tables.people import Person, Standing
from tables.profiles import Profile, ProfileTopic, State
from tables.topics import Topic

_numbers = itertools.count(1)

PROBLEM = "Je dirige depuis peu une équipe de huit personnes et je m’y perds un peu."
VISION = "Dans un an, mon équipe avance sans que je doive tout décider."
EXPECTATIONS = "Un regard franc, des exemples vécus et une heure par mois."


def new_key() -> str:
    """Idempotency, as a form carries it."""
    return f"key-of-a-form-{next(_numbers):06}"


async def make_person(
    first_name: str = "Anna",
    last_name: str = "Meier",
    *,
    email: str = "",
    language: str = "fr",
    function: str = "Cheffe de projet",
    sector: str = "banking",
    canton: str = "VD",
    standing: Standing = Standing.ACTIVE,
    is_coordinator: bool = False,
    has_accepted: bool = True,
    now: datetime | None = None,
) -> Person:
    """A member who accepted the norms, where some are published."""
    now = now or clock.now()
    person = Person(
        email=email or f"{first_name.casefold()}.{next(_numbers)}@example.org",
        first_name=first_name,
        last_name=last_name,
        language=language,
        function=function,
        sector=sector,
        canton=canton,
        standing=standing,
        is_coordinator=is_coordinator,
        joined_at=now if standing == Standing.ACTIVE else None,
        created_at=now,
    )
    await person.save()
    if has_accepted:
        await accept_norms(person, now)
    return person


async def accept_norms(person: Person, now: datetime | None = None) -> None:
    """Without the deed's event: a test's history begins with the test."""
    version = await norms.current()
    if version is not None:
        row = Acceptance(person=person.id, version=version.id, accepted_at=now or clock.now())
        await row.save()


async def make_profile(
    person: Person,
    *,
    topics: Sequence[str] = ("first-leadership-role", "leadership-style"),
    state: State = State.RELEASED,
    about: str = "Vingt ans à conduire des équipes; j’écoute d’abord, puis je dis ce que je pense.",
    about_language: str = "fr",
    years: int = 20,
    languages: Sequence[str] = ("fr", "de"),
    kinds: Sequence[str] = ("phone", "in_person"),
    roles: Sequence[str] = ("adviser", "companion"),
    capacity: int = 1,
    is_busy: bool = False,
    busy_until: date | None = None,
    now: datetime | None = None,
) -> Profile:
    """Its `person` comes along, its topics are those of the tree, and search finds it."""
    now = now or clock.now()
    profile = Profile(
        person=person.id,
        state=state,
        about=about,
        about_language=about_language,
        years=years,
        languages=" ".join(languages),
        kinds=" ".join(kinds),
        roles=" ".join(roles),
        capacity=capacity,
        is_busy=is_busy,
        busy_until=busy_until,
        handed_in_at=None if state == State.DRAFT else now,
        released_at=now if state == State.RELEASED else None,
        changed_at=now,
    )
    await profile.save()
    chosen = await Topic.objects().where(Topic.key.is_in(list(topics))) if topics else []
    if chosen:
        await ProfileTopic.insert(
            *(ProfileTopic(profile=profile.id, topic=topic.id) for topic in chosen)
        )
    found = await Profile.objects(Profile.person).where(Profile.id == profile.id).first()
    assert found is not None
    return found


async def make_cv(person: Person, *, name: str = "CV.pdf", hashed: str = "c" * 64) -> Document:
    """With one page, and nothing on it."""
    document = Document(
        person=person.id, hashed=hashed, size=9, pages=1, drawn=1, uploaded_at=clock.now()
    )
    document.name = name
    await document.save()
    for number, content in enumerate((b"%PDF-%%EOF", b"a picture")):
        file = DocumentFile(document=document.id, number=number)
        file.content = content
        await file.save()
    return document


async def make_mentor(first_name: str = "Luca", last_name: str = "Rossi", **said: Any) -> Person:
    """A person with a released profile; `said` as in make_person and make_profile."""
    own = {name: said.pop(name) for name in list(said) if name in PERSONS_OWN}
    person = await make_person(first_name, last_name, **own)
    await make_profile(person, **said)
    return person


PERSONS_OWN = ("email", "language", "function", "sector", "canton", "standing", "has_accepted")


async def make_inquiry(
    mentee: Person,
    mentor: Person,
    *,
    state: InquiryState = InquiryState.WAITING,
    problem: str = PROBLEM,
    vision: str = VISION,
    expectations: str = EXPECTATIONS,
    kinds: Sequence[str] = ("phone",),
    language: str = "fr",
    sent_at: datetime | None = None,
    days: int = 14,
    **more: Any,
) -> Inquiry:
    """Its two people come along. `more`: any further column."""
    sent_at = sent_at or clock.now()
    inquiry = Inquiry(
        key=new_key(),
        mentee=mentee.id,
        mentor=mentor.id,
        state=state,
        language=language,
        kinds=" ".join(kinds),
        sent_at=sent_at,
        waiting_since=sent_at,
        answer_by=deadlines.answer_by(sent_at, days),
        settled_at=None if state in OPEN else sent_at + timedelta(days=1),
    )
    inquiry.problem, inquiry.vision, inquiry.expectations = problem, vision, expectations
    for name, value in more.items():
        setattr(inquiry, name, value)
    await inquiry.save()
    found = await Inquiry.visible_to(mentee).where(Inquiry.id == inquiry.id).first()
    assert found is not None
    return found


async def make_mentorship(
    mentee: Person, mentor: Person, *, inquiry: Inquiry | None = None, **more: Any
) -> Mentorship:
    """Begun by an accepted inquiry."""
    begun_by = inquiry or await make_inquiry(mentee, mentor, state=InquiryState.ACCEPTED)
    mentorship = Mentorship(
        inquiry=begun_by.id,
        mentee=mentee.id,
        mentor=mentor.id,
        **({"began_at": clock.now()} | more),
    )
    mentorship.quiet_since = mentorship.quiet_since or mentorship.began_at
    await mentorship.save()
    found = await Mentorship.visible_to(mentee).where(Mentorship.id == mentorship.id).first()
    assert found is not None
    return found


async def make_evaluation(
    mentorship: Mentorship,
    author: Person,
    *,
    to_partner: str = "",
    to_office: str = "",
    goals: str = "",
    sent_at: datetime | None = None,
    **more: Any,
) -> Evaluation:
    """Sent, and blind for fourteen days."""
    sent_at = sent_at or clock.now()
    evaluation = Evaluation(
        key=new_key(),
        mentorship=mentorship.id,
        author=author.id,
        process="yes mostly partly no",
        sent_at=sent_at,
        reveal_by=deadlines.answer_by(sent_at, 14),
    )
    evaluation.to_partner, evaluation.to_office = to_partner, to_office
    evaluation.goals = goals
    for name, value in more.items():
        setattr(evaluation, name, value)
    await evaluation.save()
    found = await Evaluation.objects(Evaluation.author).where(Evaluation.id == evaluation.id)
    return found[0]


async def make_meeting(
    mentorship: Mentorship, *, by: Person | None = None, place: str = "", **more: Any
) -> Meeting:
    """By the mentor; planned, a week from now, unless told."""
    starts_at: datetime = more.pop("starts_at", clock.now() + timedelta(days=7))
    values: dict[str, Any] = {
        "key": new_key(),
        "mentorship": mentorship.id,
        "by": (by or mentorship.mentor).id,
        "state": MeetingState.PLANNED,
        "kind": Kind.PHONE,
        "times": starts_at.isoformat(),
        "starts_at": starts_at,
        "uid": f"{new_key()}@localhost",
        "proposed_at": clock.now(),
    }
    meeting = Meeting(**(values | more))
    meeting.place = place
    await meeting.save()
    found = await Meeting.of(mentorship).where(Meeting.id == meeting.id).first()
    assert found is not None
    return found


async def make_application(
    first_name: str = "Nora",
    last_name: str = "Keller",
    *,
    email: str = "",
    language: str = "fr",
    as_mentor: bool = False,
    as_mentee: bool = True,
    words: str = "Je reprends une équipe en janvier et j’aimerais en parler.",
    sent_at: datetime | None = None,
) -> Application:
    """Waiting for the office."""
    application = Application(
        key=new_key(),
        email=email or f"{first_name.casefold()}.{next(_numbers)}@example.org",
        first_name=first_name,
        last_name=last_name,
        language=language,
        as_mentor=as_mentor,
        as_mentee=as_mentee,
        ticked="question openness",
        sent_at=sent_at or clock.now(),
    )
    application.words = words
    await application.save()
    return application


async def make_list(text: str = "Nom;E-mail\nFavre;claire@x.example", **more: Any) -> Import:
    """A members' list that waits to be confirmed."""
    values: dict[str, Any] = {"key": new_key(), "file_name": "a.csv", "made_at": clock.now()}
    row = Import(**(values | more))
    row.lines = text.count("\n")
    await row.save()
    written = ImportText(of=row.id)
    written.content = text
    await written.save()
    return row


async def make_letter(to: Person | None = None, **more: Any) -> Letter:
    """A row of the outbox; failed unless told."""
    letter = Letter(
        **{
            "key": new_key(),
            "name": "sign_in",
            "to": to.id if to else None,
            "state": LetterState.FAILED,
            "error": "550 No such user here",
            "posted_at": clock.now(),
        }
        | more
    )
    await letter.save()
    return letter
