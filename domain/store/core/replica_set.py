"""A replica set of one: makes a mongod that has begun to listen the primary of its own set."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from domain.store.core.database import Document

NAME = "expertconnect"

_UNAUTHORIZED = 13
_AUTHENTICATION_FAILED = 18
_ALREADY_INITIALIZED = 23
_NOT_YET = frozenset({94, 109})
"""It is reading its configuration this moment, or writing it."""

_PAUSE_S = 0.02


class NoPrimary(Exception):  # noqa: N818 - read as a sentence
    """The server did not become primary. The message says why."""


class LoginRefused(NoPrimary):
    """The server has a login, and it is not ours."""


@dataclass(frozen=True)
class Login:
    """The login of a server that asks for one."""

    name: str
    password: str = field(repr=False)
    """Of characters that need no quoting in an address."""


def uri_of(port: int, login: Login | None = None) -> str:
    """Return the address of a set of one on this machine."""
    if login is None:
        return f"mongodb://127.0.0.1:{port}/?directConnection=true"
    who = f"{login.name}:{login.password}"
    return f"mongodb://{who}@127.0.0.1:{port}/?directConnection=true&authSource=admin"


def become_primary(
    port: int, login: Login | None, *, within: float, alive: Callable[[], None]
) -> None:
    """Have the server that listens there become primary, and know the login.

    Args:
        port: Where it listens on 127.0.0.1; it may have been another the last time.
        login: Made on a server that has none yet; None if it asks for none.
        within: How many seconds it may take to become primary.
        alive: Called while it does; raises when the server has ended.

    Raises:
        NoPrimary: It did not become primary in time.
        LoginRefused: It has another login than this.
    """
    deadline = time.monotonic() + within
    try:
        with _client(port) as client:
            while not _is_ready(client, port, login):
                alive()
                if time.monotonic() > deadline:
                    raise NoPrimary(f"it is no primary after {within:.0f} s")
                time.sleep(_PAUSE_S)
    except PyMongoError as error:
        alive()
        code = getattr(error, "code", None)
        raise NoPrimary(f"it refuses to ({type(error).__name__}, code {code})") from error


def _client(port: int, login: Login | None = None) -> MongoClient[Document]:
    return MongoClient(
        uri_of(port, login), serverSelectionTimeoutMS=5_000, appname="expertconnect-start"
    )


def _is_ready(client: MongoClient[Document], port: int, login: Login | None) -> bool:
    try:
        hello = client.admin.command("hello")
        if "setName" not in hello:
            _configure(client, port, login)
        if not hello["isWritablePrimary"]:
            return False
        if login:
            _have_login(client, port, login)
    except AutoReconnect:
        # It answers nothing for half a minute if a silent program has its old port now.
        return False
    return True


def _configure(client: MongoClient[Document], port: int, login: Login | None) -> None:
    """Begin the set, or tell one that was begun at another port where it is now."""
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    config = {"_id": NAME, "version": 1, "members": [member]}
    try:
        client.admin.command("replSetInitiate", config)
    except OperationFailure as error:
        if error.code == _ALREADY_INITIALIZED:
            _reconfigure(client, config)
        elif error.code == _UNAUTHORIZED and login:
            with _logged_in(port, login) as known:
                _reconfigure(known, config)
        elif error.code not in _NOT_YET:
            raise


def _reconfigure(client: MongoClient[Document], config: Document) -> None:
    """Replace the configuration: by force, which raises its version, as there is no primary."""
    try:
        client.admin.command("replSetReconfig", config, force=True)
    except OperationFailure as error:
        if error.code not in _NOT_YET:
            raise


def _have_login(client: MongoClient[Document], port: int, login: Login) -> None:
    """Make the first login, which a server allows over loopback while it has none."""
    try:
        client.admin.command(
            "createUser",
            login.name,
            pwd=login.password,
            roles=["root"],
            writeConcern={"w": "majority"},
        )
    except OperationFailure as error:
        if error.code != _UNAUTHORIZED:
            raise
        with _logged_in(port, login):
            pass


@contextmanager
def _logged_in(port: int, login: Login) -> Iterator[MongoClient[Document]]:
    try:
        with _client(port, login) as known:
            known.admin.command("ping")
            yield known
    except OperationFailure as error:
        if error.code == _AUTHENTICATION_FAILED:
            raise LoginRefused("it does not know the login") from error
        raise
