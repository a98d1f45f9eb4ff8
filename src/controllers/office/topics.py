"""The tree of topics: named in every language, sorted, retired, added to."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.guards import coordinators_only
from controllers.providers import found, number
from domain import topic_edits
from domain.refusals import EditedMeanwhile, NameTaken, Refusal
from forms.fields import Form, Sent
from forms.topics import DIVIDER, TopicForm
from i18n import gettext, language
from pages import Go, Page
from tables.people import Person
from tables.topics import Topic

AnyRequest = Request[Any, Any, Any]
TREE, TOPIC = "office/house/topics", "office/house/topic"


async def _topic(topic_id: FromPath[int]) -> Topic:
    return found(await topic_edits.one(number(topic_id)))


class OfficeTopics(Controller):
    path = urls.HOUSE_TOPICS
    guards = [coordinators_only]
    dependencies = {"topic": Provide(_topic)}

    @get()
    async def index(self) -> Page:
        return Page(TREE, nav="desk", branches=await topic_edits.whole())

    @get("/new")
    async def begin(self, request: AnyRequest) -> Page:
        return _page(None, await _branch(request.query_params.get("branch", "")))

    @post()
    async def add(
        self,
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Kept, or with `preview` only shown."""
        branch, form = await _branch(sent.one("branch")), TopicForm.read(sent)
        if not form.errors and sent.one("preview"):
            return _page(None, branch, form)
        if not form.errors:
            try:
                topic = await topic_edits.add(form.words, branch, by=viewer, now=now)
                said = gettext("«%(name)s» est ajouté.") % {"name": topic.name_in(language())}
                return Go(urls.HOUSE_TOPICS, toast=said)
            except NameTaken as refusal:
                form.errors["name_fr"] = refusal.said
        return _page(None, branch, form, 422)

    @get("/{topic_id:int}")
    async def show(self, topic: NamedDependency[Topic]) -> Page:
        return _page(topic, await topic_edits.one(topic.branch or 0))

    @post("/{topic_id:int}")
    async def rename(
        self,
        topic: NamedDependency[Topic],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Kept, or with `preview` only shown."""
        branch, form = await topic_edits.one(topic.branch or 0), TopicForm.read(sent)
        if form.errors:
            return _page(topic, branch, form, 422)
        if sent.one("preview"):
            return _page(topic, branch, form)
        try:
            await topic_edits.rename(topic, form.words, seen=form.seen, by=viewer, now=now)
        except NameTaken as refusal:
            form.errors["name_fr"] = refusal.said
            return _page(topic, branch, form, 422)
        except EditedMeanwhile as refusal:
            fresh = found(await topic_edits.one(topic.id))
            return _page(fresh, branch, form, 409, toast=refusal.said)
        return Go(urls.HOUSE_TOPICS, toast=gettext("Le thème est enregistré."))

    @post("/{topic_id:int}/{deed:str}")
    async def settle(
        self,
        topic: NamedDependency[Topic],
        deed: FromPath[str],
        viewer: NamedDependency[Person],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        verbs = {
            "up": lambda: topic_edits.shift(topic, -1, by=viewer, now=now),
            "down": lambda: topic_edits.shift(topic, 1, by=viewer, now=now),
            "retirement": lambda: topic_edits.retire(topic, by=viewer, now=now),
            "return": lambda: topic_edits.bring_back(topic, by=viewer, now=now),
        }
        try:
            await found(verbs.get(deed))()
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            return Go(urls.HOUSE_TOPICS, toast=refusal.said)
        return Go(f"{urls.HOUSE_TOPICS}#topic-{topic.id}")


async def _branch(given: str) -> Topic | None:
    """Where a new one belongs; nothing for a new branch."""
    if not given:
        return None
    is_number = given.isascii() and given.isdigit() and len(given) < 10
    branch = found(await topic_edits.one(int(given))) if is_number else found(None)
    return branch if branch.branch is None else found(None)


def _page(
    topic: Topic | None,
    branch: Topic | None,
    form: Form | None = None,
    status: int = 200,
    toast: str = "",
) -> Page:
    said = topic_edits.said(topic) if topic else {}
    typed = said | {"also": "\n".join(said["also"].split(DIVIDER))} if said else {}
    typed_form = form if isinstance(form, TopicForm) else None
    seen = typed_form.seen if typed_form and status != 409 else said
    shown: dict[str, Any] = {
        "topic": topic,
        "branch": branch,
        "form": form or Form(typed=typed),
        "seen": json.dumps(seen),
        "preview": typed_form.words if typed_form and status == 200 else None,
    }
    return Page(TOPIC, status=status, toast=toast, nav="desk", **shown)
