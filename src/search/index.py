"""Each process's own index: words, filters and topics of all mentors, as fresh as the rows.

Why not the engines' full text: measured at 100,000 mentors on the same machine, milliseconds
for the numbers of those found alone, without topics, filters, counts, order:

    typed       FTS5   tsvector   here, with topics, sectors, cantons and compounds
    strategie    0.9        3.8    0.9
    conduit      2.1        9.3    0.9
    con           17         89    1.0   (28 the first time)
    m             40        118    2.2   (111 the first time)

Here every set of mentors is one number, so filters and their counts are ANDs. And nothing derived
is stored: no restore, import or new version of the folding leaves a stale index behind. The price
is reading all rows at the start: a tenth of a second for a thousand mentors, some 120 megabytes
and ten seconds for 100,000. Later each search asks one small question: who changed (changes.py).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search import changes, concepts
from search.bits import NOBODY, Places, union
from search.concepts import Concept
from search.folding import TOKEN, composed, parts, words
from search.vocabulary import Vocabulary, learn
from tables.people import Standing
from tables.profiles import Profile, ProfileTopic, State
from tables.search_changes import SearchChange

if TYPE_CHECKING:
    from search.rotation import Day

AT_ONCE = 500
REMEMBERED = 512
LEFT_OVER = 1000  # places of those who changed, before all is read anew

SHOWN = f"""
SELECT profiles.id, profiles.person, people.first_name, people.last_name, people.function,
    people.sector, people.canton, profiles.about, profiles.languages, profiles.kinds,
    profiles.roles, profiles.is_busy
FROM profiles JOIN people ON people.id = profiles.person
WHERE profiles.state = '{State.RELEASED}' AND people.standing = '{Standing.ACTIVE}'
    AND people.paused_at IS NULL
"""

Rows = list[dict[str, Any]]


class Column:
    """Words of some of the texts. `adding` is for reading a hundred thousand rows: from a word
    as it is spelled straight to where its mentors are kept."""

    def __init__(self) -> None:
        self.using: defaultdict[str, Places] = defaultdict(Places)
        self.adding: dict[str, list[Callable[[int], None]]] = {}


class Index:
    """Sets of mentors are the bits of one number; a mentor who changes gets a new place in them."""

    def __init__(self) -> None:
        self.shown = 0
        self.free = 0
        self.profiles: list[int] = []
        self.topics_of: list[tuple[int, ...]] = []
        self.place_of: dict[int, int] = {}  # by profile
        self.place_of_person: dict[int, int] = {}
        self.day: Day | None = None
        self.vocabulary = Vocabulary()
        self.topics: dict[int, Concept] = {}
        self.concepts: dict[tuple[str, str], Concept] = {}
        self.concept_words: dict[str, list[Concept]] = {}
        self.concept_vocabulary = Vocabulary()
        self._strong = Column()
        self._weak = Column()
        self._chosen: defaultdict[tuple[str, str], Places] = defaultdict(_choice_places)
        self._ticked: defaultdict[int, Places] = defaultdict(_choice_places)
        self._leaves: dict[int, list[int]] = {}
        self._people: list[int] = []
        self._digests: list[int] = []
        self._prefixes: dict[tuple[Column, str], int] = {}
        self._seen = 0
        self._all = 0
        self._applied = 0
        self._done: dict[str, int] = {}
        self._doubtful: set[str] = set()

    # Sets of mentors

    def who(self, concept: Concept) -> int:
        """A branch stands for its leaves too."""
        if concept.kind != "topic":
            return self.chose(concept.kind, concept.key)
        bits = self.ticked(concept)
        for leaf in self.leaves_of(concept.number):
            bits |= self._ticked.get(leaf, NOBODY).bits
        return bits

    def ticked(self, topic: Concept) -> int:
        return self._ticked.get(topic.number, NOBODY).bits

    def leaves_of(self, branch: int) -> list[int]:
        return self._leaves.get(branch, [])

    def chose(self, kind: str, key: str) -> int:
        return self._chosen.get((kind, key), NOBODY).bits

    def using(self, wanted: Iterable[str], *, strongly: bool) -> int:
        """In name or function strongly, else in the free text."""
        using = (self._strong if strongly else self._weak).using
        return union(using[word] for word in wanted if word in using)

    def starting_with(self, prefix: str, *, strongly: bool) -> int:
        """Remembered: «a» unites thousands of words, and everybody types it."""
        column = self._strong if strongly else self._weak
        kept = self._prefixes.pop((column, prefix), None)
        if kept is None:
            kept = self.using(self.vocabulary.starting_with(prefix), strongly=strongly)
            if len(self._prefixes) >= REMEMBERED:
                del self._prefixes[next(iter(self._prefixes))]
        self._prefixes[column, prefix] = kept  # at the end: the least used goes first
        return kept

    def is_used(self, word: str) -> bool:
        """By somebody who is shown: words of those who changed stay known."""
        if word in self.concept_words:
            return True
        both = self.using([word], strongly=True) | self.using([word], strongly=False)
        return bool(both & self.shown)

    # Reading

    async def load(self) -> None:
        self._all = await _all()
        self._seen = (await changes.since(2**62)).seen
        self._take(await concepts.topics())
        after = 0
        while rows := await Profile.raw(
            f"{SHOWN} AND profiles.id > {{}} ORDER BY profiles.id LIMIT {AT_ONCE}", after
        ):
            last = rows[-1]["id"]
            self._put(rows, await _ticks("profile > {} AND profile <= {}", after, last))
            after = last
            await asyncio.sleep(0)  # others have their turn

    async def refresh(self, *, inside: bool) -> bool:
        """False when all must be read anew. `inside` a transaction we see rows that may never
        be kept: they are read again the next time."""
        while True:
            asked, applied = self._seen, self._applied
            changed = await changes.since(asked)
            if changed.seen < asked or changed.about.pop("all", self._all) != self._all:
                return False
            about = self._doubtful | {
                text
                for text, version in changed.about.items()
                if inside or self._done.get(text) != version
            }
            people = changes.numbers(about, "person")
            profiles = changes.numbers(about, "profile")
            rows, ticks = await _read(profiles, people) if people or profiles else ([], [])
            topics = await concepts.topics() if "topics" in about else None
            if applied != self._applied:
                continue  # another search was quicker, and ours may be older rows than its
            if about:
                self._applied += 1
                self._replace(profiles, people, rows, ticks)
            if topics is not None:
                self._take(topics)
            if inside:
                self._doubtful |= about
            else:
                self._doubtful.clear()
                self._seen = max(self._seen, changed.seen)
                self._done = changed.about
            return len(self.profiles) <= 2 * len(self.place_of) + LEFT_OVER

    # Taking in what was read; nothing here waits, so a search never sees half of it

    def _take(self, topics: dict[int, Concept]) -> None:
        self.topics = topics
        self._leaves = {}
        for topic in topics.values():
            if topic.branch is not None:
                self._leaves.setdefault(topic.branch, []).append(topic.number)
        everything = [*topics.values(), *concepts.fixed()]
        self.concepts = {(concept.kind, concept.key): concept for concept in everything}
        self.concept_words = {}
        self.concept_vocabulary = Vocabulary()
        for concept in everything:
            for label in concept.labels:
                for token in TOKEN.findall(label.text):
                    learn(self.concept_vocabulary, token)
                for word in label.words:
                    found = self.concept_words.setdefault(word, [])
                    if concept not in found:
                        found.append(concept)

    def _replace(
        self, profiles: Collection[int], people: Collection[int], rows: Rows, ticks: Rows
    ) -> None:
        here = {row["id"] for row in rows}
        # A set: of one mentor both the person and the profile may have changed.
        places = {self.place_of.get(profile) for profile in profiles}
        places |= {self.place_of_person.get(person) for person in people}
        for place in places:
            if place is not None and self.profiles[place] not in here:
                self._remove(place)
        self._put(rows, ticks)

    def _put(self, rows: Rows, ticks: Rows) -> None:
        topics: dict[int, list[int]] = {}
        for tick in ticks:
            topics.setdefault(tick["profile"], []).append(tick["topic"])
        for row in rows:
            ticked = tuple(topics.get(row["id"], ()))
            # A different number each run, the same within: enough to see who only turned busy.
            digest = hash((*(row[name] for name in row if name != "is_busy"), ticked))
            place = self.place_of.get(row["id"])
            if place is not None and self._digests[place] != digest:
                self._remove(place)
                place = None
            if place is None:
                place = self._add(row, ticked, digest)
            if row["is_busy"]:
                self.free &= ~(1 << place)
            else:
                self.free |= 1 << place

    def _add(self, row: dict[str, Any], ticked: tuple[int, ...], digest: int) -> int:
        place = len(self.profiles)
        self.profiles.append(row["id"])
        self._people.append(row["person"])
        self.topics_of.append(ticked)
        self._digests.append(digest)
        self.place_of[row["id"]] = place
        self.place_of_person[row["person"]] = place
        self.shown |= 1 << place
        for number in ticked:
            self._ticked[number].add(place)
        for choice in _choices(row):
            self._chosen[choice].add(place)
        name = f"{row['first_name']} {row['last_name']}"
        self._use(self._strong, place, f"{name} {row['function']}")
        self._use(self._weak, place, row["about"])
        return place

    def _use(self, column: Column, place: int, text: str) -> None:
        for spelled in set(TOKEN.findall(composed(text))):
            for add in column.adding.get(spelled) or self._learn(column, spelled):
                add(place)
        if self._prefixes:
            self._remember(column, place, words(text))

    def _learn(self, column: Column, spelled: str) -> list[Callable[[int], None]]:
        learn(self.vocabulary, spelled)
        column.adding[spelled] = [column.using[word].add for word in parts(spelled)]
        return column.adding[spelled]

    def _remember(self, column: Column, place: int, used: Iterable[str]) -> None:
        bit = 1 << place
        for prefix in {word[:length] for word in used for length in range(1, len(word) + 1)}:
            if (column, prefix) in self._prefixes:
                self._prefixes[column, prefix] |= bit

    def _remove(self, place: int) -> None:
        self.shown &= ~(1 << place)
        self.free &= ~(1 << place)
        del self.place_of[self.profiles[place]]
        del self.place_of_person[self._people[place]]


@dataclass
class Kept:
    """This process's index of a database; `loading` while somebody reads it."""

    engine: Any
    index: Index | None = None
    loading: asyncio.Future[None] | None = None

    async def loaded(self) -> Index:
        """Whoever comes meanwhile waits for the same reading."""
        while self.index is None:
            if self.loading is not None:
                await asyncio.wait([self.loading])
                continue
            self.loading = asyncio.get_running_loop().create_future()
            try:
                index = Index()
                await index.load()
                self.index = index  # whole, or another tries anew
            finally:
                self.loading.set_result(None)
                self.loading = None
        return self.index


_kept: Kept | None = None


async def fresh() -> Index:
    """The index as the rows are now; inside a transaction, as this transaction sees them."""
    kept = _of(changes.engine())
    inside = kept.engine.current_transaction.get() is not None
    if inside and kept.index is None:
        index = Index()  # nobody else may see what this transaction sees
        await index.load()
        return index
    index = await kept.loaded()
    if not await index.refresh(inside=inside):
        if kept.index is index:
            kept.index = None
        return await fresh()
    return index


async def reindex(profile_id: int) -> None:
    """Within the transaction that changed something. The triggers see to it as well."""
    await changes.note(f"profile {profile_id}")


async def reindex_all() -> None:
    """Every process reads everything anew at its next search."""
    await changes.note("all")


def forget() -> None:
    global _kept
    _kept = None


def _of(engine: Any) -> Kept:
    global _kept
    if _kept is None or _kept.engine is not engine:
        _kept = Kept(engine)
    return _kept


def _choice_places() -> Places:
    return Places(is_kept=True)


def _choices(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("sector", row["sector"]),
        ("canton", row["canton"]),
        *(("language", code) for code in dict.fromkeys(row["languages"].split())),
        *(("kind", code) for code in dict.fromkeys(row["kinds"].split())),
        *(("role", code) for code in dict.fromkeys(row["roles"].split())),
    ]


async def _read(profiles: Collection[int], people: Collection[int]) -> tuple[Rows, Rows]:
    """The changed ones who are shown. Numbers of ours: they may stand in the statement."""
    either = f"profiles.id IN ({_listed(profiles)}) OR profiles.person IN ({_listed(people)})"
    rows = await Profile.raw(f"{SHOWN} AND ({either}) ORDER BY profiles.id")
    if not rows:
        return [], []
    return rows, await _ticks(f"profile IN ({_listed([row['id'] for row in rows])})")


async def _ticks(where: str, *values: int) -> Rows:
    rows: Rows = await ProfileTopic.raw(
        f"SELECT profile, topic FROM profile_topics WHERE {where} ORDER BY profile, topic", *values
    )
    return rows


async def _all() -> int:
    row = await SearchChange.select(SearchChange.version).where(SearchChange.about == "all").first()
    return row["version"] if row else 0


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(map(str, numbers)) or "NULL"
