"""The way to the mail server, and what its answers mean."""

from __future__ import annotations

import re
import ssl
from contextlib import suppress
from email.message import EmailMessage

import aiosmtplib

import clock
from mail.message import NotAnAddress, Outgoing, compose, new_message_id
from settings import Smtp, settings

TIMEOUT = 20  # seconds, for each answer of the server
NO_ADDRESS = "This is not an e-mail address."
# Said of any letter: who we are or what we may, not this letter or its reader.
SIGN_IN_WANTED = (530, 534, 535, 538)
# Denied to us, whoever the reader is. Other answers with this word are about one reader alone, as
# Postfix's «User unknown in relay recipient table»: those are final.
MAY_NOT_RELAY = re.compile(
    r"\brelay(ing)?\W+(access\W+)?(is\W+)?(denied|disallowed|not|prohibited|refused|rejected)\b"
    r"|\b(not|cannot|unable)\W+([\w']+\W+)?(to\W+)?relay\b",
    re.IGNORECASE,
)


class Trouble(Exception):
    """`said` is the server's answer or the system's word, `hint` what it means for an operator."""

    def __init__(self, said: str, hint: str = "") -> None:
        super().__init__(said)
        self.said = said
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.hint} It said: {self.said}" if self.hint else self.said


class Deferred(Trouble):
    """Not now: try this letter again."""


class Refused(Trouble):
    """Never: this letter to this address."""


class Unready(Trouble):
    """No letter would pass: the server is away or our settings are wrong."""


class Server:
    """One connection for a round of letters, opened when first needed."""

    def __init__(self, smtp: Smtp, sender: str, domain: str) -> None:
        self.smtp, self.sender, self.domain = smtp, sender, domain
        self.client: aiosmtplib.SMTP | None = None
        self.has_taken = False  # any letter of ours

    async def send(self, message: EmailMessage) -> str:
        """The server's answer, or one of the troubles."""
        client = await self.open()
        recipient = message["To"].addresses[0].addr_spec
        try:
            _, said = await client.sendmail(self.sender, [recipient], message.as_bytes())
        except aiosmtplib.SMTPSenderRefused as answer:
            raise Unready(_said(answer), "The server takes no letters from MAIL_FROM.") from answer
        except aiosmtplib.SMTPRecipientsRefused as answers:
            raise self._judged(answers.recipients[0]) from answers
        except aiosmtplib.SMTPResponseException as answer:
            raise self._judged(answer) from answer
        except ValueError as error:
            raise Refused("not an address", NO_ADDRESS) from error
        except (aiosmtplib.SMTPException, OSError) as loss:
            self._drop()
            raise Deferred(_said(loss), "The server fell silent in the middle.") from loss
        except BaseException:  # stopped: what this connection is good for, nobody knows
            self._drop()
            raise
        self.has_taken = True
        return f"250 {said}"

    async def close(self) -> None:
        client, self.client = self.client, None
        if client and client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=2)
        if client:
            client.close()

    async def open(self) -> aiosmtplib.SMTP:
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

    def _judged(self, answer: aiosmtplib.SMTPResponseException) -> Trouble:
        said = _said(answer)
        if answer.code in SIGN_IN_WANTED:
            return Unready(said, "The server wants to know us: SMTP_USER, SMTP_PASSWORD.")
        if answer.code >= 500 and MAY_NOT_RELAY.search(answer.message):
            return self._unrelayed(said)
        if answer.code >= 500:
            return Refused(said, "The server refuses this letter or this address for good.")
        return Deferred(said, "The server wants this letter later.")

    def _unrelayed(self, said: str) -> Trouble:
        """Usually our settings: then no letter may be lost over it. Of a server that has taken
        others it may be settings (it delivers to its own) or this reader: the letter waits alone,
        and fails in the end."""
        if self.has_taken:
            return Deferred(said, "The server sends for us, but not to this reader.")
        return Unready(said, "The server doesn't send for us: SMTP_USER, SMTP_PASSWORD.")

    def _drop(self) -> None:
        if self.client:
            self.client.close()
            self.client = None


def server() -> Server | None:
    """None without SMTP settings: letters wait."""
    here = settings()
    return Server(here.smtp, here.mail_from, here.mail_domain) if here.smtp else None


async def knock() -> str:
    """Connects, signs in and sends nothing: whose door it was, or a Trouble with a hint."""
    way = _our_server()
    try:
        await way.open()
    finally:
        await way.close()
    return f"{way.smtp.host}:{way.smtp.port} lets us in"


async def try_out(address: str) -> str:
    """Sends a letter at once: the server's answer word by word, or a Trouble with a hint."""
    way = _our_server()
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
        return await way.send(compose(test, clock.now()))
    except NotAnAddress as error:
        raise Refused("not an address", NO_ADDRESS) from error
    finally:
        await way.close()


def _our_server() -> Server:
    way = server()
    if way is None:
        raise Unready("no SMTP settings", "Set SMTP_HOST (and SMTP_PORT, SMTP_USER, …) first.")
    return way


async def _alive(client: aiosmtplib.SMTP) -> bool:
    """Asked before each further letter: told after one, a lost connection leaves doubt."""
    try:
        await client.noop()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


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
    if "SMTP AUTH" in str(error):
        return f"{where} offers no sign-in here: SMTP_SECURITY, SMTP_PORT, or no SMTP_USER."
    if "STARTTLS" in str(error):
        return f"{where} offers no STARTTLS: SMTP_SECURITY, SMTP_PORT (tls is usual on 465)."
    return f"No conversation with {where}: SMTP_HOST, SMTP_PORT, or a firewall between."
