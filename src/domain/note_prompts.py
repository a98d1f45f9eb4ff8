"""What a note asks (4.2): for the mentor, and mirrored for the mentee."""

from __future__ import annotations

from dataclasses import dataclass

from i18n import N_

BEFORE, AFTER, NEXT = "before", "after", "next"


@dataclass(frozen=True)
class Prompt:
    """Ticks where there are choices, else a text. `part`: of the sheet."""

    name: str
    part: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()


PARTS = {
    BEFORE: N_("Avant le contact"),
    AFTER: N_("Après le contact"),
    NEXT: N_("La prochaine fois, je…"),
}
TECHNIQUES = (
    ("listening", N_("l’écoute active, un lien de confiance")),
    ("questions", N_("des questions bien choisies")),
    ("feedback", N_("un retour franc (feed-back)")),
)
MENTOR = (
    Prompt("agenda", BEFORE, N_("Ce que j’aimerais aborder")),
    Prompt(
        "offered",
        AFTER,
        N_("Ce que j’ai apporté"),
        (
            ("knowledge", N_("un savoir, un conseil")),
            ("experience", N_("mon propre vécu")),
            ("support", N_("une oreille et du soutien")),
            ("questioning", N_("des questions qui font avancer")),
        ),
    ),
    Prompt("offered_words", AFTER, N_("En quelques mots")),
    Prompt("techniques", AFTER, N_("Dans la conversation, j’ai utilisé"), TECHNIQUES),
    Prompt("needs", AFTER, N_("Les besoins que j’ai entendus")),
    Prompt("next_offer", NEXT, N_("Ce que j’apporterai")),
    Prompt("more", NEXT, N_("Ce que j’utiliserai davantage"), TECHNIQUES),
    Prompt("goals", NEXT, N_("Nos objectifs")),
)
MENTEE = (
    Prompt("agenda", BEFORE, N_("Ce que j’aimerais aborder")),
    Prompt("tried", BEFORE, N_("Ce que j’ai essayé depuis")),
    Prompt(
        "received",
        AFTER,
        N_("Ce que j’ai reçu"),
        (
            ("knowledge", N_("un savoir, un conseil")),
            ("experience", N_("une expérience vécue")),
            ("support", N_("une oreille et du soutien")),
            ("questioning", N_("des questions qui font avancer")),
        ),
    ),
    Prompt("received_words", AFTER, N_("En quelques mots")),
    Prompt("needs", AFTER, N_("Ce dont j’ai besoin")),
    Prompt("bring", NEXT, N_("Ce que j’apporterai")),
    Prompt("goals", NEXT, N_("Mes objectifs")),
)
