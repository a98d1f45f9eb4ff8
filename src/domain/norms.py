"""The norms a member accepts, version by version."""

from __future__ import annotations

from datetime import datetime

from domain import history
from tables.norms import Acceptance, NormsVersion
from tables.people import Person
from tables.transaction import hold, transaction


async def current() -> NormsVersion | None:
    """The one published last."""
    published = NormsVersion.objects().where(NormsVersion.published_at.is_not_null())
    return await published.order_by(NormsVersion.number, ascending=False).first()


async def has_accepted(person: Person) -> bool:
    """The current version; true where none is published."""
    return await Acceptance.is_current(person)


async def accepted_at(version: NormsVersion, person: Person) -> datetime | None:
    here = (Acceptance.person == person.id) & (Acceptance.version == version.id)
    row = await Acceptance.objects().where(here).first()
    return row.accepted_at if row else None


async def accepted_by(person: Person) -> list[Acceptance]:
    """Every version and when, the newest first."""
    rows = Acceptance.objects(Acceptance.version).where(Acceptance.person == person.id)
    return await rows.order_by(Acceptance.id, ascending=False)


async def accept(version: NormsVersion, *, by: Person, now: datetime) -> None:
    """Twice is once."""
    async with transaction():
        await hold(by)
        if await _accepted(by, version):
            return
        await Acceptance(person=by.id, version=version.id, accepted_at=now).save()
        await history.record("norms.accept", version, by, now)


async def _accepted(person: Person, version: NormsVersion) -> bool:
    here = (Acceptance.person == person.id) & (Acceptance.version == version.id)
    return bool(await Acceptance.exists().where(here))
