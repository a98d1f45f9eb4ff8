"""The operator's commands."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from running import logs

# Objects between two looks for garbage. A start makes what stays: Python's usual 700 would look
# through all of it again and again, for a fifth of the time.
GARBAGE = 20_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Each command imports what it needs: settings are read when they are known to be wanted."""
    gc.set_threshold(GARBAGE)
    given = _parser().parse_args(arguments)
    logs.speak()
    try:
        given.act(given)
    finally:
        gc.freeze()  # nor is it worth looking for on the way out


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mentorat", description="Mentoring for associations.")
    acts = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = _command(acts, "serve", _serve, "run the web server; upgrades the database first")
    serve.add_argument("--port", type=int, help="instead of PORT")
    demo = _command(acts, "demo", _demo, "a look, with made-up people, in a database of its own")
    demo.add_argument("--port", type=int, default=8000)
    coordinator = _command(acts, "coordinator", None, "people of the office")
    add = _command(
        coordinator.add_subparsers(required=True, metavar="ACT"),
        "add",
        _coordinator,
        "make somebody a coordinator: also the way back in after a lock-out",
    )
    add.add_argument("email")
    add.add_argument("--first-name", default="")
    add.add_argument("--last-name", default="")
    add.add_argument("--language", default="fr", choices=("fr", "de", "it", "en"))
    mail = _command(acts, "mail", None, "letters")
    test = _command(
        mail.add_subparsers(required=True, metavar="ACT"),
        "test",
        _mail_test,
        "send one letter now and say what the server answered",
    )
    test.add_argument("address")
    keys = _command(acts, "keys", None, "the key that seals private texts").add_subparsers(
        required=True, metavar="ACT"
    )
    _command(keys, "new", _keys_new, "print a fresh key")
    told = "seal everything anew under the first of several keys, also while the server runs"
    _command(keys, "rotate", _keys_rotate, told)
    told = "copy the database (SQLite) into a new file, also while the server runs"
    _command(acts, "backup", _backup, told).add_argument("file", type=Path)
    told = "put back what a backup holds; what is there now stays in a copy"
    _command(acts, "restore", _restore, told).add_argument("file", type=Path)
    bring = _command(acts, "import", _import, "members from a CSV list, as the office does it")
    bring.add_argument("file", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="say what it would do, and stop")
    bring.add_argument("--invite", action="store_true", help="invite them, spread over time")
    _command(acts, "doctor", _doctor, "check settings, database, key and mail; no secret is shown")
    return parser


def _command(
    acts: Any, name: str, act: Callable[[Any], None] | None, told: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=told, description=told)
    if act is not None:
        parser.set_defaults(act=act)
    return parser


def _serve(given: argparse.Namespace) -> None:
    if given.port:
        os.environ["PORT"] = str(given.port)
    import app
    from running import serving
    from settings import settings

    async def prepare() -> None:
        await serving.prepare()
        await serving.announce()

    asyncio.run(prepare())
    serving.open_doors(app.build(), settings().port)


def _demo(given: argparse.Namespace) -> None:
    try:
        from demo import running
    except ModuleNotFoundError:
        sys.exit("This installation has no demo. Build the image with --build-arg DEMO=1.")
    running.run(given.port)


def _coordinator(given: argparse.Namespace) -> None:
    import clock
    from domain import first_run
    from formats.plain import ADDRESS

    if not ADDRESS.fullmatch(given.email):
        sys.exit("That is no e-mail address.")

    async def add() -> None:
        await first_run.coordinator(
            given.email, given.first_name, given.last_name, given.language, clock.now()
        )

    _with_database(add)
    _say("Done. They sign in with their e-mail address.")


def _mail_test(given: argparse.Namespace) -> None:
    from mail import smtp

    try:
        answer = asyncio.run(smtp.try_out(given.address))
    except smtp.Trouble as trouble:
        sys.exit(f"Not sent. {trouble}")
    _say(f"Sent. The server answered: {answer}")


def _keys_new(_: argparse.Namespace) -> None:
    import sealing

    _say(sealing.new_key())


def _keys_rotate(_: argparse.Namespace) -> None:
    from running import keys

    codes = []

    async def rotate() -> None:
        codes.append(await keys.rotate(_say))

    _with_database(rotate)
    sys.exit(codes[0])


def _backup(given: argparse.Namespace) -> None:
    from running import backup

    asyncio.run(backup.back_up(given.file, _say))


def _restore(given: argparse.Namespace) -> None:
    from running import backup

    asyncio.run(backup.restore(given.file, _say))


def _import(given: argparse.Namespace) -> None:
    from running import lists

    _with_database(lambda: lists.bring(given.file, given.dry_run, given.invite, _say))


def _doctor(_: argparse.Namespace) -> None:
    from running import doctor

    sys.exit(asyncio.run(doctor.examine(_say)))


def _with_database(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    from running import serving

    async def run() -> None:
        await serving.prepare()
        await work()

    asyncio.run(run())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
