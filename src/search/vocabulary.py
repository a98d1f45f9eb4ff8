"""Known words: in order for prefixes, by length for typing errors, as one text for compounds."""

from __future__ import annotations

from bisect import bisect_left, insort

from search.folding import WORD, parts


class Vocabulary:
    def __init__(self) -> None:
        self.known: set[str] = set()
        self.spelled: dict[str, str] = {}
        self._ordered: list[str] = []
        self._by_length: dict[int, list[str]] = {}
        self._text = "\n"
        self._untexted: list[str] = []
        self._unordered: list[str] = []

    def add(self, word: str, spelled: str) -> None:
        before = self.spelled.get(word)
        if before is None or _plainer(spelled) < _plainer(before):
            self.spelled[word] = spelled
        if word not in self.known:
            self.known.add(word)
            self._unordered.append(word)
            self._by_length.setdefault(len(word), []).append(word)
            self._untexted.append(word)

    def starting_with(self, prefix: str) -> list[str]:
        self._order()
        first = bisect_left(self._ordered, prefix)
        return self._ordered[first : bisect_left(self._ordered, prefix + "\U0010ffff")]

    def of_length(self, length: int) -> list[str]:
        return self._by_length.get(length, [])

    def containing(self, part: str) -> list[str]:
        """Words with it behind their first letter: the others start with it."""
        if self._untexted:
            self._text += "\n".join((*self._untexted, ""))
            self._untexted.clear()
        text, found, place = self._text, [], self._text.find(part)
        while place >= 0:
            end = text.index("\n", place)
            start = text.rindex("\n", 0, place) + 1
            if start < place:
                found.append(text[start:end])
            place = text.find(part, end)
        return found

    def _order(self) -> None:
        if len(self._unordered) > 1000:
            self._ordered = sorted(self.known)
        else:
            for word in self._unordered:
                insort(self._ordered, word)
        self._unordered.clear()


def learn(vocabulary: Vocabulary, token: str) -> None:
    several = WORD.findall(token)
    for part in several:
        for word in parts(part):
            vocabulary.add(word, part)
    if len(several) > 1:
        vocabulary.add(parts(token)[0], token)


def _plainer(spelled: str) -> tuple[bool, str]:
    """«Führung» rather than «FÜHRUNG», whoever came first."""
    return spelled.isupper(), spelled
