"""A note as it is typed, and the choice between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.note_prompts import Prompt
from domain.typed_texts import Answers, Window
from forms.fields import Form, Reader, Sent
from forms.windows import window_in

MOST = 8000  # characters of an answer
MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass
class NoteForm(Form):
    answers: Answers = field(default_factory=dict)
    window: Window = field(default_factory=Window)

    @classmethod
    def read(cls, sent: Sent, prompts: Sequence[Prompt]) -> NoteForm:
        """Nothing is required, nothing is cut off."""
        form = cls()
        reader = Reader(sent, form)
        for prompt in prompts:
            form.answers[prompt.name] = (
                list(reader.choices(prompt.name, [code for code, _ in prompt.choices]))
                if prompt.choices
                else reader.text(prompt.name, most=MOST)
            )
        form.window = window_in(sent)
        return form

    @classmethod
    def filled(cls, answers: Answers) -> NoteForm:
        form = cls(answers=answers)
        for name, answer in answers.items():
            if isinstance(answer, str):
                form.typed[name] = answer
            else:
                form.ticked[name] = answer
        return form


@dataclass(frozen=True)
class Difference:
    """One prompt that two texts answer differently, and what is proposed."""

    prompt: Prompt
    mine: str | list[str]
    theirs: str | list[str]

    @property
    def proposed(self) -> str:
        """What loses nothing."""
        if self.joined == self.mine:
            return MINE
        return THEIRS if self.joined == self.theirs else BOTH

    @property
    def joined(self) -> str | list[str]:
        if isinstance(self.mine, str) and isinstance(self.theirs, str):
            return _joined_texts(self.theirs, self.mine)
        either = {*self.mine, *self.theirs}
        return [code for code, _ in self.prompt.choices if code in either]

    def chosen(self, choice: str) -> str | list[str]:
        return {MINE: self.mine, THEIRS: self.theirs}.get(choice, self.joined)


def differences(prompts: Sequence[Prompt], mine: Answers, theirs: Answers) -> list[Difference]:
    both = (Difference(each, mine[each.name], _answer(each, theirs)) for each in prompts)
    return [each for each in both if each.mine != each.theirs]


def settled(sent: Sent, prompts: Sequence[Prompt], mine: Answers, theirs: Answers) -> Answers:
    """Without a choice both stay: no word is lost by leaving a field out."""
    chosen = {
        each.prompt.name: each.chosen(sent.one(f"keep_{each.prompt.name}"))
        for each in differences(prompts, mine, theirs)
    }
    return mine | chosen


def _joined_texts(first: str, second: str) -> str:
    if second in first:
        return first
    return second if first in second else f"{first}\n\n{second}"


def _answer(prompt: Prompt, answers: Answers) -> str | list[str]:
    return answers.get(prompt.name, [] if prompt.choices else "")
