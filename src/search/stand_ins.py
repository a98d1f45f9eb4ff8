"""Words that stand for others: endings, compounds, corrections; and who uses them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.costs import WHOLE, Sets, count
from search.index import Index

CORRECTIONS = 5
# Plural and gender, of the four languages at once: found words begin with what is left.
ENDINGS = ("en", "es", "er", "s", "x", "n", "e", "i", "o", "a")
# Between the parts of a German compound.
JOINTS = ("s", "n", "en", "er", "es")
# Between the other words of a query they say nothing.
FILLERS = frozenset(
    word
    for line in (
        "a au aux avec d de des du en et l la le les ou par pour soi son sur un une y",
        "am an aus das dem den der die ein eine einen einer fur im in mit und von zu zum zur",
        "ai al con da degli dei del della delle di e fra gli i il lo nel o per sul tra una",
        "all and for of on or the to",
    )
    for word in line.split()
)


def using(words: Collection[str], index: Index) -> Sets:
    sets = _meaning(words, index)
    sets["strong"] |= index.using(words, strongly=True)
    sets["text"] |= index.using(words, strongly=False)
    return _shown(sets, index)


def beginning(prefix: str, index: Index) -> Sets:
    sets = _meaning(index.concept_vocabulary.starting_with(prefix), index)
    sets["strong"] |= index.starting_with(prefix, strongly=True)
    sets["text"] |= index.starting_with(prefix, strongly=False)
    return _shown(sets, index)


def _meaning(words: Iterable[str], index: Index) -> Sets:
    sets = dict.fromkeys(WHOLE, 0)
    known = (index.concept_words.get(word, ()) for word in words)
    for concept in dict.fromkeys(chain.from_iterable(known)):
        if concept.kind == "topic":
            sets["strong"] |= index.ticked(concept)
            sets["branch"] |= index.who(concept)
        else:
            sets["chosen"] |= index.who(concept)
    return sets


def _shown(sets: Sets, index: Index) -> Sets:
    """Without the places of those who changed or left."""
    return {name: bits & index.shown for name, bits in sets.items()}


def stem(word: str, shortest: int) -> str:
    for ending in ENDINGS:
        left = word.removesuffix(ending)
        if left != word and len(left) >= shortest:
            return left
    return ""


def compounds(word: str, index: Index) -> list[str]:
    """«softwareentwicklung» for «entwicklung», but not «transformation» for «formation»: what
    stands before must be a word by itself."""
    return [
        known
        for known in containing(word, index)
        if _is_joined(known[: known.index(word, 1)], index)
    ]


def _is_joined(before: str, index: Index) -> bool:
    """«bauleitung», «verhandlungsführung», but not «trasporti» for «sport»: a short word must
    be one of topics or sectors."""
    if len(before) == 3:
        return before in index.concept_words and before not in FILLERS
    without_joint = [before.removesuffix(joint) for joint in JOINTS if before.endswith(joint)]
    return any(len(word) > 3 and index.is_used(word) for word in (before, *without_joint))


def containing(part: str, index: Index) -> list[str]:
    both = index.vocabulary.containing(part) + index.concept_vocabulary.containing(part)
    return list(dict.fromkeys(both))


def nearest(word: str, index: Index) -> list[str]:
    """Known words one letter (from eight on: two letters) away; a swap is one."""
    edits = _edits(word)
    found: dict[str, int] = {}
    for length in range(len(word) - edits, len(word) + edits + 1):
        for vocabulary in (index.vocabulary, index.concept_vocabulary):
            near = process.extract(
                word,
                vocabulary.of_length(length),
                scorer=OSA.distance,
                score_cutoff=edits,
                limit=None,
            )
            found |= {known: int(distance) for known, distance, _place in near}
    counted = {known: hits for known in found if (hits := count(using([known], index)))}
    if not counted:
        return []

    def farness(known: str) -> tuple[int, bool]:
        return found[known], known[0] != word[0]

    least = min(map(farness, counted))
    best = [known for known in counted if farness(known) == least]
    return sorted(best, key=lambda known: (-counted[known], known))[:CORRECTIONS]


def unfinished(word: str, index: Index) -> list[str]:
    """A mistyped beginning: with the same first letter, one letter away."""
    lengths = (len(word) - 1, len(word), len(word) + 1)
    known = [
        *index.vocabulary.starting_with(word[0]),
        *index.concept_vocabulary.starting_with(word[0]),
    ]
    beginnings = sorted({text[:length] for length in lengths for text in known})
    near = process.extract(word, beginnings, scorer=OSA.distance, score_cutoff=1, limit=None)
    counted = [(-count(beginning(text, index)), text) for text, _edits, _place in near]
    hits, text = min(counted, default=(0, ""))
    return [text] if hits else []


def most_used(prefix: str, index: Index) -> str:
    known = [
        *index.vocabulary.starting_with(prefix),
        *index.concept_vocabulary.starting_with(prefix),
    ]
    return min(known, key=lambda text: (-count(using([text], index)), text))


def _edits(word: str) -> int:
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def spelled(word: str, index: Index) -> str:
    named = index.concept_vocabulary.spelled.get(word)
    return named or index.vocabulary.spelled.get(word, word)
