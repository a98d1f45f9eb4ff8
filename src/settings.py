"""The machine's settings: from the environment, each also as NAME_FILE, loud when wrong."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

SECURITIES = ("starttls", "tls", "none")


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
    base_url = read.text("BASE_URL", f"http://localhost:{port}").rstrip("/")
    address = urlsplit(base_url)
    if address.scheme not in ("http", "https") or not address.hostname or address.path:
        read.mistakes.append("BASE_URL must be like https://mentorat.example.org, without a path")
    smtp = read.smtp()
    loaded = Settings(
        data=data,
        database_url=read.database(data),
        base_url=base_url,
        host=read.text("HOST", "127.0.0.1"),
        port=port,
        keys=tuple(key.strip() for key in read.text("SECRET_KEY", "").split(",") if key.strip()),
        smtp=smtp,
        mail_from=read.address("MAIL_FROM", f"mentorat@{address.hostname or 'localhost'}"),
        trusted_proxies=read.text("TRUSTED_PROXIES", "127.0.0.1"),
        demo=read.flag("DEMO"),
    )
    if any(len(key) < 32 for key in loaded.keys):
        read.mistakes.append("SECRET_KEY needs at least 32 characters (several keys: by commas)")
    if read.mistakes:
        raise BadSettings(read.mistakes)
    return loaded


def key_made_once(data: Path) -> str:
    """Without SECRET_KEY the key is made beside the data, readable by its owner alone."""
    path = data / "secret.key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.mistakes: list[str] = []

    def text(self, name: str, default: str) -> str:
        value, file = self.environ.get(name, ""), self.environ.get(f"{name}_FILE", "")
        if value and file:
            self.mistakes.append(f"{name} and {name}_FILE are both set: keep one")
        if not file:
            return value or default
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            self.mistakes.append(f"{name}_FILE cannot be read: {error.strerror}")
            return default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        written = self.text(name, str(default))
        if written.isascii() and written.isdigit() and least <= int(written) <= most:
            return int(written)
        self.mistakes.append(f"{name} must be a whole number from {least} to {most}")
        return default

    def flag(self, name: str) -> bool:
        written = self.text(name, "0").lower()
        if written not in ("0", "1", "false", "true", "no", "yes"):
            self.mistakes.append(f"{name} must be 1 or 0")
        return written in ("1", "true", "yes")

    def address(self, name: str, default: str) -> str:
        written = self.text(name, default)
        local, _, domain = written.partition("@")
        if not local or not domain or not written.isprintable() or " " in written:
            self.mistakes.append(f"{name} must be one e-mail address")
        return written

    def database(self, data: Path) -> str:
        url = self.text("DATABASE_URL", f"sqlite:///{data}/mentorat.sqlite")
        if not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            self.mistakes.append("DATABASE_URL must start with sqlite:/// or postgresql://")
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
        return Smtp(host, port, user, password, security) if host else None
