"""The next version of the norms: written language by language, compared, published."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from domain import history, norms
from domain.permissions import may_settle
from domain.refusals import AlreadySettled, EditedMeanwhile, NothingNew, insist
from tables.norms import Acceptance, NormsVersion
from tables.people import Person, Standing
from tables.transaction import hold_word, transaction

LANGUAGES = ("fr", "de", "it", "en")
SHOWN = 200


async def draft() -> NormsVersion | None:
    unpublished = NormsVersion.objects().where(NormsVersion.published_at.is_null())
    return await unpublished.order_by(NormsVersion.number, ascending=False).first()


def mark(version: NormsVersion | None, *languages: str) -> str:
    """Of this state of its texts."""
    said = repr([_text(version, code) for code in languages or LANGUAGES])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


async def write(text: str, language: str, *, seen: str, by: Person, now: datetime) -> None:
    """Into the draft, which begins as what is published. Raises EditedMeanwhile."""
    insist(may_settle(by) and language in LANGUAGES)
    async with transaction():
        await hold_word("norms")
        version = await draft() or await norms.current()
        if _text(version, language) == text:
            return
        if mark(version, language) != seen:
            raise EditedMeanwhile
        row = version if version and not version.published_at else await _begin(version)
        column = getattr(NormsVersion, f"text_{language}")
        await NormsVersion.update({column: text}).where(NormsVersion.id == row.id)
        await history.record("norms.write", row, by, now)


async def publish(*, seen: str, by: Person, now: datetime) -> None:
    """From now on everybody is asked again. `seen`: all languages as they were read.

    Raises AlreadySettled, EditedMeanwhile, NothingNew.
    """
    insist(may_settle(by))
    async with transaction():
        await hold_word("norms")
        version = await draft()
        if version is None:
            raise AlreadySettled
        if mark(version) != seen:
            raise EditedMeanwhile
        if mark(version) == mark(await norms.current()):
            raise NothingNew
        unpublished = (NormsVersion.id == version.id) & NormsVersion.published_at.is_null()
        await NormsVersion.update({NormsVersion.published_at: now}).where(unpublished)
        await history.record("norms.publish", version, by, now)


async def count_waiting(version: NormsVersion) -> int:
    """Members who have yet to accept."""
    rows = await Person.raw(f"SELECT COUNT(*) AS count {_YET}", version.id, Standing.ACTIVE)
    return int(rows[0]["count"])


async def waiting(version: NormsVersion) -> list[dict[str, Any]]:
    """The first of them by name."""
    names = f"SELECT people.id, people.first_name, people.last_name, people.email {_YET}"
    order = f"ORDER BY people.last_name, people.first_name, people.id LIMIT {SHOWN}"
    rows: list[dict[str, Any]] = await Person.raw(f"{names} {order}", version.id, Standing.ACTIVE)
    return rows


_YET = f"""FROM people LEFT JOIN {Acceptance._meta.tablename} AS accepted
    ON accepted.person = people.id AND accepted.version = {{}}
    WHERE people.standing = {{}} AND accepted.id IS NULL"""


async def _begin(published: NormsVersion | None) -> NormsVersion:
    texts: dict[str, Any] = {f"text_{code}": _text(published, code) for code in LANGUAGES}
    row = NormsVersion(number=published.number + 1 if published else 1, **texts)
    await row.save()
    return row


def _text(version: NormsVersion | None, language: str) -> str:
    return str(getattr(version, f"text_{language}")).strip() if version else ""
