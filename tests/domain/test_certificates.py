"""What a certificate says of the way up to the official end."""

from __future__ import annotations

from datetime import UTC, date, datetime

from domain.certificates import certified
from tables.contacts import Contact
from tables.mentorships import Mentorship

PAIR = Mentorship(
    began_at=datetime(2026, 9, 1, 9, tzinfo=UTC),
    completed_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
    _ignore_missing=True,
)
FOUR = [(1, "phone", 45), (2, "written", 30), (3, "phone", 60), (4, "in_person", 90)]


def contacts(*told: tuple[int, str, int | None]) -> list[Contact]:
    return [
        Contact(
            number=number,
            kind=kind,
            minutes=minutes,
            on=date(2026, 9, 5 + number),
            _ignore_missing=True,
        )
        for number, kind, minutes in told
    ]


def test_it_tells_the_four_contacts_and_none_after() -> None:
    told = certified(PAIR, contacts(*FOUR, (5, "video", 600)))

    assert (told.began_on, told.ended_on) == (date(2026, 9, 6), date(2026, 9, 9))
    assert told.contacts == 4 and told.minutes == 225
    assert told.kinds == ("phone", "in_person", "written")


def test_half_a_sum_is_not_told() -> None:
    assert certified(PAIR, contacts(*FOUR[:3], (4, "phone", None))).minutes == 0
    assert certified(PAIR, contacts(*FOUR[:3])).minutes == 0


def test_without_rows_the_mentorship_tells() -> None:
    told = certified(PAIR, [])

    assert (told.began_on, told.ended_on) == (date(2026, 9, 1), date(2026, 11, 21))
    assert told.kinds == () and told.minutes == 0
