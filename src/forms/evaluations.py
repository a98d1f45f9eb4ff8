"""The end's evaluation, the question of later, a thank-you note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.evaluations import ANSWERS, PROCESS, Answers
from forms.fields import Form, Reader, Sent

MOST_WORDS = 2000


@dataclass
class Evaluating(Form):
    """Everything may be left out. `agreement`: the version whose goals the form showed."""

    answers: Answers | None = None

    @classmethod
    def read(
        cls,
        sent: Sent,
        goals: Sequence[str],
        benefits: Sequence[str],
        for_company: Sequence[str],
    ) -> Evaluating:
        form = cls()
        reader = Reader(sent, form)
        form.typed["agreement"] = str(cls.number(sent))
        answers = Answers(
            key=reader.key(),
            process=tuple(_answer(reader, f"process_{name}") for name in PROCESS),
            goals=tuple(goals),
            results=tuple(_answer(reader, f"goal_{place}") for place in range(len(goals))),
            benefits=reader.choices("benefits", benefits) + reader.choices("company", for_company),
            to_partner=reader.text("to_partner", most=MOST_WORDS),
            to_office=reader.text("to_office", most=MOST_WORDS),
        )
        form.answers = None if form.errors else answers
        return form

    @classmethod
    def empty(cls, key: str, agreement: int) -> Evaluating:
        return cls(typed={"key": key, "agreement": str(agreement)})

    @staticmethod
    def number(sent: Sent) -> int:
        written = sent.one("agreement")
        return int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0


@dataclass
class LaterAnswer(Form):
    answer: str = ""

    @classmethod
    def read(cls, sent: Sent) -> LaterAnswer:
        form = cls()
        form.answer = Reader(sent, form).choice("answer", tuple(ANSWERS))
        return form


@dataclass
class Thanking(Form):
    words: str = ""

    @classmethod
    def read(cls, sent: Sent) -> Thanking:
        form = cls()
        form.words = Reader(sent, form).text("words", least=1, most=MOST_WORDS)
        return form


def _answer(reader: Reader, name: str) -> str:
    return reader.choice(name, tuple(ANSWERS), is_required=False)
