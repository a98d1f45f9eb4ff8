"""The figures in words: what each chart shows, its table, and the same lines for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from content import catalogue, texts
from domain import evaluations
from domain.figures import LEAST, MOST_RUNNING, Figures, Group
from formats import charts
from formats.charts import Bars, Columns
from i18n import N_, NARROW, brief_month, gettext, language, month, ngettext

STEPS = (
    N_("Demandes envoyées"),
    N_("Demandes acceptées"),
    N_("Premier contact"),
    N_("Quatre contacts"),
    N_("Mentorats évalués"),
)
# The questions on how it went, as short as a bar is wide.
HOW = {
    "direction": N_("Un but commun"),
    "rhythm": N_("Rythme et forme"),
    "trust": N_("Confiance"),
    "care": N_("Préparation et suivi"),
}
MOST_BARS = 10
HIDDEN = "–"

Row = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One chart with its table. `said`: what it shows, for whoever doesn't see it."""

    id: str
    title: str
    said: str
    head: Row
    rows: Sequence[Row]
    bars: Bars | None = None
    columns: Columns | None = None


def parts(told: Figures) -> dict[str, Part]:
    """By name, in the order of the page; what has nothing to show is left out."""
    every = (
        path(told),
        months(told),
        load(told),
        groups("cantons", gettext("Par canton"), gettext("Canton"), told.cantons, "canton"),
        groups("languages", gettext("Par langue"), gettext("Langue"), told.languages, "language"),
        scarce(told),
        sought(told),
        benefits(told),
        goals(told),
        process(told),
        later(told),
    )
    return {part.id: part for part in every if part.rows}


def path(told: Figures) -> Part:
    rows = [
        (gettext(words), count, told.path.share(count))
        for words, count in zip(STEPS, told.path.steps, strict=True)
    ]
    shown = [(words, count, _with_share(count, share)) for words, count, share in rows]
    said = ", ".join(f"{words}{NARROW}: {count}" for words, count, _ in rows)
    head = (gettext("Étape"), gettext("Nombre"), gettext("Part des demandes"))
    return Part(
        "path",
        gettext("De la demande à l’évaluation"),
        said,
        head,
        [(words, str(count), percent(share)) for words, count, share in rows],
        bars=charts.bars(shown) if told.path.asked else None,
    )


def months(told: Figures) -> Part:
    rows = [(each.first, each.asked, each.accepted) for each in told.months]
    drawn = [(brief_month(first), asked, accepted) for first, asked, accepted in rows]
    most = max(rows, key=lambda row: row[1])
    said = gettext("Le plus grand nombre de demandes: %(count)s, en %(month)s.") % {
        "month": month(most[0]),
        "count": most[1],
    }
    return Part(
        "months",
        gettext("Mois par mois"),
        said if most[1] else gettext("Aucune demande durant ces mois."),
        (gettext("Mois"), gettext("Demandes"), gettext("dont acceptées")),
        [(month(first), str(asked), str(accepted)) for first, asked, accepted in rows],
        columns=charts.columns(drawn) if most[1] else None,
    )


def load(told: Figures) -> Part:
    rows = [(_running(number), count) for number, count in enumerate(told.load.by_running)]
    return Part(
        "load",
        gettext("Charge des mentors aujourd’hui"),
        _listed(rows),
        (gettext("Mentorats en cours"), gettext("Mentors")),
        [(words, str(count)) for words, count in rows] if told.load.mentors else [],
        bars=charts.bars([(words, count, str(count)) for words, count in rows]),
    )


def groups(name: str, title: str, first: str, rows: Sequence[Group], kind: str) -> Part:
    named = [(_named(row.key, kind), row) for row in rows]
    shown = [(words, row.members, _members(row)) for words, row in named[:MOST_BARS]]
    asked = gettext("Demandes de la période")
    return Part(
        name,
        title,
        _listed([(words, row.members) for words, row in named]),
        (first, gettext("Membres"), gettext("Mentors"), asked),
        [(words, str(row.members), str(row.mentors), _told(row.asked)) for words, row in named],
        bars=charts.bars(shown),
    )


def scarce(told: Figures) -> Part:
    rows = [(each.topic.name_in(language()), each.mentors) for each in told.scarce]
    return Part(
        "scarce",
        gettext("Thèmes que peu de mentors proposent"),
        _listed(rows),
        (gettext("Thème"), gettext("Mentors")),
        [(words, str(mentors)) for words, mentors in rows],
    )


def sought(told: Figures) -> Part:
    rows = [(each.words, each.times) for each in told.sought]
    return Part(
        "sought",
        gettext("Cherchés en vain"),
        _listed(rows),
        (gettext("Mots cherchés"), gettext("Fois")),
        [(words, str(times)) for words, times in rows],
        bars=charts.bars([(words, times, str(times)) for words, times in rows]),
    )


def benefits(told: Figures) -> Part:
    words = {key: said for each in texts.benefits(language()).values() for key, said in each}
    rows = [(words.get(key, key), count) for key, count in told.benefits]
    return Part(
        "benefits",
        gettext("Ce que le mentorat a apporté"),
        _listed(rows),
        (gettext("Bénéfice"), gettext("Personnes")),
        [(said, str(count)) for said, count in rows],
        bars=charts.bars([(said, count, str(count)) for said, count in rows[:MOST_BARS]]),
    )


def goals(told: Figures) -> Part:
    counted = told.evaluated.results or {}
    rows = [(gettext(words), counted.get(key, 0)) for key, words in evaluations.ANSWERS.items()]
    return Part(
        "goals",
        gettext("Objectifs atteints"),
        _listed(rows),
        (gettext("Réponse"), gettext("Objectifs")),
        [(said, str(count)) for said, count in rows] if counted else [],
        bars=charts.bars([(said, count, str(count)) for said, count in rows]),
    )


def process(told: Figures) -> Part:
    """What both said of how it went: how many of a question's answers are a yes, or nearly."""
    asked = {key: counts for key, counts in told.evaluated.process.items() if counts}
    answers = list(evaluations.ANSWERS)
    content = [
        (gettext(HOW[key]), round(100 * (counts["yes"] + counts["mostly"]) / sum(counts.values())))
        for key, counts in asked.items()
    ]
    return Part(
        "process",
        gettext("Comment cela s’est passé"),
        ", ".join(f"{words} {percent(share)}" for words, share in content),
        (gettext("Question"), *(gettext(evaluations.ANSWERS[key]) for key in answers)),
        [
            (gettext(evaluations.PROCESS[key]), *(str(counts[each]) for each in answers))
            for key, counts in asked.items()
        ],
        bars=charts.bars([(words, share, percent(share)) for words, share in content], whole=100),
    )


def later(told: Figures) -> Part:
    counted = told.evaluated.later or {}
    rows = [(gettext(words), counted.get(key, 0)) for key, words in evaluations.ANSWERS.items()]
    return Part(
        "later",
        gettext("Avec le recul, le mentorat a porté ses fruits"),
        _listed(rows),
        (gettext("Réponse"), gettext("Personnes")),
        [(said, str(count)) for said, count in rows] if counted else [],
        bars=charts.bars([(said, count, str(count)) for said, count in rows]),
    )


def key_figures(told: Figures) -> list[tuple[str, str]]:
    """The few that a glance takes in: number and words."""
    load = told.load
    return [
        (str(told.path.asked), gettext("demandes envoyées")),
        (percent(told.replies.share), gettext("avec réponse à temps")),
        (time(told.replies.hours), gettext("délai médian de réponse")),
        (str(load.running), gettext("mentorats en cours aujourd’hui")),
        (str(load.mentors), gettext("mentors aujourd’hui")),
        (str(told.members), gettext("membres aujourd’hui")),
    ]


def lines(told: Figures) -> Iterator[Row]:
    """For a spreadsheet: one number a line."""
    about = gettext("En bref")
    for number, words in key_figures(told):
        yield about, words, "", number
    yield about, gettext("mentors jamais sollicités"), "", str(told.load.never_asked)
    yield about, gettext("mentors dont la capacité est atteinte"), "", str(told.load.full)
    yield about, gettext("thèmes que peu de mentors proposent"), "", str(told.scarce_in_all)
    for part in parts(told).values():
        for words, *numbers in part.rows:
            for what, number in zip(part.head[1:], numbers, strict=True):
                yield part.title, words, what, number


def percent(share: int | None) -> str:
    return HIDDEN if share is None else f"{share}{NARROW}%"


def time(hours: int | None) -> str:
    if hours is None:
        return HIDDEN
    if hours < 48:
        return ngettext("%(num)s heure", "%(num)s heures", hours) % {"num": hours}
    days = round(hours / 24)
    return ngettext("%(num)s jour", "%(num)s jours", days) % {"num": days}


def _with_share(count: int, share: int | None) -> str:
    return str(count) if share is None else f"{count} · {percent(share)}"


def _running(number: int) -> str:
    if number >= MOST_RUNNING:
        return gettext("%(num)s mentorats ou plus") % {"num": number}
    if not number:
        return gettext("Aucun mentorat")
    return ngettext("%(num)s mentorat", "%(num)s mentorats", number) % {"num": number}


def _members(row: Group) -> str:
    mentors = ngettext("%(num)s mentor", "%(num)s mentors", row.mentors) % {"num": row.mentors}
    return f"{row.members} · {mentors}"


def _named(key: str, kind: str) -> str:
    return catalogue.name_of(kind, key, language()) if key else gettext("Non indiqué")


def _told(count: int | None) -> str:
    return gettext("moins de %(least)s") % {"least": LEAST} if count is None else str(count)


def _listed(rows: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{words}{NARROW}: {count}" for words, count in rows[:MOST_BARS])
