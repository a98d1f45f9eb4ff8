"""A CV on the web: sent with care, shown to two kinds of people alone, harmless to both."""

from __future__ import annotations

import gc
import html
import re
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

import urls
from domain import documents, profiles
from forms.documents import MOST, CvForm
from tables.documents import Document, DocumentFile
from tables.events import Event
from tables.people import Person
from tables.profiles import Profile, State
from tests import papers
from tests.cast import HTMX, Browser
from tests.factories import make_person, make_profile

CV = papers.pdf("Claire Favre", pages=2)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
HTML = b"<!doctype html><script>alert(1)</script>"
# What is wrong, and what is said about it beside the field.
WRONG = {
    "nothing": ([], "Choisissez un fichier."),
    "empty": ([b""], "Ce fichier est vide."),
    "a picture": ([PNG], "n’est pas un PDF"),
    "a page": ([HTML], "n’est pas un PDF"),
    "both": ([CV + HTML], "n’est pas un PDF"),
    "both, turned round": ([HTML + CV], "n’est pas un PDF"),
    "locked": ([papers.locked()], "mot de passe"),
    "broken": ([b"%PDF-1.7\nno\n%%EOF"], "ne s’ouvre pas bien"),
    "without pages": ([papers.without_pages()], "ne s’ouvre pas bien"),
    "one byte too many": ([CV[:-7].ljust(MOST - 6, b"\n") + b"\n%%EOF\n"], "trop lourd"),
    "two": ([CV, papers.pdf("Another")], "Choisissez un seul fichier."),
}


def files(*contents: bytes, name: str = "CV.pdf", kind: str = "application/pdf") -> Any:
    return [("cv", (name, content, kind)) for content in contents]


async def send(window: httpx.AsyncClient, *contents: bytes, **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    return await window.post(urls.CV, files=files(*contents, **more), headers=headers)


async def kept(person: Person) -> Document:
    cv = await documents.of(person)
    assert cv is not None
    return cv


async def test_added_looked_at_and_removed(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)
    assert "Facultatif" in (await window.get(urls.PROFILE)).text

    piece = await send(window, CV, headers=HTMX)
    cv = await kept(mentee)
    whole, page = [await window.get(urls.document(cv, number)) for number in (0, 2)]

    assert piece.status_code == 200 and 'id="profile-cv"' in piece.text
    assert "<html" not in piece.text and "CV.pdf" in piece.text and "2 pages" in piece.text
    assert urls.document(cv, 1) in piece.text and "est enregistré" in piece.text
    assert whole.content == CV and page.content.startswith(b"\x89PNG")
    assert (await window.get(urls.document(cv, 3))).status_code == 404

    gone = await window.post(urls.CV_END, headers=HTMX)
    assert gone.status_code == 200 and "Facultatif" in gone.text
    assert (await window.get(urls.document(cv))).status_code == 404


async def test_without_a_script_the_page_comes_back(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    sent = await send(window, CV)
    replaced = await send(window, papers.pdf("Other"), name="Other.pdf")
    page = (await window.get(urls.PROFILE)).text
    removed = await window.post(urls.CV_END)

    for answer in (sent, replaced, removed):
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{urls.PROFILE}#profile-cv"
    assert "Other.pdf" in page and "CV.pdf" not in page and await Document.count() == 0


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_wrong_is_said_at_the_field_and_the_old_one_stays(
    what: str, mentor: Person, browser: Browser
) -> None:
    contents, said = WRONG[what]
    window = await browser(mentor)
    await send(window, CV)

    piece = await send(window, *contents, headers=HTMX)
    page = await send(window, *contents)

    assert piece.status_code == page.status_code == 422
    assert "<html" not in piece.text and "<html" in page.text
    for answer in (piece, page):
        [error] = re.findall(r'id="cv-error">(.*?)</p>', answer.text, re.DOTALL)
        assert said in html.unescape(error) and 'aria-invalid="true"' in answer.text
        assert "CV.pdf" in answer.text
    assert await documents.content(await kept(mentor)) == CV


async def test_in_german_too(browser: Browser, founded: None) -> None:
    person = await make_person(language="de")
    window = await browser(person)

    answer = await send(window, HTML, headers=HTMX)

    assert "Diese Datei ist kein PDF" in answer.text


async def test_the_type_is_what_the_content_says(mentee: Person, browser: Browser) -> None:
    window = await browser(mentee)

    answer = await send(window, CV, name="../../x\\CV de Zoé «2026».PDF", kind="text/html")
    cv = await kept(mentee)
    whole = await window.get(urls.document(cv))

    assert answer.status_code == 303 and cv.name == "CV de Zoé «2026».pdf"
    assert whole.headers["content-type"] == "application/pdf"


@pytest.mark.parametrize(
    ("given", "name", "plain"),
    [
        ("CV.pdf", "CV.pdf", "CV.pdf"),
        ("Lebenslauf Müller.pdf", "Lebenslauf Müller.pdf", "Lebenslauf-Muller.pdf"),
        ('a"; filename="x.exe', 'a"; filename="x.exe.pdf', "a-filename-x-exe.pdf"),
        ("履歴書.pdf", "履歴書.pdf", "cv.pdf"),
        (".pdf", "CV.pdf", "CV.pdf"),
        ("x" * 300, f"{'x' * 120}.pdf", f"{'x' * 120}.pdf"),
    ],
)
async def test_a_name_is_safe_in_a_header_and_on_a_page(
    given: str, name: str, plain: str, mentee: Person, browser: Browser
) -> None:
    """RFC 6266: one that every program understands, and the real one."""
    form = CvForm.read([(given, CV)])
    await documents.keep(form.name, CV, by=mentee, now=mentee.created_at)
    window = await browser(mentee)
    told = (await window.get(urls.document(await kept(mentee)))).headers["content-disposition"]
    simple, _, real = told.partition("; filename*=UTF-8''")

    assert (await kept(mentee)).name == name and unquote(real) == name
    assert simple == f'attachment; filename="{plain}"' and told.isascii()
    assert (
        html.escape(name, quote=False).replace('"', "&#34;")
        in (await window.get(urls.PROFILE)).text
    )


async def test_a_strangers_file_does_nothing_and_stays_nowhere(
    mentee: Person, browser: Browser
) -> None:
    window = await browser(mentee)
    await send(window, CV)
    cv = await kept(mentee)

    for number, kind in ((0, "application/pdf"), (1, "image/png")):
        headers = (await window.get(urls.document(cv, number))).headers
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "private, no-store"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["content-type"] == kind
        assert headers["content-disposition"].startswith("attachment") if not number else True


async def test_its_owner_and_the_office_see_it_and_nobody_else(
    mentor: Person, mentee: Person, coordinator: Person, stranger: Person, browser: Browser
) -> None:
    await send(await browser(mentor), CV)
    cv = await kept(mentor)
    addresses = [urls.document(cv, number) for number in (0, 1)]

    async def answers(person: Person | None) -> set[int]:
        window = await browser(person)
        return {(await window.get(address)).status_code for address in addresses}

    assert await answers(mentor) == await answers(coordinator) == {200}
    assert await answers(mentee) == await answers(stranger) == {404}
    assert await answers(None) == {303}
    await Profile.update({Profile.state: State.DRAFT}).where(Profile.person == mentor.id)
    assert await answers(coordinator) == {404} and await answers(mentor) == {200}


@pytest.mark.parametrize("address", ["x", "x" * 64, "0" * 64, f"{'0' * 64}/0", "%00/1", "x/-1"])
async def test_what_is_not_there(address: str, mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)

    assert (await window.get(f"{urls.DOCUMENTS}/{address}")).status_code == 404


async def test_the_file_itself_is_no_page_of_it(mentor: Person, browser: Browser) -> None:
    """Under «0» it would be taken for a picture."""
    window = await browser(mentor)
    await send(window, CV)
    cv = await kept(mentor)

    assert (await window.get(f"{urls.document(cv)}/0")).status_code == 404


# Too much of it


# Litestar leaves what it has read until then to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_what_is_far_too_large_is_not_even_read(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)
    await send(window, CV)
    asked = 0

    async def endless() -> Any:
        nonlocal asked
        yield b'--x\r\nContent-Disposition: form-data; name="cv"; filename="a.pdf"\r\n\r\n%PDF-'
        for asked in range(200):  # noqa: B007
            yield b"x" * 1_000_000

    headers = {"content-type": "multipart/form-data; boundary=x"}
    page = await window.post(urls.CV, content=endless(), headers=headers)
    piece = await window.post(urls.CV, content=endless(), headers=headers | HTMX)

    assert page.status_code == piece.status_code == 413 and asked < 10
    assert "<html" in page.text and "trop lourd" in page.text and "<form" not in main(page.text)
    assert 'hx-target="#cv-field"' in piece.text and 'id="cv-error"' in piece.text
    assert "<html" not in piece.text and await documents.content(await kept(mentor)) == CV
    gc.collect()


async def test_so_is_what_carries_its_token_in_the_form(mentor: Person, browser: Browser) -> None:
    """Without a script the guard against forged forms reads it first."""
    window = await browser(mentor)
    token = window.headers.pop("x-csrftoken")

    async def posted(content: bytes) -> httpx.Response:
        return await window.post(urls.CV, data={"_csrf_token": token}, files=files(content))

    large, fine = await posted(b"%PDF-" + b"x" * 6_000_000), await posted(CV)

    assert large.status_code == 413 and "trop lourd" in large.text
    assert fine.status_code == 303 and (await kept(mentor)).pages == 2


def main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


# Around it


async def test_the_account_offers_the_file(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)
    before = (await window.get(urls.ACCOUNT)).text
    await send(window, CV)
    cv = await kept(mentor)
    after = (await window.get(urls.ACCOUNT)).text

    assert urls.DOCUMENTS not in before and f'href="{urls.document(cv)}" download' in after
    held = (await window.get(urls.DATA_JSON)).json()
    assert held["documents"][0]["name"] == "CV.pdf" and held["documents"][0]["pages"] == 2


async def test_the_office_finds_it_with_the_member(
    mentor: Person, coordinator: Person, browser: Browser
) -> None:
    await send(await browser(mentor), CV)
    cv = await kept(mentor)
    window = await browser(coordinator)

    assert urls.document(cv) in (await window.get(urls.member(mentor))).text
    await Profile.update({Profile.state: State.DRAFT}).where(Profile.person == mentor.id)
    assert urls.DOCUMENTS not in (await window.get(urls.member(mentor))).text


async def test_the_desk_shows_it_beside_the_profile(
    coordinator: Person, browser: Browser, founded: None
) -> None:
    with_cv = await make_person("Rosanna", "Bernasconi")
    await make_profile(with_cv, state=State.HANDED_IN)
    await send(await browser(with_cv), CV)
    window = await browser(coordinator)

    page = html.unescape((await window.get(urls.DESK)).text)
    cv = await kept(with_cv)

    assert f'src="{urls.document(cv, 2)}" alt="Rosanna Bernasconi\u202f: CV, page 2"' in page
    assert page.count('loading="lazy"') == 2 and "Pas de CV" not in page
    await make_profile(await make_person("Zoe"), state=State.HANDED_IN)
    assert "Pas de CV" in html.unescape((await window.get(urls.DESK)).text)


async def test_whoever_goes_takes_it_along(mentor: Person, browser: Browser) -> None:
    window = await browser(mentor)
    await send(window, CV)

    await window.post(urls.DELETION, data={"word": "effacer"})

    assert not await Document.exists() and not await DocumentFile.exists()


async def test_nothing_waits_for_it(mentee: Person, browser: Browser) -> None:
    await make_profile(mentee, state=State.DRAFT)
    profile = await profiles.of(mentee)
    assert profile is not None

    await profiles.hand_in(profile, by=mentee, now=mentee.created_at)

    assert [event["what"] for event in await Event.select(Event.what)] == ["profile.hand_in"]
