"""One folding for what is kept and what is typed: «FUEHRUNG», «fuhrung» and «Führung» are one.

In Python, because the engines' own ways (unicode61, unaccent) differ on ß, œ and æ, and
neither makes «Fuehrung» find «Führung».
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
# ä, ae and a become one. Several e: so that folding what is folded changes nothing.
UMLAUT = re.compile(r"(?<=[aou])e+")
WORD = re.compile(r"[^\W_]+")
# «start-up» is found by «startup» too.
TOKEN = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)*")
# «l’innovation», «dell'azienda»: nobody means the particle.
ELISION = re.compile(
    r"\b(?:l|d|j|m|n|s|t|c|qu|un|dell|all|nell|sull|dall|quell|quest)['’ʼ](?=\w)", re.IGNORECASE
)


def fold(text: str) -> str:
    """A prefix of a text folds to a prefix of the folded text: live typing relies on it."""
    text = text.casefold()
    if not text.isascii():
        # Apart first: «ℌ» hides a capital, which casefold alone doesn't see.
        text = unicodedata.normalize("NFKD", text).casefold().translate(LIGATURES)
        text = "".join(
            sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
        )
    return UMLAUT.sub("", text)


def words(text: str) -> list[str]:
    return [word for token in TOKEN.findall(composed(text)) for word in parts(token)]


@lru_cache(maxsize=2**16)
def parts(token: str) -> tuple[str, ...]:
    """One word, as a rule; «start-up» is three, the joined one first; «½» becomes several."""
    single = [fold(part) for part in WORD.findall(token)]
    folded = [word for part in single for word in WORD.findall(part)]
    return ("".join(folded), *folded) if len(folded) > 1 else tuple(folded)


def typed(text: str) -> list[str]:
    """The words of a query: «start-up» asks for «start» and «up», wherever they stand."""
    found = WORD.findall(ELISION.sub(" ", composed(text)))
    return [word for part in found for word in WORD.findall(fold(part))]


def composed(text: str) -> str:
    """An accent sent apart from its letter (as some phones do) would divide the word."""
    return unicodedata.normalize("NFC", text)
