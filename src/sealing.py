"""Texts and files at rest, and the hashes of links and codes, under the installation's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from settings import KEY_BYTES, key_made_once, parted, settings

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


def seal_file(content: bytes) -> bytes:
    """As bytes: a file's third of base64 is not worth keeping."""
    return base64.urlsafe_b64decode(_box().encrypt(content)) if content else b""


def unseal_file(sealed: bytes) -> bytes:
    """Raises Unreadable under a wrong key."""
    if not sealed:
        return b""
    try:
        return _box().decrypt(base64.urlsafe_b64encode(sealed))
    except InvalidToken as error:
        raise Unreadable from error


def resealed_file(sealed: bytes) -> bytes:
    token = base64.urlsafe_b64encode(sealed).decode()
    return base64.urlsafe_b64decode(resealed(token)) if sealed else sealed


def resealed(sealed: str) -> str:
    """Under the first key; what is so already stays as it is. Raises Unreadable."""
    if not sealed or is_current(sealed):
        return sealed
    try:
        return _box().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def is_current(sealed: str) -> bool:
    """Whether the first key alone opens it."""
    try:
        _fernet(_keys()[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def has_older_keys() -> bool:
    return len(_keys()) > 1


def new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)


def token() -> str:
    """A link's secret: 256 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(secret: str) -> str:
    """For secrets of full length, where a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed(purpose: str, *words: str) -> str:
    """For short or guessable things (codes, addresses): worthless without the key."""
    return _keyed(_keys()[0], purpose, words)


def all_keyed(purpose: str, *words: str) -> list[str]:
    """Under each key, the first one first: to look for what may be older."""
    return [_keyed(key, purpose, words) for key in _keys()]


def is_keyed(hashed: str, purpose: str, *words: str) -> bool:
    """Under any key: what was sent before a rotation still counts."""
    return any([same(hashed, each) for each in all_keyed(purpose, *words)])


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def csrf_secret() -> str:
    return csrf_secrets()[0]


def csrf_secrets() -> tuple[str, ...]:
    """The first makes new tokens, every one is a token of ours."""
    return tuple(_derived(key, "csrf").hex() for key in _keys())


@cache
def _keys() -> tuple[str, ...]:
    return settings().keys or parted(key_made_once(settings().data))


@cache
def _box() -> MultiFernet:
    """The first key seals, every key opens."""
    return MultiFernet([_fernet(key) for key in _keys()])


@cache
def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_stretched(key)))


@cache
def _derived(key: str, purpose: str) -> bytes:
    return hmac.digest(_stretched(key), purpose.encode(), "sha256")


def _keyed(key: str, purpose: str, words: tuple[str, ...]) -> str:
    said = "\0".join((purpose, *words)).encode()
    return hmac.digest(_derived(key, "mac"), said, "sha256").hex()


def _stretched(key: str) -> bytes:
    return hashlib.sha256(b"mentorat\0" + key.encode()).digest()
