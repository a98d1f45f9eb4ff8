"""A word on going on, the day of a talk about the end, a word to the office on leaving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.reports import OPENABLE, Told
from forms.fields import REQUIRED, Form, Reader, Sent
from i18n import N_, gettext
from tables.mentorships import Question

YES, NO = "yes", "no"
MOST_TOLD = 2000
NO_WORDS = N_("Dites en quelques mots ce que le secrétariat doit savoir.")


@dataclass
class Word(Form):
    question: str = ""
    is_yes: bool = False

    @classmethod
    def read(cls, sent: Sent) -> Word:
        form = cls()
        reader = Reader(sent, form)
        form.question = reader.choice("question", [each.value for each in Question])
        form.is_yes = reader.choice("answer", (YES, NO)) == YES
        return form


@dataclass
class EndProposal(Form):
    talk_on: date | None = None

    @classmethod
    def read(cls, sent: Sent) -> EndProposal:
        form = cls()
        form.talk_on = Reader(sent, form).day("talk_on")
        if form.talk_on is None:
            form.errors.setdefault("talk_on", gettext(REQUIRED))
        return form


@dataclass
class Leaving(Form):
    told: Told | None = None

    @classmethod
    def read(cls, sent: Sent) -> Leaving:
        form = cls()
        reader = Reader(sent, form)
        told = Told(
            key=reader.key(),
            words=reader.text("words", most=MOST_TOLD),
            opened=reader.choices("opened", OPENABLE),
        )
        if told.opened and not told.words:
            form.errors["words"] = gettext(
                "Dites en quelques mots ce que le secrétariat doit lire."
            )
        form.told = None if form.errors else told
        return form
