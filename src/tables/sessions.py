"""Who is signed in where, and sign-ins on their way: only hashes of secrets."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, Serial, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person


class Session(Table, tablename="sessions"):
    id: Serial
    hashed = Varchar(length=64, unique=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    mark = Varchar(length=20)
    device = Varchar(length=80)
    started_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)


class SignIn(Table, tablename="sign_ins"):
    """One asking: a code for the browser that asked, a link for whoever reads the letter."""

    id: Serial
    browser = Varchar(length=64, index=True)
    address = Varchar(length=64, index=True)
    visitor = Varchar(length=64, index=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=True)
    code = Varchar(length=64)
    link = Varchar(length=64, unique=True)
    onward = Varchar(length=300)
    tries = Integer(default=0)
    asked_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)
