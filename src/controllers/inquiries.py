"""Requests: asked by a mentee, answered by a mentor, on the site."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

import urls
from controllers.providers import found
from domain import deadlines, drafts, house, inquiries, mentorships, norms, ready_texts
from domain.permissions import is_answerable, is_explainable, is_withdrawable
from domain.refusals import AlreadySettled, DraftChanged, Refusal, Unseen
from domain.typed_texts import write_marks
from forms.fields import Sent, new_key
from forms.inquiries import KINDS, Acceptance, Ask, Suggestion, Words
from forms.windows import version_in
from i18n import LOCALES, gettext, language
from pages import Answer, Go, Page, Region
from tables.inquiries import Inquiry
from tables.people import Person
from tables.profiles import Profile

AnyRequest = Request[Any, Any, Any]
NUMBER = re.compile(r"\d{1,9}", re.ASCII)  # «²» is a digit too, but no number
# After each saving: when it was, the version typing is based on from now on, and no warning.
KEPT = (
    Region("#saved", "innerHTML", "inquiries/_saved"),
    Region("#draft-version", "outerHTML", "inquiries/_version"),
    Region("#draft-elsewhere", "innerHTML", "inquiries/_elsewhere"),
)
# By its word in an address, here and behind a letter's link.
DEEDS = {name.replace("_", "-"): name for name in ready_texts.DEEDS}


class Asking(Controller):
    """The form of the norm, at a mentor's address."""

    path = "/mentors/{mentor_id:int}"

    @get("/inquiry")
    async def show(
        self,
        request: AnyRequest,
        mentor_profile: NamedDependency[Profile],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        mentor: Person = mentor_profile.person
        saved = await drafts.read(mentor, viewer)
        fields = saved.text.answers
        if not fields and request.query_params.get("words") == "again":
            fields = await drafts.latest_words(viewer)
        form = Ask.filled(fields, new_key(), viewer.language)
        context = await asking(mentor_profile, viewer, form, now, saved)
        return Page("inquiries/ask", nav="mentors", **context)

    @post("/inquiry")
    async def ask(
        self,
        mentor_profile: NamedDependency[Profile],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Page | Go:
        form = Ask.read(sent, _languages(mentor_profile))
        mentor: Person = mentor_profile.person
        if form.request is not None:
            try:
                inquiry = await inquiries.ask(mentor, form.request, by=viewer, now=now)
            except Refusal as refusal:
                form.errors["form"] = refusal.said  # beside what was typed: nothing is lost
            else:
                return Go(urls.inquiry(inquiry), toast=gettext("Votre demande est partie."))
        if "key" in form.errors:
            form.typed["key"] = new_key()
        context = await asking(mentor_profile, viewer, form, now)
        piece = "inquiries/_ask"
        return Page("inquiries/ask", piece=piece, status=422, nav="mentors", **context)

    @post("/draft")
    async def save(
        self,
        mentor_profile: NamedDependency[Profile],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """As one types; without JavaScript a button of the form. `over`: the version that was
        shown beside it, and shall go."""
        mentor: Person = mentor_profile.person
        form = Ask.read(sent, _languages(mentor_profile))
        window = replace(form.window, seen=version_in(sent, "over") or form.window.seen)
        try:
            saved = await drafts.save(mentor, form.draft(), window, by=viewer, now=now)
        except DraftChanged as refusal:
            form.errors.clear()
            return await _elsewhere(mentor_profile, viewer, form, refusal, now)
        return Answer(
            "",
            instead=urls.ask(mentor),
            also=KEPT,
            saved_at=saved.at,
            version=saved.version,
            elsewhere=None,
        )


class Inquiries(Controller):
    path = "/inquiries"

    @get()
    async def index(self, viewer: NamedDependency[Person], now: NamedDependency[datetime]) -> Page:
        seen = await inquiries.seen_by(viewer)
        return Page(
            "inquiries/index",
            nav="inquiries",
            sent=[each for each in seen if _mentee(each).id == viewer.id],
            received=[each for each in seen if _mentee(each).id != viewer.id],
            now=now,
        )

    @get("/{inquiry_id:int}")
    async def show(
        self,
        inquiry: NamedDependency[Inquiry],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        context = await card(inquiry, viewer, now)
        return Page("inquiries/show", piece="inquiries/_card", nav="inquiries", **context)

    @post("/{inquiry_id:int}/{deed:str}")
    async def answer(
        self,
        inquiry: NamedDependency[Inquiry],
        viewer: NamedDependency[Person],
        deed: FromPath[str],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """One of the five ways, signed in."""
        name = found(DEEDS.get(deed))
        form = await reply(name, inquiry, sent, now)
        if form.errors:
            return await _again(inquiry, viewer, name, form, now)
        answered = perform(inquiry, viewer, name, form, now)
        return await _done(inquiry, viewer, answered, now, gettext("Votre réponse est partie."))

    @post("/{inquiry_id:int}/explanation")
    async def explain(
        self,
        inquiry: NamedDependency[Inquiry],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Words.read(sent)
        if form.errors:
            return await _again(inquiry, viewer, "explanation", form, now)
        explained = inquiries.explain(inquiry, by=viewer, words=form.words, now=now)
        return await _done(inquiry, viewer, explained, now, gettext("Votre réponse est partie."))

    @post("/{inquiry_id:int}/withdrawal")
    async def withdraw(
        self,
        inquiry: NamedDependency[Inquiry],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        withdrawn = inquiries.withdraw(inquiry, by=viewer, now=now)
        return await _done(inquiry, viewer, withdrawn, now, gettext("Votre demande est retirée."))

    @post("/withdrawals")
    async def withdraw_several(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Go:
        """After one mentor accepted: the ticked others, in one step."""
        ticked = {int(each) for each in sent.all("withdraw") if NUMBER.fullmatch(each)}
        withdrawn = await inquiries.withdraw_all(ticked, by=viewer, now=now)
        toast = gettext("Demandes retirées: %(count)s.") % {"count": withdrawn}
        return Go(urls.MENTORSHIPS, toast=toast)


async def asking(
    profile: Profile,
    viewer: Person,
    form: Ask,
    now: datetime,
    saved: drafts.Saved | None = None,
) -> dict[str, Any]:
    """What inquiries/ask.html needs. Without the draft `saved` the form is as it was sent, and
    based on what its window had seen: errors don't show what was written elsewhere."""
    mentor: Person = profile.person
    if mentor.id == viewer.id:
        raise Unseen
    kept = await house.current()
    still_open = await inquiries.open_of(viewer)
    return {
        "profile": profile,
        "mentor": mentor,
        "form": form,
        "saved_at": saved.at if saved else None,
        "version": saved.version if saved else form.window.seen,
        "settled": write_marks(saved.text.marks if saved else {}),
        "past": write_marks(form.window.marks),
        "elsewhere": None,
        "kinds": KINDS,
        "spoken": _languages(profile),
        "answer_by": deadlines.answer_by(now, kept.release_day),
        "is_norms_due": not await norms.has_accepted(viewer),
        "already": next((each for each in still_open if _mentor(each).id == mentor.id), None),
        "is_full": len(still_open) >= kept.open_limit,
        "limit": kept.open_limit,
        "has_words": bool(await drafts.latest_words(viewer)),
    }


async def _elsewhere(
    profile: Profile, viewer: Person, form: Ask, refusal: Refusal, now: datetime
) -> Page:
    """What was saved by another window or device, beside what is typed here."""
    saved = await drafts.read(profile.person, viewer)
    context = await asking(profile, viewer, form, now) | {"elsewhere": saved}
    also = [Region("#draft-elsewhere", "innerHTML", "inquiries/_elsewhere")]
    return Page("inquiries/ask", status=refusal.status, also=also, nav="mentors", **context)


async def card(
    inquiry: Inquiry,
    viewer: Person,
    now: datetime,
    deed: str = "",
    form: Any = None,
    link: str = "",
) -> dict[str, Any]:
    """What inquiries/_card.html needs: on its page, as the answer to a deed, and for a letter's
    link. `deed` is the one whose form came back with errors."""
    answerable = is_answerable(viewer, inquiry)
    mentorship = await mentorships.of(inquiry) if inquiry.state == "accepted" else None
    mine = _mentee(inquiry).id == viewer.id
    return {
        "inquiry": inquiry,
        "is_mentee": mine,
        "other": _mentor(inquiry) if mine else _mentee(inquiry),
        "exchanges": await inquiries.exchanges_of(inquiry),
        "answerable": answerable,
        "explainable": is_explainable(viewer, inquiry),
        "withdrawable": is_withdrawable(viewer, inquiry),
        "ready": ready_texts.ready(inquiry, viewer) if answerable else {},
        "colleagues": await inquiries.colleagues_for(inquiry, now) if answerable else {},
        "mentorship": mentorship,
        "suggested": await inquiries.suggested_in(inquiry),
        "others": await inquiries.others_open(inquiry, viewer),
        "kinds": KINDS,
        "deed": deed,
        "form": form or Words(),
        "link": link,
        "now": now,
        "reader_language": language(),
    }


async def reply(deed: str, inquiry: Inquiry, sent: Sent, now: datetime) -> Any:
    """The form of one of the five ways."""
    if deed == "acceptance":
        return Acceptance.read(sent, now)
    if deed == "suggestion":
        return Suggestion.read(sent, await inquiries.colleagues_for(inquiry, now))
    return Words.read(sent)


async def perform(inquiry: Inquiry, by: Person, deed: str, form: Any, now: datetime) -> None:
    """The same five verbs, on the site and from a letter's link."""
    if deed == "acceptance":
        await inquiries.accept(inquiry, form.proposal, by=by, now=now)
    elif deed == "refusal_busy":
        await inquiries.decline_as_busy(inquiry, by=by, saying=form.words, now=now)
    elif deed == "refusal_topic":
        await inquiries.decline(inquiry, by=by, saying=form.words, now=now)
    elif deed == "question":
        await inquiries.ask_back(inquiry, by=by, question=form.words, now=now)
    else:
        colleague = await inquiries.colleague(form.colleague)
        await inquiries.suggest(inquiry, colleague, by=by, saying=form.words, now=now)


async def overtaken(inquiry: Inquiry, viewer: Person, refusal: Refusal, now: datetime) -> Page:
    """Somebody was first: told, and shown how it stands now."""
    fresh = await Inquiry.visible_to(viewer).where(Inquiry.id == inquiry.id).first()
    if fresh is None:
        raise Unseen
    where = Region(f"#inquiry-{inquiry.id}", "outerHTML", "inquiries/_card")
    context = await card(fresh, viewer, now)
    return Page(
        "inquiries/show",
        status=refusal.status,
        also=[where],
        toast=refusal.said,
        nav="inquiries",
        is_focused=True,
        **context,
    )


async def _again(inquiry: Inquiry, viewer: Person, deed: str, form: Any, now: datetime) -> Page:
    context = await card(inquiry, viewer, now, deed, form)
    return Page("inquiries/show", piece="inquiries/_card", status=422, nav="inquiries", **context)


async def _done(
    inquiry: Inquiry, viewer: Person, deed: Awaitable[None], now: datetime, toast: str
) -> Response[None]:
    try:
        await deed
    except AlreadySettled as refusal:
        return await overtaken(inquiry, viewer, refusal, now)
    context = await card(inquiry, viewer, now) | {"is_focused": True}
    return Answer("inquiries/_card", instead=urls.inquiry(inquiry), toast=toast, **context)


def _languages(profile: Profile) -> list[str]:
    """To talk in: those of the pages, and what else this mentor speaks."""
    return list(dict.fromkeys([*LOCALES, *profile.spoken]))


def _mentee(inquiry: Inquiry) -> Person:
    mentee: Person = inquiry.mentee
    return mentee


def _mentor(inquiry: Inquiry) -> Person:
    mentor: Person = inquiry.mentor
    return mentor
