"""The association's own settings: name, contact, days and limits; one row."""

from __future__ import annotations

from piccolo.columns import Integer, Serial, SmallInt, Text, Timestamptz, Varchar
from piccolo.table import Table


class House(Table, tablename="house"):
    """`reminder_days`: days after sending, divided by spaces. `probe_sealed`: tells at each start
    whether the key is still the one this database was sealed under.

    Days of a mentorship: how long a word after the first talk stays unseen, a contact may be
    corrected, an early end waits for the other's yes, evaluations stay blind, quiet lasts until
    the nudge, and the question of later waits. `retention_months`: how long free texts outlive
    an end. `invitations_an_hour`: of members brought by a list.
    """

    id: Serial
    name_fr = Varchar(length=120)
    name_de = Varchar(length=120)
    name_it = Varchar(length=120)
    name_en = Varchar(length=120)
    short_name = Varchar(length=30)
    contact = Varchar(length=254)
    reminder_days = Varchar(length=30, default="3 7 10")
    release_day = SmallInt(default=14)
    open_limit = SmallInt(default=3)
    released_limit = SmallInt(default=2)
    session_days = Integer(default=30)
    first_talk_days = SmallInt(default=7)
    correction_days = SmallInt(default=7)
    ending_days = SmallInt(default=7)
    blind_days = SmallInt(default=14)
    quiet_days = SmallInt(default=35)
    later_days = SmallInt(default=90)
    retention_months = SmallInt(default=12)
    invitations_an_hour = SmallInt(default=200)
    probe_sealed = Text()

    logo: str = ""  # its hash; whoever reads the house for a page puts it here

    def name_in(self, language: str) -> str:
        name: str = getattr(self, f"name_{language}", "")
        return name or self.name_fr

    @property
    def reminders(self) -> list[int]:
        return [int(day) for day in self.reminder_days.split()]


class Logo(Table, tablename="logos"):
    """The association's: one row. `image`: a PNG, JPEG or WebP in base64, `hashed` its address."""

    id: Serial
    image = Text()
    kind = Varchar(length=20)
    hashed = Varchar(length=64)
    changed_at = Timestamptz(default=None)
