"""The fast tier, `just test-fast`: tests of rules, which need no server and start no process."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NoReturn

import pytest

SERVERS = {"mongodb_uri", "site", "playwright"}
"""The fixtures that start something; what has to do with them asks for one in the end."""
STARTERS = {
    "subprocess",
    "servers",
    "programs",
    "proxies",
    "embedded",
    "mongod",
    "unruly",
    "lanes",
    "uvicorn",
}
"""The modules that start processes, by the last part of their names."""


def is_fast(item: pytest.Item) -> bool:
    """Say whether a test needs nothing but this process."""
    module = getattr(item, "module", None)
    fixtures = {*getattr(item, "fixturenames", [])}
    return not fixtures & SERVERS and not (module and _starts_something(module))


def _starts_something(module: ModuleType) -> bool:
    known = vars(module).values()
    homes = {getattr(value, "__module__", None) or "" for value in known if callable(value)}
    modules = {value.__name__ for value in known if isinstance(value, ModuleType)}
    return "smtp_server" in vars(module) or not STARTERS.isdisjoint(
        home.rpartition(".")[2] for home in homes | modules
    )


@contextmanager
def nothing_started() -> Iterator[None]:
    """Have whatever starts a process, or connects to another, fail."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        pytest.fail("This test is not of the fast tier: it starts a process or connects to one.")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(subprocess, "Popen", refuse)
        broken.setattr(socket.socket, "connect", refuse)
        broken.setattr(socket, "create_connection", refuse)
        yield
