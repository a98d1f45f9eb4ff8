"""«Occupé»: one tap anywhere; its page has the date, the reason and the capacity."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

import clock
import urls
from controllers.providers import found
from domain import availability, inquiries
from domain.profiles import MOST_CAPACITY
from domain.ready_texts import ready_for_all
from forms.availability import FARTHEST, AnswerAll, Busy, Capacity
from forms.fields import Form, Sent
from i18n import gettext, ngettext
from pages import Answer, Go, Page, Region
from tables.inquiries import Inquiry
from tables.people import Person
from tables.profiles import Profile

AnyRequest = Request[Any, Any, Any]
TOGGLE = Region("#availability", "outerHTML", "availability/_toggle")
PANEL = Region("#availability-panel", "outerHTML", "availability/_panel")


class Availability(Controller):
    path = urls.AVAILABILITY

    @get()
    async def show(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page | Go:
        profile = own(request)
        if not profile.is_released:
            return Go(urls.PROFILE)
        context = await panel(profile, viewer, now)
        return Page("availability/show", piece="availability/_panel", nav="account", **context)

    @post()
    async def turn(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """From the toggle in the frame of any page, or from the page with a date."""
        profile = released(request)
        form = Busy.read(sent, clock.day(now))
        if form.errors:
            return await self._again(profile, viewer, now, form)
        before: date | None = profile.busy_until
        if form.is_busy:
            await availability.turn_busy(profile, until=form.until, by=viewer, now=now)
        else:
            await availability.turn_free(profile, by=viewer, now=now)
        context = await panel(profile, viewer, now, undo=before)
        is_page = sent.one("at") == "page"
        return Answer(
            (PANEL if is_page else TOGGLE).template,
            # Without JavaScript the page has what the toggle would show: dates, open requests.
            instead=urls.AVAILABILITY if form.is_busy else urls.own_path(sent.one("next")),
            also=[TOGGLE if is_page else PANEL],
            toast=_told(profile) if is_page else "",
            **context | {"turned": "page" if is_page else "toggle"},
        )

    @post("/capacity")
    async def widen(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        profile = released(request)
        form = Capacity.read(sent)
        if form.errors:
            return await self._again(profile, viewer, now, form)
        await availability.take_up_to(form.capacity, profile, by=viewer, now=now)
        await profile.refresh([Profile.is_busy, Profile.busy_until, Profile.busy_reason])
        return Answer(
            PANEL.template,
            instead=urls.AVAILABILITY,
            also=[TOGGLE],
            toast=gettext("Votre capacité est enregistrée."),
            **await panel(profile, viewer, now),
        )

    @post("/answers")
    async def answer_all(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """One kind text to each who was shown as waiting, in the language they read."""
        profile = released(request)
        ticked = set(sent.all("inquiry"))
        waiting = await inquiries.waiting_for(viewer)
        shown = [inquiry for inquiry in waiting if str(inquiry.id) in ticked]
        form = AnswerAll.read(sent, _languages(shown))
        if form.errors:
            return await self._again(profile, viewer, now, form)
        told = await inquiries.decline_all(
            {inquiry.id for inquiry in shown}, by=viewer, saying=form.words, now=now
        )
        context = await panel(profile, viewer, now)
        return Answer(
            PANEL.template,
            instead=urls.AVAILABILITY,
            also=[TOGGLE],
            toast=_counted(told, len(context["waiting"])),
            **context,
        )

    async def _again(self, profile: Profile, viewer: Person, now: datetime, form: Form) -> Page:
        context = await panel(profile, viewer, now, form)
        return Page(
            "availability/show",
            piece=PANEL.template,
            status=422,
            nav="account",
            **context,
        )


def own(request: AnyRequest) -> Profile:
    """The very row of the frame, so that the toggle there shows what was just done."""
    visit: Any = request.scope["visit"]  # type: ignore[typeddict-item]
    profile: Profile = found(visit.profile)
    return profile


def released(request: AnyRequest) -> Profile:
    profile = own(request)
    return found(profile if profile.is_released else None)


async def panel(
    profile: Profile,
    viewer: Person,
    now: datetime,
    form: Form | None = None,
    undo: date | None = None,
) -> dict[str, Any]:
    """What availability/_panel.html and, after a deed, availability/_toggle.html need. `undo`: the
    date that stood before."""
    waiting = await inquiries.waiting_for(viewer)
    today = clock.day(now)
    filled = _filled(profile, viewer, waiting)
    if form is not None:
        filled.typed |= form.typed
        filled.errors = form.errors
    return {
        "own_profile": profile,
        "form": filled,
        "waiting": waiting,
        "answer_languages": _languages(waiting),
        "running": await availability.running_with(viewer),
        "most_capacity": MOST_CAPACITY,
        "tomorrow": today + timedelta(days=1),
        "farthest": today + FARTHEST,
        "undo_until": undo if undo and undo > today else None,
        "turned": "",
    }


def _filled(profile: Profile, viewer: Person, waiting: list[Inquiry]) -> Form:
    until: date | None = profile.busy_until
    typed = {"until": until.isoformat() if until else "", "capacity": str(profile.capacity)}
    for code in _languages(waiting):
        typed[f"words_{code}"] = ready_for_all(viewer, code)
    return Form(typed=typed)


def _languages(waiting: list[Inquiry]) -> list[str]:
    """Of the mentees who wait, each once."""
    mentees: list[Person] = [inquiry.mentee for inquiry in waiting]
    return list(dict.fromkeys(mentee.language for mentee in mentees))


def _told(profile: Profile) -> str:
    if profile.is_busy:
        return gettext("Votre profil affiche «Occupé».")
    return gettext("Votre profil affiche «Disponible».")


def _counted(told: int, left: int) -> str:
    """What went out, and what came in since the page was shown."""
    gone = ngettext("%(count)s réponse est partie.", "%(count)s réponses sont parties.", told)
    new = ngettext(
        "Une demande est arrivée entre-temps et attend votre réponse.",
        "%(count)s demandes sont arrivées entre-temps et attendent votre réponse.",
        left,
    )
    said = [text % {"count": count} for text, count in ((gone, told), (new, left)) if count]
    return " ".join(said)
