"""Kept mentors, the wish to be told when one is free, and what else one waits to hear of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, get, post
from litestar.di import NamedDependency

import urls
from controllers.mentors import address, deed
from controllers.providers import found
from domain import favourites, searches
from forms.fields import Sent
from i18n import gettext, language
from pages import Answer, Page
from tables.people import Person
from tables.profiles import Profile


class Favourites(Controller):
    path = "/"

    @get(urls.FAVOURITES)
    async def index(self, viewer: NamedDependency[Person]) -> Page:
        return Page("favourites/index", nav="mentors", **await kept(viewer))

    @post("/mentors/{mentor_id:int}/favourite")
    async def keep(
        self,
        mentor_profile: NamedDependency[Profile],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Answer:
        mentor: Person = mentor_profile.person
        is_kept = wanted(sent, "kept")
        if is_kept:
            await favourites.keep(mentor, by=viewer, now=now)
        else:
            await favourites.drop(mentor, by=viewer)
        return Answer(
            "favourites/_keep",
            instead=urls.own_path(sent.one("next") or urls.mentor(mentor)),
            mentor=mentor,
            is_kept=is_kept,
        )

    @post("/mentors/{mentor_id:int}/wish")
    async def wish(
        self,
        mentor_profile: NamedDependency[Profile],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Answer:
        mentor: Person = mentor_profile.person
        is_wished = wanted(sent, "wished")
        if not is_wished:
            await favourites.unwish(mentor, by=viewer)
        elif mentor_profile.is_busy:
            await favourites.wish(mentor, by=viewer, now=now)
        return Answer(
            "mentors/_deed",
            instead=urls.own_path(sent.one("next") or urls.mentor(mentor)),
            toast=_told(mentor_profile, is_wished),
            **await deed(mentor_profile, viewer),
        )


async def kept(viewer: Person) -> dict[str, Any]:
    """What favourites/index.html needs."""
    waiting = await searches.waiting_of(viewer)
    return {
        "kept": await favourites.kept_by(viewer),
        "wished": await favourites.wished_by(viewer),
        "searches": await searches.described(waiting, language()),
        "address": address,
    }


def wanted(sent: Sent, name: str) -> bool:
    """The state that is wanted, never «the other one»: a resend changes nothing."""
    return found({"1": True, "0": False}.get(sent.one(name)))


def _told(profile: Profile, is_wished: bool) -> str:
    if not profile.is_busy:
        return gettext("Bonne nouvelle: cette personne est disponible.")
    if is_wished:
        return gettext("Nous vous écrirons dès que cette personne sera disponible.")
    return gettext("Nous ne vous écrirons pas à ce sujet.")
