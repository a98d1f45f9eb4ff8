"""Who may import whom: the table of the house, held against every file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"

# Below everything: open to all, and itself in need of nothing but the settings.
CELLAR = {"settings", "clock", "formats", "sealing", "i18n", "content", "assets"}
CONTROLLERS = {"tables", "urls", "search", "domain", "forms", "pages", "oidc", "running"}
MAY: dict[str, set[str]] = {
    **{room: {"settings"} for room in CELLAR},
    "i18n": {"settings", "clock"},  # moments are shown where the association lives
    "engines": set(),
    "oidc": set(),
    "piccolo_conf": {"engines"} | CELLAR,
    "tables": {"piccolo_conf"} | CELLAR,
    "urls": {"tables"} | CELLAR,
    "search": {"tables"} | CELLAR,
    "templating": {"urls"} | CELLAR,
    "mail": {"tables", "urls", "templating"} | CELLAR,
    "domain": {"tables", "search", "mail"} | CELLAR,
    "forms": {"tables", "domain", "urls"} | CELLAR,  # where to go on is a field too
    "pages": {"urls", "templating"} | CELLAR,
    "running": {"tables", "urls", "domain", "mail", "piccolo_conf"} | CELLAR,
    "jobs": {"domain", "mail", "running"} | CELLAR,
    "controllers": CONTROLLERS | CELLAR,
    # A program of its own, which joins the parts again around made-up people.
    "demo": {"app", "jobs", "controllers", "mail", "piccolo_conf"} | CONTROLLERS | CELLAR,
}
ALL = {"app", "cli"}
# A library that is not here is in nobody's hands yet.
ONLY: dict[str, set[str]] = {
    "aiosmtplib": {"mail"},
    "aiosqlite": {"engines"},
    "asyncpg": {"engines"},
    "babel": {"i18n"},
    "cryptography": {"sealing"},
    "httpx": {"oidc"},
    "icalendar": {"formats"},
    "jinja2": {"templating"},
    "litestar": {"controllers", "app", "cli", "demo", "pages"},
    "markdown_it": {"templating"},
    "markupsafe": {"templating", "demo"},
    "openpyxl": {"formats"},
    "piccolo": {"tables", "engines", "search", "running", "piccolo_conf"},
    "prometheus_client": {"running"},
    "pypdfium2": {"formats"},
    "rapidfuzz": {"search"},
    "sqlite3": {"engines", "demo"},
    "uvicorn": {"running"},  # serve and demo open the same doors
}
# Not for everybody either, though no import tells.
CALLS: dict[str, set[str]] = {
    # A demo is a process whose settings are not the operator's.
    "os.environ": {"settings", "demo"} | ALL,
    "os.getenv": {"settings"} | ALL,
    "datetime.now": {"clock"},
    "date.today": {"clock"},
    "time.time": {"clock"},
}

FILES = sorted(
    path for path in SOURCE.rglob("*.py") if "migrations" not in path.relative_to(SOURCE).parts
)
ROOMS = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in FILES}


def test_imports_point_down() -> None:
    wrong = {
        f"{file.relative_to(SOURCE)} imports {word}"
        for file in FILES
        for word in _imports(file)
        if not _may(_room(file), word)
    }

    assert sorted(wrong) == []


def test_the_environment_and_the_time_are_read_in_one_place() -> None:
    wrong = {
        f"{file.relative_to(SOURCE)} takes {name}"
        for file in FILES
        for name in _attributes(file) & CALLS.keys()
        if _room(file) not in CALLS[name]
    }

    assert sorted(wrong) == []


def test_pages_alone_reads_the_headers_of_htmx() -> None:
    knowing = {_room(file) for file in FILES if any(map(_is_htmx_header, _texts(file)))}

    assert knowing <= {"pages"}


def test_every_room_has_its_place() -> None:
    assert sorted(ROOMS - ALL - MAY.keys()) == []


def test_no_module_hides_the_standard_library() -> None:
    assert sorted(ROOMS & sys.stdlib_module_names) == []


def _may(here: str, word: str) -> bool:
    if word in ONLY:
        return here in ONLY[word]
    if word in ROOMS:
        return word == here or here in ALL or word in MAY[here]
    return word in sys.stdlib_module_names


def _imports(file: Path) -> Iterator[str]:
    for node in _nodes(file):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "").split(".")[0]


def _attributes(file: Path) -> set[str]:
    return {
        f"{node.value.id}.{node.attr}"
        for node in _nodes(file)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def _texts(file: Path) -> Iterator[str]:
    for node in _nodes(file):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is_htmx_header(text: str) -> bool:
    return text.lower().startswith("hx-")


@cache
def _nodes(file: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text())))


def _room(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")
