"""Who is on the site of the browser tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import clock
from domain import (
    agreements,
    applications,
    contacts,
    documents,
    exclusions,
    founding,
    house,
    mentorships,
    norms,
    norms_drafts,
    people,
    profiles,
    reports,
    sessions,
)
from domain.agreements import Terms
from domain.contacts import Talk
from domain.reports import Told
from tables.agreements import Agreement
from tables.agreements import State as AgreementState
from tables.contacts import Kind
from tables.evaluations import Thanks
from tables.imports import State as ImportState
from tables.inquiries import State
from tables.meetings import State as MeetingState
from tables.mentorships import Mentorship, Question
from tables.mentorships import State as Ended
from tables.people import Person
from tables.profiles import State as ProfileState
from tests import papers
from tests.factories import (
    make_application,
    make_evaluation,
    make_inquiry,
    make_letter,
    make_list,
    make_meeting,
    make_mentor,
    make_mentorship,
    make_person,
    make_profile,
    new_key,
)

MENTEE = "nadia.rochat@example.org"
MENTOR = "ursula.keller@example.org"
OFFICE = "martine.dubois@example.org"
COLLEAGUE = "marc.jost@example.org"
TOLD, CLOSED = "Des remarques déplacées, deux fois.", "Un but que le secrétariat ne lit pas"


async def settle() -> None:
    """Nadia, newly team leader; Ursula, who ticked Führung; others who lead, count or heal."""
    house.forget()
    await founding.found(clock.now())
    await make_person("Nadia", "Rochat", email=MENTEE, function="Cheffe d’équipe", canton="VD")
    await make_person("Martine", "Dubois", email=OFFICE, is_coordinator=True)
    await make_person("Marc", "Jost", email=COLLEAGUE, is_coordinator=True)
    await make_mentor(
        "Ursula",
        "Keller",
        email=MENTOR,
        language="de",
        function="Leiterin Produktion",
        sector="machinery",
        canton="ZH",
        about="Ich habe zwölf Jahre lang eine Werkhalle geführt und höre gerne zu.",
        about_language="de",
        languages=("de", "fr"),
        topics=("first-leadership-role", "leading-former-peers"),
    )
    await make_mentor(
        "Marc",
        "Perret",
        function="Directeur financier",
        canton="GE",
        about="Les chiffres racontent une histoire; j’aide à la lire.",
        topics=("managing-an-sme",),
    )
    for number in range(3):
        await make_mentor(
            "Livia",
            f"Caduff {number}",
            function="Responsable qualité",
            canton="GR",
            about="Dans l’industrie depuis toujours.",
            topics=("career-review",),
        )
    house.forget()


async def with_story() -> dict[str, int]:
    """What Nadia and Ursula have already written to each other, by number."""
    nadia = await _known(MENTEE)
    ursula = await _known(MENTOR)
    marc = await Person.objects().where(Person.last_name == "Perret").first()
    livia = await Person.objects().where(Person.last_name == "Caduff 0").first()
    assert marc is not None and livia is not None
    waiting = await make_inquiry(nadia, ursula)
    accepted = await make_inquiry(
        nadia, marc, state=State.ACCEPTED, answer="Volontiers, appelez-moi mardi."
    )
    mentorship = await make_mentorship(nadia, marc, inquiry=accepted)
    await _noted(mentorship, nadia, marc)
    await make_application("Nora", "Keller")
    await _wait_for_the_office(ursula)
    ended, parted = await _ended(nadia, ursula)
    await _agreed(mentorship, nadia, marc)
    await make_meeting(mentorship, state=MeetingState.PROPOSED)
    return {
        "ended": ended,
        "parted": parted,
        "meeting": (await make_meeting(mentorship, place="https://meet.example.org/x")).id,
        "mentor": livia.id,
        "waiting": waiting.id,
        "accepted": accepted.id,
        "mentorship": mentorship.id,
        "excluded": await _excluded(),
        "list": await _lists(),
        "parting": await _parting(nadia),
        "report": await _awaited(nadia, ursula),
        "left": await _left(nadia),
    }


async def _wait_for_the_office(mentor: Person) -> None:
    """One profile with a CV and an answered question, one with a question; a mentor with a CV."""
    now, office = clock.now(), await _known(OFFICE)
    for name, answer in (("Remo", "Zwölf."), ("Pia", "")):
        owner = await make_mentor(name, "Lanz", state=ProfileState.HANDED_IN)
        profile = await profiles.of(owner)
        assert profile is not None
        await documents.keep("CV.pdf", papers.pdf(name, pages=2), by=owner, now=now)
        question, asked = "Combien de personnes?", now - timedelta(days=1)
        await profiles.ask(profile, question=question, by=office, note="", now=asked)
        if answer:
            await profiles.prepare(profile, answer, by=owner)
            await profiles.hand_in(profile, by=owner, now=now)
    await documents.keep("CV.pdf", papers.pdf(mentor.name), by=mentor, now=now)


async def _ended(mentee: Person, mentor: Person) -> tuple[int, int]:
    """One that is officially over, and one that both have looked back at since."""
    now = clock.now()
    over: dict[str, Any] = {"contacts": 4, "completed_at": now}
    ended = await make_mentorship(mentee, mentor, state=Ended.COMPLETED, **over)
    parted = await make_mentorship(
        mentee, mentor, state=Ended.CLOSED, ended_at=now, asked_later_at=now, **over
    )
    goals = Agreement(
        key=new_key(),
        mentorship=ended.id,
        number=1,
        state=AgreementState.ACCEPTED,
        by=mentee.id,
        proposed_at=now,
        accepted_at=now,
    )
    goals.goals, goals.form, goals.frequency, goals.length = "Déléguer\nDire non", "", "", ""
    await goals.save()
    for author in (mentee, mentor):
        await make_evaluation(
            parted, author, to_partner="Merci!", to_office="Rien à redire.", benefits="open-doors"
        )
    thanks = Thanks(mentorship=parted.id, author=mentor.id, sent_at=now)
    thanks.words = "Danke für das Vertrauen."
    await thanks.save()
    return ended.id, parted.id


async def _noted(pair: Mentorship, mentee: Person, mentor: Person) -> None:
    """Two contacts of one day: one that both noted, one with a line."""
    now = clock.now()
    first = Talk(new_key(), Kind.PHONE, clock.day(now))
    contact = await contacts.log(pair, first, by=mentee, now=now)
    await contacts.confirm(contact, by=mentor, now=now, minutes=50)
    second = replace(first, key=new_key(), kind=Kind.WRITTEN, line="Trois pistes à suivre")
    await contacts.log(pair, second, by=mentor, now=now, apart=True)


async def _agreed(pair: Mentorship, mentee: Person, mentor: Person) -> None:
    """Three versions, so that two are compared; and a word after the first talk."""
    now = clock.now()
    first = Terms(("Mener un entretien", "Dire non"), ("phone",), "Simplement", "", ("adviser",))
    second = replace(first, goals=("Mener deux entretiens",), kinds=("video",), frequency="Lundi")
    for base, (terms, by) in enumerate(((first, mentee), (second, mentor), (first, mentor))):
        await agreements.propose(pair, terms, key=new_key(), base=base, by=by, now=now)
    await mentorships.say(pair, Question.FIRST_TALK, is_yes=True, by=mentor, now=now)


async def _awaited(mentee: Person, mentor: Person) -> int:
    """Of every kind of duty one more; a report with all that can be opened."""
    now = clock.now()
    martine = await _known(OFFICE)
    await make_letter(mentee)
    settled_at, sent_at = now - timedelta(days=5), now - timedelta(days=19)
    await make_inquiry(mentee, mentor, state=State.RELEASED, sent_at=sent_at, settled_at=settled_at)
    quiet = await make_mentor("Jean", "Sollberger")
    nudged_at = now - timedelta(days=20)
    await make_mentorship(mentee, quiet, state=Ended.RUNNING, contacts=2, nudged_at=nudged_at)
    refused = await make_application("Ida", "Blanc")
    await applications.refuse(refused, by=martine, note="", now=now)
    version = await norms.current()
    seen = norms_drafts.mark(version, "fr")
    text = version.text_fr.replace("quatre", "cinq") if version else ""
    await norms_drafts.write(text, "fr", seen=seen, by=martine, now=now)
    told = Told(new_key(), TOLD, opened=reports.OPENABLE_ALONE)
    await reports.send(mentor, told, by=mentee, now=now)
    [report] = await reports.own_about(mentor, mentee, None)
    return report.id


async def _lists() -> int:
    """One that waits, its lines new, doubtful and wrong; beside it one that was dropped."""
    await make_list(state=ImportState.DROPPED, finished_at=clock.now())
    lines = ("Nom;E-mail;Langue;Canton", "Favre;claire@x.example;xx;??", "Muster;kein", ";a@b.ch")
    return (await make_list("\n".join(lines))).id


async def _excluded() -> int:
    person = await make_mentor("Beat", "Odermatt")
    martine, now = await _known(OFFICE), clock.now()
    await people.note(person, "Entretien téléphonique le 3.", by=martine, now=now)
    await exclusions.exclude(person, by=martine, note="Deux plaintes.", now=now)
    return person.id


async def _parting(mentee: Person) -> int:
    """Whose mentor has proposed an early end."""
    mentor = await make_mentor("Beat", "Zaugg")
    pair = await make_mentorship(mentee, mentor, state=Ended.RUNNING, contacts=1)
    now = clock.now()
    await mentorships.propose_end(pair, clock.day(now), by=mentor, now=now)
    return pair.id


async def _left(mentee: Person) -> int:
    """Left at once, with a word to the office."""
    mentor = await make_mentor("Otto", "Graf")
    pair = await make_mentorship(mentee, mentor, state=Ended.RUNNING, contacts=1)
    told = Told(new_key(), "Des remarques déplacées, deux fois.")
    await reports.leave(pair, told, by=mentee, now=clock.now())
    return pair.id


@dataclass(frozen=True)
class Desk:
    """What awaits the office of a morning, by number. `mentor`: whom the author asks next, and no
    letter reaches at `address`."""

    applications: tuple[int, int, int]
    profile: int
    inquiry: int
    report: int
    pair: int
    author: str
    mentor: int
    address: str


async def a_morning(name: str) -> Desk:
    """The oldest first, as the desk has it. `name` tells one morning's people from another's."""
    now = clock.now()
    author = await make_person("Lea", name, email=f"lea.{name}@example.org".casefold())
    mentor = await make_mentor("Urs", name)
    applications = [
        await make_application(first, name, sent_at=now - timedelta(days=9 - place))
        for place, first in enumerate(("Nora", "Tom", "Mia"))
    ]
    candidate = await make_person("Remo", name)
    profile = await make_profile(
        candidate, state=ProfileState.HANDED_IN, now=now - timedelta(days=6)
    )
    settled_at, sent_at = now - timedelta(days=5), now - timedelta(days=19)
    inquiry = await make_inquiry(
        author, mentor, state=State.RELEASED, sent_at=sent_at, settled_at=settled_at
    )
    asked = now - timedelta(days=30)
    begun = await make_inquiry(author, mentor, state=State.ACCEPTED, sent_at=asked)
    pair = await make_mentorship(author, mentor, inquiry=begun, began_at=asked)
    terms = Terms((CLOSED,), ("phone",), "", "", ())
    await agreements.propose(pair, terms, key=new_key(), base=0, by=author, now=asked)
    told = Told(new_key(), TOLD, opened=("request",))
    await reports.send(mentor, told, by=author, now=now - timedelta(days=1), mentorship=pair)
    [report] = await reports.own_about(mentor, author, pair)
    unreached = await make_mentor("Ines", name, email=f"ines.{name}@example.org".casefold())
    return Desk(
        applications=(applications[0].id, applications[1].id, applications[2].id),
        profile=profile.id,
        inquiry=inquiry.id,
        report=report.id,
        pair=pair.id,
        author=author.email,
        mentor=unreached.id,
        address=unreached.email,
    )


async def token(email: str) -> str:
    """Of a session that is open."""
    begun = await sessions.begin(await _known(email), "Chromium", clock.now())
    return begun.token


async def _known(email: str) -> Person:
    person = await Person.objects().where(Person.email == email).first()
    assert person is not None
    return person
