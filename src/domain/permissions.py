"""Who may do what: asked by the button and by the verb."""

from __future__ import annotations

from tables.address_changes import AddressChange
from tables.applications import Application
from tables.applications import State as ApplicationState
from tables.contacts import Contact
from tables.inquiries import OPEN, Inquiry
from tables.inquiries import State as InquiryState
from tables.meetings import Meeting
from tables.meetings import State as MeetingState
from tables.mentorships import Mentorship
from tables.people import Person
from tables.profiles import Profile
from tables.profiles import State as ProfileState


def may_answer(person: Person, inquiry: Inquiry) -> bool:
    """The mentor, whoever is signed in or followed their letter's link."""
    mentor: Person = inquiry.mentor
    return person.is_member and mentor.id == person.id


def may_explain(person: Person, inquiry: Inquiry) -> bool:
    mentee: Person = inquiry.mentee
    return person.is_member and mentee.id == person.id


def may_withdraw(person: Person, inquiry: Inquiry) -> bool:
    mentee: Person = inquiry.mentee
    return person.is_member and mentee.id == person.id


def may_ask(person: Person, mentor: Person) -> bool:
    return person.is_member and person.id != mentor.id


def may_take_part(person: Person, mentorship: Mentorship) -> bool:
    """Either of the two."""
    mentee: Person = mentorship.mentee
    mentor: Person = mentorship.mentor
    return person.is_member and person.id in (mentee.id, mentor.id)


def may_report(person: Person, about: Person) -> bool:
    return person.is_member and person.id != about.id


def may_confirm(person: Person, contact: Contact) -> bool:
    """What the partner logged; the mentorship came through the viewer."""
    return person.is_member and not _is_by(person, contact)


def may_pick(person: Person, meeting: Meeting) -> bool:
    """One of the partner's dates; the mentorship came through the viewer."""
    return person.is_member and not _is_by(person, meeting)


def is_movable(viewer: Person, meeting: Meeting) -> bool:
    return viewer.is_member and meeting.state == MeetingState.PLANNED


def may_move(person: Person, change: AddressChange) -> bool:
    """To another address: whoever it is that has the old one, signed in or by their letter's
    link."""
    return person.is_member and person.id == change.person


def may_settle(person: Person) -> bool:
    """The office's decisions."""
    return person.is_member and person.is_coordinator


def is_answerable(viewer: Person, inquiry: Inquiry) -> bool:
    return may_answer(viewer, inquiry) and inquiry.state == InquiryState.WAITING


def is_explainable(viewer: Person, inquiry: Inquiry) -> bool:
    return may_explain(viewer, inquiry) and inquiry.state == InquiryState.ASKED_BACK


def is_withdrawable(viewer: Person, inquiry: Inquiry) -> bool:
    return may_withdraw(viewer, inquiry) and inquiry.state in OPEN


def is_confirmable(viewer: Person, contact: Contact) -> bool:
    return may_confirm(viewer, contact) and contact.confirmed_at is None


def is_waiting(row: Application | Profile) -> bool:
    """On the office's desk."""
    return row.state in (ApplicationState.WAITING, ProfileState.HANDED_IN)


def _is_by(person: Person, row: Contact | Meeting) -> bool:
    """Whether the row was read with its people or without."""
    by: Person | int = row.by
    return person.id == (by.id if isinstance(by, Person) else by)
