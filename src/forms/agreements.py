"""What a pair settles: goals one a line, form, rhythm, roles, length."""

from __future__ import annotations

from dataclasses import dataclass

from content import catalogue
from domain.agreements import GOALS, LONGEST, Terms
from forms.fields import Form, Reader, Sent
from forms.inquiries import KINDS
from i18n import gettext

LATEST = 32_000  # of a version's number: what its column holds


@dataclass
class Proposal(Form):
    terms: Terms | None = None
    base: int = 0

    @classmethod
    def read(cls, sent: Sent) -> Proposal:
        form = cls()
        reader = Reader(sent, form)
        reader.key()
        form.base = reader.number("base", least=0, most=LATEST)
        terms = Terms(
            goals=_goals(reader),
            kinds=reader.choices("kinds", KINDS),
            form=reader.line("form", most=LONGEST),
            frequency=reader.line("frequency", most=LONGEST),
            roles=reader.choices("roles", tuple(catalogue.roles())),
            length=reader.line("length", most=LONGEST),
        )
        if terms == Terms():
            form.errors.setdefault("goals", gettext("Notez au moins un point de votre convention."))
        form.terms = None if form.errors else terms
        return form

    @classmethod
    def filled(cls, terms: Terms, key: str, base: int) -> Proposal:
        form = cls(base=base)
        form.typed |= {"key": key, "base": str(base), "goals": "\n".join(terms.goals)}
        form.typed |= {"form": terms.form, "frequency": terms.frequency, "length": terms.length}
        form.ticked |= {"kinds": list(terms.kinds), "roles": list(terms.roles)}
        return form


def _goals(reader: Reader) -> tuple[str, ...]:
    """One a line; a dash or a point before it is the list's, not the goal's."""
    text = reader.text("goals", most=GOALS * LONGEST * 2)
    lines = (" ".join(line.lstrip("-–•* \t").split()) for line in text.splitlines())
    goals = tuple(line for line in lines if line)
    if len(goals) > GOALS:
        said = gettext("Six objectifs au plus: en voici %(count)s.") % {"count": len(goals)}
        reader.form.errors.setdefault("goals", said)
    long = next((goal for goal in goals if len(goal) > LONGEST), None)
    if long is not None:
        said = gettext("200 caractères au plus par objectif. Trop long: «%(start)s…»")
        reader.form.errors.setdefault("goals", said % {"start": long[:40]})
    return goals
