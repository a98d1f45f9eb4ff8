"""The end: both look back, thank each other, and answer one question months later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

import urls
from domain import agreements, deadlines, evaluations, house, parting
from domain.evaluations import PROCESS
from domain.refusals import AlreadySettled, insist
from forms.evaluations import Evaluating, LaterAnswer, Thanking
from forms.fields import Sent, new_key
from i18n import gettext, language
from pages import Answer, Go, Page, Region
from tables.mentorships import Mentorship, State
from tables.people import Person

PAGE, PIECE = "evaluations/show", "evaluations/_evaluation"
LATER, LATER_PIECE = "evaluations/later", "evaluations/_later"
THANKS = "evaluations/_thanks"


class Evaluations(Controller):
    path = f"{urls.MENTORSHIPS}/{{mentorship_id:int}}"

    @get("/evaluation")
    async def show(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        """The final talk's prompts at any time, the questions from the end on."""
        insist(mentorship.state != State.NOT_PURSUED)
        return Page(PAGE, piece=PIECE, nav="home", **await looking_back(mentorship, viewer, now))

    @post("/evaluation")
    async def send(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        insist(mentorship.state != State.NOT_PURSUED)
        versions = await agreements.of(mentorship)
        goals = evaluations.goals_of(evaluations.judged(versions, Evaluating.number(sent)))
        form = Evaluating.read(sent, goals, *_benefits(mentorship, viewer))
        if form.answers is None:
            form.typed["key"] = form.typed["key"] if "key" not in form.errors else new_key()
            context = await looking_back(mentorship, viewer, now, form)
            return Page(PAGE, piece=PIECE, status=422, nav="home", **context)
        try:
            await evaluations.send(mentorship, form.answers, by=viewer, now=now)
        except AlreadySettled as refusal:
            return await _overtaken(mentorship, viewer, now, refusal.said, "#evaluation", PIECE)
        return Go(
            urls.mentorship(mentorship),
            toast=gettext("Merci d’avoir regardé en arrière: c’est enregistré."),
        )

    @post("/thanks")
    async def thank(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """From the journey, and from the page of the evaluation."""
        insist(mentorship.state != State.NOT_PURSUED)
        form = Thanking.read(sent)
        if form.errors:
            context = await looking_back(mentorship, viewer, now, thanks_form=form)
            return Page(PAGE, piece=THANKS, status=422, nav="home", **context)
        try:
            await parting.thank(mentorship, form.words, by=viewer, now=now)
        except AlreadySettled as refusal:
            return await _overtaken(mentorship, viewer, now, refusal.said, "#thanks", THANKS)
        context = await looking_back(mentorship, viewer, now)
        toast = gettext("Votre merci est parti.")
        return Answer(THANKS, instead=urls.mentorship(mentorship), toast=toast, **context)

    @get("/later")
    async def later(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        """There from the letter on that asks for it."""
        insist(mentorship.asked_later_at is not None)
        context = await looking_back(mentorship, viewer, now)
        return Page(LATER, piece=LATER_PIECE, nav="home", **context)

    @post("/later")
    async def answer_later(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        insist(mentorship.asked_later_at is not None)
        form = LaterAnswer.read(sent)
        if form.errors:
            context = await looking_back(mentorship, viewer, now, later_form=form)
            return Page(LATER, piece=LATER_PIECE, status=422, nav="home", **context)
        try:
            await parting.answer_later(mentorship, form.answer, by=viewer, now=now)
        except AlreadySettled as refusal:
            return await _overtaken(
                mentorship, viewer, now, refusal.said, "#later", LATER_PIECE, LATER
            )
        context = await looking_back(mentorship, viewer, now)
        toast = gettext("Merci de votre réponse.")
        return Answer(LATER_PIECE, instead=urls.mentorship(mentorship), toast=toast, **context)


async def looking_back(
    mentorship: Mentorship,
    viewer: Person,
    now: datetime,
    form: Evaluating | None = None,
    thanks_form: Thanking | None = None,
    later_form: LaterAnswer | None = None,
) -> dict[str, Any]:
    """What evaluations/show.html, later.html and their pieces need."""
    versions = await agreements.of(mentorship)
    number = int(form.value("agreement") or 0) if form is not None else 0
    agreed = evaluations.judged(versions, number)
    is_mentee = mentorship.is_mentee(viewer)
    return {
        "mentorship": mentorship,
        "other": mentorship.partner_of(viewer),
        "is_mentee": is_mentee,
        "end": await evaluations.seen_by(viewer, mentorship, now),
        "goals": evaluations.goals_of(agreed),
        "form": form or Evaluating.empty(new_key(), agreed.number if agreed is not None else 0),
        "thanks_form": thanks_form,
        "later_form": later_form,
        "process": PROCESS,
        "benefits": evaluations.benefits_for(is_mentee, language()),
        "for_company": evaluations.benefits_for_company(language()),
        "reveal_by": deadlines.answer_by(now, (await house.current()).blind_days),
        "now": now,
    }


async def _overtaken(
    mentorship: Mentorship,
    viewer: Person,
    now: datetime,
    said: str,
    target: str,
    piece: str,
    page: str = PAGE,
) -> Page:
    """Sent already, from another window: told, and shown how it stands now."""
    also = [Region(target, "outerHTML", piece)]
    context = await looking_back(mentorship, viewer, now)
    return Page(page, status=409, also=also, toast=said, nav="home", **context)


def _benefits(mentorship: Mentorship, viewer: Person) -> tuple[list[str], list[str]]:
    own = evaluations.benefits_for(mentorship.is_mentee(viewer), language())
    company = evaluations.benefits_for_company(language())
    return [key for key, _ in own], [key for key, _ in company]
