"""Members for the office: sought, looked at, helped, excluded, taken along as a list."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Stream

import clock
import urls
from controllers.guards import coordinators_only
from controllers.providers import found, number
from domain import addresses, dossiers, event_words, exclusions, exports, people
from domain.permissions import may_settle
from domain.refusals import AddressBarred, AddressTaken, AlreadySettled, Refusal
from formats import sheets
from forms.desk import Note
from forms.fields import Sent
from forms.members import NewAddress, NewLanguage, NewNote
from i18n import N_, gettext, short_day
from pages import Answer, Go, Page, Region
from search import members
from search.members import Found, Query
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
INDEX, FOUND = "office/members/index", "office/members/_found"
SHOW, MEMBER = "office/members/show", "office/members/_member"
EXCLUSION = "office/members/exclusion"
BESIDES = (Region("#members-count", "innerHTML", "office/members/_count"),)
STANDINGS = (
    ("active", N_("Actifs")),
    ("not_come", N_("Invités, pas encore connectés")),
    ("not_invited", N_("Pas encore invités")),
    ("excluded", N_("Exclus")),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _person(person_id: FromPath[int]) -> Person:
    return found(await dossiers.person(number(person_id)))


class OfficeMembers(Controller):
    path = urls.MEMBERS
    guards = [coordinators_only]
    dependencies = {"person": Provide(_person)}

    @get()
    async def index(self, request: AnyRequest) -> Page:
        shown = await members.find(_query(request))
        at = _address(shown.query)
        return Page(INDEX, piece=FOUND, also=BESIDES, shown_at=at, nav="desk", **listed(shown))

    @get("/{person_id:int}")
    async def show(self, person: NamedDependency[Person], viewer: NamedDependency[Person]) -> Page:
        return Page(SHOW, piece=MEMBER, nav="desk", **await card(person, viewer))

    @post("/{person_id:int}/address")
    async def give_address(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = NewAddress.read(sent)
        if not form.errors:
            try:
                waits = await addresses.give(person, form.address, by=viewer, now=now)
            except (AddressTaken, AddressBarred) as refusal:
                form.errors["email"] = refusal.said
            except Refusal as refusal:
                return await _refused(person, viewer, refusal)
        if form.errors:
            return await _wrong(person, viewer, address=form)
        if waits:
            day = short_day(waits.due_at.astimezone(clock.ZURICH))
            said = gettext("La personne est avertie. L’adresse change le %(day)s.") % {"day": day}
        else:
            said = gettext("L’adresse est changée.")
        return await _done(person, viewer, said)

    @post("/{person_id:int}/address/end")
    async def keep_address(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        said = gettext("L’adresse reste la même.")
        return await _settle(_keep(person, viewer, now), person, viewer, said)

    @post("/{person_id:int}/language")
    async def give_language(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = NewLanguage.read(sent)
        if form.errors:
            return await _wrong(person, viewer, language=form)
        deed = people.give_language(person, form.language, by=viewer, now=now)
        return await _settle(deed, person, viewer, gettext("La langue est changée."))

    @post("/{person_id:int}/notes")
    async def note(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = NewNote.read(sent)
        if form.errors:
            return await _wrong(person, viewer, note=form)
        deed = people.note(person, form.words, by=viewer, now=now)
        return await _settle(deed, person, viewer, gettext("La note est ajoutée."))

    @post("/{person_id:int}/appointment")
    async def appoint(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        said = gettext("%(name)s fait maintenant partie du secrétariat.") % {"name": person.name}
        return await _settle(people.appoint(person, by=viewer, now=now), person, viewer, said)

    @post("/{person_id:int}/dismissal")
    async def dismiss(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        said = gettext("%(name)s ne fait plus partie du secrétariat.") % {"name": person.name}
        deed = people.dismiss(person, by=viewer, now=now)
        return await _settle(deed, person, viewer, said)

    @post("/{person_id:int}/invitation")
    async def invite(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        deed = people.invite(person, by=viewer, now=now)
        return await _settle(deed, person, viewer, gettext("L’invitation part à l’instant."))

    @get("/{person_id:int}/exclusion")
    async def ask(self, person: NamedDependency[Person], viewer: NamedDependency[Person]) -> Page:
        """Asked first, because sessions, requests and mentorships end at once."""
        return Page(EXCLUSION, nav="desk", form=Note(), **await card(person, viewer))

    @post("/{person_id:int}/exclusion")
    async def exclude(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Note.read(sent)
        if form.errors:
            shown = await card(person, viewer)
            return Page(EXCLUSION, status=422, nav="desk", form=form, **shown)
        said = gettext("%(name)s est exclu·e du programme.") % {"name": person.name}
        deed = exclusions.exclude(person, by=viewer, note=form.words, now=now)
        return await _settle(deed, person, viewer, said)

    @post("/{person_id:int}/reinstatement")
    async def reinstate(
        self,
        person: NamedDependency[Person],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Note.read(sent)
        if form.errors:
            return await _wrong(person, viewer, form=form)
        said = gettext("%(name)s peut de nouveau prendre part.") % {"name": person.name}
        deed = exclusions.reinstate(person, by=viewer, note=form.words, now=now)
        return await _settle(deed, person, viewer, said)


@get(f"{urls.MEMBERS}.csv", guards=[coordinators_only])
async def members_csv(
    request: AnyRequest, viewer: NamedDependency[Person], now: NamedDependency[datetime]
) -> Stream:
    head, lines = await exports.members_rows(_query(request), by=viewer, now=now)
    pieces = sheets.as_csv(head, list(lines))  # here, where the reader's language is known
    headers = _attached("csv", now)
    return Stream(pieces, media_type="text/csv; charset=utf-8", headers=headers)


@get(f"{urls.MEMBERS}.xlsx", guards=[coordinators_only])
async def members_xlsx(
    request: AnyRequest, viewer: NamedDependency[Person], now: NamedDependency[datetime]
) -> Response[bytes]:
    head, lines = await exports.members_rows(_query(request), by=viewer, now=now)
    content = await asyncio.to_thread(sheets.as_xlsx, gettext("Membres"), head, list(lines))
    return Response(content, media_type=XLSX, headers=_attached("xlsx", now))


def listed(shown: Found) -> dict[str, Any]:
    """What office/members/_found.html and _count.html need."""
    fields = members.fields_of(shown.query)
    return {
        "found": shown,
        "standings": [(key, gettext(words)) for key, words in STANDINGS],
        "page_at": lambda page: urls.members(**fields | {"page": str(page) if page > 1 else ""}),
        "export_at": lambda kind: urls.members(kind, **fields | {"page": ""}),
    }


async def card(person: Person, viewer: Person, **forms: Any) -> dict[str, Any]:
    """What office/members/_member.html needs; `forms`: one that was sent with a mistake."""
    empty = {"address": None, "language": None, "note": None}
    dossier = await dossiers.of(person)
    is_other = person.id != viewer.id and may_settle(viewer)
    return {
        "dossier": dossier,
        "person": person,
        "is_other": is_other,
        "sent": empty | forms,
        "said": event_words.said,
        "days_to_object": addresses.WAIT.days,
    }


async def _settle(
    deed: Awaitable[None], person: Person, viewer: Person, said: str
) -> Response[None]:
    try:
        await deed
    except Refusal as refusal:
        return await _refused(person, viewer, refusal)
    return await _done(person, viewer, said)


async def _keep(person: Person, viewer: Person, now: datetime) -> None:
    change = await addresses.of(person)
    if change is None:
        raise AlreadySettled
    await addresses.stop(change, by=viewer, now=now)


async def _done(person: Person, viewer: Person, said: str) -> Response[None]:
    if not may_settle(found(await dossiers.person(viewer.id))):  # stepped down by themself
        return Go(urls.HOME, toast=said)
    shown = await card(found(await dossiers.person(person.id)), viewer)
    return Answer(MEMBER, instead=urls.member(person), toast=said, **shown)


async def _wrong(person: Person, viewer: Person, **forms: Any) -> Page:
    shown = await card(person, viewer, **forms)
    return Page(SHOW, piece=MEMBER, status=422, nav="desk", **shown)


async def _refused(person: Person, viewer: Person, refusal: Refusal) -> Page:
    """Whoever comes second sees the member as they are now."""
    if refusal.status != 409:
        raise refusal
    shown = await card(found(await dossiers.person(person.id)), viewer)
    also = [Region("#member", "outerMorph", MEMBER)]
    return Page(SHOW, status=409, also=also, toast=refusal.said, nav="desk", **shown)


def _query(request: AnyRequest) -> Query:
    return members.query_of(request.scope["query_string"].decode(errors="replace"))


def _address(query: Query) -> str:
    return urls.members(**members.fields_of(query))


def _attached(kind: str, now: datetime) -> dict[str, str]:
    name = f"membres-{clock.day(now).isoformat()}.{kind}"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
