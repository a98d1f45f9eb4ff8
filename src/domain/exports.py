"""What may be taken along: the office's list of members."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import clock
from content import catalogue
from domain import history
from domain.permissions import may_settle
from domain.refusals import insist
from i18n import N_, gettext, language, language_name
from search import members
from search.members import Hit
from tables.people import Person

# The first ones are what a list of members is read back by (import_lines.py).
HEADS = (
    N_("Prénom"),
    N_("Nom"),
    N_("E-mail"),
    N_("Langue"),
    N_("Fonction"),
    N_("Secteur"),
    N_("Canton"),
    N_("Statut"),
    N_("Mentor"),
    N_("Secrétariat"),
    N_("Invitation"),
    N_("Membre depuis"),
)
STANDINGS = {
    "active": N_("actif"),
    "invited": N_("invité"),
    "excluded": N_("exclu"),
}


async def members_rows(
    query: members.Query, *, by: Person, now: datetime
) -> tuple[list[str], Iterator[list[str]]]:
    """Head and lines, as the list shows them, without its pages."""
    insist(may_settle(by))
    hits = await members.every(query)
    await history.record("person.export", by, by, now)
    return [gettext(head) for head in HEADS], _lines(hits)


def _lines(hits: list[Hit]) -> Iterator[list[str]]:
    yes, spoken = gettext("oui"), language()
    said = {standing: gettext(words) for standing, words in STANDINGS.items()}
    for hit in hits:
        yield [
            hit.first_name,
            hit.last_name,
            hit.email,
            language_name(hit.language),
            hit.function,
            catalogue.name_of("sector", hit.sector, spoken),
            hit.canton,
            said.get(hit.standing, hit.standing),
            yes if hit.is_mentor else "",
            yes if hit.is_coordinator else "",
            _day(hit.invited_at),
            _day(hit.joined_at),
        ]


def _day(moment: datetime | None) -> str:
    return clock.day(moment).isoformat() if moment else ""
