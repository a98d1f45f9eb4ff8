"""A mentor's profile, complete or not yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from content import catalogue
from domain.profiles import MOST_CAPACITY, Face
from forms.fields import Form, Reader, Sent
from i18n import N_, gettext
from tables.profiles import Profile

MOST_YEARS = 70
# Beside the field, in the words of the field.
MISSING = {
    "about": N_("Présentez-vous en quelques phrases."),
    "languages": N_("Choisissez au moins une langue."),
    "kinds": N_("Choisissez au moins une forme de contact."),
    "roles": N_("Choisissez au moins un rôle."),
    "topics": N_("Choisissez au moins un thème."),
}


@dataclass
class ProfileForm(Form):
    face: Face | None = None
    answer: str | None = None  # to the office's question, where the page has one

    @classmethod
    def read(cls, sent: Sent, topics: Iterable[str]) -> ProfileForm:
        """Nothing is required of a draft. `topics`: the keys of today's tree."""
        form = cls()
        reader = Reader(sent, form)
        face = Face(
            about=reader.text("about", most=3000),
            years=_number(reader, "years", 0, MOST_YEARS, 0),
            languages=reader.choices("languages", tuple(catalogue.languages())),
            kinds=reader.choices("kinds", tuple(catalogue.kinds())),
            roles=reader.choices("roles", tuple(catalogue.roles())),
            topics=reader.choices("topics", tuple(topics)),
            capacity=_number(reader, "capacity", 1, MOST_CAPACITY, 1),
        )
        form.answer = reader.text("answer") if sent.all("answer") else None
        form.face = None if form.errors else face
        return form

    @classmethod
    def blank(cls, language: str) -> ProfileForm:
        """Before anything was saved: one speaks the language one reads."""
        return cls(typed={"capacity": "1"}, ticked={"languages": [language]})

    @classmethod
    def of(cls, profile: Profile, topics: Iterable[str], answer: str = "") -> ProfileForm:
        return cls(
            typed={
                "about": profile.about,
                "years": str(profile.years or ""),
                "capacity": str(profile.capacity),
                "answer": answer,
            },
            ticked={
                "languages": profile.spoken,
                "kinds": profile.met_by,
                "roles": profile.offered,
                "topics": list(topics),
            },
        )

    def miss(self, names: Iterable[str]) -> None:
        """What handing in still needs, said beside each field."""
        for name in names:
            self.errors.setdefault(name, gettext(MISSING[name]))


def _number(reader: Reader, name: str, least: int, most: int, otherwise: int) -> int:
    """Left empty it is what it usually is."""
    if reader.sent.one(name):
        return reader.number(name, least=least, most=most)
    reader.form.typed[name] = ""
    return otherwise
