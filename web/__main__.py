"""The commands: `python -m web` serves; `seed`, `migrate` and `audit` do that and end."""

import argparse
import os
import signal
import sys
from collections.abc import Callable

from web.console import Trouble, complain, say
from web.launcher import CATALOGUE, audit_data, ground, seed, serve
from web.settings import BadSetting, Settings, read_settings

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    try:
        serve(settings)
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def _seed(settings: Settings, arguments: argparse.Namespace) -> int:
    with ground(settings, share=True) as place:
        place.migrate()
        added = seed(place.uri, experts=arguments.experts)
    say(f"Added {added} experts and times." if added else "Nothing to add: all of it is there.")
    return 0


def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    with ground(settings, share=True) as place:
        place.migrate()
        say("The database has every migration.")
    return 0


def _audit(settings: Settings, _: argparse.Namespace) -> int:
    with ground(settings, share=True) as place:
        findings = audit_data(place.uri)
    for finding in findings:
        complain(finding)
    return 1 if findings else 0


COMMANDS: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
    "serve": _serve,
    "seed": _seed,
    "migrate": _migrate,
    "audit": _audit,
}


def _experts(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m web", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve, until Ctrl-C (what happens without a command)")
    seeding = commands.add_parser("seed", help="add what is missing of the catalogue")
    seeding.add_argument("--experts", type=_experts, default=CATALOGUE, metavar="N")
    commands.add_parser("migrate", help="apply the migrations")
    commands.add_parser("audit", help="walk the data for double or orphaned claims")
    return parser.parse_args()


def _stop_on_signals() -> None:
    """Make the first signal a KeyboardInterrupt; what ends things then is not disturbed by more."""

    def stop(*_: object) -> None:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in _STOPPING:
        signal.signal(number, stop)


def main() -> int:
    """Run the command; trouble becomes one line and exit code 1."""
    arguments = _arguments()
    _stop_on_signals()
    try:
        settings = read_settings(os.environ)
        return COMMANDS[arguments.command or "serve"](settings, arguments)
    except (BadSetting, Trouble) as trouble:
        complain(trouble)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
