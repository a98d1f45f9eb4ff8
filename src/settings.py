"""The machine's settings: from the environment, each also as NAME_FILE, loud when wrong."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

SECURITIES = ("starttls", "tls", "none")
SHORTEST = 32  # characters of a key
KEY_BYTES = 48  # of one that we make
KEY_FILE = "secret.key"  # in DATA_DIR
ORIGIN = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d+)?", re.ASCII)
ADDRESS = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")


class BadSettings(SystemExit):
    """All mistakes at once, so that a volunteer mends them in one go."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("Settings that cannot be used:\n" + "\n".join(f"- {m}" for m in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Smtp:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: str


@dataclass(frozen=True)
class Settings:
    data: Path
    database_url: str = field(repr=False)
    base_url: str
    host: str
    port: int
    keys: tuple[str, ...] = field(repr=False)
    smtp: Smtp | None
    mail_from: str
    trusted_proxies: str
    demo: bool

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https:")

    @property
    def mail_domain(self) -> str:
        """Right of the @ in Message-IDs: the host people know, without its port."""
        return urlsplit(self.base_url).hostname or "localhost"


@cache
def settings() -> Settings:
    """Read once a process; tests and commands that change the environment call `forget`."""
    return load(os.environ)


def forget() -> None:
    settings.cache_clear()


def load(environ: Mapping[str, str]) -> Settings:
    """Raises BadSettings with every mistake in words."""
    read = _Reader(environ)
    data = Path(read.text("DATA_DIR", "data")).absolute()
    port = read.number("PORT", 8000, 1, 65535)
    base_url = read.origin("BASE_URL", f"http://localhost:{port}")
    smtp, demo = read.smtp(), read.flag("DEMO")
    loaded = Settings(
        data=data,
        database_url=read.database(data),
        base_url=base_url,
        host=read.text("HOST", "127.0.0.1"),
        port=port,
        keys=read.keys("SECRET_KEY"),
        smtp=None if demo else smtp,  # made-up people get no letters
        mail_from=read.address("MAIL_FROM", f"mentorat@{urlsplit(base_url).hostname}"),
        trusted_proxies=read.networks("TRUSTED_PROXIES", "127.0.0.1"),
        demo=demo,
    )
    if read.mistakes:
        raise BadSettings(read.mistakes)
    return loaded


def key_made_once(data: Path) -> str:
    """Without SECRET_KEY the key is made beside the data, readable by its owner alone. Several
    by commas, there too."""
    path = data / KEY_FILE
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _place(path, secrets.token_urlsafe(KEY_BYTES))
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise BadSettings([f"{path} cannot be made or read: {_why(error)}"]) from error
    if any(len(each) < SHORTEST for each in parted(key)):
        # A new one would lock what the old one sealed.
        raise BadSettings([f"{path} holds no key: put back the one from your backup"])
    return key


def parted(keys: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in keys.split(","))


def _place(path: Path, text: str) -> None:
    """Written aside, then linked: of two processes one wins, and nobody reads half a file."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        aside.unlink()


def _why(error: Exception) -> str:
    """Never the content: a decoding error would quote it."""
    return getattr(error, "strerror", None) or "not a text"


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.mistakes: list[str] = []

    def text(self, name: str, default: str) -> str:
        value, file = (self.environ.get(each, "").strip() for each in (name, f"{name}_FILE"))
        if value and file:
            self.mistakes.append(f"{name} and {name}_FILE are both set: keep one")
        if not file:
            return value or default
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            self.mistakes.append(f"{name}_FILE cannot be read: {_why(error)}")
            return default
        if not value:
            self.mistakes.append(f"{name}_FILE is an empty file")
        return value or default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        written = self.text(name, str(default))
        is_number = written.isascii() and written.isdigit() and len(written) < 10
        if is_number and least <= int(written) <= most:
            return int(written)
        self.mistakes.append(f"{name} must be a whole number from {least} to {most}")
        return default

    def flag(self, name: str) -> bool:
        written = self.text(name, "0").lower()
        if written not in ("0", "1", "false", "true", "no", "yes"):
            self.mistakes.append(f"{name} must be 1 or 0")
        return written in ("1", "true", "yes")

    def origin(self, name: str, default: str) -> str:
        written = self.text(name, default).rstrip("/")
        try:
            is_origin = ORIGIN.fullmatch(written) and urlsplit(written).port != 0
        except ValueError:
            is_origin = False
        if is_origin:
            return written
        self.mistakes.append(f"{name} must be like https://mentorat.example.org, without a path")
        return default

    def keys(self, name: str) -> tuple[str, ...]:
        written = self.text(name, "")
        keys = parted(written)
        if written and any(len(key) < SHORTEST for key in keys):
            needed = f"{name} needs at least {SHORTEST} characters (several keys: by commas)"
            self.mistakes.append(needed)
        return keys if written else ()

    def address(self, name: str, default: str) -> str:
        written = self.text(name, default)
        if not ADDRESS.fullmatch(written) or not written.isprintable():
            self.mistakes.append(f"{name} must be one e-mail address")
        return written

    def networks(self, name: str, default: str) -> str:
        written = self.text(name, default)
        try:
            for each in written.split(","):
                if written != "*":
                    ip_network(each.strip())
        except ValueError:
            self.mistakes.append(f"{name} must be addresses like 10.0.0.0/8, by commas, or *")
        return written

    def database(self, data: Path) -> str:
        url = self.text("DATABASE_URL", f"sqlite:///{data}/mentorat.sqlite")
        if not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            self.mistakes.append("DATABASE_URL must start with sqlite:/// or postgresql://")
        elif url.removeprefix("sqlite:///").startswith((":", "?")) or url == "sqlite:///":
            self.mistakes.append("DATABASE_URL must name a file after sqlite:///")
        return url

    def smtp(self) -> Smtp | None:
        host = self.text("SMTP_HOST", "")
        security = self.text("SMTP_SECURITY", "starttls")
        if security not in SECURITIES:
            self.mistakes.append(f"SMTP_SECURITY must be one of {', '.join(SECURITIES)}")
        port = self.number("SMTP_PORT", 465 if security == "tls" else 587, 1, 65535)
        user, password = self.text("SMTP_USER", ""), self.text("SMTP_PASSWORD", "")
        if bool(user) != bool(password):
            self.mistakes.append("SMTP_USER and SMTP_PASSWORD go together")
        if user and not host:
            self.mistakes.append("SMTP_USER needs SMTP_HOST too")
        return Smtp(host, port, user, password, security) if host else None
