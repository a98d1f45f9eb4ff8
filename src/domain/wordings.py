"""The letters' texts in the office's hands: said in its own words, sentence by sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import clock
import i18n
from domain import history
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, EditedMeanwhile, insist
from i18n import gettext
from mail import outbox, samples, sentences
from mail.sentences import Sentence as Sentence
from mail.wording import NAMED as NAMED
from mail.wording import SIGNS as SIGNS
from mail.wording import Own, as_trial
from mail.wording import Wording as Shown
from tables.people import Person
from tables.transaction import hold_word, transaction
from tables.wordings import Wording, written

TWICE = 20_000  # milliseconds in which the same trial is one


class State(NamedTuple):
    """Of a letter in one language."""

    language: str
    changed: int
    aside: int


class Case(NamedTuple):
    """`title` says what is so; `sentences`: the shipped ones that a letter then holds."""

    title: str
    sentences: frozenset[str]


def knows(name: str) -> bool:
    return name in sentences.letters() or name in sentences.shared()


def outline(name: str) -> Sequence[Sentence | str]:
    """Of a letter: its sentences, and the names of the parts that it shares with others."""
    return sentences.outline(name)


def sentences_of(name: str) -> Sequence[Sentence]:
    return sentences.of(name)


def shipped(sentence: Sentence, language: str) -> tuple[str, ...]:
    with i18n.speaking(language):
        return sentence.shipped()


def cases(name: str) -> list[Case]:
    """What a letter says depends on what happened; most know one case."""
    said = samples.said_in(name)
    return [
        Case(
            gettext(case.title) if case.title else "",
            frozenset(one for one, where in said.items() if number in where),
        )
        for number, case in enumerate(samples.cases(name))
    ]


async def states() -> dict[str, list[State]]:
    """Of the letters that are no longer wholly as shipped."""
    found: dict[str, list[State]] = {}
    for row in await Wording.objects().order_by(Wording.name, Wording.language):
        if knows(row.name) and row.language in i18n.offered() and row.sentences:
            aside = len(sentences.set_aside(row.name, row.sentences))
            state = State(row.language, len(row.sentences) - aside, aside)
            found.setdefault(row.name, []).append(state)
    return found


async def kept(name: str, language: str) -> Wording:
    """A new one, of version 0, where nothing was changed yet."""
    here = (Wording.name == name) & (Wording.language == language)
    row = await Wording.objects(Wording.changed_by).where(here).first()
    return row or Wording(name=name, language=language, version=0, changed_at=clock.EPOCH)


def texts(name: str, language: str, own: Mapping[str, Sequence[str]]) -> Own:
    """Every sentence: in the office's words, else as shipped."""
    said = sentences.usable(name, own)
    return {each.one: said.get(each.one) or shipped(each, language) for each in sentences.of(name)}


def set_aside(name: str, own: Mapping[str, Sequence[str]]) -> Own:
    """What a release has left without its sentence."""
    return sentences.set_aside(name, own)


async def write(
    name: str,
    language: str,
    typed: Mapping[str, Sequence[str]],
    *,
    seen: int,
    by: Person,
    now: datetime,
) -> None:
    """`seen`: the version on the page. The same once more changes nothing. Raises
    EditedMeanwhile."""
    insist(may_settle(by) and knows(name) and language in i18n.offered())
    async with transaction():
        row = await _held(name, language)
        own = {
            **sentences.set_aside(name, row.sentences),
            **_changed(name, language, typed),
        }
        if own == row.sentences:
            return
        _insist_seen(row, seen)
        await _keep(row, own, by, now)
        await history.record("wording.write", row, by, now)


async def revert(name: str, language: str, *, seen: int, by: Person, now: datetime) -> None:
    """The whole letter as shipped. Raises AlreadySettled, EditedMeanwhile."""
    insist(may_settle(by) and knows(name))
    async with transaction():
        row = await _held(name, language)
        if not row.sentences:
            raise AlreadySettled
        _insist_seen(row, seen)
        await _keep(row, {}, by, now)
        await history.record("wording.revert", row, by, now)


async def clear(name: str, language: str, *, seen: int, by: Person, now: datetime) -> None:
    """What was set aside by a release goes. Raises AlreadySettled, EditedMeanwhile."""
    insist(may_settle(by) and knows(name))
    async with transaction():
        row = await _held(name, language)
        aside = sentences.set_aside(name, row.sentences)
        if not aside:
            raise AlreadySettled
        _insist_seen(row, seen)
        own = {one: forms for one, forms in row.sentences.items() if one not in aside}
        await _keep(row, own, by, now)
        await history.record("wording.clear", row, by, now)


async def shown(
    name: str, language: str, typed: Mapping[str, Sequence[str]], case: int, now: datetime
) -> Shown:
    """As it would be sent in these words, filled with made-up people."""
    host = samples.HOSTS.get(name, name)
    around = [each for each in (host, *sentences.parts(host)) if each != name]
    rows = (Wording.language == language) & Wording.name.is_in(around)
    own = sentences.joined(await Wording.objects().where(rows))
    house = await outbox.sender(language)
    with i18n.speaking(language):
        return samples.written(name, {**own, **sentences.usable(name, typed)}, case, house, now)


async def filled_in(name: str, language: str, now: datetime) -> Mapping[str, str]:
    """For each word in braces what may stand there."""
    house = await outbox.sender(language)
    with i18n.speaking(language):
        return samples.filled_in(name, house, now)


async def try_out(
    name: str,
    language: str,
    typed: Mapping[str, Sequence[str]],
    case: int,
    *,
    by: Person,
    now: datetime,
) -> None:
    """To one's own address, kept or not. A double tap is one letter."""
    insist(may_settle(by) and knows(name) and language in i18n.offered())
    letter = await shown(name, language, typed, case, now)
    with i18n.speaking(language):
        note = gettext("Ceci est un essai: les noms, les dates et les liens sont inventés.")
        letter = as_trial(letter, gettext("Essai:"), note)
    said = hashlib.sha256(letter.html.encode()).hexdigest()[:24]
    key = f"trial:{by.id}:{said}:{clock.milliseconds(now) // TWICE}"
    async with transaction():
        if await outbox.post_trial(name, key, by, language, now, letter):
            await history.record("person.try_letter", by, by, now)


async def _held(name: str, language: str) -> Wording:
    await hold_word(f"wording:{name}:{language}")
    return await kept(name, language)


async def _keep(row: Wording, own: Own, by: Person, now: datetime) -> None:
    row.source, row.version = written(own), row.version + 1
    row.changed_at, row.changed_by = now, by.id
    await row.save()


def _insist_seen(row: Wording, seen: int) -> None:
    if row.version != seen:
        raise EditedMeanwhile


def _changed(name: str, language: str, typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Only what isn't as shipped."""
    with i18n.speaking(language):
        return {
            each.one: list(typed[each.one])
            for each in sentences.of(name)
            if list(map(i18n.typeset, typed[each.one])) != list(map(i18n.typeset, each.shipped()))
        }
