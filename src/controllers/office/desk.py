"""The desk: what awaits a decision, for several coordinators at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from content import texts
from controllers.guards import coordinators_only
from controllers.providers import found, number
from domain import desk, duties
from domain.desk import Line
from domain.refusals import AlreadySettled, Refusal
from forms.desk import Note
from forms.fields import Sent
from i18n import gettext, language, time_of
from pages import Answer, Page, Region
from tables.letters import Letter
from tables.people import Person

PAGE, LIST, LINE = "office/desk", "office/_desk", "office/_line"
COUNT = Region("#desk-count", "outerHTML", "office/_count")


class Desk(Controller):
    path = urls.DESK
    guards = [coordinators_only]

    @get()
    async def show(self, viewer: NamedDependency[Person], now: NamedDependency[datetime]) -> Page:
        return Page(PAGE, piece=LIST, nav="desk", **await card(viewer, now))

    @post("/letters/{letter_id:int}/another-try")
    async def send_again(
        self,
        letter_id: FromPath[int],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        here = Letter.id == number(letter_id)
        letter = found(await Letter.objects().where(here).first())
        deed = desk.send_again(letter, by=viewer, now=now)
        said = gettext("Le message va repartir.")
        return await done(
            deed, viewer, now, f"letter-{letter.id}", toast=said, since=letter.posted_at
        )

    @post("/duties/{noun:str}/{duty_id:int}/reading")
    async def acknowledge(
        self,
        noun: FromPath[str],
        duty_id: FromPath[int],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        duty = found(await duties.duty(noun, number(duty_id), viewer, now))
        deed = duties.acknowledge(duty, by=viewer, now=now)
        return await done(deed, viewer, now, duty.id)

    @post("/duties/{noun:str}/{duty_id:int}/reopening")
    async def reconsider(
        self,
        noun: FromPath[str],
        duty_id: FromPath[int],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        duty = found(await duties.duty(noun, number(duty_id), viewer, now))
        deed = duties.reconsider(duty, by=viewer, now=now)
        return await done(deed, viewer, now, duty.id)


async def done(
    deed: Awaitable[None],
    viewer: Person,
    now: datetime,
    item: str,
    *,
    toast: str = "",
    since: datetime | None = None,
) -> Response[None]:
    """The list as it is now, in place. Whoever comes second sees it too, and who was first.

    `since`: of a line that is gone now: the next one has the focus.
    """
    try:
        await deed
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        whole = Region("#desk", "outerMorph", LIST)
        shown = await card(viewer, now)
        said = await told(refusal, item, viewer)
        return Page(PAGE, status=409, also=[whole, COUNT], toast=said, nav="desk", **shown)
    shown = await card(viewer, now)
    shown["focused"] = desk.after(since, shown["items"]) if since else item
    return Answer(LIST, instead=urls.DESK, also=[COUNT], toast=toast, **shown)


async def told(refusal: Refusal, item: str, viewer: Person) -> str:
    """By name, where another coordinator was quicker."""
    first = await desk.quicker(item, viewer) if isinstance(refusal, AlreadySettled) else None
    if first is None:
        return refusal.said
    said = gettext("%(name)s s’en est déjà occupé·e à %(time)s. Voici où cela en est.")
    return said % {"name": first.by.name, "time": time_of(first.at)}


async def card(viewer: Person, now: datetime) -> dict[str, Any]:
    """What office/_desk.html needs: nobody handles there what concerns themself."""
    items = await desk.items(viewer, now)
    waiting = sum(item.is_waiting for item in items)
    return {
        "items": items,
        "waiting": waiting,
        "week": None if waiting else await desk.week(now),
        "notes": {},
        "settlements": {},
        "focused": "",
        "now": now,
    } | _said()


@dataclass(frozen=True)
class Decision:
    """One deed on one line. Whoever comes second sees the line as it is now."""

    line: Line
    note: Note
    by: Person
    now: datetime

    async def settle(self, verb: Callable[..., Awaitable[None]]) -> Response[None]:
        if self.note.errors:
            return await self._shown(422)
        return await self._do(partial(verb, note=self.note.words))

    async def undo(self, verb: Callable[..., Awaitable[None]]) -> Response[None]:
        return await self._do(verb)

    async def _do(self, verb: Callable[..., Awaitable[None]]) -> Response[None]:
        try:
            await verb(self.line.row, by=self.by, now=self.now)
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            return await self._shown(409, await told(refusal, self.line.id, self.by))
        return await self._settled()

    async def _settled(self) -> Answer:
        line = await self._again()
        shown: dict[str, Any] = _said() | {
            "line": line,
            "now": self.now,
            "note": Note(),
            "is_focused": True,
        }
        waiting = (await card(self.by, self.now))["waiting"]
        return Answer(LINE, instead=urls.DESK, also=[COUNT], waiting=waiting, **shown)

    async def _shown(self, status: int, said: str = "") -> Page:
        """The whole desk where there is no script; `notes` keeps what was typed on its line."""
        line = await self._again()
        also = [Region(f"#{line.id}", "outerHTML", LINE)] if status == 409 else []
        shown = await card(self.by, self.now)
        shown |= {"line": line, "note": self.note, "notes": {line.id: self.note}}
        return Page(PAGE, piece=LINE, status=status, also=also, toast=said, nav="desk", **shown)

    async def _again(self) -> Line:
        """As the database has it by now."""
        return found(await desk.again(self.line, self.now))


async def decision(
    line: NamedDependency[Line],
    viewer: NamedDependency[Person],
    sent: NamedDependency[Sent],
    now: NamedDependency[datetime],
) -> Decision:
    return Decision(line, Note.read(sent), viewer, now)


def _said() -> dict[str, Any]:
    """What office/_application.html needs besides its line: the self-checks' words by key."""
    lists = texts.selfchecks(language()).values()
    return {"check_words": {key: words for each in lists for key, words in each}}
