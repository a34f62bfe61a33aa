"""What each command does, once its settings are known to be good.

Commands that take more than serving does import it themselves: a server starts in half the time.
"""

from argparse import Namespace
from collections.abc import Callable, Sequence

from web.console import complain, say
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
    return _complained(findings)


def _admin(settings: Settings, arguments: Namespace) -> int:
    from web.server.admin_acts import AdminAct
    from web.server.administration import administer

    given = {name: value for name, value in vars(arguments).items() if name != "command"}
    act = AdminAct(**given, named=settings.admins)
    with ground(settings, share=True) as place:
        for line in administer(place.uri, act):
            say(line)
    return 0


def _backup(settings: Settings, arguments: Namespace) -> int:
    from web.server.backups import write_backup

    with ground(settings, share=True) as place:
        say(write_backup(place.uri, arguments.file))
    return 0


def _restore(settings: Settings, arguments: Namespace) -> int:
    from web.server.backups import restore_backup

    with ground(settings, share=True, unfinished=True) as place:
        findings = restore_backup(place.uri, arguments.file, arguments.erasures)
    return _complained(findings)


def _erasures(settings: Settings, arguments: Namespace) -> int:
    from web.server.backups import list_erasures

    with ground(settings, share=True) as place:
        say(list_erasures(place.uri, arguments.file))
    return 0


def _doctor(settings: Settings, arguments: Namespace) -> int:
    from web.server.doctor import Examination, examine

    return 0 if examine(settings, Examination(arguments.mail, arguments.url)) else 1


def _complained(findings: Sequence[str]) -> int:
    for finding in findings:
        complain(finding)
    return 1 if findings else 0


COMMANDS: dict[str, Callable[[Settings, Namespace], int]] = {
    "serve": _serve,
    "seed": _seed,
    "migrate": _migrate,
    "audit": _audit,
    "admin": _admin,
    "backup": _backup,
    "doctor": _doctor,
    "restore": _restore,
    "erasures": _erasures,
}
