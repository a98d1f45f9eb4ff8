"""What the logs say, and what they keep to themselves."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from running.logs import AsJson, Plain
from tables.people import Person
from tests.factories import make_person

SECRET = "\n".join(word[::-1] for word in ("etavirp", "sdrow"))  # a trace shows the source too


def trace_of(error: BaseException, form: logging.Formatter) -> str:
    try:
        raise RuntimeError("while coming in") from error
    except RuntimeError:
        trouble: Any = sys.exc_info()
    record = logging.LogRecord("mentorat", logging.ERROR, "", 0, "failed", None, trouble)
    written = form.format(record)
    return str(json.loads(written)["trace"]) if isinstance(form, AsJson) else written


@pytest.mark.parametrize("form", [Plain(), AsJson()])
@pytest.mark.usefixtures("founded")
async def test_a_trace_quotes_nobody(form: logging.Formatter) -> None:
    await make_person(email="ada@example.org")

    with pytest.raises(Exception, match=r"(?i)unique") as twice:
        await make_person(email="ada@example.org")
    trace = trace_of(twice.value, form)

    assert "ada@example.org" not in trace
    assert type(twice.value).__name__ in trace and "RuntimeError: while coming in" in trace


@pytest.mark.usefixtures("founded")
async def test_nor_a_value_that_does_not_fit(database: Any) -> None:
    if database.engine_type == "sqlite":  # takes anything
        return

    with pytest.raises(Exception, match="invalid input") as unfit:
        await Person.raw("SELECT id FROM people WHERE id = {}", SECRET)
    trace = trace_of(unfit.value, Plain())

    assert not any(line in trace for line in SECRET.splitlines())
