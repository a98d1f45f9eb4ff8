"""The doctor says in words what is well and what isn't."""

from __future__ import annotations

import pytest

import settings
from running import doctor
from tests.mail.conftest import environ  # noqa: F401
from tests.smtp import MailServer, mail_server  # noqa: F401


@pytest.mark.usefixtures("founded")
@pytest.mark.parametrize("is_there", [True, False])
async def test_mail_is_tried(
    is_there: bool,
    mail_server: MailServer,  # noqa: F811
    environ: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    said: list[str] = []
    for name, value in mail_server.environ().items():
        environ.setenv(name, value if is_there else value.replace("127.0.0.1", "no.invalid"))
    settings.forget()

    verdict = await doctor.examine(said.append)

    assert verdict == (0 if is_there else 1)
    assert ("lets us in" if is_there else "NOT READY") in said[-1]
