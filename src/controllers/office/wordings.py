"""The letters' texts: each sentence in the office's own words, looked at as it is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import i18n
import urls
from controllers.guards import coordinators_only
from controllers.office import wording_lines
from controllers.providers import found
from domain import letter_words, wordings
from domain.refusals import EditedMeanwhile, Refusal
from forms.fields import Sent
from forms.wordings import WordingForm
from i18n import gettext, language
from pages import Answer, Go, Page, Region
from tables.people import Person

AnyRequest = Request[Any, Any, Any]
INDEX, SHOW = "office/wordings/index", "office/wordings/show"
EDITOR, PREVIEW = "office/wordings/_editor", "office/wordings/_preview"
BESIDE = Region("#preview", "outerMorph", PREVIEW)


async def _name(letter: FromPath[str]) -> str:
    return found(letter if wordings.knows(letter) else None)


class OfficeWordings(Controller):
    path = urls.HOUSE_LETTERS
    guards = [coordinators_only]
    dependencies = {"name": Provide(_name)}

    @get()
    async def index(self) -> Page:
        states = await wordings.states()
        return Page(INDEX, nav="desk", groups=letter_words.GROUPS, states=states)

    @get("/{letter:str}")
    async def show(
        self, name: NamedDependency[str], request: AnyRequest, now: NamedDependency[datetime]
    ) -> Page:
        code = _code(request.query_params.get("language", ""))
        return Page(SHOW, nav="desk", **await _editor(name, code, now))

    @post("/{letter:str}")
    async def write(
        self,
        name: NamedDependency[str],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Kept; or with `preview` only shown, with `original` one sentence as it is shipped, with
        `trial` sent to oneself."""
        code = _code(sent.one("language"))
        kept = (await wordings.kept(name, code)).sentences
        known = wordings.sentences_of(name)
        form = WordingForm.read(sent, known, wordings.texts(name, code, kept))
        if sent.one("preview"):
            return await _answer(name, code, form, now, piece=PREVIEW)
        if key := sent.one("original"):
            [sentence] = [each for each in known if each.key == key] or [found(None)]
            form.put_back(sentence, wordings.shipped(sentence, code))
            return await _answer(name, code, form, now)
        if form.errors:
            return await _answer(name, code, form, now, status=422)
        if sent.one("trial"):
            await wordings.try_out(name, code, form.texts, form.case, by=viewer, now=now)
            said = gettext("L’essai part à %(address)s.") % {"address": viewer.email}
            return await _answer(name, code, form, now, toast=said)
        try:
            await wordings.write(name, code, form.texts, seen=form.seen, by=viewer, now=now)
        except EditedMeanwhile as refusal:
            return await _answer(name, code, form, now, status=409, toast=refusal.said)
        shown = await _editor(name, code, now, case=form.case)
        said, back = gettext("Les textes sont enregistrés."), urls.house_letter(name, code)
        return Answer(EDITOR, instead=back, also=[BESIDE], toast=said, **shown)

    @post("/{letter:str}/reversal")
    async def revert(
        self,
        name: NamedDependency[str],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        code, seen = _code(sent.one("language")), WordingForm.seen_in(sent)
        deed = wordings.revert(name, code, seen=seen, by=viewer, now=now)
        return await _settle(deed, name, code, now, gettext("Les textes d’origine sont de retour."))

    @post("/{letter:str}/clearing")
    async def clear(
        self,
        name: NamedDependency[str],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        code, seen = _code(sent.one("language")), WordingForm.seen_in(sent)
        deed = wordings.clear(name, code, seen=seen, by=viewer, now=now)
        return await _settle(deed, name, code, now, gettext("Les anciens textes sont retirés."))


async def _settle(
    deed: Awaitable[None], name: str, code: str, now: datetime, said: str
) -> Response[None]:
    try:
        await deed
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        said = gettext("Quelqu’un d’autre a changé ce message. Voici où il en est.")
        return Page(SHOW, status=409, toast=said, nav="desk", **await _editor(name, code, now))
    return Go(urls.house_letter(name, code), toast=said)


async def _answer(
    name: str,
    code: str,
    form: WordingForm,
    now: datetime,
    *,
    status: int = 200,
    piece: str = EDITOR,
    toast: str = "",
) -> Page:
    """With what was typed; whoever comes second also sees what was kept meanwhile."""
    also = [] if piece == PREVIEW else [BESIDE]
    if status == 409:
        also.append(Region("#letter", "outerMorph", EDITOR))
    shown = await _editor(name, code, now, form, is_second=status == 409)
    return Page(SHOW, piece=piece, status=status, also=also, toast=toast, nav="desk", **shown)


async def _editor(
    name: str,
    code: str,
    now: datetime,
    form: WordingForm | None = None,
    *,
    case: int = 0,
    is_second: bool = False,
) -> dict[str, Any]:
    """What the page needs, its pieces too."""
    row = await wordings.kept(name, code)
    kept = wordings.texts(name, code, row.sentences)
    states = (await wordings.states()).get(name, [])
    if form is None:
        form = WordingForm.of(wordings.sentences_of(name), kept)
        form.seen, form.case = row.version, case
    meanwhile: Mapping[str, Sequence[str]] = kept if is_second else {}
    return {
        "name": name,
        "title": letter_words.title(name),
        "part_title": letter_words.title,
        "code": code,
        "codes": i18n.offered(),
        "changed": [state.language for state in states],
        "form": form,
        "seen": row.version if is_second else form.seen,
        "row": row,
        "lines": wording_lines.lines(name, code, form, meanwhile),
        "words": wording_lines.words(name, await wordings.filled_in(name, code, now)),
        "labels": wording_lines.labels(name),
        "cases": [case.title for case in wordings.cases(name)],
        "aside": wordings.set_aside(name, row.sentences),
        "shown": await wordings.shown(name, code, form.texts, form.case, now),
    }


def _code(given: str) -> str:
    return given if given in i18n.offered() else language()
