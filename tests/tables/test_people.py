"""What somebody is called where there is little room."""

from __future__ import annotations

import pytest

import clock
from tables.people import Person


@pytest.mark.parametrize(
    ("first", "last", "short", "initials"),
    [
        ("Claire", "Favre", "Claire F.", "CF"),
        ("Monika", "von Arx", "Monika v. A.", "MA"),
        ("Anne", "de la Tour du Pin", "Anne d. l. T.", "AT"),
        ("Grégory", "Da Silva", "Grégory D.", "GD"),
        ("Élodie", "Blanc-Martin", "Élodie B.", "ÉB"),
        ("Kim", "arif", "Kim a.", "KA"),
        ("Sade", "", "Sade", "S"),
    ],
)
def test_short_forms(first: str, last: str, short: str, initials: str) -> None:
    person = Person(first_name=first, last_name=last, created_at=clock.now())

    assert (person.short_name, person.initials) == (short, initials)
