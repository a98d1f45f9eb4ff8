"""The settings of the house, each with its bounds and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from formats import pictures
from forms.fields import Form, Reader, Sent
from i18n import N_, gettext

LONGEST_DAY = 60
MOST_REMINDERS = 5
LOGO_BYTES = 200_000


class Number(NamedTuple):
    name: str
    label: str
    means: str
    least: int
    most: int


class Group(NamedTuple):
    title: str
    numbers: tuple[Number, ...]


ASKING = Group(
    N_("Demandes"),
    (
        Number(
            "release_day",
            N_("Jour de la clôture"),
            N_("Tant de jours après l’envoi, une demande sans réponse est close."),
            2,
            LONGEST_DAY,
        ),
        Number(
            "open_limit",
            N_("Demandes en cours à la fois"),
            N_("Tant de demandes au plus par mentee, pour que chacune soit réfléchie."),
            1,
            20,
        ),
        Number(
            "released_limit",
            N_("Demandes sans réponse avant «Occupé»"),
            N_("Après tant de demandes closes de suite sans réponse, le mentor affiche «Occupé»."),
            1,
            10,
        ),
    ),
)
PAIRING = Group(
    N_("Mentorats"),
    (
        Number(
            "first_talk_days",
            N_("Réponse après la première discussion"),
            N_("Pendant tant de jours au plus, la réponse de l’un·e reste cachée à l’autre."),
            1,
            60,
        ),
        Number(
            "correction_days",
            N_("Correction d’un contact"),
            N_("Pendant tant de jours, un contact noté peut être corrigé."),
            1,
            60,
        ),
        Number(
            "ending_days",
            N_("Fin proposée"),
            N_("Sans réponse, une fin proposée vaut après tant de jours."),
            1,
            60,
        ),
        Number(
            "blind_days",
            N_("Évaluations à l’aveugle"),
            N_("Après tant de jours, une évaluation se lit même si l’autre manque."),
            1,
            120,
        ),
        Number(
            "quiet_days",
            N_("Silence"),
            N_("Après tant de jours sans contact, un petit rappel part aux deux."),
            7,
            365,
        ),
        Number(
            "later_days",
            N_("Question avec le recul"),
            N_("Tant de jours après la fin, la question est posée: qu’en reste-t-il?"),
            7,
            730,
        ),
    ),
)
RUNNING = Group(
    N_("Comptes et données"),
    (
        Number(
            "session_days",
            N_("Durée d’une connexion"),
            N_("Après tant de jours, il faut se connecter à nouveau."),
            1,
            365,
        ),
        Number(
            "retention_months",
            N_("Conservation"),
            N_(
                "Tant de mois après la fin, les textes libres sont effacés; les chiffres restent. "
                "Un délai plus court efface dès le prochain passage ce qui le dépasse."
            ),
            1,
            120,
        ),
        Number(
            "invitations_an_hour",
            N_("Invitations par heure"),
            N_("Les invitations d’une liste importée partent au plus à ce rythme."),
            1,
            5000,
        ),
    ),
)
GROUPS = (ASKING, PAIRING, RUNNING)


@dataclass
class HouseForm(Form):
    values: dict[str, Any] = field(default_factory=dict)
    seen: str = ""

    @classmethod
    def read(cls, sent: Sent) -> HouseForm:
        form = cls(seen=sent.one("seen"))
        reader, values = Reader(sent, form), form.values
        values["name_fr"] = reader.line("name_fr", least=1)
        for name in ("name_de", "name_it", "name_en"):
            values[name] = reader.line(name)
        values["short_name"] = reader.line("short_name", least=1, most=30)
        values["contact"] = reader.address("contact")
        for group in GROUPS:
            for each in group.numbers:
                values[each.name] = reader.number(each.name, least=each.least, most=each.most)
        values["reminder_days"] = _reminders(reader, values["release_day"])
        return form


@dataclass
class LogoForm(Form):
    image: bytes = b""
    kind: str = ""

    @classmethod
    def read(cls, image: bytes) -> LogoForm:
        form = cls(image=image, kind=pictures.kind_of(image))
        if not image:
            form.errors["logo"] = gettext("Choisissez un fichier.")
        elif len(image) > LOGO_BYTES:
            form.errors["logo"] = gettext("Cette image est trop lourde: 200 ko au plus.")
        elif not form.kind:
            form.errors["logo"] = gettext("Choisissez une image PNG, JPEG ou WebP.")
        elif not pictures.is_drawable(image):
            form.errors["logo"] = gettext(
                "Cette image est trop grande: %(most)s pixels de côté au plus."
            ) % {"most": pictures.LONGEST_SIDE}
        return form


def _reminders(reader: Reader, release_day: int) -> str:
    """Ascending, each once."""
    form = reader.form
    words = reader.line("reminder_days", most=30).replace(",", " ").split()
    if "reminder_days" in form.errors:
        return ""
    days = {int(each) for each in words if each.isascii() and each.isdigit() and len(each) < 4}
    if len(days) != len(words) or len(days) > MOST_REMINDERS or 0 in days:
        form.errors["reminder_days"] = gettext(
            "Indiquez jusqu’à cinq jours différents, par exemple 3 7 10."
        )
    elif days and max(days) >= release_day and "release_day" not in form.errors:
        form.errors["reminder_days"] = gettext("Chaque rappel doit précéder le jour de la clôture.")
    return " ".join(map(str, sorted(days)))
