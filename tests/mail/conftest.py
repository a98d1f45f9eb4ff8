"""What the tests of letters share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import settings
from tests.smtp import mail_server  # noqa: F401


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings are read again after `environ.setenv`, if `settings.forget()` is called."""
    yield monkeypatch
    monkeypatch.undo()
    settings.forget()
