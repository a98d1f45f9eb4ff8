"""A letter's life: posted with its deed, sent at least once, put off, given up."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

import sealing
import settings
from clock import milliseconds
from mail import leases, outbox
from mail.outbox import Round, Stranger
from mail.smtp import Deferred, Refused, Server, Unready
from tables.letters import Letter, State
from tables.people import Person
from tables.transaction import transaction
from tables.wordings import Wording as Texts
from tables.wordings import written
from tests.factories import make_person
from tests.smtp import MailServer

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # past: the worker asks the clock
ROOT = Path(__file__).parent.parent.parent
READER = "david.moser@example.org"
MINUTE = timedelta(minutes=1)


class Taken(list[EmailMessage]):
    """A transport that takes everything, or raises what it was told to, once each."""

    def __init__(self, *troubles: BaseException) -> None:
        super().__init__()
        self.troubles = list(troubles)
        self.closed = 0

    async def send(self, message: EmailMessage) -> str:
        await asyncio.sleep(0)
        if self.troubles:
            raise self.troubles.pop(0)
        self.append(message)
        return "250 taken"

    async def close(self) -> None:
        self.closed += 1

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self]


class Killed(BaseException):
    """What the machine's end looks like from inside."""


async def post(key: str = "test:1", now: datetime = NOW, **more: Any) -> None:
    to = more.pop("to", Stranger(READER, "fr"))
    await outbox.post("application_refused", key, to, now, **more)


async def only() -> Letter:
    [letter] = await Letter.objects()
    return letter


# Posting


async def test_a_posted_letter_is_whole_and_sealed(database: Any) -> None:
    person = await make_person("David", "Moser", email=READER)

    await post(to=person, thread="inquiry-7", reply_to="claire@example.org")

    letter, [row] = await only(), await Letter.select()
    assert (letter.to, letter.language, letter.thread) == (person.id, "fr", "inquiry-7")
    assert (letter.state, letter.attempts, letter.due) == (State.WAITING, 0, milliseconds(NOW))
    assert (letter.address, letter.reply_to) == (READER, "claire@example.org")
    assert letter.subject and "Bonjour" in letter.text and "<html" in letter.html
    assert not any("@" in str(kept) for name, kept in row.items() if name != "message_id")
    assert not any(letter.subject in str(kept) for kept in row.values())


async def test_the_office_speaks_in_its_own_words(
    database: Any, queries: Callable[[], Any]
) -> None:
    """One question a letter, however many parts it has."""
    person = await make_person("David", "Moser", email=READER)
    await say("profile_refused", "fr", "Votre profil de mentor", "Votre profil\nà vous")
    await say("profile_refused", "de", "Votre profil de mentor", "Ihr Profil")
    await say("profile_released", "fr", "Votre profil de mentor", "Un autre message")
    await say("_greeting", "fr", "Bonjour %(name)s,", "Cher {name},")

    with queries() as asked:
        await outbox.post("profile_refused", "profile:1", person, NOW)

    letter = await only()
    assert letter.subject == "Votre profil à vous" and letter.text.startswith("Cher David Moser,")
    assert "Merci d’avoir proposé" in letter.text
    assert sum("wordings" in each for each in asked) == 1


async def test_words_for_a_sentence_that_is_gone_are_not_used(database: Any) -> None:
    await say("application_refused", "fr", "Une phrase d’avant", "Ne dites rien")

    await post()

    assert "Ne dites rien" not in (await only()).text


async def say(name: str, language: str, one: str, *forms: str) -> None:
    source = written({one: forms})
    await Texts(name=name, language=language, source=source, changed_at=NOW).save()


async def test_the_same_event_is_one_letter(database: Any) -> None:
    await post("inquiry:42:released")
    await post("inquiry:42:released")
    await post("inquiry:43:released")

    assert await Letter.count() == 2


async def test_a_failed_deed_posts_nothing(database: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await post()
            raise ZeroDivisionError

    assert await Letter.count() == 0


async def test_a_deed_that_failed_inside_another_posts_nothing(database: Any) -> None:
    async with transaction():
        await post("test:1")
        with pytest.raises(ZeroDivisionError):
            async with transaction():
                await post("test:2")
                raise ZeroDivisionError

    assert (await only()).key == "test:1"


async def test_an_undone_deed_takes_its_letter_back(database: Any) -> None:
    await post("application:1:refused", wait=MINUTE)
    await post("application:11:refused", wait=MINUTE)
    await post("profile:1:released:123", wait=MINUTE)

    assert await outbox.deliver_due(NOW, taken := Taken()) == Round(0, ready=True)
    assert await outbox.take_back("application:1:refused")
    assert await outbox.take_back("profile:1:released")
    assert not await outbox.take_back("application:1:refused")
    assert not await outbox.take_back("application:1")
    assert not taken and (await only()).key == "application:11:refused"


async def test_a_letter_that_has_left_is_not_taken_back(database: Any) -> None:
    await post("application:1:refused", wait=MINUTE)

    await outbox.deliver_due(NOW + MINUTE, taken := Taken())

    assert len(taken) == 1 and not await outbox.take_back("application:1:refused")
    assert await Letter.count() == 1


async def test_a_letter_that_may_have_left_is_not_taken_back(database: Any) -> None:
    await post("application:1:refused")

    await outbox.deliver_due(NOW, Taken(Deferred("the line broke")))

    assert not await outbox.take_back("application:1:refused")


# Sending


async def test_a_sent_letter_keeps_no_words(database: Any) -> None:
    await post(reply_to="claire@example.org", unsubscribe="http://localhost:8000/unsubscribe/x")

    done = await outbox.deliver_due(NOW, taken := Taken())

    letter = await only()
    assert done == Round(1, ready=True) and taken.closed == 1
    assert (letter.state, letter.error, letter.lease) == (State.SENT, "", "")
    assert abs(letter.sent_at - NOW) < MINUTE
    for kept in ("address", "reply_to", "unsubscribe", "subject", "text", "html"):
        assert getattr(letter, kept) == "", kept
    assert await outbox.deliver_due(NOW + timedelta(days=9), again := Taken()) and not again


async def test_it_leaves_as_it_was_posted(database: Any) -> None:
    person = await make_person("David\r\nBcc: x", "Moser", email=READER)
    await post(to=person, thread="inquiry-7", reply_to="claire@example.org", unsubscribe="u")
    posted = await only()

    await outbox.deliver_due(NOW, taken := Taken())

    [message] = taken
    assert message["Message-ID"] == posted.message_id
    assert str(message["To"].addresses[0]) == '"David Bcc: x Moser" <david.moser@example.org>'
    assert message["Subject"] == posted.subject
    assert message["References"] == "<inquiry-7@localhost>"
    assert message["Reply-To"] == "claire@example.org" and message["List-Unsubscribe"] == "<u>"
    assert message["Content-Language"] == "fr" and "Bcc" not in message


async def test_codes_go_first(database: Any) -> None:
    await post("early", NOW - MINUTE)
    await post("late", NOW)
    await post("code", NOW, urgent=True)
    keys = {letter.message_id: letter.key for letter in await Letter.objects()}

    await outbox.deliver_due(NOW, taken := Taken())

    assert [keys[each] for each in taken.ids] == ["code", "early", "late"]


async def test_a_code_that_comes_meanwhile_does_not_wait_for_the_others(database: Any) -> None:
    await post("first")
    await post("second")
    keys: list[str] = []

    class Slow(Taken):
        async def send(self, message: EmailMessage) -> str:
            sending = await Letter.objects().get(Letter.message_id == str(message["Message-ID"]))
            assert sending
            keys.append(sending.key)
            if sending.key == "first":
                await post("code", urgent=True, life=15 * MINUTE)
            return await super().send(message)

    await outbox.deliver_due(NOW, Slow())

    assert keys == ["first", "code", "second"]


async def test_a_code_dies_with_its_life(database: Any) -> None:
    await post("code", urgent=True, life=15 * MINUTE)
    await post("letter")

    await outbox.deliver_due(NOW + 15 * MINUTE, taken := Taken())

    code = await Letter.objects().get(Letter.key == "code")
    assert code and len(taken) == 1
    assert (code.state, code.error) == (State.FAILED, "expired")
    assert (code.address, code.subject, code.text, code.html) == ("", "", "", "")


async def test_a_living_code_is_sent(database: Any) -> None:
    await post("code", urgent=True, life=15 * MINUTE)

    await outbox.deliver_due(NOW + 14 * MINUTE, taken := Taken())

    assert len(taken) == 1


# Troubles


async def test_a_letter_put_off_comes_back_later_and_later(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, most: least)
    await post()
    pauses, now = [], NOW
    for _ in range(6):
        await outbox.deliver_due(now, Taken(Deferred("451 later")))
        letter = await only()
        assert (letter.state, letter.error) == (State.WAITING, "451 later")
        pauses.append(round((letter.due - milliseconds(now)) / 60_000, 1))
        before = datetime.fromtimestamp(letter.due / 1000 - 1, UTC)
        assert await outbox.deliver_due(before, Taken()) == Round(0, ready=True)
        now = datetime.fromtimestamp(letter.due / 1000, UTC)
    await outbox.deliver_due(now, Taken(Deferred("451 later")))

    letter = await only()
    assert pauses == [1, 5, 30, 120, 360, 1440]
    assert (letter.state, letter.attempts, letter.error) == (State.FAILED, 7, "451 later")


async def test_pauses_are_up_to_a_fifth_longer(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, most: most)
    await post()

    await outbox.deliver_due(NOW, Taken(Deferred("451 later")))

    assert round(((await only()).due - milliseconds(NOW)) / 60_000, 1) == 1.2


async def test_a_deferred_letter_arrives_at_the_second_attempt(
    database: Any, mail_server: MailServer
) -> None:
    await post()
    mail_server.to_recipient = ["451 4.7.1 greylisted"]
    way = Server(mail_server.settings, "mentorat@localhost", "localhost")

    first = await outbox.deliver_due(NOW, way)
    second = await outbox.deliver_due(NOW + 2 * MINUTE, way)

    assert (first.sent, second.sent, len(mail_server.to(READER))) == (0, 1, 1)
    assert (await only()).error == ""


async def test_a_refused_letter_is_dead_and_can_be_tried_again(database: Any) -> None:
    person = await make_person("David", "Moser", email="old@example.org")
    await post(to=person)
    await outbox.deliver_due(NOW, Taken(Refused("550 no such user")))
    dead = await only()
    await outbox.deliver_due(NOW + timedelta(days=30), none := Taken())
    await Person.update({Person.email: READER}).where(Person.id == person.id)

    assert (dead.state, dead.error, bool(dead.text)) == (State.FAILED, "550 no such user", True)
    assert not none
    assert await outbox.try_again(dead, NOW) and not await outbox.try_again(dead, NOW)
    await outbox.deliver_due(NOW, taken := Taken())
    assert taken[0]["To"].addresses[0].addr_spec == READER and taken.ids == [dead.message_id]


async def test_an_expired_letter_is_not_tried_again(database: Any) -> None:
    await post(life=MINUTE)
    await outbox.deliver_due(NOW + MINUTE, Taken())

    assert not await outbox.try_again(await only(), NOW)


async def test_our_own_fault_costs_no_letter_an_attempt(database: Any) -> None:
    await post("test:1")
    await post("test:2")
    now = NOW
    for _ in range(20):
        done = await outbox.deliver_due(now, way := Taken(Unready("535 wrong password")))
        assert done == Round(0, ready=False) and way.closed == 1
        now += timedelta(hours=12)
    letters = await Letter.objects()
    await outbox.deliver_due(now, taken := Taken())

    assert {(each.state, each.attempts) for each in letters} == {(State.WAITING, 0)}
    assert len(taken) == 2


async def test_one_letter_tells_that_the_server_is_away(database: Any) -> None:
    for number in range(3):
        await post(f"test:{number}")

    await outbox.deliver_due(NOW, Taken(*[Unready("no route")] * 3))

    assert sorted(letter.error for letter in await Letter.objects()) == ["", "", "no route"]


async def test_a_letter_that_cannot_be_written_does_not_hold_the_others(database: Any) -> None:
    await post("test:1", to=Stranger("nobody", "fr"))
    await post("test:2")
    await post("test:3")
    await Letter.update({Letter.html_sealed: "not sealed"}).where(Letter.key == "test:2")

    done = await outbox.deliver_due(NOW, taken := Taken())

    wrong, broken, fine = await Letter.objects().order_by(Letter.key)
    assert (wrong.state, wrong.error) == (State.FAILED, "not an address")
    assert (broken.state, broken.error) == (State.WAITING, "Unreadable")
    assert (fine.state, done.sent, len(taken)) == (State.SENT, 1, 1)


async def test_a_server_that_never_ends_its_answer_is_left(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(Taken):
        async def send(self, message: EmailMessage) -> str:
            await asyncio.sleep(30)
            return ""

    monkeypatch.setattr(leases, "LIMIT", timedelta(seconds=0.1))
    await post()

    await outbox.deliver_due(NOW, Endless())

    assert ((await only()).state, (await only()).error) == (State.WAITING, "TimeoutError")


async def test_a_lease_outlives_the_longest_attempt() -> None:
    assert leases.LEASE > leases.LIMIT


@pytest.mark.parametrize("trouble", [Deferred, Refused, Unready])
async def test_nothing_tells_who_was_written_to(
    database: Any, caplog: pytest.LogCaptureFixture, trouble: type[Exception]
) -> None:
    person = await make_person("David", "Moser", email=READER)
    await post("test:1", to=person)
    await post("test:2", to=person)
    subject = (await Letter.objects())[0].subject
    said = f"550 <{READER}> david.moser unknown\r\nother@example.net: «{subject.upper()}»"

    with caplog.at_level(logging.DEBUG):
        await outbox.deliver_due(NOW, Taken(trouble(said)))

    [told] = [letter.error for letter in await Letter.objects() if letter.error]
    assert told.startswith("550 ") and "unknown" in told
    for shown in (told, caplog.text):
        assert "@" not in shown and "moser" not in shown.casefold()
        assert subject.casefold() not in shown.casefold()


async def test_a_long_answer_fits(database: Any) -> None:
    await post()
    await outbox.deliver_due(NOW, Taken(Refused("550 " + "é" * 2000)))

    assert len((await only()).error) == 200


# Several senders, and their ends


async def test_two_senders_send_each_letter_once(database: Any) -> None:
    for number in range(30):
        await post(f"test:{number}")

    one, other = Taken(), Taken()
    await asyncio.gather(*(outbox.deliver_due(NOW, way) for way in (one, other, Taken())))
    rounds = await asyncio.gather(*(outbox.deliver_due(NOW, way) for way in (one, other)))

    sent = {letter.state for letter in await Letter.objects()}
    assert sent == {State.SENT} and sum(each.sent for each in rounds) == 0


async def test_two_senders_never_hold_the_same_letter(database: Any) -> None:
    for number in range(20):
        await post(f"test:{number}")

    claimed = await asyncio.gather(*(leases.claim(NOW) for _ in range(25)))

    held = [letter.key for letter in claimed if letter]
    assert len(held) == len(set(held)) == 20


async def test_a_letter_held_by_a_dead_sender_is_sent_after_its_lease(database: Any) -> None:
    await post()
    with pytest.raises(Killed):
        await outbox.deliver_due(NOW, Taken(Killed()))
    posted = await only()

    too_early = await outbox.deliver_due(NOW + leases.LEASE - timedelta(seconds=5), Taken())
    await outbox.deliver_due(NOW + leases.LEASE + timedelta(seconds=5), taken := Taken())

    assert posted.state == State.SENDING and too_early.sent == 0
    assert taken.ids == [posted.message_id] and (await only()).state == State.SENT


async def test_who_was_too_slow_changes_nothing_any_more(database: Any) -> None:
    await post()
    slow = await leases.claim(NOW)
    quick = await leases.claim(NOW + leases.LEASE)
    assert slow and quick

    await leases.fail(slow, "550 no such user")
    assert (await only()).state == State.SENDING
    await leases.sent(quick, NOW)
    await leases.put_off(slow, "451 later", NOW)

    assert (await only()).state == State.SENT


async def test_a_long_round_gives_whole_leases(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round's own time goes on: else the last letters would be sent by two."""
    await post("test:1")
    await post("test:2")
    ends: list[int] = []
    loop = asyncio.get_running_loop()
    usual, gone = loop.time, 0.0

    class Slow(Taken):
        async def send(self, message: EmailMessage) -> str:
            nonlocal gone
            [sending] = await Letter.objects().where(Letter.state == State.SENDING)
            ends.append(sending.due)
            gone += 60
            return await super().send(message)

    monkeypatch.setattr(loop, "time", lambda: usual() + gone)
    monkeypatch.setattr(leases, "LIMIT", timedelta(days=1))
    await outbox.deliver_due(NOW, Slow())

    assert ends[1] - ends[0] >= 60_000


SENDER = """
import asyncio
import clock, piccolo_conf
from mail import outbox, smtp

async def main():
    await piccolo_conf.DB.start_connection_pool()
    await outbox.deliver_due(clock.now(), smtp.server())

asyncio.run(main())
"""


async def test_a_sender_killed_in_the_middle_loses_nothing(
    database: Any, database_url: str, mail_server: MailServer
) -> None:
    """A process of its own, ended by kill -9 while the server thinks about the second letter."""
    for number in range(3):
        await post(f"test:{number}", NOW)
    mail_server.to_data = ["250 OK", "silence"]
    environ = {
        **os.environ,
        **mail_server.environ(),
        "DATABASE_URL": database_url,
        "PYTHONPATH": str(ROOT / "src"),
    }
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, env=environ)
    try:
        await come_true(lambda: not mail_server.to_data, seconds=20)
    finally:
        child.kill()
        await child.wait()

    held = await Letter.objects().where(Letter.state == State.SENDING)
    way = Server(mail_server.settings, "mentorat@localhost", "localhost")
    later = datetime.now(UTC) + leases.LEASE
    await outbox.deliver_due(later, way)

    ids = [each.message["Message-ID"] for each in mail_server.received]
    assert len(held) == 1 and held[0].message_id in ids
    assert len(ids) == len(set(ids)) == 3
    assert {letter.state for letter in await Letter.objects()} == {State.SENT}


# The worker


async def working(way: Any, until: Callable[[], Any], seconds: float = 10) -> None:
    """Runs the worker until it is so, then ends it."""
    stop = asyncio.Event()
    worker = asyncio.create_task(outbox.work(stop, way))
    try:
        await come_true(until, seconds)
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await worker


async def come_true(told: Callable[[], Any], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not told():  # noqa: ASYNC110 - another thread makes it true
            await asyncio.sleep(0.01)


async def test_the_worker_sends_what_is_posted_at_once(database: Any) -> None:
    way = Taken()

    async def later() -> None:
        await asyncio.sleep(0.2)
        async with transaction():
            await post("test:1")
            await asyncio.sleep(0.1)
            assert not way

    posting = asyncio.create_task(later())
    await working(way, lambda: way, seconds=outbox.POLL / 2)
    await posting


async def test_the_worker_finds_what_another_process_posted(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "POLL", 0.1)
    monkeypatch.setattr(outbox, "wake", lambda: None)
    way = Taken()

    async def later() -> None:
        await asyncio.sleep(0.2)
        await post("test:1")

    posting = asyncio.create_task(later())
    await working(way, lambda: way)
    await posting


async def test_the_worker_survives_the_database(
    database: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await post()
    usual, broken = leases.claim, [OSError("gone"), OSError("gone")]

    async def claim(now: datetime) -> Letter | None:
        if broken:
            raise broken.pop()
        return await usual(now)

    monkeypatch.setattr(leases, "claim", claim)
    monkeypatch.setattr(outbox, "REST", 0.05)
    await working(way := Taken(), lambda: way)

    assert caplog.text.count("OSError") == 2


async def test_the_worker_rests_while_the_server_is_away(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[float] = []
    monkeypatch.setattr(outbox, "REST", 0.3)

    class Away(Taken):
        async def send(self, message: EmailMessage) -> str:
            rounds.append(asyncio.get_running_loop().time())
            outbox.wake()
            raise Unready("no route")

    for number in range(20):
        await post(f"test:{number}")
    await working(Away(), lambda: len(rounds) >= 2)

    assert rounds[1] - rounds[0] >= 0.3


async def test_the_worker_ends_after_the_letter_on_its_way(database: Any) -> None:
    for number in range(5):
        await post(f"test:{number}")
    stop = asyncio.Event()

    class Stopping(Taken):
        async def send(self, message: EmailMessage) -> str:
            stop.set()
            return await super().send(message)

    async with asyncio.timeout(5):
        await outbox.work(stop, way := Stopping())

    states = sorted(str(letter.state) for letter in await Letter.objects())
    assert len(way) == 1 and states == ["sent", "waiting", "waiting", "waiting", "waiting"]


async def test_without_settings_letters_wait(database: Any) -> None:
    await post()
    stop = asyncio.Event()
    worker = asyncio.create_task(outbox.work(stop))
    await asyncio.sleep(0.2)
    stop.set()
    async with asyncio.timeout(5):
        await worker

    letter = await only()
    assert letter.state == State.WAITING and "Bonjour" in letter.text


async def test_with_settings_the_worker_finds_the_server(
    database: Any, environ: pytest.MonkeyPatch, mail_server: MailServer
) -> None:
    for name, value in mail_server.environ().items():
        environ.setenv(name, value)
    settings.forget()
    await post()

    stop = asyncio.Event()
    worker = asyncio.create_task(outbox.work(stop))
    await come_true(lambda: mail_server.received)
    stop.set()
    await worker

    assert mail_server.to(READER)


async def test_the_key_of_a_letter_reveals_no_address(database: Any) -> None:
    """A lost key of the installation: letters stay, and the worker goes on."""
    await post()
    box = sealing._box
    try:
        sealing._box = lambda: (_ for _ in ()).throw(sealing.Unreadable())  # type: ignore[assignment]
        await outbox.deliver_due(NOW, taken := Taken())
    finally:
        sealing._box = box

    assert not taken and (await only()).error == "Unreadable"
