"""A mentor's CV: kept, replaced, removed by its owner. Nothing waits for it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from datetime import datetime

from domain import history, profiles
from domain.refusals import insist
from formats import pdfs
from sealing import seal_file, unseal_file
from tables.documents import Document, DocumentFile
from tables.people import Person
from tables.transaction import hold, transaction

WHOLE = 0  # the number of the PDF itself; its pages follow


async def of(person: Person) -> Document | None:
    return (await of_each([person.id])).get(person.id)


async def of_each(people: Collection[int]) -> dict[int, Document]:
    """By person."""
    if not people:
        return {}
    rows = await Document.objects().where(Document.person.is_in(list(people)))
    return {int(row.person): row for row in rows}


async def keep(name: str, content: bytes, *, by: Person, now: datetime) -> None:
    """Instead of the one before; the same once more is nothing new. Raises pdfs.Undrawable."""
    insist(by.is_member)
    hashed = hashlib.sha256(content).hexdigest()
    known = await of(by)
    if known is not None and known.hashed == hashed:
        return
    drawing = await pdfs.draw(content)
    document = Document(
        person=by.id,
        hashed=hashed,
        size=len(content),
        pages=drawing.pages,
        drawn=len(drawing.pictures),
        uploaded_at=now,
    )
    document.name = name
    # Megabytes: before the transaction and beside the loop, so that nobody waits for it.
    sealed = [await asyncio.to_thread(seal_file, each) for each in (content, *drawing.pictures)]
    profile = await profiles.begin(by, now)
    async with transaction():
        await hold(by)
        is_other = await _drop(by)
        await document.save()
        for number, file in enumerate(sealed, WHOLE):
            row = DocumentFile(document=document.id, number=number, content_sealed=file)
            await row.save()
        await history.record(
            "profile.replace_cv" if is_other else "profile.add_cv", profile, by, now
        )


async def remove(*, by: Person, now: datetime) -> None:
    """Twice is once."""
    insist(by.is_member)
    profile = await profiles.of(by)
    async with transaction():
        await hold(by)
        if await _drop(by) and profile is not None:
            await history.record("profile.remove_cv", profile, by, now)


async def content(document: Document, number: int = WHOLE) -> bytes | None:
    here = (DocumentFile.document == document.id) & (DocumentFile.number == number)
    file = await DocumentFile.objects().where(here).first()
    return await asyncio.to_thread(unseal_file, file.content_sealed) if file else None


async def _drop(person: Person) -> bool:
    """Its files go with it."""
    return bool(await Document.delete().where(Document.person == person.id).returning(Document.id))
