"""What typed words find: whole, as beginnings, in compounds, and corrected when little is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from search.bits import split as split_bits
from search.concepts import Concept, Label
from search.folding import WORD, composed, fold, typed
from search.index import Index

MOST_LETTERS = 100
MOST_WORDS = 8
LITTLE = 3  # a word that finds fewer mentors may be mistyped
CORRECTIONS = 5
COMPOUND_FROM = 4
USUAL_STEM, SHORTEST_STEM = 5, 4
LIKE = 0.84  # Jaro-Winkler: the same beginning counts most

# The better match has the lower cost; costs of several words add up. What stands in name,
# function or topics comes before sector, canton, role and language, the free text after all;
# but a whole «Bern» is the canton rather than the beginning of «Bernasconi».
WHOLE = {"strong": 0, "branch": 1, "chosen": 2, "text": 20}
BEGINNING = {"strong": 3, "branch": 4, "chosen": 10, "text": 21}
RELATED = {"strong": 6, "branch": 7, "chosen": 13, "text": 24}
# What was corrected comes after everything that was typed.
CORRECTED = 1000
INSTEAD = {name: cost + CORRECTED for name, cost in WHOLE.items()}
ONE_TOPIC, ONE_BRANCH = -2, -1  # all words in one name: «gestion de projet»

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
# Plural and gender, of the four languages at once: found words begin with what is left.
ENDINGS = ("en", "es", "er", "s", "x", "n", "e", "i", "o", "a")
# Between the parts of a German compound.
JOINTS = ("s", "n", "en", "er", "es")

Costs = dict[int, int]


@dataclass(frozen=True)
class Term:
    """One typed word, folded, and what else stands for it."""

    beginnings: tuple[str, ...]
    others: frozenset[str] = frozenset()
    instead: str = ""

    def is_in(self, word: str) -> bool:
        return word.startswith(self.beginnings) or word in self.others


@dataclass
class Matches:
    """Everybody found, by cost; sets of different costs never overlap."""

    costs: Costs
    terms: list[Term] = field(default_factory=list)
    corrected: list[tuple[str, str]] = field(default_factory=list)
    # In whose free text words are found: only those are read through for the excerpt.
    in_text: int = 0
    # How many of the words mean it.
    concepts: Counter[Concept] = field(default_factory=Counter)

    @property
    def all(self) -> int:
        return _all(self.costs)


def split(text: str) -> list[str]:
    """Folded, without repetitions; fillers only when there is nothing else."""
    different = list(dict.fromkeys(typed(text[:MOST_LETTERS])))
    return ([word for word in different if word not in FILLERS] or different)[:MOST_WORDS]


def match(text: str, index: Index) -> Matches:
    words = split(text)
    found = Matches({0: index.shown})
    for word in words:
        term, costs = _match(word, index)
        found.terms.append(term)
        found.costs = _both(found.costs, costs)
        found.concepts.update(_meant(term, index))
        found.in_text |= _in_text(term, index)
        if term.instead:
            found.corrected.append((_as_typed(word, text), term.instead))
    if len(words) > 1:
        found.costs = _first(*_of_one_topic(found, index), found.costs)
    return found


def near_topics(text: str, index: Index) -> list[Concept]:
    """For a search without a hit: topics whose words resemble, the nearest first, and behind
    each its branch."""
    best: dict[Concept, float] = {}
    for word in split(text):
        if len(word) < COMPOUND_FROM:
            continue
        for known, likeness, _place in process.extract(
            word,
            sorted(index.concept_words),
            scorer=JaroWinkler.similarity,
            score_cutoff=LIKE,
            limit=None,
        ):
            for topic in _with_branch(known, index):
                best[topic] = max(best.get(topic, 0.0), likeness)
    return sorted(best, key=lambda topic: (-best[topic], not topic.branch, topic.position))


def _with_branch(word: str, index: Index) -> Iterator[Concept]:
    for concept in index.concept_words[word]:
        if concept.kind == "topic" and not concept.is_retired:
            yield concept
            if concept.branch is not None:
                yield index.topics[concept.branch]


def _match(word: str, index: Index) -> tuple[Term, Costs]:
    stem = _stem(word, USUAL_STEM)
    compounds = _compounds(word, index) if len(word) >= COMPOUND_FROM else []
    costs: Costs = {}
    _add(costs, WHOLE, _using([word], index))
    _add(costs, BEGINNING, _beginning(word, index))
    if stem:
        _add(costs, RELATED, _beginning(stem, index))
    _add(costs, RELATED, _using(compounds, index))
    term = Term((word, stem) if stem else (word,), frozenset(compounds))
    is_known = word in index.concept_words or any(cost in costs for cost in WHOLE.values())
    if not is_known and len(word) >= COMPOUND_FROM:
        term = _with_parts(word, term, costs, index)
        term = _with_corrections(word, term, costs, index)
    return term, _disjoint(costs, index)


def _with_parts(word: str, term: Term, costs: Costs, index: Index) -> Term:
    """Words that have it within, though they are no compounds; and other endings."""
    if _count(costs, index) >= LITTLE:
        return term
    parts = _containing(word, index)
    _add(costs, RELATED, _using(parts, index))
    term = replace(term, others=term.others | set(parts))
    if stem := _stem(word, SHORTEST_STEM):
        _add(costs, RELATED, _beginning(stem, index))
        term = replace(term, beginnings=(*term.beginnings, stem))
    return term


def _with_corrections(word: str, term: Term, costs: Costs, index: Index) -> Term:
    before = _count(costs, index)
    if before >= LITTLE:
        return term
    near = _nearest(word, index)
    beginnings = near or _unfinished(word, index)
    for beginning in beginnings:
        _add(costs, INSTEAD, _beginning(beginning, index))
    if _count(costs, index) == before:
        return term
    known = near[0] if near else _most_used(beginnings[0], index)
    return replace(term, beginnings=(*term.beginnings, *beginnings), instead=_spelled(known, index))


def _meant(term: Term, index: Index) -> set[Concept]:
    words = [*term.others]
    for beginning in term.beginnings:
        words += index.concept_vocabulary.starting_with(beginning)
    return {concept for word in words for concept in index.concept_words.get(word, ())}


def _in_text(term: Term, index: Index) -> int:
    bits = index.using(term.others, strongly=False)
    for beginning in term.beginnings:
        bits |= index.starting_with(beginning, strongly=False)
    return bits


# Sets of mentors, by where the words stand

Sets = dict[str, int]


def _using(words: Collection[str], index: Index) -> Sets:
    sets = _meaning(words, index)
    sets["strong"] |= index.using(words, strongly=True)
    sets["text"] |= index.using(words, strongly=False)
    return sets


def _beginning(prefix: str, index: Index) -> Sets:
    sets = _meaning(index.concept_vocabulary.starting_with(prefix), index)
    sets["strong"] |= index.starting_with(prefix, strongly=True)
    sets["text"] |= index.starting_with(prefix, strongly=False)
    return sets


def _meaning(words: Iterable[str], index: Index) -> Sets:
    """`branch`: only the branch of a ticked topic is meant."""
    sets = dict.fromkeys(WHOLE, 0)
    known = (index.concept_words.get(word, ()) for word in words)
    for concept in dict.fromkeys(chain.from_iterable(known)):
        if concept.kind == "topic":
            sets["strong"] |= index.ticked(concept)
            sets["branch"] |= index.who(concept)
        else:
            sets["chosen"] |= index.who(concept)
    return sets


# Words that stand for others


def _stem(word: str, shortest: int) -> str:
    for ending in ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= shortest:
            return stem
    return ""


def _compounds(word: str, index: Index) -> list[str]:
    """«softwareentwicklung» for «entwicklung», but not «transformation» for «formation»: what
    stands before must be a word by itself."""
    return [
        known
        for known in _containing(word, index)
        if _is_joined(known[: known.index(word, 1)], index)
    ]


def _is_joined(before: str, index: Index) -> bool:
    """«bauleitung», «verhandlungsführung», but not «trasporti» for «sport»: a short word must
    be one of topics or sectors."""
    if len(before) == 3:
        return before in index.concept_words and before not in FILLERS
    without_joint = [before.removesuffix(joint) for joint in JOINTS if before.endswith(joint)]
    return any(len(word) > 3 and index.is_used(word) for word in (before, *without_joint))


def _containing(part: str, index: Index) -> list[str]:
    both = index.vocabulary.containing(part) + index.concept_vocabulary.containing(part)
    return list(dict.fromkeys(both))


def _nearest(word: str, index: Index) -> list[str]:
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
    counted = {known: hits for known in found if (hits := _hits(_using([known], index), index))}
    if not counted:
        return []

    def farness(known: str) -> tuple[int, bool]:
        return found[known], known[0] != word[0]

    nearest = min(map(farness, counted))
    best = [known for known in counted if farness(known) == nearest]
    return sorted(best, key=lambda known: (-counted[known], known))[:CORRECTIONS]


def _unfinished(word: str, index: Index) -> list[str]:
    """A mistyped beginning: with the same first letter, one letter away."""
    lengths = (len(word) - 1, len(word), len(word) + 1)
    known = [
        *index.vocabulary.starting_with(word[0]),
        *index.concept_vocabulary.starting_with(word[0]),
    ]
    beginnings = sorted({text[:length] for length in lengths for text in known})
    near = process.extract(word, beginnings, scorer=OSA.distance, score_cutoff=1, limit=None)
    counted = [(-_hits(_beginning(text, index), index), text) for text, _edits, _place in near[:20]]
    hits, text = min(counted, default=(0, ""))
    return [text] if hits else []


def _most_used(prefix: str, index: Index) -> str:
    known = [
        *index.vocabulary.starting_with(prefix),
        *index.concept_vocabulary.starting_with(prefix),
    ]
    return min(known, key=lambda text: (-_hits(_using([text], index), index), text))


def _edits(word: str) -> int:
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _spelled(word: str, index: Index) -> str:
    named = index.concept_vocabulary.spelled.get(word)
    return named or index.vocabulary.spelled.get(word, word)


def _as_typed(word: str, text: str) -> str:
    return next((part for part in WORD.findall(composed(text)) if fold(part) == word), word)


# Costs


def _add(costs: Costs, of: dict[str, int], sets: Sets) -> None:
    for name, bits in sets.items():
        if bits:
            costs[of[name]] = costs.get(of[name], 0) | bits


def _disjoint(costs: Costs, index: Index) -> Costs:
    """Each mentor at their lowest cost."""
    left = index.shown
    kept: Costs = {}
    for cost in sorted(costs):
        if bits := costs[cost] & left:
            kept[cost] = bits
            left ^= bits
    return kept


def _both(some: Costs, others: Costs) -> Costs:
    together: Costs = {}
    for cost, bits in some.items():
        for more, other in others.items():
            if both := bits & other:
                together[cost + more] = together.get(cost + more, 0) | both
    return together


def _first(topics: int, branches: int, costs: Costs) -> Costs:
    """Before the others, but what was corrected still comes after what was typed."""
    together: Costs = {}
    for cost, bits in costs.items():
        best = cost // CORRECTED * CORRECTED
        by_topic, others = split_bits(bits, topics)
        by_branch, others = split_bits(others, branches)
        for at, some in (
            (best + ONE_TOPIC, by_topic),
            (best + ONE_BRANCH, by_branch),
            (cost, others),
        ):
            if some:
                together[at] = together.get(at, 0) | some
    return together


def _of_one_topic(found: Matches, index: Index) -> tuple[int, int]:
    """«gestion de projet» is one topic, rather than «gestion du temps» and «projet de vie»."""
    topics = branches = 0
    for concept, times in found.concepts.items():
        meant = concept.kind == "topic" and times == len(found.terms)
        if meant and any(_has_all(label, found.terms) for label in concept.labels):
            topics |= index.ticked(concept)
            branches |= index.who(concept)
    return topics, branches


def _has_all(label: Label, terms: list[Term]) -> bool:
    return all(any(map(term.is_in, label.words)) for term in terms)


def _all(costs: Costs | Sets) -> int:
    bits = 0
    for some in costs.values():
        bits |= some
    return bits


def _count(costs: Costs, index: Index) -> int:
    return (_all(costs) & index.shown).bit_count()


def _hits(sets: Sets, index: Index) -> int:
    return (_all(sets) & index.shown).bit_count()
