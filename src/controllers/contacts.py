"""Contacts of a mentorship: noted on its page in two taps, confirmed, corrected."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import clock
import urls
from controllers.journey import JOURNEY, journey, overtaken, refused
from controllers.providers import found, number
from domain import contacts, deadlines, house
from domain.refusals import (
    AlreadySettled,
    CorrectionTooLate,
    GoOnFirst,
    MentorshipOver,
    SameContact,
)
from forms.contacts import Besides, Days, Told
from forms.fields import Sent
from i18n import gettext
from pages import Answer, Go, Page, Region
from tables.contacts import Contact
from tables.mentorships import OFFICIAL, Mentorship
from tables.people import Person

LOG = Region("#log", "outerHTML", "contacts/_log")
CORRECTION = Region("#correction", "outerHTML", "contacts/_correction")


async def contact(
    contact_number: FromPath[int], mentorship: NamedDependency[Mentorship]
) -> Contact:
    """The mentorship came through the viewer."""
    rows = Contact.of(mentorship).where(Contact.number == number(contact_number))
    return found(await rows.first())


class Contacts(Controller):
    path = "/mentorships/{mentorship_id:int}/contacts"
    dependencies = {"contact": Provide(contact)}

    @get()
    async def show(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page | Go:
        """The mentorship's page with its form open, for links that lead straight to it."""
        if not mentorship.is_alive:
            return Go(urls.mentorship(mentorship))
        return await refused(mentorship, viewer, now, status=200, contact_form=Told())

    @post()
    async def log(
        self,
        mentorship: NamedDependency[Mentorship],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Told.read(sent, _days(mentorship, now))
        if form.talk is None:
            return await _again(mentorship, viewer, now, form)
        try:
            logged = await contacts.log(
                mentorship, form.talk, by=viewer, now=now, apart=form.is_apart
            )
        except SameContact as same:
            form.twin = same.contact
            return await _ask(mentorship, viewer, now, form)
        except (AlreadySettled, GoOnFirst, MentorshipOver) as refusal:
            return await overtaken(mentorship, viewer, now, refusal)
        return await _noted(mentorship, viewer, now, told(logged))

    @post("/{contact_number:int}/confirmation")
    async def confirm(
        self,
        mentorship: NamedDependency[Mentorship],
        contact: NamedDependency[Contact],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Besides.read(sent)
        if form.errors:
            return await _again(mentorship, viewer, now, Told(form.typed, errors=form.errors))
        try:
            await contacts.confirm(
                contact, by=viewer, now=now, minutes=form.minutes, line=form.line
            )
        except (AlreadySettled, MentorshipOver) as refusal:
            return await overtaken(mentorship, viewer, now, refusal, [LOG])
        return await _noted(mentorship, viewer, now, gettext("C’est noté: un seul contact."))

    @get("/{contact_number:int}/correction")
    async def ask_correction(
        self,
        mentorship: NamedDependency[Mentorship],
        contact: NamedDependency[Contact],
        now: NamedDependency[datetime],
    ) -> Page:
        if contact.number not in contacts.correctable(
            [contact], mentorship, await house.current(), now
        ):
            raise MentorshipOver if mentorship.is_over else CorrectionTooLate
        form = Told.filled(contact, contacts.as_shown(contact))
        return await _correction(mentorship, contact, now, form)

    @post("/{contact_number:int}/correction")
    async def correct(
        self,
        mentorship: NamedDependency[Mentorship],
        contact: NamedDependency[Contact],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        form = Told.corrected(sent, _days(mentorship, now))
        if form.talk is None:
            if "key" in form.errors:
                form.typed["key"] = contacts.as_shown(contact)
            return await _correction(mentorship, contact, now, form, status=422)
        try:
            shown = form.talk.key
            await contacts.correct(contact, form.talk, by=viewer, now=now, shown=shown)
        except AlreadySettled as refusal:
            form.now_is = found(
                await Contact.of(mentorship).where(Contact.id == contact.id).first()
            )
            form.typed["key"] = contacts.as_shown(form.now_is)
            return await _correction(
                mentorship, form.now_is, now, form, status=refusal.status, toast=refusal.said
            )
        return Go(urls.mentorship(mentorship), toast=gettext("Le contact est corrigé."))


async def _noted(mentorship: Mentorship, viewer: Person, now: datetime, toast: str) -> Answer:
    """The page anew; its form closed and empty, which a morph would leave as it was typed."""
    context = await journey(mentorship, viewer, now, is_focused=True)
    return Answer(
        JOURNEY.template,
        instead=urls.mentorship(mentorship),
        also=[LOG],
        toast=toast,
        **context,
    )


async def _ask(mentorship: Mentorship, viewer: Person, now: datetime, form: Told) -> Page:
    """The same or another: nothing is noted until that is said."""
    context = await journey(mentorship, viewer, now, contact_form=form, is_focused=True)
    return Page("mentorships/show", status=409, also=[JOURNEY, LOG], nav="home", **context)


async def _again(mentorship: Mentorship, viewer: Person, now: datetime, form: Told) -> Page:
    """What was typed is kept; the key too, unless it was none."""
    if "key" in form.errors:
        form.typed["key"] = ""
    context = await journey(mentorship, viewer, now, contact_form=form)
    return Page(
        "mentorships/show",
        piece=JOURNEY.template,
        status=422,
        also=[LOG],
        nav="home",
        **context,
    )


async def _correction(
    mentorship: Mentorship,
    contact: Contact,
    now: datetime,
    form: Told,
    *,
    status: int = 200,
    toast: str = "",
) -> Page:
    kept = await house.current()
    return Page(
        "contacts/correction",
        piece=CORRECTION.template,
        status=status,
        also=[CORRECTION] if status == 409 else [],
        toast=toast,
        nav="home",
        mentorship=mentorship,
        inquiry=mentorship.inquiry,
        contact=contact,
        form=form,
        first=contacts.first_day(mentorship),
        today=clock.day(now),
        until=deadlines.last_day(contact.logged_at, kept.correction_days),
    )


def _days(mentorship: Mentorship, now: datetime) -> Days:
    return Days(contacts.first_day(mentorship), clock.day(now))


def told(logged: Contact) -> str:
    if logged.number < OFFICIAL:
        return gettext("Contact noté: %(count)s sur 4.") % {"count": logged.number}
    if logged.number == OFFICIAL:
        return gettext("Quatrième contact noté: votre mentorat est officiellement terminé.")
    return gettext("Contact noté.")
