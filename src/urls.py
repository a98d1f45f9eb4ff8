"""Every page's address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from settings import settings

HOME = "/"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
APPLY = "/application"
APPLICATION_SENT = "/application/sent"
NORMS = "/norms"
NORMS_ACCEPTANCE = "/norms/acceptance"
PRIVACY = "/privacy"
MENTORS = "/mentors"
FAVOURITES = "/favourites"
SAVED_SEARCHES = "/searches"
SOUGHT_IN_VAIN = "/searches/in-vain"
INQUIRIES = "/inquiries"
MENTORSHIPS = "/mentorships"
PROFILE = "/profile"
AVAILABILITY = "/availability"
AVAILABILITY_ANSWERS = "/availability/answers"
AVAILABILITY_CAPACITY = "/availability/capacity"
ACCOUNT = "/account"
ADDRESS_CONFIRMATION = "/account/address/confirmation"
ADDRESS_REFUSAL = "/account/address/refusal"
CALENDAR = "/account/calendar"
DATA_JSON = "/account/data.json"
DATA_PAGE = "/account/data.html"
PAUSE = "/account/pause"
RETURN = "/account/return"
DELETION = "/account/deletion"
RETENTION = "/desk/retention"
DESK = "/desk"
MEMBERS = "/desk/members"
IMPORTS = "/desk/imports"
FIGURES = "/desk/figures"
EVENTS = "/desk/events"
HOUSE = "/desk/house"
HOUSE_NORMS = "/desk/house/norms"
HOUSE_TOPICS = "/desk/house/topics"
HOUSE_LETTERS = "/desk/house/letters"
HOUSE_LOGO = "/desk/house/logo"
HOUSE_LOGO_END = "/desk/house/logo/end"
LOGO = "/logo"
LANGUAGE = "/language"
THEME = "/theme"
FIRST_RUN = "/first-run"
DEMO_LETTERS = "/demo/letters"
DEMO_ENTER = "/demo/enter"
CV = "/profile/cv"
CV_END = "/profile/cv/end"
DOCUMENTS = "/documents"
PROFILE_SUBMISSION = "/profile/submission"
PROFILE_WITHDRAWAL = "/profile/withdrawal"


def sign_in_link(token: str) -> str:
    return f"{SIGN_IN}/link/{token}"


def mentors(**query: Any) -> str:
    return with_query(MENTORS, **query)


def mentor(person: Any) -> str:
    return f"{MENTORS}/{_id(person)}"


def mentor_preview(person: Any) -> str:
    return f"{mentor(person)}/preview"


def favourite(person: Any) -> str:
    return f"{mentor(person)}/favourite"


def free_wish(person: Any) -> str:
    return f"{mentor(person)}/wish"


def ask(person: Any) -> str:
    return f"{mentor(person)}/inquiry"


def draft(person: Any) -> str:
    return f"{mentor(person)}/draft"


def person_report(person: Any) -> str:
    return f"{mentor(person)}/report"


def saved_search(search: Any) -> str:
    return f"{SAVED_SEARCHES}/{_id(search)}"


def end_search(search: Any) -> str:
    return f"{saved_search(search)}/end"


def inquiry(inquiry: Any, deed: str = "") -> str:
    """`deed`: one of the five ways to answer (DEEDS), explanation, withdrawal."""
    return f"{INQUIRIES}/{_id(inquiry)}" + _deed(deed)


def answer(token: str, deed: str = "") -> str:
    """The same deeds from a letter's link, without signing in."""
    return f"/answer/{token}" + (f"/{deed}" if deed else "")


def mentorship(mentorship: Any, part: str = "") -> str:
    """`part`: news, first-talk, word, contacts, meetings, agreement, notes, end, evaluation, …"""
    return f"{MENTORSHIPS}/{_id(mentorship)}" + _deed(part)


def contact(contact: Any, deed: str = "") -> str:
    return f"{mentorship(contact.mentorship)}/contacts/{contact.number}" + (
        f"/{deed}" if deed else ""
    )


def meeting(meeting: Any, deed: str = "") -> str:
    """`deed`: choice, move, cancellation, outcome, invitation.ics."""
    return f"{mentorship(meeting.mentorship)}/meetings/{_id(meeting)}" + (
        f"/{deed}" if deed else ""
    )


def note(mentorship_: Any, number: int, deed: str = "") -> str:
    return mentorship(mentorship_, f"notes/{number}") + _deed(deed)


def calendar_feed(secret: str) -> str:
    return f"/calendar/{secret}.ics"


def session_end(session: Any) -> str:
    return f"{ACCOUNT}/sessions/{_id(session)}/end"


def application_deed(application: Any, deed: str) -> str:
    return f"{DESK}/applications/{_id(application)}/{deed}"


def profile_deed(profile: Any, deed: str) -> str:
    return f"{DESK}/profiles/{_id(profile)}/{deed}"


def document(document: Any, number: int = 0) -> str:
    """The file itself; `number`: one of its pages as a picture."""
    return f"{DOCUMENTS}/{document.hashed}" + (f"/{number}" if number else "")


def report_deed(report: Any, deed: str = "") -> str:
    """The page of one; `deed`: reading, settlement, reopening."""
    return f"{DESK}/reports/{_id(report)}" + _deed(deed)


def duty_deed(duty: Any, deed: str) -> str:
    """What there is to see and nothing to decide. `deed`: reading, reopening."""
    return f"{DESK}/duties/{duty.noun}/{int(duty.number)}/{deed}"


def evaluation_deed(word: Any, deed: str) -> str:
    """`deed`: reading, reopening."""
    return f"{DESK}/evaluations/{_id(word)}/{deed}"


def members(kind: str = "", **query: Any) -> str:
    """`kind`: csv or xlsx, to take along."""
    return with_query(f"{MEMBERS}.{kind}" if kind else MEMBERS, **query)


def figures(period: str = "", kind: str = "") -> str:
    """`kind`: csv, to take along."""
    return with_query(f"{FIGURES}.{kind}" if kind else FIGURES, period=period)


def year(number: int) -> str:
    return f"{FIGURES}/year/{number}"


def member(person: Any, deed: str = "") -> str:
    """`deed`: address, address/end, language, appointment, dismissal, invitation, notes, exclusion,
    reinstatement."""
    return f"{MEMBERS}/{_id(person)}" + _deed(deed)


def members_list(row: Any, deed: str = "") -> str:
    """An import. `deed`: confirmation, drop."""
    return f"{IMPORTS}/{_id(row)}" + _deed(deed)


def house_norms(language: str = "", deed: str = "") -> str:
    """`deed`: publication."""
    return with_query(HOUSE_NORMS + _deed(deed), language=language)


def house_topic(topic: Any, deed: str = "") -> str:
    """`deed`: up, down, retirement, return."""
    return f"{HOUSE_TOPICS}/{_id(topic)}" + _deed(deed)


def house_letter(name: str, language: str = "", deed: str = "") -> str:
    """Its texts. `deed`: reversal, clearing."""
    return with_query(f"{HOUSE_LETTERS}/{name}" + _deed(deed), language=language)


def new_topic(branch: Any = None) -> str:
    return with_query(f"{HOUSE_TOPICS}/new", branch=_id(branch) if branch else "")


def logo(hashed: str) -> str:
    return f"{LOGO}/{hashed}"


def events(kind: str = "", /, **query: Any) -> str:
    """`kind`: csv, to take along."""
    return with_query(f"{EVENTS}.{kind}" if kind else EVENTS, **query)


def letter_again(letter: Any) -> str:
    return f"{DESK}/letters/{_id(letter)}/another-try"


def address_change(token: str, deed: str = "") -> str:
    """From the letter to the address they have. `deed`: confirmation, refusal."""
    return f"/address/{token}" + _deed(deed)


def unsubscribe(token: str) -> str:
    return f"/unsubscribe/{token}"


def absolute(path: str) -> str:
    """For letters."""
    return settings().base_url + path


def with_query(path: str, **query: Any) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def own_path(address: str) -> str:
    """Where to go on: only a path of ours. `//host` and `/\\host` are other hosts."""
    plain = address.isascii() and address.isprintable() and "\\" not in address
    ours = plain and address.startswith("/") and not address.startswith("//")
    return address if ours else HOME


def _deed(deed: str) -> str:
    return f"/{deed}" if deed else ""


def _id(row: Any) -> int:
    return int(row if isinstance(row, int) else row.id)
