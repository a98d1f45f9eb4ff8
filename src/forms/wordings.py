"""A letter's sentences in the office's words: every mistake at once, each at its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from domain.wordings import NAMED, SIGNS, Sentence
from forms.fields import Form, Reader, Sent
from i18n import N_, gettext

MANY_LINES = re.compile(r"\s*\n\s*\n\s*")
UNKNOWN = N_("%(mark)s n’est pas connu dans cette phrase.")
BRACES = N_("Des accolades n’entourent que les mots proposés, sans espace.")
MISSING = N_("Il manque %(marks)s: la phrase en a besoin.")
SIGN = N_("Une ligne ne peut pas commencer par «%(sign)s».")


@dataclass
class WordingForm(Form):
    """`texts`: every sentence, by the shipped one."""

    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seen: int = 0
    case: int = 0

    @classmethod
    def read(
        cls, sent: Sent, sentences: Sequence[Sentence], kept: Mapping[str, Sequence[str]]
    ) -> WordingForm:
        """What isn't sent stays as it is kept."""
        form = cls(seen=cls.seen_in(sent), case=_number(sent.one("case")))
        for each in sentences:
            pairs = zip(each.fields, kept[each.one], strict=True)
            form.texts[each.one] = tuple(form._read(sent, each, *pair) for pair in pairs)
        return form

    @classmethod
    def of(cls, sentences: Sequence[Sentence], kept: Mapping[str, Sequence[str]]) -> WordingForm:
        return cls.read(Sent({}), sentences, kept)

    @staticmethod
    def seen_in(sent: Sent) -> int:
        """The version on the page."""
        return _number(sent.one("seen"))

    def put_back(self, sentence: Sentence, shipped: Sequence[str]) -> None:
        self.texts[sentence.one] = tuple(shipped)
        for name, text in zip(sentence.fields, shipped, strict=True):
            self.typed[name] = text
            self.errors.pop(name, None)

    def _read(self, sent: Sent, sentence: Sentence, name: str, kept: str) -> str:
        reader = Reader(Sent({name: sent.all(name) or [kept]}), self)
        least = 0 if sentence.is_optional else 1
        if sentence.has_lines:
            text = MANY_LINES.sub("\n\n", reader.text(name, least=least, most=sentence.most))
        else:
            text = reader.line(name, least=least, most=sentence.most)
        wrong = [self.errors[name]] if name in self.errors else []
        wrong += _mistakes(sentence, text) if text else []
        if wrong:
            self.errors[name] = " ".join(wrong)
        return text


def _mistakes(sentence: Sentence, text: str) -> Iterator[str]:
    named = set(NAMED.findall(text))
    for word in sorted(named - set(sentence.words)):
        yield gettext(UNKNOWN) % {"mark": f"{{{word}}}"}
    if set(NAMED.sub("", text)) & {"{", "}"}:
        yield gettext(BRACES)
    if missing := [f"{{{word}}}" for word in sentence.needed if word not in named]:
        yield gettext(MISSING) % {"marks": ", ".join(missing)}
    begins = {line.strip()[:1] for line in text.split("\n")} & set(SIGNS.strip())
    for sign in sorted(begins):
        yield gettext(SIGN) % {"sign": sign}


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 else 0
