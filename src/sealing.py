"""Text at rest, and the hashes of links and codes, under the installation's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from settings import key_made_once, settings

TOKEN_BYTES = 32


class Unreadable(Exception):
    """The text was sealed under a key that this installation doesn't have."""


def seal(text: str) -> str:
    """Empty stays empty, so that "nothing written" needs no key."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Raises Unreadable under a wrong key."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def token() -> str:
    """A link's secret: 256 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(secret: str) -> str:
    """For secrets of full length, where a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed(purpose: str, *words: str) -> str:
    """For short or guessable things (codes, addresses): worthless without the key."""
    said = "\0".join((purpose, *words)).encode()
    return hmac.digest(_derived("mac"), said, "sha256").hex()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def csrf_secret() -> str:
    return _derived("csrf").hex()


@cache
def _keys() -> tuple[str, ...]:
    return settings().keys or (key_made_once(settings().data),)


@cache
def _box() -> MultiFernet:
    """The first key seals, every key opens."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_stretched(key))) for key in _keys()])


@cache
def _derived(purpose: str) -> bytes:
    return hmac.digest(_stretched(_keys()[0]), purpose.encode(), "sha256")


def _stretched(key: str) -> bytes:
    return hashlib.sha256(b"mentorat\0" + key.encode()).digest()
