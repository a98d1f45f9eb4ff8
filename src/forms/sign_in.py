"""Signing in: an address, then six digits."""

from __future__ import annotations

import re
from dataclasses import dataclass

import urls
from forms.fields import Form, Reader, Sent
from i18n import gettext


@dataclass
class Address(Form):
    email: str = ""
    onward: str = urls.HOME

    @classmethod
    def read(cls, sent: Sent) -> Address:
        form = cls()
        form.email = Reader(sent, form).address("email")
        form.onward = form.typed["next"] = urls.own_path(sent.one("next"))
        return form


@dataclass
class Code(Form):
    code: str = ""

    @classmethod
    def read(cls, sent: Sent) -> Code:
        """Spaces and dashes are how people group digits."""
        form = cls()
        Reader(sent, form).line("code", most=20)
        form.code = re.sub(r"[\s-]", "", form.typed["code"])
        form.typed["email"] = sent.one("email")[:254]
        form.typed["next"] = urls.own_path(sent.one("next"))
        if not re.fullmatch(r"\d{6}", form.code, re.ASCII):
            form.errors["code"] = gettext("Saisissez les six chiffres du message.")
        return form
