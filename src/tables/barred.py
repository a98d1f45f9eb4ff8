"""Addresses under which nobody comes back: of excluded members, also once their data is gone."""

from __future__ import annotations

from piccolo.columns import Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

import sealing
from formats.plain import mailbox
from tables.people import by_email
from tables.private import Private


class Barred(Table, tablename="barred"):
    """`hashed` under the installation's key; `address` sealed, so that a new key can hash it."""

    id: Serial
    hashed = Varchar(length=64, unique=True)
    address_sealed = Text()
    since = Timestamptz(default=None)

    address = Private("address_sealed")

    @classmethod
    async def holds(cls, address: str) -> bool:
        return bool(await cls.exists().where(cls.hashed.is_in(cls.hashes(address))))

    @staticmethod
    def hashes(address: str) -> list[str]:
        """To write the first, to look for all: under an older key until `keys rotate` is done, and
        as it was written before mailboxes were looked at."""
        forms = dict.fromkeys((mailbox(address), by_email(address)))
        return [hashed for form in forms for hashed in sealing.all_keyed("barred", form)]
