"""The search window, live as one types and a plain form too; a mentor's page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency

import clock
import urls
from content import catalogue
from controllers.guards import members_only
from domain import favourites, inquiries, profiles, searches
from i18n import language
from pages import Hx, Page, Region, parted
from search import find
from search.facets import Query
from search.find import Found, Hit
from search.reasons import Reason, Segments, is_marked
from tables.people import Person
from tables.profiles import Profile

AnyRequest = Request[Any, Any, Any]
BESIDES = (
    Region("#count", "innerHTML", "mentors/_count"),
    Region("#chips", "outerMorph", "mentors/_chips"),
    Region("#filters", "outerMorph", "mentors/_filters"),
    Region("#preview", "innerHTML", "mentors/_preview"),
)


MOST_TOPICS = 4
MOST_REASONS = 2


@dataclass(frozen=True)
class Card:
    hit: Hit
    why: list[Reason]
    topics: list[Segments]
    more_topics: int


class Mentors(Controller):
    path = urls.MENTORS
    guards = [members_only]

    @get()
    async def index(
        self,
        request: AnyRequest,
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Page:
        query = searches.query_of(request.scope["query_string"].decode(errors="replace"))
        found = await find.find(query, viewer, language(), clock.day(now))
        is_partial = Hx.of(request).is_partial
        if is_partial and query.page > 1:  # «Voir plus»: the list grows in place
            return Page("mentors/index", piece="mentors/_rows", **rows(found))
        context = await window(found, viewer)
        if not is_partial and not context["saved"] and await is_in_vain(found, viewer, now):
            # A whole search, sent or opened. One that is typed live counts once it has settled.
            await searches.count_in_vain(query.words, by=viewer, now=now)
        return Page(
            "mentors/index",
            piece="mentors/_results",
            also=BESIDES,
            shown_at=address(query),
            nav="mentors",
            **context,
        )

    @get("/{mentor_id:int}")
    async def show(
        self,
        request: AnyRequest,
        mentor_profile: NamedDependency[Profile],
        viewer: NamedDependency[Person],
    ) -> Page:
        context = await whole(mentor_profile, viewer)
        return Page("mentors/show", nav="mentors", back=_back(request), **context)

    @get("/{mentor_id:int}/preview")
    async def preview(
        self,
        request: AnyRequest,
        mentor_profile: NamedDependency[Profile],
        viewer: NamedDependency[Person],
    ) -> Page:
        """Beside the list on wide screens; opened by itself it is the whole page."""
        context = await whole(mentor_profile, viewer)
        return Page(
            "mentors/show",
            piece="mentors/_preview",
            nav="mentors",
            back=_back(request),
            shown=context,
            **context,
        )


async def is_in_vain(found: Found, viewer: Person, now: datetime) -> bool:
    """Words that find nobody by themselves; filters that leave nobody say nothing of the words."""
    if found.total or not found.query.words:
        return False
    alone = Query(words=found.query.words)
    if found.query == alone:
        return True
    return not (await find.find(alone, viewer, language(), clock.day(now))).total


async def window(found: Found, viewer: Person) -> dict[str, Any]:
    """What mentors/index.html and its pieces need."""
    first = await _first(found)
    return {
        **rows(found),
        "shown": await face(first) if first else None,
        "saved": None if found.total else await searches.waiting_for(found.query, viewer),
        "saved_query": searches.text_of(found.query),
    }


def rows(found: Found) -> dict[str, Any]:
    """What mentors/_rows.html needs."""
    query = found.query
    return {
        "found": found,
        "cards": [card(hit) for hit in found.hits],
        "address": address,
        "more": address(replace(query, page=query.page + 1)),
        "with_topic": lambda key: address(replace(query, words="", topics=(key,), page=1)),
        "from_start": address(replace(query, page=1)),
    }


def card(hit: Hit) -> Card:
    """Why first, in one line; then the other topics, those with found words before the rest."""
    why = _why(hit)
    told = [reason.text for reason in why]
    topics = [topic.text for topic in hit.topics if topic.text not in told]
    topics.sort(key=lambda text: not is_marked(text))
    return Card(hit, why, topics[:MOST_TOPICS], max(0, len(topics) - MOST_TOPICS))


async def whole(profile: Profile, viewer: Person) -> dict[str, Any]:
    """What mentors/show.html needs."""
    mentor: Person = profile.person
    return {
        **await face(profile),
        **await deed(profile, viewer),
        "is_kept": await favourites.is_kept(mentor, viewer),
    }


async def face(profile: Profile) -> dict[str, Any]:
    """What a mentor's page and its preview have in common."""
    topics = await profiles.topics_of(profile)
    return {
        "profile": profile,
        "mentor": profile.person,
        "topics": [topic.name_in(language()) for topic in topics],
        "roles": [role for key, role in catalogue.roles().items() if key in profile.offered],
    }


async def deed(profile: Profile, viewer: Person) -> dict[str, Any]:
    """What mentors/_deed.html needs: the one thing to do with this mentor."""
    mentor: Person = profile.person
    return {
        "profile": profile,
        "mentor": mentor,
        "is_own": mentor.id == viewer.id,
        "inquiry": await inquiries.open_between(viewer, mentor),
        "is_wished": await favourites.is_wished(mentor, viewer),
    }


def address(query: Query) -> str:
    return urls.mentors(**searches.fields_of(query))


def _why(hit: Hit) -> list[Reason]:
    """One reason of a kind; the function is marked where it stands, an excerpt tells only where
    nothing else does."""
    kinds = {reason.what: reason for reason in reversed(hit.reasons)}
    if kinds.keys() - {"about", "same_sector"}:
        kinds.pop("about", None)
    return [
        reason
        for reason in hit.reasons
        if reason is kinds.get(reason.what) and reason.what != "function"
    ][:MOST_REASONS]


async def _first(found: Found) -> Profile | None:
    """Fills the preview until another is chosen."""
    if not found.hits:
        return None
    return await Profile.objects(Profile.person).where(Profile.id == found.hits[0].profile).first()


def _back(request: AnyRequest) -> str:
    """To the very search one came from, as far as the browser tells."""
    came = parted(request.headers.get("referer", ""))
    is_ours = came.netloc == request.headers.get("host") and came.path == urls.MENTORS
    return f"{urls.MENTORS}?{came.query}" if is_ours and came.query else urls.MENTORS
