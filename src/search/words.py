"""What typed words find: whole, as beginnings, in compounds, and corrected when little is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from search import stand_ins
from search.concepts import Concept, Label
from search.costs import (
    BEGINNING,
    INSTEAD,
    RELATED,
    WHOLE,
    Costs,
    add,
    both,
    count,
    disjoint,
    first,
    union,
)
from search.folding import WORD, composed, fold, typed
from search.index import Index
from search.stand_ins import FILLERS, beginning, using

MOST_LETTERS = 100
MOST_WORDS = 8
LITTLE = 3  # a word that finds fewer mentors may be mistyped
COMPOUND_FROM = 4
USUAL_STEM, SHORTEST_STEM = 5, 4
LIKE = 0.84  # Jaro-Winkler: the same beginning counts most


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
        return union(self.costs)


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
        found.costs = both(found.costs, costs)
        found.concepts.update(_meant(term, index))
        found.in_text |= _in_text(term, index)
        if term.instead:
            found.corrected.append((_as_typed(word, text), term.instead))
    if len(words) > 1:
        found.costs = first(*_of_one_topic(found, index), found.costs)
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


def _as_typed(word: str, text: str) -> str:
    return next((part for part in WORD.findall(composed(text)) if fold(part) == word), word)


def _with_branch(word: str, index: Index) -> Iterator[Concept]:
    for concept in index.concept_words[word]:
        if concept.kind == "topic" and not concept.is_retired:
            yield concept
            if concept.branch is not None:
                yield index.topics[concept.branch]


def _match(word: str, index: Index) -> tuple[Term, Costs]:
    stem = stand_ins.stem(word, USUAL_STEM)
    compounds = stand_ins.compounds(word, index) if len(word) >= COMPOUND_FROM else []
    costs: Costs = {}
    add(costs, WHOLE, using([word], index))
    add(costs, BEGINNING, beginning(word, index))
    if stem:
        add(costs, RELATED, beginning(stem, index))
    add(costs, RELATED, using(compounds, index))
    term = Term((word, stem) if stem else (word,), frozenset(compounds))
    is_known = word in index.concept_words or any(cost in costs for cost in WHOLE.values())
    if not is_known and len(word) >= COMPOUND_FROM:
        term = _with_parts(word, term, costs, index)
        term = _with_corrections(word, term, costs, index)
    return term, disjoint(costs)


def _with_parts(word: str, term: Term, costs: Costs, index: Index) -> Term:
    """Words that have it within, though they are no compounds; and other endings."""
    if count(costs) >= LITTLE:
        return term
    parts = stand_ins.containing(word, index)
    add(costs, RELATED, using(parts, index))
    term = replace(term, others=term.others | set(parts))
    if stem := stand_ins.stem(word, SHORTEST_STEM):
        add(costs, RELATED, beginning(stem, index))
        term = replace(term, beginnings=(*term.beginnings, stem))
    return term


def _with_corrections(word: str, term: Term, costs: Costs, index: Index) -> Term:
    before = count(costs)
    if before >= LITTLE:
        return term
    near = stand_ins.nearest(word, index)
    beginnings = near or stand_ins.unfinished(word, index)
    for text in beginnings:
        add(costs, INSTEAD, beginning(text, index))
    if count(costs) == before:
        return term
    known = near[0] if near else stand_ins.most_used(beginnings[0], index)
    return replace(
        term, beginnings=(*term.beginnings, *beginnings), instead=stand_ins.spelled(known, index)
    )


def _meant(term: Term, index: Index) -> set[Concept]:
    words = [*term.others]
    for text in term.beginnings:
        words += index.concept_vocabulary.starting_with(text)
    return {concept for word in words for concept in index.concept_words.get(word, ())}


def _in_text(term: Term, index: Index) -> int:
    bits = index.using(term.others, strongly=False)
    for text in term.beginnings:
        bits |= index.starting_with(text, strongly=False)
    return bits


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
