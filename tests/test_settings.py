"""What the operator sets: read once, every mistake said, no secret shown."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

import settings
from settings import BadSettings, Smtp, key_made_once, load

SOURCE = Path(settings.__file__).parent
KEY = "k" * 32
MAIL = {"SMTP_HOST": "mail.example.org", "SMTP_USER": "office", "SMTP_PASSWORD": "pass-word"}


def mistakes(**environ: str) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        load(environ)
    return caught.value.mistakes


def test_nothing_needs_to_be_set() -> None:
    plain = load({})

    assert plain.base_url == "http://localhost:8000" and not plain.https
    assert plain.database_url == f"sqlite:///{Path('data').absolute()}/mentorat.sqlite"
    assert (plain.keys, plain.smtp, plain.demo) == ((), None, False)
    assert (plain.mail_from, plain.mail_domain) == ("mentorat@localhost", "localhost")


def test_all_of_it_set() -> None:
    full = load(
        {
            "DATA_DIR": "/data",
            "DATABASE_URL": "postgresql://u:p@db/mentorat",
            "BASE_URL": "https://mentorat.example.org/",
            "PORT": "8080",
            "SECRET_KEY": f"{KEY}, {'o' * 40}",
            "MAIL_FROM": "mentorat@example.org",
            "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            **MAIL,
            "SMTP_SECURITY": "tls",
        }
    )

    assert (full.base_url, full.https, full.port) == ("https://mentorat.example.org", True, 8080)
    assert full.keys == (KEY, "o" * 40)
    assert full.smtp == Smtp("mail.example.org", 465, "office", "pass-word", "tls")
    assert full.mail_domain == "mentorat.example.org"


def test_all_mistakes_are_said_at_once() -> None:
    said = mistakes(
        PORT="no", BASE_URL="mentorat.example.org", DATABASE_URL="mysql://x", SECRET_KEY="short",
        SMTP_SECURITY="ssl", SMTP_PORT="0", SMTP_PASSWORD="lonely", MAIL_FROM="nobody",
        TRUSTED_PROXIES="proxy", DEMO="perhaps",
    )  # fmt: skip

    named = {mistake.split()[0] for mistake in said}
    assert named == {
        "PORT", "BASE_URL", "DATABASE_URL", "SECRET_KEY", "SMTP_SECURITY", "SMTP_PORT",
        "SMTP_USER", "MAIL_FROM", "TRUSTED_PROXIES", "DEMO",
    }  # fmt: skip
    assert "short" not in " ".join(said) and "lonely" not in " ".join(said)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(("PORT", port) for port in ("0", "65536", "-1", "8.5", "٨٠", "9" * 5000)),
        ("BASE_URL", "https://example.org/path"),
        ("BASE_URL", "https://example.org?x"),
        ("BASE_URL", "https://me:secret@example.org"),
        ("BASE_URL", "HTTPS://example.org"),  # would count as unsafe
        ("BASE_URL", "ftp://example.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "http://["),
        ("BASE_URL", "https://example.org:99999"),
        ("BASE_URL", "https://two example.org"),
        ("MAIL_FROM", "a@b@example.org"),
        ("MAIL_FROM", "Office <a@example.org>"),
        ("MAIL_FROM", "a@example.org\nBcc: b@example.org"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "data/mentorat.sqlite"),
        ("SECRET_KEY", f"{KEY},short"),
        ("SECRET_KEY", ","),
        ("SMTP_USER", "office"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_what_cannot_be_used_is_refused(name: str, wrong: str) -> None:
    assert {said.split()[0] for said in mistakes(**{name: wrong})} == {name}


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://[::1]:8000", "https://m-1.example.org:8443/"]
)
def test_a_host_may_be_a_number_and_have_a_port(address: str) -> None:
    loaded = load({"BASE_URL": address, "MAIL_FROM": "a@example.org"})

    assert loaded.base_url == address.rstrip("/")


def test_each_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    (tmp_path / "password").write_text("pass-word\n")
    loaded = load(
        {
            "SECRET_KEY_FILE": str(tmp_path / "key"),
            "SMTP_HOST": "mail.example.org",
            "SMTP_USER": "office",
            "SMTP_PASSWORD_FILE": str(tmp_path / "password"),
        }
    )

    assert loaded.keys == (KEY,)
    assert loaded.smtp and loaded.smtp.password == "pass-word"


def test_a_value_and_a_file_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)

    said = mistakes(SECRET_KEY=KEY, SECRET_KEY_FILE=str(tmp_path / "key"))

    assert said == ["SECRET_KEY and SECRET_KEY_FILE are both set: keep one"]


def test_a_file_that_is_no_help_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")

    assert mistakes(SECRET_KEY_FILE=str(tmp_path / "none")) == [
        "SECRET_KEY_FILE cannot be read: No such file or directory"
    ]
    # Else a key of our own making would quietly take its place.
    assert mistakes(SECRET_KEY_FILE=str(tmp_path / "empty")) == ["SECRET_KEY_FILE is an empty file"]
    assert mistakes(SECRET_KEY_FILE=str(tmp_path / "bytes")) == [
        "SECRET_KEY_FILE cannot be read: not a text"
    ]


def test_a_user_of_no_server_is_a_mistake() -> None:
    assert mistakes(SMTP_USER="office", SMTP_PASSWORD="pass-word") == [
        "SMTP_USER needs SMTP_HOST too"
    ]


def test_no_secret_is_printed() -> None:
    database = "postgresql://u:data-base-word@db/mentorat"
    printed = repr(load({"SECRET_KEY": KEY, "DATABASE_URL": database, **MAIL}))

    assert "mail.example.org" in printed
    assert not any(secret in printed for secret in (KEY, "pass-word", "data-base-word"))


def test_a_mistake_ends_the_program_in_words() -> None:
    with pytest.raises(SystemExit, match="Settings that cannot be used:\n- PORT must"):
        load({"PORT": "no"})


def test_the_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    made = key_made_once(data)

    [file] = data.iterdir()
    assert file.name == "secret.key" and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(made) >= 32 and key_made_once(data) == made


def test_many_processes_make_one_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from settings import key_made_once;"
        "sys.stdin.readline(); sys.stdout.write(key_made_once(Path(sys.argv[1])))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path],
            cwd=SOURCE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    made = {process.communicate()[0] for process in started}

    assert len(made) == 1 and len(made.pop()) >= 32
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_who_comes_second_never_reads_half_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one writes between our look and our own file."""
    theirs = "t" * 64
    monkeypatch.setattr("os.fsync", lambda _: (tmp_path / "secret.key").write_text(theirs))

    assert key_made_once(tmp_path) == theirs
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_an_unusable_key_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(BadSettings, match=r"secret\.key holds no key"):
        key_made_once(tmp_path)
    with pytest.raises(BadSettings, match="cannot be made or read"):
        key_made_once(tmp_path / "secret.key")

    assert (tmp_path / "secret.key").read_text() == ""
