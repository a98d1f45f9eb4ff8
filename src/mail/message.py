"""A letter as mail servers and mail programs want it."""

from __future__ import annotations

import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import (
    Address,
    HeaderRegistry,
    UniqueAddressHeader,
    UniqueUnstructuredHeader,
)
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from settings import settings

LONGEST_WORD = 75  # RFC 2047
METHOD = re.compile(r"^METHOD:([A-Z]+)", re.MULTILINE)


class NotAnAddress(ValueError):
    """No server could take it."""


@dataclass(frozen=True)
class Outgoing:
    """What a letter is when it leaves."""

    message_id: str
    address: str
    language: str
    subject: str
    text: str
    html: str
    house: str
    name: str = ""
    thread: str = ""
    reply_to: str = ""
    unsubscribe: str = ""
    calendar: str = ""


def new_message_id() -> str:
    """Fixed when posted: however often a letter is sent, programs show it once."""
    return f"<{uuid4().hex}@{settings().mail_domain}>"


def compose(letter: Outgoing, now: datetime) -> EmailMessage:
    made = EmailMessage(policy=_policy())
    made["From"] = Address(letter.house, addr_spec=settings().mail_from)
    made["To"] = _address(letter.address, letter.name)
    if letter.reply_to:
        made["Reply-To"] = _address(letter.reply_to)
    made["Subject"] = letter.subject
    made["Date"] = now
    made["Message-ID"] = letter.message_id
    if letter.thread:
        made["In-Reply-To"] = made["References"] = f"<{letter.thread}@{settings().mail_domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:
        made["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(letter.text, cte="quoted-printable")
    made.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.calendar:
        _invite(made, letter.calendar)
    made["Content-Language"] = letter.language  # last: set_content drops earlier Content-*
    return made


def _invite(made: EmailMessage, calendar: str) -> None:
    """As Gmail and Outlook send them themselves: a third alternative, which makes the buttons, and
    the same as a file. The file is of another kind, or some programs show the meeting twice."""
    found = METHOD.search(calendar)
    method = found[1] if found else "PUBLISH"
    made.attach(_part(calendar, "text/calendar", charset="utf-8", method=method))
    file = _part(calendar, "application/ics", name="invitation.ics")
    file.add_header("Content-Disposition", "attachment", filename="invitation.ics")
    made.make_mixed()
    made.attach(file)


def _part(calendar: str, kind: str, **params: str) -> EmailMessage:
    """In base64 of short lines: those of a letter's own policy would be 996 long."""
    maintype, _, subtype = kind.partition("/")
    part = EmailMessage(policy=email.policy.SMTP)
    part.set_content(calendar.encode(), maintype, subtype, cte="base64", params=params)
    del part["MIME-Version"]
    return part


def _address(written: str, name: str = "") -> Address:
    """Domains may have accents, written as servers know them; names before the @ may not."""
    local, _, domain = written.rpartition("@")
    try:
        domain = domain.encode("idna").decode()
        return Address(name, addr_spec=f"{local}@{domain}")
    except (ValueError, IndexError, MessageError) as error:
        raise NotAnAddress from error


def _policy() -> email.policy.EmailPolicy[EmailMessage]:
    """998: with less, List-Unsubscribe or References of 76 characters and more are turned into
    encoded words, which nobody reads; None crashes."""
    registry = HeaderRegistry()
    own: dict[str, Any] = {"subject": _Words, "from": _Somebody, "to": _Somebody}
    for header, kind in own.items():  # typeshed takes a kind of header for the whole header
        registry.map_to_type(header, kind)
    return email.policy.SMTP.clone(max_line_length=998, header_factory=registry)


class _Words(UniqueUnstructuredHeader):
    """Python's policies lose spaces in long accented words, or write encoded ones longer than
    allowed; the old Header does neither."""

    name: str

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {_encoded(str(self), self.name)}{policy.linesep}"


class _Somebody(UniqueAddressHeader):
    name: str

    def fold(self, *, policy: Any) -> str:
        [who] = self.addresses
        written = str(who)
        if not written.isascii():
            written = f"{_encoded(who.display_name, self.name)} <{who.addr_spec}>"
        return f"{self.name}: {written}{policy.linesep}"


def _encoded(text: str, header: str) -> str:
    charset = None if text.isascii() else "utf-8"
    return Header(text, charset, maxlinelen=LONGEST_WORD, header_name=header).encode(linesep="\r\n")
