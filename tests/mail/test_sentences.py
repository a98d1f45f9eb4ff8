"""What the office may say in its own words: found in the templates, and never more than words."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import templating
from domain import letter_words
from i18n import speaking
from mail import samples, scenes, sentences, wording
from mail.outbox import Sender
from mail.scenes import EARLIER
from mail.sentences import Role
from tests.mail.test_wording import body, links

HOUSE = Sender("Association suisse des cadres", "mentorat@example.org", "http://localhost:8000/")
FOLDER = Path(templating.SOURCE) / "templates" / "letters"
NAMES = (*sentences.letters(), *sentences.shared())
EVERY = pytest.mark.parametrize("name", NAMES)
CASES = [(name, case) for name in NAMES for case in range(len(samples.cases(name)))]


def shown(name: str, own: wording.Own, case: int = 0) -> wording.Wording:
    return samples.written(name, own, case, HOUSE, EARLIER)


@EVERY
def test_every_sentence_of_a_template_is_found(name: str) -> None:
    source = (FOLDER / f"{name}.txt").read_text()

    assert len(sentences.of(name)) == source.count("{% trans ")
    assert len({each.key for each in sentences.of(name)}) == len(sentences.of(name))


@EVERY
def test_a_letter_has_a_subject_and_a_part_has_none(name: str) -> None:
    roles = [each.role for each in sentences.of(name)]

    assert (roles[0] == Role.SUBJECT) == (name in sentences.letters())
    if name in sentences.letters():
        assert sentences.parts(name)[-1] == sentences.SIGNATURE


@EVERY
def test_what_may_have_lines_stands_alone_on_its_own(name: str) -> None:
    lines = (FOLDER / f"{name}.txt").read_text().splitlines()

    for each in sentences.of(name):
        if each.has_lines:
            begin = re.sub(r"%\((\w+)\)s", r"{{ \1 }}", each.one)
            [line] = [line for line in lines if f"%}}{begin}{{%" in line]
            assert line.startswith("{% trans") and line.endswith("{% endtrans %}"), line


@EVERY
def test_no_sentence_is_a_letters_own_and_its_parts(name: str) -> None:
    """They are told apart by what is shipped."""
    own = {each.one for each in sentences.of(name)}

    for part in sentences.parts(name):
        assert own.isdisjoint(each.one for each in sentences.of(part))


def test_what_carries_the_letter_is_needed() -> None:
    def needed(name: str, role: Role) -> set[tuple[str, ...]]:
        return {each.needed for each in sentences.of(name) if each.role == role}

    assert needed("sign_in", Role.SUBJECT) == {("code",)}
    assert ("address",) in needed("inquiry_accepted", Role.PARAGRAPH)
    assert needed("meeting_planned", Role.SUBJECT) == {("day",)}
    assert needed("free_again", Role.SUBJECT) == {()}


@pytest.mark.parametrize("code", ["fr", "de"])
@EVERY
def test_the_office_reads_what_is_shipped(name: str, code: str) -> None:
    with speaking(code):
        for each in sentences.of(name):
            texts = each.shipped()
            assert len(texts) == len(each.fields) and all(texts)
            for text in texts:
                assert len(text) <= each.most and "%(" not in text
                assert set(wording.NAMED.findall(text)) <= set(each.words)


@pytest.mark.parametrize("code", ["fr", "de"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_every_letter_is_shown_in_every_case(name: str, case: int, code: str) -> None:
    with speaking(code):
        letter = shown(name, {}, case)

    assert f'<html lang="{code}">' in letter.html and body(letter.html) is not None
    assert letter.subject and not re.search(r"[{}]|None|%\(", letter.subject + letter.text)


@EVERY
def test_every_sentence_is_seen_in_some_case(name: str) -> None:
    seen = samples.said_in(name)

    assert [one for one, cases in seen.items() if not cases] == []
    if len(samples.cases(name)) > 1:
        assert all(case.title for case in samples.cases(name))


@EVERY
def test_what_is_filled_in_has_words_and_a_sample(name: str) -> None:
    samples_of = samples.filled_in(name, HOUSE, EARLIER)

    for each in sentences.of(name):
        for word in each.words:
            assert letter_words.filled(name, word) and samples_of[word]


def test_every_letter_has_its_title() -> None:
    assert letter_words.TITLES.keys() == set(NAMES)
    assert sum(map(len, letter_words.GROUPS.values())) == len(NAMES)


# In the office's words


def test_own_words_stand_where_the_shipped_ones_did() -> None:
    [subject, news, *_] = sentences.of("inquiry_accepted")
    own = {
        subject.one: ["Oui de {mentor}"],
        news.one: ["Quelle joie : {mentor} accepte.\n\nBravo !\nEncore !"],
    }
    letter = shown("inquiry_accepted", own)

    assert letter.subject == "Oui de Claire Favre"
    assert "Quelle joie\u202f: Claire Favre accepte.\n\nBravo\u202f!\nEncore\u202f!" in letter.text
    assert "Bravo\u202f!<br>" in letter.html


def test_a_part_is_changed_wherever_it_stands() -> None:
    [greeting] = sentences.of("_greeting")

    for name in ("inquiry_accepted", "free_again"):
        assert shown(name, {greeting.one: ["Salut {name} !"]}).text.startswith("Salut David Moser")


def test_a_sentence_may_be_left_out() -> None:
    silent = {each.one: [""] for each in sentences.of("mentorship_completed") if each.is_optional}
    letter = shown("mentorship_completed", sentences.usable("mentorship_completed", silent))

    assert [block.kind for block in letter.blocks] == ["paragraph", "button"]
    assert "\n\n\n" not in letter.text and "<li>" not in letter.html


def test_numbers_take_their_form() -> None:
    [subject, *_] = sentences.of("search_fits")
    own = {subject.one: ["Une seule!", "{count} à la fois!"]}

    assert shown("search_fits", own, 1).subject == "Une seule\u202f!"
    assert shown("search_fits", own, 0).subject == "2 à la fois\u202f!"


def test_what_is_not_known_stays_as_it_is_typed() -> None:
    [subject, *_] = sentences.of("free_again")

    own = {subject.one: ["{nobody} {0} {mentor} {{mentor}} 100 % %(mentor)s {mentor.email}"]}
    assert shown("free_again", own).subject == (
        "{nobody} {0} Claire Favre {Claire Favre} 100 % %(mentor)s {mentor.email}"
    )


def test_a_name_fills_in_nothing_further(monkeypatch: pytest.MonkeyPatch) -> None:
    [subject, *_] = sentences.of("free_again")
    person = scenes._person
    monkeypatch.setattr(
        scenes,
        "_person",
        lambda number, first, last, function: person(number, "{mentor}", "\n=> x", function),
    )

    assert shown("free_again", {subject.one: ["{mentor}!"]}).subject == "{mentor} => x\u202f!"


BREAKS = ["\n", "\n\n", "\r", "\x85", "\u2028", "\x00", " "]
SIGNS = ["=> x | http://localhost:8000/evil", "=>", "# ", "> ", ">it", "- ", "| ", "<a href='x'>"]
WORDS = ["{mentor}", "{", "}", "%s", "%(name)s", "é"]
EVIL = st.lists(st.sampled_from([*BREAKS, *SIGNS, *WORDS]), max_size=8).map("".join)


@settings(deadline=None)  # a busy machine is no mistake
@given(text=EVIL, place=st.integers(0, 30))
def test_own_words_are_never_more_than_words(text: str, place: int) -> None:
    """No button, heading, quote or item begins or is lost, and no header."""
    name = "inquiry_accepted"
    sentence = sentences.of(name)[place % len(sentences.of(name))]
    own = sentences.usable(name, {sentence.one: [text]})
    shipped, letter = shown(name, {}), shown(name, own)

    assert links(letter.html) == links(shipped.html)
    assert "\n" not in letter.subject and "Bonjour" not in letter.subject
    assert all(line for block in letter.blocks for line in block.lines if block.kind != "quote")
    before, now = kinds(shipped), kinds(letter)
    assert all(now[kind] == before[kind] for kind in ("button", "quote"))
    assert all(now[kind] <= before[kind] for kind in ("heading", "items"))


def kinds(letter: wording.Wording) -> Counter[str]:
    return Counter(block.kind for block in letter.blocks)


# What a release changes


def test_words_for_a_sentence_that_is_gone_are_set_aside() -> None:
    [subject, *_] = sentences.of("free_again")
    texts = {subject.one: ["A {mentor}"], "Une phrase d’avant": ["B"]}

    assert sentences.usable("free_again", texts) == {subject.one: ["A {mentor}"]}
    assert sentences.set_aside("free_again", texts) == {"Une phrase d’avant": ["B"]}


def test_a_sentence_that_has_a_plural_since_is_another() -> None:
    [subject, *_] = sentences.of("search_fits")

    assert sentences.usable("search_fits", {subject.one: ["Quelqu’un!"]}) == {}
    assert sentences.set_aside("search_fits", {subject.one: ["Quelqu’un!"]}) != {}


def test_a_subject_that_says_nothing_is_not_used() -> None:
    [subject, *_] = sentences.of("free_again")

    assert sentences.usable("free_again", {subject.one: [""]}) == {}
