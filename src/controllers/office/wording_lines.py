"""A letter's page, line by line: what each sentence is, may hold and said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import i18n
from domain import letter_words, wordings
from domain.wordings import Sentence
from forms.wordings import WordingForm
from i18n import N_, gettext

ROLES = {
    "subject": N_("Objet"),
    "heading": N_("Titre"),
    "paragraph": N_("Paragraphe"),
    "item": N_("Point de la liste"),
    "button": N_("Bouton"),
}


@dataclass(frozen=True)
class Box:
    """A field: one, or singular and plural. `meanwhile`: what somebody else has just kept."""

    name: str
    label: str
    meanwhile: str = ""


@dataclass(frozen=True)
class Line:
    """A sentence, or a part that is edited on its own page (`part`)."""

    part: str = ""
    sentence: Sentence | None = None
    boxes: Sequence[Box] = ()
    when: str = ""
    shipped: Sequence[str] = ()
    is_changed: bool = False


@dataclass(frozen=True)
class Word:
    """What may be filled in: `{mentor}`."""

    mark: str
    means: str
    sample: str


def lines(
    name: str, code: str, form: WordingForm, meanwhile: Mapping[str, Sequence[str]]
) -> list[Line]:
    labels, found = _labels(name), list[Line]()
    for each in wordings.outline(name):
        if isinstance(each, str):
            found.append(Line(part=each))
            continue
        shipped, typed = wordings.shipped(each, code), form.texts[each.one]
        found.append(
            Line(
                sentence=each,
                boxes=_boxes(each, labels[each.one], typed, meanwhile.get(each.one, ())),
                when=_when(name, each),
                shipped=shipped,
                is_changed=_spaced(typed, code) != _spaced(shipped, code),
            )
        )
    return found


def words(name: str, samples: Mapping[str, str]) -> list[Word]:
    return [
        Word(f"{{{word}}}", letter_words.filled(name, word), sample)
        for word, sample in samples.items()
    ]


def labels(name: str) -> dict[str, str]:
    """By field: for the list of what is wrong."""
    return {
        box.name: box.label
        for each in wordings.sentences_of(name)
        for box in _boxes(each, _labels(name)[each.one], (), ())
    }


def _labels(name: str) -> dict[str, str]:
    """Counted where there are several of a kind."""
    roles = [each.role for each in wordings.sentences_of(name)]
    found, counted = dict[str, str](), dict[str, int]()
    for each in wordings.sentences_of(name):
        counted[each.role] = number = counted.get(each.role, 0) + 1
        label = gettext(ROLES[each.role])
        found[each.one] = f"{label} {number}" if roles.count(each.role) > 1 else label
    return found


def _boxes(
    sentence: Sentence, label: str, typed: Sequence[str], meanwhile: Sequence[str]
) -> list[Box]:
    several = (gettext("au singulier"), gettext("au pluriel")) if sentence.many else ("",)
    rows = zip_longest(sentence.fields, several, typed, meanwhile, fillvalue="")
    return [
        Box(
            name,
            f"{label}, {form}" if form else label,
            other if meanwhile and other != text else "",
        )
        for name, form, text, other in rows
    ]


def _when(name: str, sentence: Sentence) -> str:
    """Where not every such letter holds it."""
    cases = wordings.cases(name)
    held = [case.title for case in cases if sentence.one in case.sentences]
    others = [case.title for case in cases if sentence.one not in case.sentences]
    if not others:
        return ""
    if len(held) > len(others):
        return gettext("Sauf si: %(cases)s.") % {"cases": "; ".join(others)}
    return gettext("Seulement si: %(cases)s.") % {"cases": "; ".join(held)}


def _spaced(texts: Sequence[str], code: str) -> list[str]:
    return [i18n.typeset(text, code) for text in texts]
