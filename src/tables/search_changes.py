"""What the search window has to read again: each process keeps its own index in memory."""

from __future__ import annotations

from piccolo.columns import BigInt, Varchar
from piccolo.table import Table


class SearchChange(Table, tablename="search_changes"):
    """`about`: «profile 7», «person 7», «topics» or «all». Written by triggers of the migration
    (see search/changes.py), so that no verb, import or other process can forget it."""

    about = Varchar(length=30, primary_key=True)
    version = BigInt(index=True)
