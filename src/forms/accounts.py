"""What members say of themselves."""

from __future__ import annotations

from dataclasses import dataclass

from content import catalogue
from forms.fields import Form, Reader, Sent
from tables.people import Person


@dataclass
class Description(Form):
    first_name: str = ""
    last_name: str = ""
    function: str = ""
    sector: str = ""
    canton: str = ""

    @classmethod
    def read(cls, sent: Sent) -> Description:
        form = cls()
        reader = Reader(sent, form)
        form.first_name = reader.line("first_name", least=1, most=80)
        form.last_name = reader.line("last_name", least=1, most=80)
        form.function = reader.line("function", most=120)
        form.sector = reader.choice("sector", tuple(catalogue.sectors()), is_required=False)
        form.canton = reader.choice("canton", tuple(catalogue.cantons()), is_required=False)
        return form

    @classmethod
    def of(cls, person: Person) -> Description:
        names = ("first_name", "last_name", "function", "sector", "canton")
        return cls(typed={name: getattr(person, name) for name in names})
