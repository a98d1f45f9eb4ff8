"""A members' list understood: which column is what, what each line says and lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from content import catalogue
from formats import sheets
from formats.plain import in_one_line, is_address
from formats.sheets import NotAList
from i18n import N_, SOURCE, gettext, offered
from search.folding import words
from tables.people import by_email

# What spreadsheets call a column, in four languages; compared folded.
HEADS: dict[str, str] = {
    "email": (
        "e-mail, email, mail, adresse e-mail, adresse email, adresse mail, courriel, adresse"
        " électronique, e-mail-adresse, mailadresse, emailadresse, indirizzo e-mail, posta"
        " elettronica, e-mail address, e-mail privé, e-mail privat, e-mail 1"
    ),
    "first_name": (
        "prénom, prénoms, vorname, rufname, nome, first name, firstname, forename, given name"
    ),
    "last_name": (
        "nom, nom de famille, name, nachname, familienname, cognome, last name, surname,"
        " family name"
    ),
    "language": (
        "langue, sprache, lingua, language, langue de correspondance, korrespondenzsprache,"
        " lingua di corrispondenza, correspondence language"
    ),
    "function": (
        "fonction, funktion, funzione, function, profession, beruf, professione, poste,"
        " position, posizione, job title, stellung"
    ),
    "sector": "secteur, branche, settore, sector, industry, secteur d'activité, ramo",
    "canton": "canton, kanton, cantone",
}
# Where no title is one of these: the first that has such a word in it («E-Mail Geschäft»).
WITHIN = {
    "email": ("mail", "courriel", "messagerie", "posta"),
    "language": ("langue", "sprach", "lingua", "language"),
}
ABOVE = 5  # lines that may stand above the titles: a name, a date
COLUMNS = tuple(HEADS)
LANGUAGES = {
    "fr": "fr, f, français, französisch, francese, french, fr-ch",
    "de": "de, d, allemand, deutsch, tedesco, german, de-ch",
    "it": "it, i, italien, italienisch, italiano, italian, it-ch",
    "en": "en, e, anglais, englisch, inglese, english",
}
LONGEST = {"first_name": 80, "last_name": 80, "function": 120}
TITLES = {
    "email": N_("E-mail"),
    "first_name": N_("Prénom"),
    "last_name": N_("Nom"),
    "language": N_("Langue"),
    "function": N_("Fonction"),
    "sector": N_("Secteur"),
    "canton": N_("Canton"),
}
# What keeps a line out, and what to do; then what is only left empty.
FAULTS = {
    "no_address": N_("L’adresse e-mail manque. Ajoutez-la."),
    "bad_address": N_("«%(value)s» n’est pas une adresse e-mail complète. Corrigez-la."),
    "no_name": N_("Le nom manque. Ajoutez-le."),
    "too_long": N_("«%(column)s» est trop long: %(most)s caractères au plus. Raccourcissez."),
    "doubled": N_("Cette adresse figure déjà à la ligne %(line)s. Gardez une seule des deux."),
    "excluded": N_("Cette personne est exclue du programme; la ligne est laissée de côté."),
    "departed": N_(
        "Cette personne ne souhaite plus être invitée; la ligne est laissée de côté. Elle peut "
        "revenir par une candidature."
    ),
}
HINTS = {
    "language": N_("Langue «%(value)s» inconnue: ce sera le français. Écrivez p. ex. fr ou de."),
    "sector": N_("Secteur «%(value)s» inconnu: il reste vide. La personne pourra le choisir."),
    "canton": N_("Canton «%(value)s» inconnu: il reste vide. Écrivez p. ex. VD ou Vaud."),
}
BROKEN = {
    "book": N_(
        "C’est un classeur, pas une liste en texte. Dans votre tableur, choisissez «Enregistrer "
        "sous», puis le format CSV (UTF-8)."
    ),
    "quotes": N_(
        "À partir de la ligne %(line)s, un guillemet n’est jamais refermé. Corrigez cette ligne, "
        "puis envoyez le fichier à nouveau."
    ),
    "empty": N_("Ce fichier est vide. Choisissez la liste de vos membres."),
    "no_heads": N_(
        "La première ligne doit nommer les colonnes, au moins le nom et l’adresse e-mail "
        "(p. ex. Prénom, Nom, E-mail). Ajoutez cette ligne, puis envoyez le fichier à nouveau."
    ),
}


class BrokenList(Exception):
    """Nothing can be read: `said` tells why and what to do."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why, self.line = why, line

    @property
    def said(self) -> str:
        return gettext(BROKEN[self.why]) % {"line": self.line}


@dataclass(frozen=True)
class Remark:
    """`what`: of FAULTS or HINTS; the rest fills its words."""

    what: str
    value: str = ""
    column: str = ""
    line: int = 0

    @property
    def said(self) -> str:
        text = gettext((FAULTS | HINTS)[self.what])
        title = gettext(TITLES[self.column]) if self.column else ""
        most = LONGEST.get(self.column, "")
        told = {"value": self.value, "line": self.line, "column": title, "most": most}
        return text % told


@dataclass(frozen=True, slots=True)
class Line:
    """One member; `email` as it is kept. `number`: of the line in the file."""

    number: int
    email: str
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    function: str = ""
    sector: str = ""
    canton: str = ""
    fault: Remark | None = None
    hints: tuple[Remark, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Members:
    """`known`: field by the column's title, in the file's order; `unknown`: titles left aside."""

    lines: list[Line]
    known: dict[str, str]
    unknown: list[str]


def read(text: str) -> Members:
    """Raises BrokenList."""
    try:
        return _read(sheets.rows(text))
    except NotAList as trouble:
        raise BrokenList(trouble.why, trouble.line) from trouble


def text_of(content: bytes) -> str:
    """Raises BrokenList."""
    try:
        return sheets.text_of(content)
    except NotAList as trouble:
        raise BrokenList(trouble.why, trouble.line) from trouble


def _read(rows: Iterator[tuple[int, list[str]]]) -> Members:
    """Row by row: a long list is not held twice."""
    head, places, unknown = _headed(rows)
    lines = list(_unique(_lines(rows, places)))
    if not lines:
        raise BrokenList("empty")
    known = {name: head[place] for name, place in sorted(places.items(), key=lambda i: i[1])}
    return Members(lines, known, unknown)


def _headed(
    rows: Iterator[tuple[int, list[str]]],
) -> tuple[list[str], dict[str, int], list[str]]:
    """The first line that names the columns, and what it says. Raises BrokenList."""
    is_empty = True
    for _, head in islice(rows, ABOVE):
        is_empty = False
        places, unknown = _columns(head)
        if "email" in places and "last_name" in places:
            return head, places, unknown
    raise BrokenList("empty" if is_empty else "no_heads")


def _columns(head: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """The first column of a kind counts."""
    places: dict[str, int] = {}
    plain = [_plain(title) for title in head]
    for place, title in enumerate(plain):
        name = _heads().get(title)
        if name is not None:
            places.setdefault(name, place)
    for name, several in WITHIN.items():
        near = [p for p, title in enumerate(plain) for word in several if _plain(word) in title]
        if near and name not in places:
            places[name] = near[0]
    taken = places.values()
    unknown = [title[:60] for place, title in enumerate(head) if title and place not in taken]
    return places, unknown


def _lines(body: Iterable[tuple[int, list[str]]], places: dict[str, int]) -> Iterable[Line]:
    for number, cells in body:
        said = {
            name: in_one_line(cells[place]) if place < len(cells) else ""
            for name, place in places.items()
        }
        yield _line(number, said)


def _line(number: int, said: dict[str, str]) -> Line:
    hints = []
    for name, known in (("language", _languages()), ("sector", _sectors()), ("canton", _cantons())):
        value = said.get(name, "")
        said[name] = _meant(value, known)
        if value and not said[name]:
            hints.append(Remark(name, value=value[:60]))
    fault = _fault(said)
    email = by_email(said.pop("email"))
    shown = {name: value[: LONGEST.get(name, 254)] for name, value in said.items()}
    return Line(number, email[:254], **shown, fault=fault, hints=tuple(hints))


def _meant(value: str, known: dict[str, str]) -> str:
    """«Deutsch (Schweiz)» is «Deutsch»."""
    return known.get(_plain(value)) or known.get(_plain(value.partition("(")[0]), "")


def _fault(said: dict[str, str]) -> Remark | None:
    if not said["email"]:
        return Remark("no_address")
    if not is_address(said["email"]):
        return Remark("bad_address", value=said["email"][:60])
    if not said["last_name"]:
        return Remark("no_name")
    for name, most in LONGEST.items():
        if len(said.get(name, "")) > most:
            return Remark("too_long", column=name)
    return None


def _unique(lines: Iterable[Line]) -> Iterable[Line]:
    """Of a doubled address the first line counts."""
    seen: dict[str, int] = {}
    for line in lines:
        if line.fault is None and line.email in seen:
            doubled = Remark("doubled", line=seen[line.email])
            yield Line(line.number, line.email, line.first_name, line.last_name, fault=doubled)
            continue
        if line.fault is None:
            seen[line.email] = line.number
        yield line


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """«E-Mail-Adresse», «e_mail adresse» and «EMAILADRESSE» are one."""
    return "".join(words(text.replace("_", " ").replace("-", " ")))


@cache
def _heads() -> dict[str, str]:
    return {_plain(each): name for name, several in HEADS.items() for each in several.split(",")}


@cache
def _languages() -> dict[str, str]:
    return {
        _plain(each): code
        for code, several in LANGUAGES.items()
        for each in several.split(",")
        if code in offered()
    }


@cache
def _cantons() -> dict[str, str]:
    """By sign, by name in four languages, by its main towns."""
    return {
        _plain(name): key
        for key, entry in catalogue.cantons().items()
        for name in (*entry.also, *entry.names.values(), key)
    }


@cache
def _sectors() -> dict[str, str]:
    return {
        _plain(name): key
        for key, entry in catalogue.sectors().items()
        for name in (*entry.also, *entry.names.values(), key)
    }


NO_LANGUAGE = SOURCE  # of whom the list tells none
