"""Text as people type, paste or export it, without what nobody sees."""

from __future__ import annotations

import re
import unicodedata

# All that people paste as the end of a line.
BREAK = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Control characters but tab and newline, and what turns the direction of the text around it.
UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ud800-\udfff]"
)
ADDRESS = re.compile(
    r"[^@\s<>\"(),:;\[\]\\]+@[^@\s<>\"'(),:;\[\]\\.]+(\.[^@\s<>\"'(),:;\[\]\\.]+)+"
)
LONGEST_ADDRESS = 254
WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}  # dots mean nothing there


def cleaned(text: str) -> str:
    """As typed, but for what nobody sees and PostgreSQL cannot keep."""
    return UNSEEN.sub("", BREAK.sub("\n", text)).strip()


def in_one_line(text: str) -> str:
    return " ".join(cleaned(text).split())


def is_address(text: str) -> bool:
    """As long as it may be also in the form it is kept in: small, some signs become several."""
    return bool(ADDRESS.fullmatch(text)) and len(text.casefold()) <= LONGEST_ADDRESS


def mailbox(address: str) -> str:
    """Where letters to it arrive, however it is written: its signs and domain in one form, without
    what people add to tell letters apart (anna+club@…)."""
    local, _, domain = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    domain = _in_ascii(domain.rstrip("."))
    local = local.partition("+")[0] or local
    if domain in WITHOUT_DOTS:
        local, domain = local.replace(".", ""), WITHOUT_DOTS[domain]
    return f"{local}@{domain}"


def veiled(address: str) -> str:
    """Enough for its owner to know it by: «c•••@example.org»."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••{at}{domain}"


def _in_ascii(domain: str) -> str:
    """As mail programs ask for it: «bücher.ch» is «xn--bcher-kva.ch»."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
