"""One line an event, as JSON where a machine reads it; no address, no path, no text."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

# What a line may carry beside its words: see `extra=` where it is logged.
CARRIED = ("method", "route", "status", "milliseconds")

# PostgreSQL tells the row, asyncpg the value; an address may stand anywhere.
QUOTED = re.compile(
    r"^DETAIL:.*?(?=^HINT:|^The above exception|^During handling|\Z)"
    r"|(?<=invalid input for query argument ).*?(?=^The above exception|^During handling|\Z)"
    r"|\S+@\S+",
    re.DOTALL | re.MULTILINE,
)


def speak() -> None:
    """In words for a terminal, in JSON for whoever collects logs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Plain() if sys.stderr.isatty() else AsJson())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class Careful(logging.Formatter):
    """Traces without what the database's errors quote of people's rows."""

    def formatException(self, ei: Any) -> str:
        return QUOTED.sub("…", super().formatException(ei))


class Plain(Careful):
    def format(self, record: logging.LogRecord) -> str:
        words = [record.levelname.lower(), record.getMessage()]
        words += [f"{name}={value}" for name, value in _carried(record).items()]
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return " ".join(words) + trace


class AsJson(Careful):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "said": record.getMessage(),
            **_carried(record),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _carried(record: logging.LogRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in CARRIED if hasattr(record, name)}
