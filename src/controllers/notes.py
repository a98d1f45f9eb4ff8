"""Notes on each contact: written alone, saved as one types, shown to the partner on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

import urls
from controllers.providers import found
from domain import notes
from domain.note_prompts import NEXT, PARTS, Prompt
from domain.refusals import NoteChanged
from domain.typed_texts import write_marks
from forms.fields import Sent
from forms.notes import MOST, NoteForm, differences, settled
from i18n import gettext
from pages import Answer, Go, Page, Region
from tables.mentorships import Mentorship
from tables.notes import Note
from tables.people import Person

SHOW, SHEET = "notes/show", "notes/_sheet"
# After each saving: the version it is based on from now on, when it was, and no warning.
KEPT = (
    Region("#note-version", "outerHTML", "notes/_version"),
    Region("#note-saved", "innerHTML", "notes/_saved"),
    Region("#note-elsewhere", "innerHTML", "notes/_elsewhere"),
)


async def own_note(
    mentorship: NamedDependency[Mentorship],
    number: FromPath[int],
    viewer: NamedDependency[Person],
) -> Note | None:
    """None: not begun yet."""
    return await notes.of(mentorship, number, viewer)


class Notes(Controller):
    path = "/mentorships/{mentorship_id:int}/notes"

    @get()
    async def index(
        self, mentorship: NamedDependency[Mentorship], viewer: NamedDependency[Person]
    ) -> Page:
        """One's own and what the partner shares: to read, to print."""
        other = mentorship.partner_of(viewer)
        seen = await notes.seen_by(viewer, mentorship)
        shown = [_read(note, mentorship) for note in seen]
        return Page(
            "notes/index",
            nav="home",
            mentorship=mentorship,
            other=other,
            mine=[each for each in shown if each["author"].id == viewer.id],
            theirs=[each for each in shown if each["author"].id != viewer.id],
        )

    @get("/{number:int}", dependencies={"own_note": Provide(own_note)})
    async def show(
        self,
        mentorship: NamedDependency[Mentorship],
        number: FromPath[int],
        own_note: NamedDependency[Any],
        viewer: NamedDependency[Person],
    ) -> Page:
        text = notes.text_of(own_note)
        form = NoteForm.filled(text.answers)
        context = await sheet(mentorship, number, viewer, form, own_note)
        return Page(SHOW, nav="home", **context)

    @post("/{number:int}")
    async def save(
        self,
        mentorship: NamedDependency[Mentorship],
        number: FromPath[int],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """As one types; the button (`done`) saves too, and leads back to the way."""
        form = NoteForm.read(sent, notes.prompts_for(mentorship, viewer))
        is_done = bool(sent.one("done"))
        if form.errors:
            return await _wrong(mentorship, number, viewer, form, is_whole=is_done)
        try:
            note = await _kept(mentorship, number, form, viewer, now)
        except NoteChanged as refusal:
            return await _changed(mentorship, number, viewer, form, refusal, is_whole=is_done)
        if is_done:
            toast = gettext("Votre note est enregistrée.") if note else ""
            return Go(urls.mentorship(mentorship), toast=toast)
        context = await sheet(mentorship, number, viewer, form, note)
        return Answer("", instead=urls.note(mentorship, number), also=KEPT, **context)

    @post("/{number:int}/choice")
    async def choose(
        self,
        mentorship: NamedDependency[Mentorship],
        number: FromPath[int],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Between two texts, field by field: mine, theirs, or both."""
        prompts = notes.prompts_for(mentorship, viewer)
        form = NoteForm.read(sent, prompts)
        other = notes.text_of(found(await notes.of(mentorship, number, viewer)))
        chosen = settled(sent, prompts, form.answers, other.answers)
        try:
            await notes.settle(mentorship, number, chosen, form.window, by=viewer, now=now)
        except NoteChanged as refusal:
            return await _changed(mentorship, number, viewer, form, refusal, is_whole=True)
        toast = gettext("Votre note est enregistrée.")
        return Go(urls.note(mentorship, number), toast=toast)

    @post("/{number:int}/sharing")
    async def share(
        self,
        mentorship: NamedDependency[Mentorship],
        number: FromPath[int],
        viewer: NamedDependency[Person],
        sent: NamedDependency[Sent],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """What is shared is what one sees: the sheet comes along and is saved first. Hiding waits
        for nothing."""
        form = NoteForm.read(sent, notes.prompts_for(mentorship, viewer))
        is_wanted = sent.one("shared") == "1"
        if not is_wanted:
            await notes.unshare(mentorship, number, by=viewer, now=now)
        if sent.all("version"):
            if form.errors:
                return await _wrong(mentorship, number, viewer, form, is_whole=True)
            try:
                await _kept(mentorship, number, form, viewer, now)
            except NoteChanged as refusal:
                return await _changed(mentorship, number, viewer, form, refusal, is_whole=True)
        if is_wanted:
            await notes.share(mentorship, number, by=viewer, now=now)
        return await _turned(mentorship, number, viewer, form)


async def sheet(
    mentorship: Mentorship, number: int, viewer: Person, form: NoteForm, note: Note | None
) -> dict[str, Any]:
    """What notes/_sheet.html and its pieces need."""
    promised = await notes.promised(mentorship, number, viewer)
    prompts = notes.prompts_for(mentorship, viewer)
    return {
        "mentorship": mentorship,
        "number": number,
        "other": mentorship.partner_of(viewer),
        "note": note,
        "form": form,
        "version": note.version if note else 0,
        "settled": write_marks(notes.text_of(note).marks),
        "past": write_marks(form.window.marks),
        "parts": [(words, [p for p in prompts if p.part == part]) for part, words in PARTS.items()],
        "promised": _answered(promised, [each for each in prompts if each.part == NEXT]),
        "answered": _answered(note, prompts),
        "most": MOST,
        "is_elsewhere": False,
    }


async def _kept(
    mentorship: Mentorship, number: int, form: NoteForm, viewer: Person, now: datetime
) -> Note | None:
    return await notes.save(mentorship, number, form.answers, form.window, by=viewer, now=now)


async def _wrong(
    mentorship: Mentorship, number: int, viewer: Person, form: NoteForm, *, is_whole: bool
) -> Page:
    """While one types only the state is told: the text under one's fingers stays."""
    note = await notes.of(mentorship, number, viewer)
    context = await sheet(mentorship, number, viewer, form, note)
    if is_whole:
        # Its base stays what it was: errors don't show what others wrote.
        context["version"] = form.window.seen
        return Page(SHOW, piece=SHEET, status=422, nav="home", **context)
    told = [Region("#note-saved", "innerHTML", "notes/_too_long")]
    return Page(SHOW, status=422, also=told, nav="home", **context)


async def _changed(
    mentorship: Mentorship,
    number: int,
    viewer: Person,
    form: NoteForm,
    refusal: NoteChanged,
    *,
    is_whole: bool,
) -> Page:
    """Both texts, to choose from; while one types only a word with a button."""
    note = found(await notes.of(mentorship, number, viewer))
    context = await sheet(mentorship, number, viewer, form, note)
    theirs = notes.text_of(note).answers
    prompts = notes.prompts_for(mentorship, viewer)
    context |= {
        "differences": differences(prompts, form.answers, theirs),
        "prompts": prompts,
        "is_elsewhere": True,
    }
    piece = (
        Region("#note", "outerHTML", "notes/_choice")
        if is_whole
        else Region("#note-elsewhere", "innerHTML", "notes/_elsewhere")
    )
    return Page("notes/choice", status=refusal.status, also=[piece], nav="home", **context)


async def _turned(mentorship: Mentorship, number: int, viewer: Person, form: NoteForm) -> Answer:
    note = await notes.of(mentorship, number, viewer)
    context = await sheet(mentorship, number, viewer, form, note)
    return Answer(
        "notes/_sharing",
        instead=urls.note(mentorship, number),
        also=KEPT,
        **context,
    )


def _answered(note: Note | None, prompts: Sequence[Prompt]) -> list[tuple[Prompt, Any]]:
    """Opens the seal, once."""
    answers = notes.text_of(note).answers
    return [(each, answers[each.name]) for each in prompts if answers.get(each.name)]


def _read(note: Note, mentorship: Mentorship) -> dict[str, Any]:
    author: Person = note.author
    answered = _answered(note, notes.prompts_for(mentorship, author))
    return {"note": note, "author": author, "answered": answered}
