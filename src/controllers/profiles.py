"""One's own mentor profile: written, handed in, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

import urls
from content import catalogue, texts
from controllers.providers import found
from domain import documents, norms, profiles, topics
from domain.refusals import NormsFirst, NotComplete
from forms.documents import CvForm
from forms.fields import Sent
from forms.profiles import ProfileForm
from i18n import gettext, language
from pages import Answer, Go, Page
from tables.people import Person
from tables.profiles import Profile, ProfileQuestion

PIECE = "profiles/_form"


class Profiles(Controller):
    path = urls.PROFILE

    @get()
    async def show(self, viewer: NamedDependency[Person]) -> Page:
        profile = await profiles.of(viewer)
        form = await form_of(profile, viewer)
        return Page("profiles/page", nav="account", **await card(profile, form, viewer))

    @post()
    async def write(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Incomplete is fine while it is a draft."""
        form = ProfileForm.read(sent, await topics.keys())
        profile = await _kept(form, viewer, now)
        if form.errors:
            return await _again(profile, form, viewer)
        return await _done(profile, form, viewer, gettext("Enregistré."))

    @post("/submission")
    async def hand_in(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Keeps what was typed first; then says what is missing, or hands it to the office."""
        form = ProfileForm.read(sent, await topics.keys())
        profile = await _kept(form, viewer, now)
        if profile is None or form.errors:
            return await _again(profile, form, viewer)
        try:
            await profiles.hand_in(profile, by=viewer, now=now)
        except NotComplete:
            form.miss(profiles.missing(profile, await profiles.topics_of(profile)))
        except NormsFirst as refusal:
            return Go(urls.with_query(urls.NORMS, next=urls.PROFILE), toast=refusal.said)
        if form.errors:
            return await _again(profile, form, viewer)
        said = gettext("Merci. Le secrétariat lit votre profil et vous écrit.")
        return await _done(profile, form, viewer, said)

    @post("/withdrawal")
    async def take_back(
        self, viewer: NamedDependency[Person], now: NamedDependency[datetime]
    ) -> Go:
        profile = found(await profiles.of(viewer))
        await profiles.take_back(profile, by=viewer, now=now)
        return Go(urls.PROFILE, toast=gettext("Votre profil est de nouveau un brouillon."))


async def form_of(profile: Profile | None, viewer: Person) -> ProfileForm:
    """With what is kept."""
    if profile is None:
        return ProfileForm.blank(viewer.language)
    chosen = [topic.key for topic in await profiles.topics_of(profile)]
    asked = [each for each in await questions(profile) if not each.answered_at]
    return ProfileForm.of(profile, chosen, asked[0].answer if asked else "")


async def card(profile: Profile | None, form: ProfileForm, viewer: Person) -> dict[str, Any]:
    """What profiles/_form.html and its page need."""
    spoken = language()
    return {
        "profile": profile,
        "questions": await questions(profile),
        "cv": await documents.of(viewer),
        "cv_form": CvForm(),
        "form": form,
        "tree": await topics.tree(kept=form.ticked.get("topics", [])),
        "languages_spoken": _named(catalogue.languages(), spoken),
        "kinds": _named(catalogue.kinds(), spoken),
        "roles": [
            (role.key, role.name_in(spoken), role.text_in(spoken))
            for role in catalogue.roles().values()
        ],
        "checks": texts.selfchecks(spoken)["mentor"],
        "face": face_of(form, viewer),
        "is_norms_due": not await norms.has_accepted(viewer),
        "most_capacity": profiles.MOST_CAPACITY,
    }


async def questions(profile: Profile | None) -> list[ProfileQuestion]:
    """The office's, the last one perhaps without an answer."""
    return (await profiles.questions_of([profile.id]))[profile.id] if profile else []


def face_of(form: ProfileForm, viewer: Person) -> dict[str, Any]:
    """What profiles/_preview.html needs: names instead of codes."""
    spoken = language()

    def names(kind: str, field: str) -> list[str]:
        return [catalogue.name_of(kind, key, spoken) for key in form.ticked.get(field, [])]

    return {
        "about": form.value("about"),
        "sector": catalogue.name_of("sector", viewer.sector, spoken),
        "canton": catalogue.name_of("canton", viewer.canton, spoken),
        "languages": names("language", "languages"),
        "kinds": names("kind", "kinds"),
        "roles": names("role", "roles"),
    }


async def _kept(form: ProfileForm, viewer: Person, now: datetime) -> Profile | None:
    """The profile with what the form says in it; begun by its first saving."""
    if form.face is None:
        return await profiles.of(viewer)
    profile = await profiles.begin(viewer, now)
    try:
        await profiles.write(profile, form.face, by=viewer, now=now)
    except NotComplete:
        form.miss(profiles.lacking(form.face))
    if form.answer is not None:
        await profiles.prepare(profile, form.answer, by=viewer)
    return profile


async def _again(profile: Profile | None, form: ProfileForm, viewer: Person) -> Page:
    shown = await card(profile, form, viewer)
    return Page("profiles/page", piece=PIECE, status=422, nav="account", **shown)


async def _done(
    profile: Profile | None, form: ProfileForm, viewer: Person, said: str
) -> Response[None]:
    shown = await card(profile, form, viewer)
    return Answer(PIECE, instead=urls.PROFILE, toast=said, **shown)


def _named(entries: Any, spoken: str) -> list[tuple[str, str]]:
    return [(entry.key, entry.name_in(spoken)) for entry in entries.values()]
