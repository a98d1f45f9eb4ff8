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
    AWAIT_END = "await_end"
    TOOK_PLACE = "took_place"
    SAY_WORD = "say_word"
    AWAIT_WORD = "await_word"
    PICK_TIME = "pick_time"
    PREPARE = "prepare"
    AWAIT_TIME = "await_time"
    PLAN = "plan"
    ANSWER_CONTINUE = "answer_continue"
    EVALUATE = "evaluate"
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
    words: list[Word]  # one's own, and the partner's that may be seen
    blind: dict[str, datetime]  # by question: until when the partner's other ones are not

    @property
    def partner(self) -> Person:
        return self.mentorship.partner_of(self.viewer)

    @property
    def agreed(self) -> Agreement | None:
        """What is in force."""
        return agreements.in_force(self.agreements)

    @property
    def suggested(self) -> Agreement | None:
        """The version that waits for an answer, while there is one to give."""
        return agreements.awaiting(self.agreements) if self.mentorship.is_alive else None

    def said(self, question: str) -> Word | None:
        """The viewer's own word."""
        return self._word(question, is_mine=True)

    def heard(self, question: str) -> Word | None:
        """The partner's, once it may be seen."""
        return self._word(question, is_mine=False)

    def has_spoken(self, question: str) -> bool:
        """The partner, whatever they said."""
        return question in self.blind or self.heard(question) is not None

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
        """People before forms: what the partner waits for comes first."""
        if self.mentorship.ending_due is not None:
            return self._step_ending()
        if self.mentorship.is_alive:
            return self._step_alive()
        if self._is_wished:
            return Step.ANSWER_CONTINUE
        if self.evaluations.is_later_awaited:
            return Step.LATER
        is_done = self.mentorship.state == State.NOT_PURSUED or self._has_evaluated
        return Step.REST if is_done else Step.EVALUATE

    def _step_ending(self) -> Step:
        """Who has proposed an end is led to no further meeting."""
        return Step.AWAIT_END if self._is_mine(self.mentorship.ending_by) else Step.ANSWER_END

    def _step_alive(self) -> Step:
        meeting = self.planned
        if meeting is not None and meeting.starts_at <= self.now:
            return Step.TOOK_PLACE
        is_beginning = self.mentorship.state == State.BEGINNING
        said = self.said(Question.FIRST_TALK)
        if is_beginning and self.mentorship.contacts >= 1 and said is None:
            return Step.SAY_WORD
        if meeting is not None:
            return Step.PREPARE
        if self.offered is not None:
            return Step.PICK_TIME
        if is_beginning and said is not None and not said.is_yes:
            return Step.AWAIT_WORD
        return Step.AWAIT_TIME if self.proposed else Step.PLAN

    @property
    def _is_wished(self) -> bool:
        """By the partner, and not answered yet."""
        wish = self.heard(Question.CONTINUE)
        is_asked = self.mentorship.state == State.COMPLETED and self.said(Question.CONTINUE) is None
        return is_asked and wish is not None and wish.is_yes

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
    """A question to the database a noun, however long the way has become. The partner's words
    that are still blind go no further than here."""
    said = await mentorships.words_of(mentorship)
    shown = [word for word in said if mentorships.is_shown(word, said, viewer, now)]
    return Journey(
        mentorship=mentorship,
        viewer=viewer,
        now=now,
        contacts=await contacts.of(mentorship),
        meetings=await meetings.of(mentorship),
        agreements=await agreements.of(mentorship),
        notes=await notes.seen_by(viewer, mentorship),
        evaluations=await evaluations.seen_by(viewer, mentorship, now),
        words=shown,
        blind={word.question: word.reveal_by for word in said if word not in shown},
    )
