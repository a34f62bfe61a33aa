"""The commands: `python -m web` serves; all others do what they are called after, and end."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from web.console import Trouble, complain, speak
from web.settings import read_settings
from web.variables import BadSetting

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _experts(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def read_arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line, or what is given instead; one that makes no sense ends the program."""
    parser = argparse.ArgumentParser(prog="python -m web", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve, until Ctrl-C (what happens without a command)")
    seeding = commands.add_parser("seed", help="add what is missing of the catalogue")
    seeding.add_argument("--experts", type=_experts, default=30, metavar="N")
    commands.add_parser("migrate", help="apply the migrations")
    commands.add_parser("audit", help="walk the data for double or orphaned claims")
    _add_admin(commands.add_parser("admin", help="say who is listed, and who administers"))
    _add_backups(commands)
    doctor = commands.add_parser("doctor", help="look for what is wrong, and say what to do")
    doctor.add_argument("--mail", metavar="ADDRESS", help="send a letter there")
    doctor.add_argument("--url", metavar="URL", help="ask the public address, too")
    return parser.parse_args(given)


def _add_admin(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser(
        "list", help="list who waits for approval, who is paused, and the administrators"
    )
    for act, words in (("approve", "list an expert"), ("pause", "list an expert no longer")):
        acts.add_parser(act, help=words).add_argument("slug", metavar="SLUG")
    for act, words in (("add", "add an administrator"), ("remove", "remove an administrator")):
        acts.add_parser(act, help=words).add_argument("address", metavar="ADDRESS")
    acts.choices["approve"].add_argument(
        "--anyway", action="store_true", help="even if the page lacks something"
    )


def _add_backups(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    files = {
        "backup": ("copy the database into a new file", "FILE"),
        "restore": ("put a backup into an empty database", "FILE"),
        "erasures": ("add to a list what was erased since", "LIST"),
    }
    for command, (words, name) in files.items():
        commands.add_parser(command, help=words).add_argument("file", metavar=name, type=Path)
    commands.choices["restore"].add_argument(
        "--erasures", metavar="LIST", type=Path, help="what `erasures` wrote"
    )


class Stopped(KeyboardInterrupt):
    """A signal came.

    Python's own type ends the process as if by SIGINT, though it was caught, once it has passed
    through the `exec` of a text; imports that make dataclasses are full of those.
    """


def stop_on_signals() -> None:
    """Make the first signal a KeyboardInterrupt; what ends things then is not disturbed by more."""

    def stop(*_: object) -> None:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in _STOPPING:
        signal.signal(number, stop)


def main() -> int:
    """Run the command; trouble becomes one line and exit code 1."""
    arguments = read_arguments()
    stop_on_signals()
    try:
        settings = read_settings(os.environ)
        speak(settings.log_format)
        # The drivers take a second to load: a bad setting is reported before that.
        from web.http.logs import configure_logs  # noqa: PLC0415
        from web.server.commands import COMMANDS  # noqa: PLC0415

        configure_logs(settings.log_format)
        return COMMANDS[arguments.command or "serve"](settings, arguments)
    except (BadSetting, Trouble) as trouble:
        complain(trouble)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
