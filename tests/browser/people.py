"""Who is on the site of the browser tests."""

from __future__ import annotations

import clock
from domain import founding, house
from tests.factories import make_mentor, make_person

MENTEE = "nadia.rochat@example.org"
MENTOR = "ursula.keller@example.org"
OFFICE = "martine.dubois@example.org"


async def settle() -> None:
    """Nadia, newly team leader; Ursula, who ticked Führung; others who lead, count or heal."""
    house.forget()
    await founding.found(clock.now())
    await make_person("Nadia", "Rochat", email=MENTEE, function="Cheffe d’équipe", canton="VD")
    await make_person("Martine", "Dubois", email=OFFICE, is_coordinator=True)
    await make_mentor(
        "Ursula",
        "Keller",
        email=MENTOR,
        language="de",
        function="Leiterin Produktion",
        sector="machinery",
        canton="ZH",
        about="Ich habe zwölf Jahre lang eine Werkhalle geführt und höre gerne zu.",
        about_language="de",
        languages=("de", "fr"),
        topics=("first-leadership-role", "leading-former-peers"),
    )
    await make_mentor(
        "Marc",
        "Perret",
        function="Directeur financier",
        canton="GE",
        about="Les chiffres racontent une histoire; j’aide à la lire.",
        topics=("managing-an-sme",),
    )
    for number in range(3):
        await make_mentor(
            "Livia",
            f"Caduff {number}",
            function="Responsable qualité",
            canton="GR",
            about="Dans l’industrie depuis toujours.",
            topics=("career-review",),
        )
    house.forget()
