"""Everything there is, once: a row for each name in a path, and everybody who might come by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import clock
import sealing
from domain import (
    addresses,
    agreements,
    applications,
    calendars,
    contacts,
    duties,
    evaluations,
    exclusions,
    house,
    links,
    norms,
    norms_drafts,
    notes,
    profiles,
    reports,
    sessions,
    topic_edits,
)
from domain.agreements import Terms
from domain.contacts import Talk
from domain.typed_texts import Window
from mail import sentences
from search import members
from tables.contacts import Kind
from tables.house import Logo
from tables.meetings import State as MeetingState
from tables.mentorships import State as MentorshipState
from tables.people import Person, Standing
from tables.profiles import State
from tables.reports import Report
from tables.searches import SavedSearch
from tables.sessions import Session, SignIn
from tables.wordings import Wording, written
from tests.factories import (
    EXPECTATIONS,
    PROBLEM,
    VISION,
    make_application,
    make_cv,
    make_evaluation,
    make_inquiry,
    make_letter,
    make_list,
    make_meeting,
    make_mentor,
    make_mentorship,
    make_person,
    make_profile,
)

# Well filled in for every form of the house: what a POST comes to depends on who comes.
FORM: dict[str, Any] = {
    "about": "Vingt ans à conduire des équipes, et le goût d’écouter avant de parler.",
    "answer": "yes",
    "apart": "1",
    "base": "1",
    "busy": "1",
    "capacity": "2",
    "email": "nora.keller@example.org",
    "expectations": EXPECTATIONS,
    "first_name": "Nora",
    "goals": "Apprendre à déléguer",
    "held": "1",
    "kept": "1",
    "key": "a-form-of-the-world-1",
    "kind": "phone",
    "kinds": "phone",
    "language": "de",
    "languages": "fr",
    "last_name": "Keller",
    "minutes": "60",
    "name_de": "Anderes",
    "name_en": "Something else",
    "name_fr": "Autre chose",
    "name_it": "Altro",
    "note": "Vu par la coordination.",
    "number": "1",
    "parts": "mentee",
    "problem": PROBLEM,
    "query": "q=xylophone",
    "question": "first_talk",
    "roles": "adviser",
    "shared": "1",
    "text": "Des normes nouvelles.",
    "topics": "leadership-style",
    "version": "1",
    "vision": VISION,
    "what": "words",
    "wished": "1",
    "word": "effacer",
    "words": "Volontiers, parlons-en mardi matin.",
    "words_fr": "Je suis pris en ce moment.",
    "years": "12",
}


@dataclass
class World:
    """`people`: by the columns of tests/test_doors.py. `values`: for the names in a path;
    `instead`: where a route needs another row, or a field another value."""

    people: dict[str, Person | None]
    values: dict[str, Any]
    instead: dict[str, dict[str, Any]]

    def address(self, route: str) -> str:
        """Of a route: «GET /mentors/{mentor_id}»."""
        return route.partition(" ")[2].format_map(self.values | self.instead.get(route, {}))

    def form(self, route: str) -> dict[str, Any] | None:
        given = self.instead.get(route, {})
        return FORM | given if route.startswith("POST") else None


async def build(mentor: Person, mentee: Person, coordinator: Person, member: Person) -> World:
    """A pair with all it can have, and beside it those whom nothing of it concerns."""
    world = World({}, {}, {})
    await _people(world, mentor, mentee, coordinator, member)
    await _begun(world, mentee, mentor)
    await _ended(world, mentee, mentor)
    await _awaited(world, mentee, mentor)
    await _settled(world, mentee, mentor, coordinator)
    await _secrets(world, mentee, mentor, coordinator)
    await members.freshen()
    return world


async def _people(
    world: World, mentor: Person, mentee: Person, coordinator: Person, member: Person
) -> None:
    other_mentor = await make_mentor("Luca", "Rossi")
    other_mentee = await make_person("Tom", "Ammann")
    await make_mentorship(other_mentee, other_mentor, state=MentorshipState.RUNNING)
    excluded = await make_mentor("Beat", "Zaugg")
    await make_mentorship(await make_person("Pia", "Lanz"), excluded)
    world.people |= {
        "nobody": None,
        "member": member,
        "mentor": other_mentor,
        "mentee": other_mentee,
        "its_mentee": mentee,
        "its_mentor": mentor,
        "office": coordinator,
        "excluded": excluded,
    }
    world.values |= {"mentor_id": mentor.id}
    world.values |= {"person_id": (await make_person("Vera", "Keller")).id}


async def _begun(world: World, mentee: Person, mentor: Person) -> None:
    """A running mentorship; what the mentor proposed waits for the mentee, and the mentee's
    contact for the mentor."""
    now = clock.now()
    pair = await make_mentorship(mentee, mentor)
    contact = await contacts.log(
        pair, Talk("contact-of-the-world", Kind.PHONE, clock.day(now)), by=mentee, now=now
    )
    terms = Terms(goals=("Déléguer",), kinds=("phone",))
    await agreements.propose(pair, terms, key="terms-of-the-world-1", base=0, by=mentor, now=now)
    planned = await make_meeting(pair)
    proposed = await make_meeting(pair, state=MeetingState.PROPOSED)
    for author in (mentee, mentor):
        await notes.save(pair, 1, {"needs": "Du temps."}, Window(), by=author, now=now)
    world.values |= {
        "contact_number": contact.number,
        "inquiry_id": (await make_inquiry(mentee, mentor)).id,
        "meeting_id": planned.id,
        "mentorship_id": pair.id,
        "number": 1,
    }
    at = "POST /mentorships/{mentorship_id}/meetings/{meeting_id}"
    soon = (now + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
    world.instead |= {
        f"{at}/choice": {"meeting_id": proposed.id, "at": proposed.times},
        f"{at}/move": {"moment": soon},
        "POST /mentorships/{mentorship_id}/contacts/{contact_number}/correction": {
            "on": clock.day(now).isoformat(),
            "key": contacts.as_shown(contact),
        },
        "POST /inquiries/withdrawals": {"withdraw": str(world.values["inquiry_id"])},
        "POST /availability/answers": {"inquiry": str(world.values["inquiry_id"])},
        "POST /mentorships/{mentorship_id}/meetings": {"time_1": soon},
        "POST /mentorships/{mentorship_id}/end/{deed}": {"deed": "leaving"},
        "POST /inquiries/{inquiry_id}/{deed}": {"deed": "acceptance", "kind": ""},
        "POST /answer/{secret}/{deed}": {"deed": "acceptance", "kind": ""},
    }


async def _ended(world: World, mentee: Person, mentor: Person) -> None:
    """One that both went on with, and one to look back at."""
    now = clock.now()
    over: dict[str, Any] = {"contacts": 4, "completed_at": now}
    going_on = await make_mentorship(mentee, mentor, state=MentorshipState.CONTINUING, **over)
    ended = await make_mentorship(
        mentee, mentor, state=MentorshipState.CLOSED, ended_at=now, asked_later_at=now, **over
    )
    held = await make_meeting(going_on, starts_at=now - timedelta(hours=3))
    at = "/mentorships/{mentorship_id}"
    world.instead |= {
        f"POST {at}/closing": {"mentorship_id": going_on.id},
        f"POST {at}/meetings/{{meeting_id}}/outcome": {
            "mentorship_id": going_on.id,
            "meeting_id": held.id,
        },
    }
    for name in ("certificate", "evaluation", "later", "thanks"):
        for method in ("GET", "POST"):
            world.instead[f"{method} {at}/{name}"] = {"mentorship_id": ended.id}
    evaluated = await make_mentorship(mentee, mentor, state=MentorshipState.CLOSED, **over)
    evaluation = await make_evaluation(evaluated, mentee, to_office="Merci.")
    world.values["evaluation_id"] = evaluation.id


async def _awaited(world: World, mentee: Person, mentor: Person) -> None:
    """What is on the desk, and what somebody has of their own."""
    now = clock.now()
    author = world.people["mentee"]
    assert author is not None
    report = Report(key="report-of-the-world", by=author.id, about=mentor.id, sent_at=now)
    await report.save()
    letter = await make_letter(mentee)
    letter.text = "Bonjour"
    await letter.save()
    search = SavedSearch(person=mentee.id, query="q=xylophone", saved_at=now)
    await search.save()
    session = await sessions.begin(mentee, "Firefox, Android", now)
    [row] = await Session.select(Session.id).where(Session.mark == session.mark)
    handed_in = await make_profile(await make_person("Rosa", "Bernasconi"), state=State.HANDED_IN)
    world.values |= {
        "application_id": (await make_application("Mia")).id,
        "deed": "down",
        "duty_id": (await make_letter(mentee)).id,
        "hashed": (await make_cv(mentor)).hashed,
        "import_id": (await make_list()).id,
        "letter_id": letter.id,
        "name": "css/app.css",
        "noun": "letter",
        "nowhere": "nowhere",
        "page_number": 1,
        "profile_id": handed_in.id,
        "report_id": report.id,
        "search_id": search.id,
        "session_id": row["id"],
        "topic_id": 1,
        "year": now.year,
    }


async def _settled(world: World, mentee: Person, mentor: Person, coordinator: Person) -> None:
    """What the office can undo, and what it has open to edit."""
    now = clock.now()
    decided: dict[str, Any] = {"by": coordinator, "note": "", "now": now}
    application = await make_application("Jan")
    await applications.refuse(application, **decided)
    profile = await make_profile(await make_person("Ugo", "Keller"), state=State.HANDED_IN)
    await profiles.refuse(profile, **decided)
    asked = await make_profile(await make_person("Zoe", "Frei"), state=State.HANDED_IN)
    await profiles.ask(asked, question="Combien?", **decided)
    world.instead["POST /desk/profiles/{profile_id}/waiver"] = {"profile_id": asked.id}
    report = Report(key="report-of-the-world-2", by=mentee.id, about=mentor.id, sent_at=now)
    await report.save()
    seen = await reports.to_decide(report.id, coordinator)
    assert seen is not None
    await reports.settle(seen, **decided)
    letter = await make_letter(mentee)
    duty = await duties.duty("letter", letter.id, coordinator, now)
    evaluation = await make_evaluation(await make_mentorship(mentee, mentor), mentee, to_office="!")
    word = await evaluations.office_word(evaluation.id, coordinator)
    assert duty is not None and word is not None
    await duties.acknowledge(duty, by=coordinator, now=clock.now())
    await evaluations.mark_read(word, by=coordinator, now=now)
    barred = await make_person("Max", "Frei")
    await exclusions.exclude(barred, **decided)
    for path, row in {
        "applications/{application_id}": {"application_id": application.id},
        "profiles/{profile_id}": {"profile_id": profile.id},
        "reports/{report_id}": {"report_id": report.id},
        "duties/{noun}/{duty_id}": {"duty_id": letter.id},
        "evaluations/{evaluation_id}": {"evaluation_id": evaluation.id},
    }.items():
        world.instead[f"POST /desk/{path}/reopening"] = row
    world.instead["POST /desk/members/{person_id}/reinstatement"] = {"person_id": barred.id}
    await _edited(world, coordinator)


async def _edited(world: World, coordinator: Person) -> None:
    now = clock.now()
    seen = norms_drafts.mark(await norms.current(), "fr")
    await norms_drafts.write("Des normes.", "fr", seen=seen, by=coordinator, now=now)
    draft = await norms_drafts.draft()
    values, seen = await house.to_edit()
    topic = await topic_edits.one(1)
    assert topic is not None
    other = await make_person("Marc", "Jost", is_coordinator=True)
    invited = await make_person("Lea", "Graf", standing=Standing.INVITED)
    changed = values | {"contact": "bureau@example.org", "seen": seen}
    await house.show_logo(b"a picture", "image/png", by=coordinator, now=now)
    [logo] = await Logo.select(Logo.hashed)
    subject, *_ = sentences.of("free_again")
    own = written({subject.one: ["De retour: {mentor}"], "Une phrase d’avant": ["La nôtre"]})
    await Wording(name="free_again", language="fr", source=own, changed_at=now).save()
    world.values["letter"] = "free_again"
    letter = {"language": "fr", "seen": "1"}
    world.instead |= {
        "POST /desk/house/letters/{letter}": letter | {subject.key: "Enfin: {mentor}"},
        "POST /desk/house/letters/{letter}/clearing": letter,
        "POST /desk/house/letters/{letter}/reversal": letter,
        "GET /logo/{name}": {"name": logo["hashed"]},
        "POST /desk/house": changed,
        "POST /desk/house/norms": {"language": "fr", "seen": norms_drafts.mark(draft, "fr")},
        "POST /desk/house/norms/publication": {"seen": norms_drafts.mark(draft)},
        "POST /desk/house/topics/{topic_id}": {"seen": json.dumps(topic_edits.said(topic))},
        "POST /desk/members/{person_id}/dismissal": {"person_id": other.id},
        "POST /desk/members/{person_id}/invitation": {"person_id": invited.id},
    }


async def _secrets(world: World, mentee: Person, mentor: Person, coordinator: Person) -> None:
    """Whoever holds one needs no session."""
    now = clock.now()
    later = now + timedelta(days=14)
    await calendars.make(by=mentee, now=now)
    calendar = await calendars.of(mentee)
    assert calendar is not None
    values = world.values
    answer = await links.make(links.ANSWER, mentor, values["inquiry_id"], later)
    ending = await links.make(links.END_SEARCH, mentee, values["search_id"], later)
    moving = await addresses.give(mentor, "claire.neuve@example.org", by=coordinator, now=now)
    assert moving is not None
    deciding = await links.make(links.ADDRESS, mentor, moving.id, later)
    world.instead["POST /desk/members/{person_id}/address/end"] = {"person_id": mentor.id}
    asked = SignIn(
        browser="b", address="a", visitor="v", person=mentee.id, code="c", onward="/",
        link=sealing.hashed("a-link-of-the-world"), asked_at=now, expires_at=later,
    )  # fmt: skip
    await asked.save()
    for route, secret in {
        "GET /address/{secret}": deciding,
        "POST /address/{secret}/confirmation": deciding,
        "POST /address/{secret}/refusal": deciding,
        "GET /answer/{secret}": answer,
        "POST /answer/{secret}/{deed}": answer,
        "GET /calendar/{secret}": f"{calendar.secret}.ics",
        "GET /sign-in/link/{secret}": "a-link-of-the-world",
        "POST /sign-in/link/{secret}": "a-link-of-the-world",
        "GET /unsubscribe/{secret}": ending,
        "POST /unsubscribe/{secret}": ending,
    }.items():
        world.instead[route] = world.instead.get(route, {}) | {"secret": secret}
