"""Against a real mail server: what each of its moods means for a letter."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import clock
import settings
from mail import smtp
from mail.message import Outgoing, compose
from mail.smtp import Deferred, Refused, Server, Trouble, Unready
from settings import Smtp
from tests import smtp as mail
from tests.smtp import MailServer

READER = "david.moser@example.org"


def letter(address: str = READER) -> EmailMessage:
    outgoing = Outgoing("<a@localhost>", address, "fr", "Sujet", "Texte é\n", "<p>é</p>\n", "ASC")
    return compose(outgoing, datetime(2026, 11, 23, tzinfo=UTC))


@asynccontextmanager
async def way_to(where: Smtp) -> AsyncIterator[Server]:
    way = Server(where, "mentorat@localhost", "localhost")
    try:
        yield way
    finally:
        await way.close()


async def trouble(where: Smtp) -> Trouble:
    async with way_to(where) as way:
        with pytest.raises(Trouble) as caught:
            await way.send(letter())
    return caught.value


async def test_a_letter_arrives_as_it_was_written(mail_server: MailServer) -> None:
    written = letter()
    async with way_to(mail_server.settings) as way:
        answer = await way.send(written)

    [taken] = mail_server.received
    assert answer == "250 taken, thank you"
    assert (taken.sender, taken.recipients) == ("mentorat@localhost", (READER,))
    assert taken.raw == written.as_bytes()
    assert taken.message["Subject"] == "Sujet" and taken.part("plain") == "Texte é\r\n"


async def test_letters_of_a_round_share_a_connection(mail_server: MailServer) -> None:
    async with way_to(mail_server.settings) as way:
        for _ in range(3):
            await way.send(letter())

    assert (len(mail_server.received), mail_server.connections) == (3, 1)


async def test_a_refused_letter_leaves_the_connection_good(mail_server: MailServer) -> None:
    mail_server.to_recipient = ["550 No such user"]
    async with way_to(mail_server.settings) as way:
        with pytest.raises(Refused):
            await way.send(letter())
        await way.send(letter())

    assert (len(mail_server.received), mail_server.connections) == (1, 1)


async def test_a_lost_connection_is_opened_anew(mail_server: MailServer) -> None:
    mail_server.to_data = ["drop"]
    async with way_to(mail_server.settings) as way:
        with pytest.raises(Deferred):
            await way.send(letter())
        await way.send(letter())

    assert (len(mail_server.received), mail_server.connections) == (1, 2)


async def test_a_server_that_went_away_between_letters_is_asked_first(
    mail_server: MailServer,
) -> None:
    async with way_to(mail_server.settings) as way:
        await way.send(letter())
        assert way.client and way.client.transport
        way.client.transport.close()
        await way.send(letter())

    assert (len(mail_server.received), mail_server.connections) == (2, 2)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("450 4.2.0 greylisted", Deferred),
        ("451 4.3.0 later", Deferred),
        ("452 4.2.2 mailbox full", Deferred),
        ("550 5.1.1 no such user", Refused),
        ("554 5.7.1 spam", Refused),
        ("530 5.7.0 authentication required", Unready),
        ("554 5.7.1 Relay access denied", Unready),
        ("550 Relaying denied", Unready),
        ("550 relay not permitted", Unready),
        ("550 5.7.1 Unable to relay for reader@example.org", Unready),
        ("553 5.7.1 We do not relay", Unready),
        ("550 5.1.1 rejected: User unknown in relay recipient table", Refused),
        ("550 5.1.1 relay.example.org says: no such user", Refused),
        ("554 5.7.1 listed as an open relay", Refused),
    ],
)
@pytest.mark.parametrize("stage", ["to_recipient", "to_data"])
async def test_each_answer_has_its_meaning(
    mail_server: MailServer, stage: str, answer: str, kind: type[Trouble]
) -> None:
    setattr(mail_server, stage, [answer])

    raised = await trouble(mail_server.settings)

    assert type(raised) is kind
    assert raised.said == answer and raised.hint and not mail_server.received


async def test_who_relays_to_others_holds_up_nobody_over_one(mail_server: MailServer) -> None:
    mail_server.to_recipient = ["550 Relaying denied"]
    async with way_to(mail_server.settings) as way:
        with pytest.raises(Unready):
            await way.send(letter())
        await way.send(letter())
        mail_server.to_recipient = ["550 Relaying denied"]
        with pytest.raises(Deferred):
            await way.send(letter())

    assert len(mail_server.received) == 1


@pytest.mark.parametrize("answer", ["450 4.7.1 slow down", "553 5.7.1 sender not owned by user"])
async def test_who_refuses_us_refuses_no_letter(mail_server: MailServer, answer: str) -> None:
    mail_server.to_sender = [answer]

    raised = await trouble(mail_server.settings)

    assert type(raised) is Unready and raised.said == answer and "MAIL_FROM" in raised.hint


async def test_a_broken_connection_is_no_refusal(mail_server: MailServer) -> None:
    mail_server.to_data = ["drop"]

    assert type(await trouble(mail_server.settings)) is Deferred


async def test_silence_in_the_middle_is_no_refusal(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT", 0.3)
    mail_server.to_data = ["silence"]

    async with asyncio.timeout(5):
        assert type(await trouble(mail_server.settings)) is Deferred


async def test_a_late_answer_is_not_taken_for_the_next_letters(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT", 0.3)
    mail_server.to_data = ["late"]
    async with way_to(mail_server.settings) as way:
        with pytest.raises(Deferred):
            await way.send(letter())
        await asyncio.sleep(0.5)
        answer = await way.send(letter())

    assert (answer, mail_server.connections) == ("250 taken, thank you", 2)


async def test_a_letter_stopped_in_the_middle_leaves_no_connection(mail_server: MailServer) -> None:
    mail_server.to_data = ["late"]
    async with way_to(mail_server.settings) as way:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await way.send(letter())
        await asyncio.sleep(0.5)
        answer = await way.send(letter())

    assert (answer, mail_server.connections) == ("250 taken, thank you", 2)


async def test_silence_from_the_start_is_not_the_letters_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT", 0.3)
    with mail.silent_port() as port:
        async with asyncio.timeout(5):
            raised = await trouble(Smtp(mail.HOST, port, "", "", "none"))

    assert type(raised) is Unready and f"{mail.HOST}:{port}" in raised.hint


async def test_nobody_there_is_not_the_letters_fault() -> None:
    raised = await trouble(Smtp(mail.HOST, mail.free_port(), "", "", "none"))

    assert type(raised) is Unready and "SMTP_HOST" in raised.hint


async def test_a_name_that_does_not_exist_is_not_the_letters_fault() -> None:
    raised = await trouble(Smtp("nowhere.invalid", 25, "", "", "none"))

    assert type(raised) is Unready and "nowhere.invalid" in raised.hint


async def test_our_password_opens_the_door() -> None:
    with mail.running(password="right") as server:
        async with way_to(server.settings) as way:
            await way.send(letter())
        wrong = await trouble(replace(server.settings, password="wrong"))
        none = await trouble(replace(server.settings, user="", password=""))

    assert len(server.received) == 1
    assert type(wrong) is Unready and wrong.said.startswith("535") and "SMTP_PASSWORD" in wrong.hint
    assert type(none) is Unready and none.said.startswith("530")


async def test_a_server_without_sign_in_is_named(mail_server: MailServer) -> None:
    raised = await trouble(replace(mail_server.settings, user="office", password="secret"))

    assert type(raised) is Unready and "offers no sign-in" in raised.hint
    assert "secret" not in str(raised)


async def test_a_server_without_starttls_gets_no_letter(mail_server: MailServer) -> None:
    raised = await trouble(replace(mail_server.settings, security="starttls"))

    assert type(raised) is Unready and "SMTP_SECURITY" in raised.hint and not mail_server.received


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For 127.0.0.1, signed by itself; key and certificate in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=clock.now() - timedelta(days=1),
        not_valid_after=clock.now() + timedelta(days=1),
    ).add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(mail.HOST))]), True)
    unlocked = (
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *unlocked)
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return file


async def test_starttls_with_a_good_certificate(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with mail.running(tls=context) as server:
        where = replace(server.settings, security="starttls")
        unknown = await trouble(where)
        unsafe = await trouble(server.settings)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with way_to(where) as way:
            await way.send(letter())

    assert type(unknown) is Unready and "certificate" in unknown.hint
    assert type(unsafe) is Unready and unsafe.said.startswith("530")
    assert len(server.received) == 1


async def test_tls_to_a_server_that_speaks_none_is_named(mail_server: MailServer) -> None:
    raised = await trouble(replace(mail_server.settings, security="tls"))

    assert type(raised) is Unready and "SMTP_SECURITY" in raised.hint


@pytest.fixture
def into(environ: pytest.MonkeyPatch) -> Callable[[MailServer], None]:
    """`into(server)`: our settings lead to it."""

    def point(server: MailServer) -> None:
        for name, value in server.environ().items():
            environ.setenv(name, value)
        settings.forget()

    return point


async def test_trying_out_shows_the_servers_own_words(
    mail_server: MailServer, into: Callable[[MailServer], None]
) -> None:
    into(mail_server)

    assert await smtp.try_out(READER) == "250 taken, thank you"
    [taken] = mail_server.to(READER)
    assert taken.message["Message-ID"] and "courrier" in taken.part("plain")


async def test_trying_out_shows_a_refusal(
    mail_server: MailServer, into: Callable[[MailServer], None]
) -> None:
    into(mail_server)
    mail_server.to_recipient = ["550 5.1.1 no such user"]

    with pytest.raises(Refused, match=r"550 5\.1\.1 no such user"):
        await smtp.try_out(READER)
    with pytest.raises(Refused, match="not an e-mail address"):
        await smtp.try_out("nobody")


async def test_trying_out_without_settings_says_which() -> None:
    with pytest.raises(Unready, match="SMTP_HOST"):
        await smtp.try_out(READER)


async def test_knocking_sends_nothing(
    mail_server: MailServer, into: Callable[[MailServer], None]
) -> None:
    into(mail_server)

    said = await smtp.knock()

    assert said == f"127.0.0.1:{mail_server.port} lets us in"
    assert not mail_server.received


async def test_knocking_where_nobody_is(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("SMTP_HOST", "localhost.invalid")
    settings.forget()

    with pytest.raises(Unready, match="SMTP_PORT"):
        await smtp.knock()
