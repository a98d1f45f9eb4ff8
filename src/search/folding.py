"""One folding for what is kept and what is typed: «FUEHRUNG», «fuhrung» and «Führung» are one.

In Python, because the engines' own ways (unicode61, unaccent) differ on ß, œ and æ, and
neither makes «Fuehrung» find «Führung».
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
# ä, ae and a become one. Several e: so that folding what is folded changes nothing.
UMLAUT = re.compile(r"(?<=[aou])e+")
WORD = re.compile(r"[^\W_]+")
# «l’innovation», «dell'azienda»: nobody means the particle.
ELISION = re.compile(
    r"\b(?:l|d|j|m|n|s|t|c|qu|un|dell|all|nell|sull|dall|quell|quest)['’ʼ](?=\w)", re.IGNORECASE
)


def fold(text: str) -> str:
    """A prefix of a text folds to a prefix of the folded text: live typing relies on it."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(LIGATURES)).translate(LIGATURES)
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return UMLAUT.sub("", text)


def words(text: str) -> list[str]:
    return [word for _start, _end, word in places(text)]


def places(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word with its place, for a text that was `composed`."""
    for match in WORD.finditer(composed(text)):
        for word in parts(match.group()):
            yield *match.span(), word


@lru_cache(maxsize=2**16)
def parts(word: str) -> tuple[str, ...]:
    """Nearly always one: but «½» becomes several signs."""
    folded = fold(word)
    return (folded,) if folded.isalnum() else tuple(WORD.findall(folded))


def typed(text: str) -> list[str]:
    """The words of a query."""
    return words(ELISION.sub(" ", composed(text)))


def composed(text: str) -> str:
    """An accent sent apart from its letter (as some phones do) would divide the word."""
    return unicodedata.normalize("NFC", text)
