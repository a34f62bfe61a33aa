"""A database that misbehaves on demand: it falls silent, or fails what a test names."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.nodes import NAME, Guard, Node, wait
from tests.servers import free_port

_PATIENCE_MS = 30_000
_OPTIONS = ("--setParameter", "enableTestCommands=1")


@dataclass
class Unruly:
    """A replica set of one."""

    node: Node

    def uri(self, database: str) -> str:
        """Return the address of a database on it."""
        return f"mongodb://{self.node.host}/{database}?directConnection=true"

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Have it answer nothing and close nothing while the block runs."""
        self.node.silence()
        try:
            yield
        finally:
            self.node.wake()

    @contextmanager
    def failing(self, *commands: str, times: int | None = None, **how: Any) -> Iterator[None]:
        """Have some commands fail while the block runs, be it only so many times.

        Args:
            commands: Which.
            times: How often; without it always.
            how: What becomes of them, as the server's fail point `failCommand` has it.
        """
        mode: Any = "alwaysOn" if times is None else {"times": times}
        data = {"failCommands": [*commands], **how}
        self._set(mode=mode, data=data)
        try:
            yield
        finally:
            self._set(mode="off")

    def _set(self, **how: Any) -> None:
        with self.node.client(_PATIENCE_MS) as client:
            client.admin.command("configureFailPoint", "failCommand", **how)


@contextmanager
def unruly_database() -> Iterator[Unruly]:
    """Run one; ended afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        guard = Guard()
        node = Node(free_port(), Path(folder) / "data", guard, _OPTIONS)
        try:
            node.start()
            node.wait_until_it_answers()
            members = [{"_id": 0, "host": node.host}]
            with node.client(_PATIENCE_MS) as client:
                client.admin.command("replSetInitiate", {"_id": NAME, "members": members})
            wait("no primary", lambda: node.hello().get("isWritablePrimary"))
            yield Unruly(node)
        finally:
            if node.process is not None:
                node.kill()
            guard.end()
