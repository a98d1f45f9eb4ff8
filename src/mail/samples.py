"""Each letter filled with made-up people, in each of the cases it knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import urls
from i18n import N_
from mail import scenes, sentences, wording
from mail.outbox import Sender
from mail.scenes import EARLIER, Scene
from mail.wording import Own, Wording
from tables.inquiries import Reason

Change = Callable[[Scene], Mapping[str, Any]]
# A letter in which a part is shown.
HOSTS = {
    "_greeting": "free_again",
    "_meeting": "meeting_planned",
    "_request": "inquiry_received",
    "_signature": "free_again",
}


class Case(NamedTuple):
    """What the title says is so; `changed` is what differs then."""

    title: str
    changed: Change


def cases(name: str) -> tuple[Case, ...]:
    return CASES.get(name, (Case("", _with()),))


def written(name: str, own: Own, case: int, house: Sender, now: datetime) -> Wording:
    """A letter, or a part within one; in its first case where it doesn't know this one."""
    host, known = HOSTS.get(name, name), cases(name)
    changed = known[case if case < len(known) else 0].changed
    scene = scenes.scene(house, now)
    words = scenes.words(scene, host) | dict(changed(scene))
    return wording.render(host, own, **words)


def filled_in(name: str, house: Sender, now: datetime) -> Mapping[str, str]:
    """What stands for each `{word}` of its sentences."""
    found: dict[str, str] = {}
    for case in range(len(cases(name))):
        said = written(name, {}, case, house, now).said
        for each in sentences.of(name):
            found |= {word: str(said[each.one][word]) for word in each.words if each.one in said}
    return found


@cache
def said_in(name: str) -> Mapping[str, tuple[int, ...]]:
    """In which of its cases a letter holds a sentence."""
    house = Sender("Mentorat", "mentorat@example.org", urls.absolute("/"))
    found = [written(name, {}, case, house, EARLIER).said for case in range(len(cases(name)))]
    return {
        each.one: tuple(case for case, said in enumerate(found) if each.one in said)
        for each in sentences.of(name)
    }


def _with(
    inquiry: Mapping[str, Any] | None = None, meeting: Mapping[str, Any] | None = None, **words: Any
) -> Change:
    """Other columns of these two rows, other words."""

    def changed(scene: Scene) -> Mapping[str, Any]:
        for row, columns in ((scene.inquiry, inquiry), (scene.meeting, meeting)):
            for name, value in (columns or {}).items():
                setattr(row, name, value)
        return words

    return changed


def _unknown_function(scene: Scene) -> Mapping[str, Any]:
    scene.david.function = ""
    return {}


def _others(count: int) -> Change:
    return lambda scene: {name: [scene.luca, scene.elena][:count] for name in ("others", "mentors")}


WITH_CONTACT = Case(N_("le secrétariat a une adresse"), _with())
NO_CONTACT = Case(
    N_("le secrétariat n’a pas encore d’adresse"),
    lambda scene: {"house": replace(scene.house, contact="")},
)
NOWHERE = Case(N_("aucun lieu n’est indiqué"), _with(meeting={"place": ""}))
SEVERAL = Case(N_("plusieurs personnes conviennent"), _others(2))
ONE = Case(N_("une seule personne convient"), _others(1))
NOBODY = Case(N_("personne d’autre ne convient"), _others(0))
BY_OTHER = Case(N_("l’autre personne l’a fait"), _with())
BY_READER = Case(N_("la personne qui lit l’a fait elle-même"), lambda scene: {"by": scene.david})

CASES: dict[str, tuple[Case, ...]] = {
    "_meeting": (
        Case(N_("un lieu ou un lien est indiqué"), _with()),
        NOWHERE,
    ),
    "_request": (
        Case(N_("des formes de contact sont souhaitées"), _with()),
        Case(N_("toute forme de contact convient"), _with({"kinds": ""})),
    ),
    "_signature": (WITH_CONTACT, NO_CONTACT),
    "address_left": (WITH_CONTACT, NO_CONTACT),
    "inquiry_accepted": (
        Case(N_("un mot, des dates et une forme de contact sont donnés"), _with()),
        Case(N_("rien de plus n’est dit"), _with({"proposed_kind": ""}, saying="", times=[])),
    ),
    "inquiry_declined": (
        Case(N_("le temps manque"), _with(colleague=None)),
        Case(
            N_("le thème n’est pas le sien"),
            _with({"reason": Reason.NOT_MY_TOPIC}, colleague=None),
        ),
        Case(N_("une autre personne est recommandée"), _with({"reason": Reason.COLLEAGUE})),
        Case(N_("aucun mot personnel n’est joint"), _with(saying="", colleague=None)),
    ),
    "inquiry_lapsed": (
        Case(N_("le mentor n’a pas répondu"), _with()),
        Case(N_("le mentee n’a pas répondu à sa question"), _with({"reason": Reason.UNEXPLAINED})),
    ),
    "inquiry_received": (
        Case(N_("la fonction du mentee est connue"), _with()),
        Case(N_("sa fonction n’est pas connue"), _unknown_function),
    ),
    "inquiry_released": (
        SEVERAL,
        ONE,
        NOBODY,
        Case(
            N_("une question du mentor est restée sans réponse"),
            _with({"reason": Reason.UNEXPLAINED}),
        ),
    ),
    "inquiry_unanswerable": (SEVERAL, ONE, NOBODY),
    "meeting_cancelled": (
        BY_OTHER,
        BY_READER,
        Case(N_("le mentorat s’arrête avant"), _with(by=None)),
    ),
    "meeting_dropped": (
        Case(N_("l’autre personne retire ses dates"), _with()),
        Case(N_("vos dates ne lui conviennent pas"), _with(is_own=False)),
    ),
    "meeting_moved": (BY_OTHER, BY_READER),
    "meeting_proposed": (
        Case(N_("ce sont les premières dates"), _with()),
        Case(N_("elles remplacent d’autres dates"), _with(is_counter=True)),
        NOWHERE,
    ),
    "member_excluded": (WITH_CONTACT, NO_CONTACT),
    "report_noticed": (WITH_CONTACT, NO_CONTACT),
    "search_fits": (SEVERAL, ONE),
}
