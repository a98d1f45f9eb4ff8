"""Why somebody is found: matched words in the text people wrote, and plain facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from search.concepts import Concept
from search.facets import Query
from search.folding import TOKEN, WORD, composed, parts
from search.index import Index
from search.words import Matches

EXCERPT = 160  # signs of the free text around the first found word
AROUND = 50

What = Literal["function", "topic", "about", "sector", "canton", "role", "language", "same_sector"]


@dataclass(frozen=True)
class Segment:
    """A piece of text, as it was written; never HTML."""

    text: str
    is_match: bool = False


Segments = tuple[Segment, ...]
FoundName = tuple[Segments, str]


@dataclass(frozen=True)
class Reason:
    """`text` is a name in the reader's language (or an excerpt), `via` the name that was found
    when it is another one: «Conduite d’équipe», via «Führung»."""

    what: What
    text: Segments
    via: str = ""


@dataclass(frozen=True)
class ShownTopic:
    key: str
    text: Segments


class Marker:
    """Marks whole words: half a marked word is read badly aloud."""

    def __init__(self, matches: Matches) -> None:
        self._terms = matches.terms
        self._concepts = matches.concepts
        self._in_text = matches.in_text
        # Twenty cards share topics and many words.
        self._found_words: dict[str, bool] = {}
        self._found_names: dict[tuple[Concept, str], FoundName | None] = {}

    def mark(self, text: str) -> Segments:
        if not self._terms:
            return (Segment(text),)
        text = composed(text)
        made: list[Segment] = []
        done = 0
        for start, end in self._found(text):
            if start > done:
                made.append(Segment(text[done:start]))
            made.append(Segment(text[start:end], is_match=True))
            done = end
        if done < len(text):
            made.append(Segment(text[done:]))
        return tuple(made)

    def excerpt(self, text: str, place: int) -> Segments:
        """Nothing when no word is found."""
        if not self._in_text >> place & 1:
            return ()
        text = composed(text)
        first = next(iter(self._found(text)), None)
        if first is None:
            return ()
        start = _word_start(text, first[0] - AROUND)
        end = _word_end(text, start + EXCERPT)
        cut = " ".join(text[start:end].split())
        return self.mark(("… " if start else "") + cut + (" …" if end < len(text) else ""))

    def name(self, concept: Concept, language: str) -> FoundName | None:
        """In the reader's language; found by another name, it is marked as a whole."""
        if concept not in self._concepts:
            return None
        if (concept, language) not in self._found_names:
            self._found_names[concept, language] = self._name(concept, language)
        return self._found_names[concept, language]

    def times(self, concept: Concept) -> int:
        """How many of the words mean it."""
        return self._concepts.get(concept, 0)

    def _name(self, concept: Concept, language: str) -> FoundName | None:
        own = concept.name_in(language)
        marked = self.mark(own)
        if is_marked(marked):
            return marked, ""
        for label in concept.labels:
            if any(map(self._is_found, label.words)):
                return (Segment(own, is_match=True),), label.text
        return None

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        for match in TOKEN.finditer(text):
            if self._knows(match.group()):
                yield from self._within(match.group(), match.start())

    def _knows(self, token: str) -> bool:
        found = self._found_words.get(token)
        if found is None:
            found = self._found_words[token] = any(map(self._is_found, parts(token)))
        return found

    def _within(self, token: str, start: int) -> Iterator[tuple[int, int]]:
        """Of «Jean-Luc» only what was looked for."""
        several = list(WORD.finditer(token))
        if len(several) == 1 or self._is_found(parts(token)[0]):
            yield start, start + len(token)
            return
        for match in several:
            if self._knows(match.group()):
                yield start + match.start(), start + match.end()

    def _is_found(self, word: str) -> bool:
        return any(term.is_in(word) for term in self._terms)


def is_marked(segments: Segments) -> bool:
    return any(segment.is_match for segment in segments)


def shown(index: Index, numbers: Iterable[int]) -> list[Concept]:
    """A mentor's topics in the tree's order."""
    topics = [index.topics[number] for number in numbers if number in index.topics]
    return sorted(topics, key=lambda topic: (_branch_position(index, topic), topic.position))


def of_topics(
    topics: Sequence[Concept], marker: Marker, query: Query, index: Index, language: str
) -> tuple[list[ShownTopic], list[Reason]]:
    """The card's topics, marked; and why: by a word, by the branch's name, or by the filter.
    Of several words' topics only those that most of them mean: a card has little room."""
    shown: list[ShownTopic] = []
    why: dict[Concept, Reason] = {}
    for topic in topics:
        branch = index.topics.get(topic.branch) if topic.branch is not None else None
        text: Segments = (Segment(topic.name_in(language)),)
        if found := marker.name(topic, language):
            text, via = found
            why[topic] = Reason("topic", text, via)
        elif branch and (found := marker.name(branch, language)):
            why[branch] = Reason("topic", *found)
        elif topic.key in query.topics or (branch and branch.key in query.topics):
            text = (Segment(topic.name_in(language), is_match=True),)
            why[topic] = Reason("topic", text)
        shown.append(ShownTopic(topic.key, text))
    most = max(map(marker.times, why), default=0)
    return shown, [reason for concept, reason in why.items() if marker.times(concept) == most]


def of_choices(
    what: Literal["sector", "canton", "role", "language"],
    keys: Iterable[str],
    marker: Marker,
    wanted: Iterable[str],
    index: Index,
    language: str,
) -> list[Reason]:
    """Found by a word, or wanted by a filter."""
    why = []
    for key in keys:
        concept = index.concepts.get((what, key))
        if concept is None:
            continue
        if found := marker.name(concept, language):
            why.append(Reason(what, *found))
        elif key in wanted:
            why.append(Reason(what, (Segment(concept.name_in(language), is_match=True),)))
    return why


def _branch_position(index: Index, topic: Concept) -> int:
    branch = index.topics.get(topic.branch) if topic.branch is not None else None
    return branch.position if branch else topic.position


def _word_start(text: str, place: int) -> int:
    return text.find(" ", place) + 1 if place > 0 else 0


def _word_end(text: str, place: int) -> int:
    return len(text) if place >= len(text) else max(text.rfind(" ", 0, place), 0)
