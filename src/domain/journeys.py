"""Where a pair stands, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain import agreements, contacts, evaluations, meetings, mentorships, notes
from domain.evaluations import Retrospect
from tables.agreements import Agreement
from tables.contacts import Contact
from tables.meetings import OPEN, Meeting
from tables.meetings import State as MeetingState
from tables.mentorships import Mentorship, Question, State, Word
from tables.notes import Note
from tables.people import Person


class Step(StrEnum):
    """What the page's main button does."""

    ANSWER_END = "answer_end"
    TOOK_PLACE = "took_place"
    SAY_WORD = "say_word"
    PICK_TIME = "pick_time"
    PREPARE = "prepare"
    AWAIT_TIME = "await_time"
    PLAN = "plan"
    EVALUATE = "evaluate"
    ANSWER_CONTINUE = "answer_continue"
    LATER = "later"
    REST = "rest"


@dataclass(frozen=True)
class Journey:
    """All that the page shows, through one viewer's eyes."""

    mentorship: Mentorship
    viewer: Person
    now: datetime
    contacts: list[Contact]
    meetings: list[Meeting]
    agreements: list[Agreement]
    notes: list[Note]
    evaluations: Retrospect
    words: list[Word]

    @property
    def partner(self) -> Person:
        return self.mentorship.partner_of(self.viewer)

    def said(self, question: str) -> Word | None:
        """The viewer's own word."""
        return self._word(question, is_mine=True)

    def heard(self, question: str) -> Word | None:
        """The partner's, once it may be seen."""
        word = self._word(question, is_mine=False)
        if word is None or not mentorships.is_shown(word, self.words, self.viewer, self.now):
            return None
        return word

    def has_spoken(self, question: str) -> bool:
        """The partner, whatever they said."""
        return self._word(question, is_mine=False) is not None

    def shown_on(self, question: str) -> datetime | None:
        """When the partner's word will be seen at the latest."""
        word = self._word(question, is_mine=False)
        return word.reveal_by if word else None

    @property
    def planned(self) -> Meeting | None:
        """The next one, or one whose outcome nobody told yet."""
        open_ones = [each for each in self.meetings if each.state == MeetingState.PLANNED]
        return min(open_ones, key=lambda each: each.starts_at, default=None)

    @property
    def proposed(self) -> list[Meeting]:
        """Those of which a date can still be picked."""
        here = [each for each in self.meetings if each.state == MeetingState.PROPOSED]
        return [each for each in here if each.coming(self.now)]

    @property
    def offered(self) -> Meeting | None:
        """The partner's dates, to pick from."""
        return next((each for each in self.proposed if not self._is_mine(each.by)), None)

    @property
    def further_meetings(self) -> list[Meeting]:
        """The open ones, but for the one that the main button is about."""
        shown = {Step.PICK_TIME: self.offered, Step.TOOK_PLACE: self.planned}.get(self.step)
        return [each for each in self.meetings if each.state in OPEN and each is not shown]

    @property
    def step(self) -> Step:
        state = self.mentorship.state
        if self.mentorship.ending_due is not None and not self._is_mine(self.mentorship.ending_by):
            return Step.ANSWER_END
        if self.mentorship.is_alive:
            return self._step_alive()
        if self.evaluations.is_later_awaited:
            return Step.LATER
        if state == State.NOT_PURSUED or self._has_evaluated:
            wish = self.heard(Question.CONTINUE)
            is_wished = wish is not None and wish.is_yes and not self.said(Question.CONTINUE)
            return Step.ANSWER_CONTINUE if state == State.COMPLETED and is_wished else Step.REST
        return Step.EVALUATE

    def _step_alive(self) -> Step:
        meeting = self.planned
        if meeting is not None and meeting.starts_at <= self.now:
            return Step.TOOK_PLACE
        is_asked = self.mentorship.state == State.BEGINNING and self.mentorship.contacts >= 1
        if is_asked and self.said(Question.FIRST_TALK) is None:
            return Step.SAY_WORD
        if meeting is not None:
            return Step.PREPARE
        if self.offered is not None:
            return Step.PICK_TIME
        return Step.AWAIT_TIME if self.proposed else Step.PLAN

    @property
    def _has_evaluated(self) -> bool:
        return self.evaluations.shown.mine is not None

    def _word(self, question: str, *, is_mine: bool) -> Word | None:
        for word in self.words:
            if word.question == question and self._is_mine(word.person) == is_mine:
                return word
        return None

    def _is_mine(self, person: object) -> bool:
        number = person.id if isinstance(person, Person) else person
        return bool(number == self.viewer.id)


async def seen_by(viewer: Person, mentorship: Mentorship, now: datetime) -> Journey:
    """A question to the database a noun, however long the way has become."""
    return Journey(
        mentorship=mentorship,
        viewer=viewer,
        now=now,
        contacts=await contacts.of(mentorship),
        meetings=await meetings.of(mentorship),
        agreements=await agreements.of(mentorship),
        notes=await notes.seen_by(viewer, mentorship),
        evaluations=await evaluations.seen_by(viewer, mentorship, now),
        words=await mentorships.words_of(mentorship),
    )
