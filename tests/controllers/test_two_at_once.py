"""Every deed on a mentorship in two requests at the same moment: it is done once, and whoever was
second is told, or was only a double tap."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import clock
import urls
from controllers.endings import DEEDS
from domain import agreements, contacts, meetings, mentorships, notes
from domain.agreements import Terms
from domain.contacts import Talk
from domain.meetings import Plan
from domain.typed_texts import Window
from tables.contacts import Kind
from tables.events import Event
from tables.mentorships import Mentorship, Question, State
from tables.people import Person
from tests.cast import Browser, built, without_a_past
from tests.factories import make_meeting, make_mentorship, new_key
from tests.moments import At

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SOON = NOW + DAY
BOTH, TWICE = ("mentee", "mentor"), ("mentee", "mentee")

Form = dict[str, Any]
Before = Callable[[Mentorship], Awaitable[object]]


async def _nothing(pair: Mentorship) -> None:
    """A pair on its way is enough."""


async def _contact(pair: Mentorship) -> None:
    talk = Talk(new_key(), Kind.PHONE, clock.day(NOW))
    await contacts.log(pair, talk, by=pair.mentor, now=NOW)


async def _proposal(pair: Mentorship) -> None:
    plan = Plan(new_key(), Kind.PHONE, [SOON])
    await meetings.propose(pair, plan, by=pair.mentor, now=NOW)


async def _planned(pair: Mentorship) -> None:
    await make_meeting(pair, starts_at=SOON)


async def _begun(pair: Mentorship) -> None:
    await make_meeting(pair, starts_at=NOW - timedelta(hours=2))


async def _ending(pair: Mentorship) -> None:
    await mentorships.propose_end(pair, clock.day(NOW), by=pair.mentor, now=NOW)


async def _version(pair: Mentorship) -> None:
    terms = Terms(goals=("Déléguer",))
    await agreements.propose(pair, terms, key=new_key(), base=0, by=pair.mentor, now=NOW)


async def _note(pair: Mentorship) -> None:
    await notes.save(pair, 1, {"needs": "un"}, Window(), by=pair.mentee, now=NOW)


async def _shared(pair: Mentorship) -> None:
    await _note(pair)
    await notes.share(pair, 1, by=pair.mentee, now=NOW)


async def _official(pair: Mentorship, **more: Any) -> None:
    values: dict[Any, Any] = {"state": State.COMPLETED, "contacts": 4, "completed_at": NOW} | more
    await Mentorship.update(values).where(Mentorship.id == pair.id)


async def _beginning(pair: Mentorship) -> None:
    await Mentorship.update({"state": State.BEGINNING}).where(Mentorship.id == pair.id)


async def _wish(pair: Mentorship) -> None:
    await _official(pair)
    await mentorships.say(pair, Question.CONTINUE, is_yes=True, by=pair.mentor, now=NOW)


async def _asked_later(pair: Mentorship) -> None:
    await _official(pair, asked_later_at=NOW)


@dataclass(frozen=True)
class Scene:
    """`route` below the mentorship, `by` whom, with which `form`; another one for the second, if
    there is an `other`. `lost`: the second one's status. `done`: the events that remain."""

    route: str
    form: Form
    done: Mapping[str, int]
    before: Before = _nothing
    by: tuple[str, str] = BOTH
    other: Form | None = None
    lost: int = 409
    where: str = ""


KEY = {"key": "a-key-of-a-form-000"}
KEYS = ({"key": "a-key-of-a-form-001"}, {"key": "a-key-of-a-form-002"})
DATES = {"time_1": "2026-12-01T10:00", "kind": "phone", "minutes": "60"}
MOVED = {"moment": "2026-12-02T10:00", "kind": "phone", "minutes": "60", "version": "1"}
FIRST, GO_ON = {"question": "first_talk"}, {"question": "continue"}
YES, NO = {"answer": "yes"}, {"answer": "no"}
MARKED = {"version": "1", "mark": "oneoneone.1"}

SCENES = {
    "both log": Scene(
        "/contacts",
        KEYS[0] | {"kind": "phone"},
        {"contact.log": 1},
        other=KEYS[1] | {"kind": "video"},
    ),
    "a double tap logs": Scene(
        "/contacts", KEY | {"kind": "phone"}, {"contact.log": 1}, by=TWICE, lost=303
    ),
    "confirmed twice": Scene(
        "/contacts/{contact_number}/confirmation",
        {},
        {"contact.confirm": 1},
        _contact,
        TWICE,
    ),
    "both correct": Scene(
        "/contacts/{contact_number}/correction",
        {"kind": "video", "on": "2026-11-22"},
        {"contact.correct": 1},
        _contact,
        other={"kind": "written", "on": "2026-11-23"},
    ),
    "a double tap proposes": Scene(
        "/meetings", KEY | DATES, {"meeting.propose": 1}, by=TWICE, lost=303
    ),
    "both answer dates by other dates": Scene(
        "/meetings",
        KEYS[0] | DATES | {"instead": "1"},
        {"meeting.replace": 1, "meeting.propose": 1},
        _proposal,
        other=KEYS[1] | DATES | {"instead": "1"},
    ),
    "picked twice": Scene(
        "/meetings/{meeting_id}/choice",
        {"at": SOON.isoformat()},
        {"meeting.pick": 1},
        _proposal,
        TWICE,
    ),
    "both move": Scene(
        "/meetings/{meeting_id}/move",
        MOVED,
        {"meeting.move": 1},
        _planned,
        other=MOVED | {"moment": "2026-12-03T10:00"},
    ),
    "both move alike": Scene(
        "/meetings/{meeting_id}/move", MOVED, {"meeting.move": 1}, _planned, lost=303
    ),
    "both cancel": Scene(
        "/meetings/{meeting_id}/cancellation",
        {"version": "1"},
        {"meeting.cancel": 1},
        _planned,
    ),
    "both say that it took place": Scene(
        "/meetings/{meeting_id}/outcome",
        {"held": "1"},
        {"meeting.note_held": 1, "contact.log": 1},
        _begun,
    ),
    "both say that it did not": Scene(
        "/meetings/{meeting_id}/outcome", {"held": "0"}, {"meeting.note_missed": 1}, _begun
    ),
    "both say yes after the first talk": Scene(
        "/word",
        FIRST | YES,
        {"mentorship.say_first_talk": 2, "mentorship.go_on": 1},
        _beginning,
        lost=303,
    ),
    "one yes, one no": Scene(
        "/word",
        FIRST | YES,
        {"mentorship.say_first_talk": 2, "mentorship.not_pursue": 1},
        _beginning,
        other=FIRST | NO,
        lost=303,
    ),
    "the answer to a wish, twice": Scene(
        "/word", GO_ON | YES, {"mentorship.say_continue": 1, "mentorship.continue": 1}, _wish, TWICE
    ),
    "both wish": Scene(
        "/word",
        GO_ON | YES,
        {"mentorship.say_continue": 2, "mentorship.continue": 1},
        _official,
        lost=303,
    ),
    "both propose an end": Scene(
        "/end/{deed}",
        {"talk_on": "2026-11-26"},
        {"mentorship.propose_end": 1},
        where="proposal",
    ),
    "confirmed by two windows": Scene(
        "/end/{deed}", {}, {"mentorship.end_early": 1}, _ending, TWICE, where="confirmation"
    ),
    "taken back by two windows": Scene(
        "/end/{deed}",
        {},
        {"mentorship.take_back_end": 1},
        _ending,
        ("mentor", "mentor"),
        where="withdrawal",
    ),
    "both leave": Scene(
        "/end/{deed}",
        KEYS[0],
        {"mentorship.leave": 1},
        other=KEYS[1],
        where="leaving",
    ),
    "both close": Scene("/closing", {}, {"mentorship.close": 1}, _official),
    "both propose an agreement": Scene(
        "/agreement",
        KEYS[0] | {"base": "0", "goals": "Déléguer"},
        {"agreement.propose": 1},
        other=KEYS[1] | {"base": "0", "goals": "Décider"},
    ),
    "accepted twice": Scene(
        "/agreement/acceptance", {"number": "1"}, {"agreement.accept": 1}, _version, TWICE
    ),
    "two windows on a note": Scene(
        "/notes/{number}",
        MARKED | {"needs": "deux"},
        {},
        _note,
        TWICE,
        other={"version": "1", "mark": "twotwotwo.1", "needs": "trois"},
    ),
    "two choices between two texts": Scene(
        "/notes/{number}/choice",
        {"version": "1", "needs": "deux"},
        {},
        _note,
        TWICE,
        other={"version": "1", "needs": "trois"},
    ),
    "shared by two windows": Scene(
        "/notes/{number}/sharing", {"shared": "1"}, {"note.share": 1}, _note, TWICE, lost=303
    ),
    "hidden by two windows": Scene(
        "/notes/{number}/sharing", {"shared": "0"}, {"note.unshare": 1}, _shared, TWICE, lost=303
    ),
    "both evaluate": Scene(
        "/evaluation",
        KEYS[0] | {"to_partner": "Merci."},
        {"evaluation.send": 2},
        _official,
        other=KEYS[1],
        lost=303,
    ),
    "evaluated from two windows": Scene(
        "/evaluation", KEYS[0], {"evaluation.send": 1}, _official, TWICE, other=KEYS[1]
    ),
    "thanked from two windows": Scene(
        "/thanks",
        {"words": "Merci."},
        {"thanks.send": 1},
        _official,
        TWICE,
        other={"words": "Mille mercis."},
    ),
    "two answers later": Scene(
        "/later", YES, {"later.answer": 1}, _asked_later, TWICE, other=NO
    ),
    "a double tap reports": Scene(
        "/report", KEY | {"words": "Des remarques."}, {"report.send": 1}, by=TWICE, lost=303
    ),
}  # fmt: skip


def test_every_deed_is_tried() -> None:
    below = "/mentorships/{mentorship_id}"
    posts = {
        route.path_format.removeprefix(below)
        for route in built().routes
        for handler in getattr(route, "route_handlers", ())
        if "POST" in getattr(handler, "http_methods", ()) and route.path_format.startswith(below)
    }
    assert {scene.route for scene in SCENES.values()} == posts
    assert {scene.where for scene in SCENES.values() if "{deed}" in scene.route} == set(DEEDS)


@pytest.mark.parametrize("name", SCENES)
async def test_two_at_once(
    name: str, mentor: Person, mentee: Person, browser: Browser, at: At
) -> None:
    at(NOW)
    scene = SCENES[name]
    pair = await make_mentorship(mentee, mentor, state=State.RUNNING, began_at=NOW - 30 * DAY)
    await scene.before(pair)
    await without_a_past(Event._meta.db)
    people = {"mentee": mentee, "mentor": mentor}
    windows = [await browser(people[who]) for who in scene.by]
    path = scene.route.replace("{deed}", scene.where)
    for named in ("{contact_number}", "{meeting_id}", "{number}"):
        path = path.replace(named, "1")
    address = urls.mentorship(pair) + path
    forms = [scene.form, scene.other or scene.form]
    if path.endswith("/correction"):
        page = await windows[0].get(address)
        forms = [
            each | {"key": page.text.partition('name="key" value="')[2][:33]} for each in forms
        ]

    got = await asyncio.gather(
        *(window.post(address, data=form) for window, form in zip(windows, forms, strict=True))
    )

    assert sorted(each.status_code for each in got) == [303, scene.lost]
    told = [row["what"] for row in await Event.select(Event.what)]
    assert {what: told.count(what) for what in told} == dict(scene.done)
