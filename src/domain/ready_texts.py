"""Polite texts to start from, in the language of whoever will read them."""

from __future__ import annotations

from domain.permissions import may_answer
from i18n import gettext, speaking
from tables.inquiries import Inquiry
from tables.people import Person

DEEDS = ("acceptance", "refusal_busy", "refusal_topic", "question", "suggestion")


def ready(inquiry: Inquiry, viewer: Person) -> dict[str, str]:
    """A text a deed, for the mentor to edit: in the mentee's language, signed by the mentor."""
    if not may_answer(viewer, inquiry):
        return {}
    mentee: Person = inquiry.mentee
    mentor: Person = inquiry.mentor
    names = {"mentee": mentee.name, "mentor": mentor.name}
    with speaking(mentee.language):
        return {
            "acceptance": _signed(
                gettext(
                    "Merci de votre demande: elle me parle et je vous accompagne volontiers. "
                    "Je vous propose de faire connaissance lors d’une première discussion."
                ),
                names,
            ),
            "refusal_busy": _signed(
                gettext(
                    "Merci de votre confiance. Je n’ai pas la disponibilité qu’il faudrait pour "
                    "vous accompagner bien en ce moment. Je vous souhaite de trouver rapidement "
                    "la bonne personne."
                ),
                names,
            ),
            "refusal_topic": _signed(
                gettext(
                    "Merci de votre demande. Après lecture, je crains de ne pas être la bonne "
                    "personne pour ce thème; d’autres mentors de l’association sauront mieux vous "
                    "aider."
                ),
                names,
            ),
            "question": _signed(
                gettext(
                    "Merci de votre demande. Avant de vous répondre, j’aimerais mieux comprendre "
                    "un point:"
                ),
                names,
            ),
            "suggestion": _signed(
                gettext(
                    "Merci de votre demande. Je pense à une personne qui pourra mieux vous aider "
                    "que moi et vous encourage à vous adresser à elle."
                ),
                names,
            ),
        }


def ready_for_all(mentor: Person, language: str) -> str:
    """For all open requests at once, when a mentor has turned busy: no mentee's name in it."""
    with speaking(language):
        text = gettext(
            "Merci de votre confiance. Je ne suis malheureusement pas disponible pour un "
            "mentorat en ce moment et ne veux pas vous faire attendre. Je vous souhaite de "
            "trouver rapidement la bonne personne."
        )
        greeting, closing = gettext("Bonjour,"), gettext("Cordialement")
        return f"{greeting}\n\n{text}\n\n{closing}\n{mentor.name}"


def _signed(text: str, names: dict[str, str]) -> str:
    greeting, closing = gettext("Bonjour %(mentee)s,") % names, gettext("Cordialement")
    return f"{greeting}\n\n{text}\n\n{closing}\n{names['mentor']}"
