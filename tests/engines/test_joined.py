"""Rows with the rows they point to: Piccolo's own question, told in a tenth of the time."""

from __future__ import annotations

from typing import Any

import pytest
from piccolo.columns import ForeignKey
from piccolo.query import Objects

from engines import joined
from tables.agreements import Agreement
from tables.events import Event
from tables.inquiries import Exchange
from tables.mentorships import Mentorship
from tables.piccolo_app import TABLES

AGREED: Any = Agreement.mentorship  # beyond a first key Piccolo has no types
ASKED: Any = Exchange.inquiry
QUESTIONS: list[Objects[Any]] = [
    *(table.objects(key) for table in TABLES for key in table._meta.foreign_key_columns),
    Mentorship.objects(Mentorship.mentee, Mentorship.mentor, Mentorship.inquiry),
    Agreement.objects(AGREED, AGREED.mentee, Agreement.by),
    Exchange.objects(ASKED.mentor).where(ASKED.mentee.canton == "VD"),
    Event.objects(Event.by).where(Event.by.email == "{}").order_by(Event.by.last_name),
]


def asked() -> list[tuple[str, list[Any]]]:
    return [question.default_querystrings[0].compile_string() for question in QUESTIONS]


def test_the_question_is_piccolos_own(monkeypatch: pytest.MonkeyPatch) -> None:
    first, again = asked(), asked()
    monkeypatch.setattr(ForeignKey, "all_columns", joined._piccolos)

    assert first == again == asked()
    assert len(first) > 50


def test_what_is_left_out_is_left_out() -> None:
    columns = Mentorship.mentee.all_columns(exclude=["email"])

    names = [column._meta.name for column in columns]
    assert "last_name" in names and "email" not in names
