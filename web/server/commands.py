"""What each command does, once its settings are known to be good."""

from argparse import Namespace
from collections.abc import Callable

from web.console import complain, say
from web.server.administration import AdminAct, administer
from web.server.launcher import audit_data, ground, seed, serve
from web.settings import Settings


def _serve(settings: Settings, _: Namespace) -> int:
    try:
        serve(settings)
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def _seed(settings: Settings, arguments: Namespace) -> int:
    with ground(settings, share=True) as place:
        place.migrate()
        added = seed(place.uri, experts=arguments.experts)
    say(f"Added {added} experts and times." if added else "Nothing to add: all of it is there.")
    return 0


def _migrate(settings: Settings, _: Namespace) -> int:
    with ground(settings, share=True) as place:
        place.migrate()
    say("The database has every migration.")
    return 0


def _audit(settings: Settings, _: Namespace) -> int:
    with ground(settings, share=True) as place:
        findings = audit_data(place.uri)
    for finding in findings:
        complain(finding)
    return 1 if findings else 0


def _admin(settings: Settings, arguments: Namespace) -> int:
    with ground(settings, share=True) as place:
        for line in administer(place.uri, _act(arguments)):
            say(line)
    return 0


def _act(arguments: Namespace) -> AdminAct:
    given = {name: value for name, value in vars(arguments).items() if name != "command"}
    return AdminAct(**given)


COMMANDS: dict[str, Callable[[Settings, Namespace], int]] = {
    "serve": _serve,
    "seed": _seed,
    "migrate": _migrate,
    "audit": _audit,
    "admin": _admin,
}
