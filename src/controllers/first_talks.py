"""The first talk: what to speak about, and the word of each on going on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from content import texts
from controllers.journey import done, journey, overtaken, refused
from domain import mentorships
from domain.refusals import AlreadySettled, MentorshipOver
from forms.fields import Sent
from forms.mentorships import Word
from i18n import gettext, language
from pages import Page
from tables.mentorships import Mentorship, Question
from tables.people import Person

PAGE = "mentorships/first_talk"


class FirstTalks(Controller):
    path = "/mentorships/{mentorship_id:int}"

    @get("/first-talk")
    async def show(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        return Page(PAGE, nav="home", **await _talk(mentorship, viewer, now))

    @post("/word")
    async def say(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Word.read(sent)
        if form.errors:
            return await _again(mentorship, viewer, now, form, sent)
        question = Question(form.question)
        try:
            await mentorships.say(mentorship, question, is_yes=form.is_yes, by=viewer, now=now)
        except (AlreadySettled, MentorshipOver) as refusal:
            return await overtaken(mentorship, viewer, now, refusal)
        return await done(mentorship, viewer, now, toast=gettext("Votre réponse est notée."))


async def _talk(
    mentorship: Mentorship, viewer: Person, now: datetime, form: Word | None = None
) -> dict[str, Any]:
    """What mentorships/first_talk.html needs: the prompts as the viewer asks them."""
    context = await journey(mentorship, viewer, now, word_form=form)
    part = "mentee" if context["is_mentee"] else "mentor"
    return context | {"prompts": texts.first_talk(language(), part)}


async def _again(
    mentorship: Mentorship, viewer: Person, now: datetime, form: Word, sent: Sent
) -> Page:
    """Where it was sent from."""
    if sent.one("from") != "first-talk":
        return await refused(mentorship, viewer, now, word_form=form)
    return Page(PAGE, status=422, nav="home", **await _talk(mentorship, viewer, now, form))
