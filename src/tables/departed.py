"""Addresses whose owners deleted their account: a members' list doesn't bring them back."""

from __future__ import annotations

from piccolo.columns import Serial, Varchar
from piccolo.table import Table

import sealing
from formats.plain import mailbox


class Departed(Table, tablename="departed"):
    """A hash under the installation's key and nothing else: no name, no address, no day. It can't
    be made anew under a new key: once the old one is thrown away, it says nothing any more."""

    id: Serial
    hashed = Varchar(length=64, unique=True)

    @staticmethod
    def hashes(address: str) -> list[str]:
        """To write the first, to look for all."""
        return sealing.all_keyed("departed", mailbox(address))
