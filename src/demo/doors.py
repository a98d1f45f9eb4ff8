"""The demo's own doors: inside with one tap, and every letter that would have been sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from controllers.guards import PUBLIC
from controllers.providers import found, number
from controllers.sessions import entered
from demo.paper import at_this_port, face, plain
from demo.people import address
from domain import house, people, sessions
from domain.refusals import Unseen
from forms.fields import Sent
from i18n import language
from mail.message import NotAnAddress, Outgoing, compose
from pages import Page
from tables.letters import Letter
from tables.people import Person

PARTS = {"mentee": "nadia-rochat", "mentor": "jean-luc-morand", "coordinator": "office"}
SHOWN = 200
HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "Auto-Submitted",
    "List-Unsubscribe",
    "Content-Language",
)


@dataclass(frozen=True)
class Shown:
    """A line of the list: opened once, because each opening of a seal takes its time."""

    id: int
    subject: str
    reader: str
    posted_at: datetime


class Demo(Controller):
    path = "/demo"
    opt = PUBLIC

    @post("/enter")
    async def enter(
        self,
        request: Request[Any, Any, Any],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """As somebody of the story, who from now on speaks the visitor's language."""
        if (part := sent.one("part")) not in PARTS:
            raise Unseen
        who = Person.objects().where(Person.email == address(PARTS[part]))
        person = found(await who.first())
        await people.speak(person, language())
        return await entered(request, await sessions.begin(person, "Demo", now), now)

    @get("/letters")
    async def letters(self) -> Page:
        rows = Letter.objects(Letter.to).where(Letter.subject_sealed != "")
        newest = rows.order_by(Letter.posted_at, Letter.id, ascending=False).limit(SHOWN)
        lines = [_line(row) for row in await newest]
        return Page("demo/letters", piece="demo/_letters", letters=lines)

    @get("/letters/{letter_id:int}")
    async def letter(self, letter_id: FromPath[int]) -> Page:
        here = (Letter.id == number(letter_id)) & (Letter.subject_sealed != "")
        letter = found(await Letter.objects(Letter.to).where(here).first())
        return Page(
            "demo/letter",
            letter=_line(letter),
            language=letter.language,
            face=face(letter.html),
            plain=plain(letter.text),
            headers=await _headers(letter),
        )


def _line(letter: Letter) -> Shown:
    return Shown(letter.id, letter.subject, _reader(letter) or letter.address, letter.posted_at)


def _reader(letter: Letter) -> str:
    """Empty for somebody who is no member yet."""
    person: Person | None = letter.to
    return person.name if person and person.id else ""


async def _headers(letter: Letter) -> list[tuple[str, str]]:
    """As a mail server would get them."""
    outgoing = Outgoing(
        message_id=letter.message_id,
        address=letter.address,
        language=letter.language,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        house=(await house.current()).name_in(letter.language),
        name=_reader(letter),
        thread=letter.thread,
        reply_to=letter.reply_to,
        unsubscribe=at_this_port(letter.unsubscribe),
    )
    try:
        message = compose(outgoing, letter.posted_at)
    except NotAnAddress:
        return []
    return [(name, str(message[name])) for name in HEADERS if name in message]


HANDLERS: list[ControllerRouterHandler] = [Demo]
