"""The outbox: waiting → sending → sent or failed; a stale `sending` waits again."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import BigInt, Boolean, ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from tables.people import Person
from tables.private import Private


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Letter(Table, tablename="letters"):
    """`key` names the event ("inquiry:42:reminder:3"): the same event twice is one letter.

    `due`, `expires` in milliseconds since 1970: claims compare them in SQL; while sending, `due`
    is the end of the lease. Address and texts are emptied once sent, and kept of failed ones.
    `calendar`: an invitation that goes along, as calendar programs read it.
    """

    id: Serial
    key = Varchar(length=120, unique=True)
    name = Varchar(length=60)
    to = ForeignKey(Person, on_delete=OnDelete.set_null, null=True, index=True)
    address_sealed = Text()
    language = Varchar(length=2, default="fr")
    thread = Varchar(length=80)
    message_id = Varchar(length=120)
    reply_to_sealed = Text()
    unsubscribe_sealed = Text()
    subject_sealed = Text()
    text_sealed = Text()
    html_sealed = Text()
    calendar_sealed = Text()
    is_urgent = Boolean(default=False)
    state = Varchar(length=8, default=State.WAITING, choices=State, index=True)
    attempts = Integer(default=0)
    due = BigInt(default=0)
    expires = BigInt(default=0)
    lease = Varchar(length=36, default="")
    error = Varchar(length=300, default="")
    posted_at = Timestamptz(default=None)
    sent_at = Timestamptz(null=True, default=None)

    address = Private("address_sealed")
    reply_to = Private("reply_to_sealed")
    unsubscribe = Private("unsubscribe_sealed")
    subject = Private("subject_sealed")
    text = Private("text_sealed")
    html = Private("html_sealed")
    calendar = Private("calendar_sealed")
