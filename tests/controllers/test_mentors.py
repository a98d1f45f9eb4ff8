"""Finding a mentor: the search window and a mentor's page."""

from __future__ import annotations

import urls
from tables.people import Person
from tests.cast import Browser


async def test_smoke(mentor: Person, mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)
    for path in (urls.MENTORS, urls.mentors(q="xyzzyq"), urls.mentor(mentor), urls.FAVOURITES):
        page = await window.get(path)
        assert page.status_code == 200, page.text
    window = await browser(mentor)
    for path in (urls.AVAILABILITY, urls.mentor(mentor)):
        page = await window.get(path)
        assert page.status_code == 200, page.text
