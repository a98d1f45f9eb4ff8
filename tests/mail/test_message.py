"""What leaves the house: headers that survive the way, and nothing in them that a member wrote."""

from __future__ import annotations

import email
import email.policy
import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest

from mail.message import NotAnAddress, Outgoing, compose, new_message_id

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONG = "http://localhost:8000/unsubscribe/" + "x" * 200
LETTER = Outgoing(
    message_id="<abc@localhost>",
    address="david.moser@example.org",
    language="de",
    subject="Nouvelle demande",
    text="Bonjour,\n\nhttp://localhost:8000/answer/x\n",
    html="<!doctype html><p>Bonjour,</p>",
    house="Association suisse des cadres",
    name="David Moser",
)
SENTENCE = (
    "Nouvelle réponse – à votre «demande» Café für Führung perché città l’été (Genève) : a b"
    " Françoise-Élisabeth Ölmühle-Grünenfelder naïveté œuvre"
)
WORDS = SENTENCE.split()


def sent(letter: Outgoing) -> tuple[bytes, EmailMessage]:
    raw = compose(letter, NOW).as_bytes()
    return raw, email.message_from_bytes(raw, policy=email.policy.default)


def test_plain_comes_before_html_and_the_language_is_said() -> None:
    raw, message = sent(LETTER)

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert [part["Content-Transfer-Encoding"] for part in message.iter_parts()] == [
        "quoted-printable"
    ] * 2
    assert message["Content-Language"] == "de"
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_it_says_that_a_machine_wrote_it() -> None:
    _, message = sent(LETTER)

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] is None
    assert message["From"] == "Association suisse des cadres <mentorat@localhost>"
    assert message["To"] == "David Moser <david.moser@example.org>"
    assert message["Message-ID"] == "<abc@localhost>"
    assert message["Date"].datetime == NOW


def test_letters_about_one_thing_are_one_conversation() -> None:
    _, lonely = sent(LETTER)
    _, threaded = sent(replace(LETTER, thread="inquiry-7"))

    assert lonely["References"] is None and lonely["In-Reply-To"] is None
    assert threaded["References"] == threaded["In-Reply-To"] == "<inquiry-7@localhost>"


def test_an_answer_goes_to_the_other_person_only_when_told() -> None:
    _, before = sent(LETTER)
    _, after = sent(replace(LETTER, reply_to="claire.favre@example.org"))

    assert before["Reply-To"] is None
    assert after["Reply-To"].addresses[0].addr_spec == "claire.favre@example.org"


def test_one_click_ends_letters_that_can_be_switched_off() -> None:
    _, usual = sent(LETTER)
    raw, message = sent(replace(LETTER, unsubscribe=LONG, thread="t" * 80))

    assert usual["List-Unsubscribe"] is None
    assert f"List-Unsubscribe: <{LONG}>\r\n".encode() in raw
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"=?" not in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_subjects_survive() -> None:
    chance = random.Random(1)
    for _ in range(400):
        subject = " ".join(chance.choices(WORDS, k=chance.randint(1, 28)))
        raw, message = sent(replace(LETTER, subject=subject))

        assert message["Subject"] == subject
        assert all(len(word) <= 75 for word in encoded_words(raw))


def test_names_survive() -> None:
    chance = random.Random(2)
    for _ in range(200):
        name = " ".join(chance.choices(WORDS, k=chance.randint(1, 14)))
        raw, message = sent(replace(LETTER, name=name, house=name))

        assert message["To"].addresses[0].addr_spec == LETTER.address
        assert shown(raw, "To") == (name, LETTER.address)
        assert shown(raw, "From") == (name, "mentorat@localhost")
        assert all(len(word) <= 75 for word in encoded_words(raw))


def test_a_domain_with_accents_is_written_as_servers_know_it() -> None:
    _, message = sent(replace(LETTER, address="info@zürich.example.org"))

    assert message["To"].addresses[0].addr_spec == "info@xn--zrich-kva.example.org"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.org",
        "élodie@example.org",
        "a@b@c",
        "a b@example.org",
        "a@b\r\nBcc: x",
    ],
)
def test_what_no_server_takes_is_no_address(address: str) -> None:
    with pytest.raises(NotAnAddress):
        compose(replace(LETTER, address=address), NOW)


@pytest.mark.parametrize("field", ["subject", "name", "reply_to", "thread", "unsubscribe"])
def test_nothing_can_begin_a_header(field: str) -> None:
    with pytest.raises(ValueError):
        compose(replace(LETTER, **{field: "x@example.org\r\nBcc: spy@example.org"}), NOW)


def test_each_letter_has_its_own_id() -> None:
    assert new_message_id() != new_message_id()
    assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", new_message_id())


def shown(raw: bytes, header: str) -> tuple[str, str]:
    """As mail programs read it: Python's newer parser keeps spaces between encoded words."""
    name, address = parseaddr(email.message_from_bytes(raw)[header])
    return str(make_header(decode_header(name))), address


def encoded_words(raw: bytes) -> list[bytes]:
    return re.findall(rb"=\?[^ \r\n]+\?=", raw.split(b"\r\n\r\n")[0])
