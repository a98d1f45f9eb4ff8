"""A real mail server on this machine that does what a test wants of it.

`from tests.smtp import mail_server  # noqa: F401` makes the fixture known to a folder's conftest.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import ssl
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from settings import Smtp

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Received:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    def part(self, kind: str) -> str:
        """`plain` or `html`."""
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content())


@dataclass
class MailServer:
    """Takes every letter, but for the answers a test puts here: each is given once."""

    port: int
    password: str = ""
    to_sender: list[str] = field(default_factory=list)
    to_recipient: list[str] = field(default_factory=list)
    to_data: list[str] = field(default_factory=list)  # or "drop", "silence", "late"
    unknown: set[str] = field(default_factory=set)  # addresses, as long as they stand here
    turned_away: list[str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    @property
    def settings(self) -> Smtp:
        return Smtp(HOST, self.port, "office" if self.password else "", self.password, "none")

    def environ(self) -> dict[str, str]:
        """For a process of its own."""
        return {"SMTP_HOST": HOST, "SMTP_PORT": str(self.port), "SMTP_SECURITY": "none"}

    def to(self, address: str) -> list[Received]:
        return [each for each in self.received if address in each.recipients]

    def wait_for(self, address: str, count: int = 1, seconds: float = 10) -> Received:
        """The newest to this address, once there are so many. Blocks: not for async tests."""
        end = time.monotonic() + seconds
        while len(self.to(address)) < count:
            assert time.monotonic() < end, f"no letter to {address}"
            time.sleep(0.02)
        return self.to(address)[-1]

    # What aiosmtpd calls

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        self.connections += 1
        return answers

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_sender:
            return self.to_sender.pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient:
            return self.to_recipient.pop(0)
        if address in self.unknown:
            self.turned_away.append(address)
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.to_data.pop(0) if self.to_data else "250 taken, thank you"
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        elif answer == "silence":
            await asyncio.sleep(30)
        elif answer == "late":
            await asyncio.sleep(0.6)
            return "250 taken after all"
        elif answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            sender, recipients = str(envelope.mail_from), tuple(envelope.rcpt_tos)
            self.received.append(Received(sender, recipients, content))
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        return AuthResult(success=login.password == self.password.encode(), handled=False)


@contextmanager
def running(password: str = "", tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """With a password: only for who knows it. With tls: STARTTLS, and nothing without."""
    handler = MailServer(free_port(), password)
    more: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls else {}
    if password:
        more |= {"authenticator": handler.authenticate, "auth_required": True}
        more |= {"auth_require_tls": False}
    with warnings.catch_warnings():
        if password:  # to sign in without TLS is unwise, it says
            warnings.simplefilter("ignore", UserWarning)
        controller = Controller(handler, hostname=HOST, port=handler.port, **more)
        controller.start()
        try:
            yield handler
        finally:
            controller.stop()


@contextmanager
def silent_port() -> Iterator[int]:
    """Somebody who lets one in and never says a word."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        yield listening.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with running() as server:
        yield server
