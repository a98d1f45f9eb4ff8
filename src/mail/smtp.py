"""The way to the mail server: letters as it takes them, its answers as we take them."""

from __future__ import annotations

import email.errors
import email.policy
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import aiosmtplib

import clock
from settings import Smtp, settings

TIMEOUT = 20  # seconds, for each answer of the server
LONGEST_WORD = 75  # RFC 2047
NO_ADDRESS = "This is not an e-mail address."
# Said of any letter: who we are or what we may, not this letter or its reader.
SIGN_IN_WANTED = (530, 534, 535, 538)
MAY_NOT_RELAY = re.compile(r"\brelay", re.IGNORECASE)


class Trouble(Exception):
    """`said` is the server's answer or the system's word, `hint` what it means for an operator."""

    def __init__(self, said: str, hint: str = "") -> None:
        super().__init__(said)
        self.said = said
        self.hint = hint


class Deferred(Trouble):
    """Not now: try this letter again."""


class Refused(Trouble):
    """Never: this letter to this address."""


class Unready(Trouble):
    """No letter would pass: the server is away or our settings are wrong."""


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


class Server:
    """One connection for a round of letters, opened when first needed."""

    def __init__(self, smtp: Smtp, sender: str, domain: str) -> None:
        self.smtp, self.sender, self.domain = smtp, sender, domain
        self.client: aiosmtplib.SMTP | None = None

    async def send(self, message: EmailMessage) -> str:
        """The server's answer, or one of the troubles."""
        client = await self._connected()
        recipient = message["To"].addresses[0].addr_spec
        try:
            _, said = await client.sendmail(self.sender, [recipient], message.as_bytes())
        except aiosmtplib.SMTPSenderRefused as answer:
            raise Unready(_said(answer), "The server takes no letters from MAIL_FROM.") from answer
        except aiosmtplib.SMTPRecipientsRefused as answers:
            raise _judged(answers.recipients[0]) from answers
        except aiosmtplib.SMTPResponseException as answer:
            raise _judged(answer) from answer
        except ValueError as error:
            raise Refused("553 not an address", NO_ADDRESS) from error
        except (aiosmtplib.SMTPException, OSError) as loss:
            self._drop()
            raise Deferred(_said(loss), "The server fell silent in the middle.") from loss
        except BaseException:  # stopped: what this connection is good for, nobody knows
            self._drop()
            raise
        return f"250 {said}"

    async def close(self) -> None:
        client, self.client = self.client, None
        if client and client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=2)
        if client:
            client.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self.client and await _alive(self.client):
            return self.client
        await self.close()
        smtp = self.smtp
        client = aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user or None,
            password=smtp.password or None,
            local_hostname=self.domain,
            timeout=TIMEOUT,
            use_tls=smtp.security == "tls",
            start_tls=smtp.security == "starttls",
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise Unready(_said(error), _hint(error, smtp)) from error
        self.client = client
        return client

    def _drop(self) -> None:
        if self.client:
            self.client.close()
            self.client = None


def server() -> Server | None:
    """None without SMTP settings: letters wait."""
    here = settings()
    return Server(here.smtp, here.mail_from, here.mail_domain) if here.smtp else None


async def try_out(address: str) -> str:
    """Sends a letter at once: the server's answer word by word, or a Trouble with a hint."""
    way = server()
    if way is None:
        raise Unready("no SMTP settings", "Set SMTP_HOST (and SMTP_PORT, SMTP_USER, …) first.")
    words = "Les réglages du courrier fonctionnent."
    test = Outgoing(
        message_id=new_message_id(),
        address=address,
        language="fr",
        subject="Essai du courrier",
        text=words + "\n",
        html=f'<!doctype html><html lang="fr"><title>Essai</title><p>{words}</p></html>\n',
        house="Mentorat",
    )
    try:
        return await way.send(message(test, clock.now()))
    finally:
        await way.close()


def new_message_id() -> str:
    return f"<{uuid4().hex}@{settings().mail_domain}>"


def message(letter: Outgoing, now: datetime) -> EmailMessage:
    """Raises Refused where no server could take it: an address that can't be written."""
    made = EmailMessage(policy=_policy())
    try:
        made["From"] = Address(letter.house, addr_spec=settings().mail_from)
        made["To"] = Address(letter.name, addr_spec=_ascii(letter.address))
        if letter.reply_to:
            made["Reply-To"] = Address(addr_spec=_ascii(letter.reply_to))
    except (ValueError, IndexError, email.errors.MessageError) as error:
        raise Refused("553 not an address", NO_ADDRESS) from error
    made["Subject"] = letter.subject
    made["Date"] = now
    made["Message-ID"] = letter.message_id
    if letter.thread:
        root = f"<{letter.thread}@{settings().mail_domain}>"
        made["In-Reply-To"] = root
        made["References"] = root
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:
        made["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(letter.text, cte="quoted-printable")
    made.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    made["Content-Language"] = letter.language  # last: set_content drops earlier Content-*
    return made


class _Subject(UniqueUnstructuredHeader):
    """Python's policies lose spaces in long accented subjects, or write words longer than
    RFC 2047 allows; the old Header does neither."""

    name: str

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {_encoded(str(self), self.name)}{policy.linesep}"


def _encoded(text: str, name: str) -> str:
    charset = None if text.isascii() else "utf-8"
    line = Header(text, charset, maxlinelen=LONGEST_WORD, header_name=name)
    return line.encode(linesep="\r\n")


def _policy() -> email.policy.EmailPolicy[EmailMessage]:
    """998: with less, List-Unsubscribe or References of 76 characters and more are turned into
    encoded words, which nobody reads; None crashes."""
    subject: Any = _Subject  # typeshed takes header types for whole headers
    registry = HeaderRegistry()
    registry.map_to_type("subject", subject)
    return email.policy.SMTP.clone(max_line_length=998, header_factory=registry)


def _ascii(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"


async def _alive(client: aiosmtplib.SMTP) -> bool:
    """Asked before each further letter: told after one, a lost connection leaves doubt."""
    try:
        await client.noop()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


def _judged(answer: aiosmtplib.SMTPResponseException) -> Trouble:
    said = _said(answer)
    if answer.code in SIGN_IN_WANTED:
        return Unready(said, "The server wants to know us: SMTP_USER, SMTP_PASSWORD.")
    if answer.code >= 500 and MAY_NOT_RELAY.search(answer.message):
        return Unready(said, "The server doesn't send for us: SMTP_USER, SMTP_PASSWORD.")
    if answer.code >= 500:
        return Refused(said, "The server refuses this letter or this address for good.")
    return Deferred(said, "The server wants this letter later.")


def _said(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__


def _hint(error: BaseException, smtp: Smtp) -> str:
    """In plain words, with the settings to look at."""
    where = f"{smtp.host}:{smtp.port}"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return "The server doesn't take the user or the password: SMTP_USER, SMTP_PASSWORD."
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return (
            f"{where} speaks no TLS, or its certificate isn't valid for this name: SMTP_HOST,"
            " SMTP_PORT, SMTP_SECURITY (tls is usual on port 465, starttls on 587)."
        )
    if "STARTTLS" in str(error):
        return f"{where} offers no STARTTLS: SMTP_SECURITY, SMTP_PORT (tls is usual on 465)."
    if "AUTH" in str(error):
        return f"{where} offers no sign-in here: SMTP_SECURITY, SMTP_PORT, or no SMTP_USER."
    return f"No conversation with {where}: SMTP_HOST, SMTP_PORT, or a firewall between."
