"""A mentor's own profile: half written, handed in, taken back."""

from __future__ import annotations

import html
from typing import Any

import pytest

import urls
from domain import profiles
from tables.events import Event
from tables.people import Person
from tables.profiles import Profile, ProfileTopic, State
from tests.cast import HTMX, Browser
from tests.factories import make_person, make_profile

WHOLE: dict[str, Any] = {
    "about": "Vingt ans à conduire des équipes; j’écoute d’abord.",
    "years": "20",
    "languages": ["de", "fr"],
    "kinds": ["phone"],
    "roles": ["companion"],
    "topics": ["first-leadership-role", "leadership-style"],
    "capacity": "2",
}


async def own(person: Person) -> Profile:
    profile = await profiles.of(person)
    assert profile is not None
    return profile


async def test_a_draft_may_be_as_empty_as_one_likes(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    page = await window.get(urls.PROFILE)
    piece = await window.post(urls.PROFILE, data={"about": "Plus tard"}, headers=HTMX)
    again = await window.post(urls.PROFILE, data={})
    profile = await own(mentee)

    assert page.status_code == 200 and "Devenir mentor" in page.text
    assert piece.status_code == 200 and "Enregistré" in piece.text and "Plus tard" in piece.text
    assert again.status_code == 303 and await Profile.count() == 1
    assert profile.state == State.DRAFT and profile.capacity == 1 and profile.about == ""


async def test_everything_said_is_kept_and_shown_again(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    await window.post(urls.PROFILE, data=WHOLE)
    page = html.unescape((await window.get(urls.PROFILE)).text)
    profile = await own(mentee)

    assert profile.spoken == ["fr", "de"] and profile.offered == ["companion"]
    assert (profile.years, profile.capacity) == (20, 2)
    assert [topic.key for topic in await profiles.topics_of(profile)] == WHOLE["topics"]
    assert WHOLE["about"] in page
    assert 'value="first-leadership-role" checked' in page
    assert 'value="leading-leaders" checked' not in page


async def test_handing_in_names_what_is_missing_and_keeps_the_rest(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    half = {"about": "", "languages": ["fr"], "capacity": "1"}

    piece = await window.post(urls.PROFILE_SUBMISSION, data=half, headers=HTMX)
    page = await window.post(urls.PROFILE_SUBMISSION, data=half)
    profile = await own(mentee)

    assert piece.status_code == page.status_code == 422 and "<html" in page.text
    for name in ("about", "kinds", "roles", "topics"):
        assert f'id="{name}-error"' in piece.text
    assert 'id="languages-error"' not in piece.text
    assert profile.state == State.DRAFT and profile.spoken == ["fr"]


async def test_a_whole_profile_is_handed_in_once(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    first = await window.post(urls.PROFILE_SUBMISSION, data=WHOLE, headers=HTMX)
    again = await window.post(urls.PROFILE_SUBMISSION, data=WHOLE, headers=HTMX)
    profile = await own(mentee)
    deeds = [event.what for event in await Event.objects().order_by(Event.id)]

    assert first.status_code == 200 and "Envoyé au secrétariat" in first.text
    assert again.status_code == 409
    assert profile.state == State.HANDED_IN and profile.handed_in_at
    assert deeds.count("profile.hand_in") == 1


async def test_without_the_norms_the_profile_is_kept_and_the_norms_are_next(
    founded: None, browser: Browser
) -> None:
    person = await make_person(has_accepted=False)
    window = await browser(person)

    answer = await window.post(urls.PROFILE_SUBMISSION, data=WHOLE)

    assert answer.headers["location"] == "/norms?next=%2Fprofile"
    assert (await own(person)).state == State.DRAFT and (await own(person)).about


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"about": "x" * 3001}, "about"),
        ({"years": "many"}, "years"),
        ({"years": "71"}, "years"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "10"}, "capacity"),
        ({"capacity": "9" * 5000}, "capacity"),
    ],
)
@pytest.mark.parametrize("address", [urls.PROFILE, urls.PROFILE_SUBMISSION])
async def test_what_cannot_be_kept_is_said_and_the_typed_text_stays(
    address: str, said: dict[str, str], wrong: str, mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)

    answer = await window.post(address, data=WHOLE | said, headers=HTMX)

    assert answer.status_code == 422 and f'id="{wrong}-error"' in answer.text
    assert 'value="leadership-style" checked' in answer.text
    assert await Profile.count() == 0


async def test_a_form_with_a_mistake_hands_in_nothing(mentee: Person, browser: Browser) -> None:
    """Not even the draft as it was saved before."""
    window = await browser(mentee)
    await window.post(urls.PROFILE, data=WHOLE)

    answer = await window.post(urls.PROFILE_SUBMISSION, data=WHOLE | {"years": "many"})
    profile = await own(mentee)

    assert answer.status_code == 422 and 'id="years-error"' in answer.text
    assert profile.state == State.DRAFT and profile.years == 20


@pytest.mark.parametrize("state", [State.HANDED_IN, State.RELEASED])
async def test_what_others_see_cannot_be_emptied(
    state: State, mentee: Person, browser: Browser
) -> None:
    await make_profile(mentee, state=state, about="J’écoute d’abord.")
    window = await browser(mentee)

    for address in (urls.PROFILE, urls.PROFILE_SUBMISSION):
        answer = await window.post(address, data=WHOLE | {"about": "", "topics": []})
        assert answer.status_code == 422 and 'id="about-error"' in answer.text
        assert 'id="topics-error"' in answer.text and 'id="roles-error"' not in answer.text
    profile = await own(mentee)

    assert profile.about == "J’écoute d’abord." and profile.state == state
    assert (await window.post(urls.PROFILE, data=WHOLE)).status_code == 303


async def test_choices_nobody_offered_are_dropped(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)
    foreign = {"topics": ["no-such", "leadership"], "roles": ["boss"], "languages": ["xx"]}

    await window.post(urls.PROFILE, data=WHOLE | foreign)
    profile = await own(mentee)

    assert profile.spoken == [] and profile.offered == [] and await ProfileTopic.count() == 0


async def test_a_published_profile_is_taken_back(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)

    answer = await window.post(urls.PROFILE_WITHDRAWAL, headers=HTMX)
    again = await window.post(urls.PROFILE_WITHDRAWAL, headers=HTMX)
    profile = await own(mentor)

    assert answer.status_code == 204 and answer.headers["hx-redirect"] == urls.PROFILE
    assert again.status_code == 409 and profile.state == State.DRAFT


async def test_a_refused_profile_may_be_mended_and_handed_in_again(
    mentee: Person, browser: Browser
) -> None:
    await make_profile(mentee, state=State.REFUSED)
    window = await browser(mentee)

    page = await window.get(urls.PROFILE)
    answer = await window.post(urls.PROFILE_SUBMISSION, data=WHOLE)

    assert "n’a pas publié" in page.text and answer.status_code == 303
    assert (await own(mentee)).state == State.HANDED_IN


async def test_a_retired_topic_stays_with_whom_it_has(mentor: Person, browser: Browser) -> None:
    from tables.topics import Topic

    retired = Topic.key.is_in(["leadership-style", "leading-leaders"])
    await Topic.update({Topic.is_retired: True}).where(retired)
    window = await browser(mentor)

    page = (await window.get(urls.PROFILE)).text

    assert 'value="leadership-style" checked' in page and 'value="leading-leaders"' not in page


async def test_who_has_no_profile_takes_none_back(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    answer = await window.post(urls.PROFILE_WITHDRAWAL)

    assert answer.status_code == 404
    assert await Profile.count() == 0 and await Event.count() == 0
