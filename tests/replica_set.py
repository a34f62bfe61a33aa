"""A replica set of three real nodes whose servers can be killed, silenced and brought back.

Needs Linux and a `mongod`. No node outlives the process that started it, however that one ends.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bson import ObjectId
from pymongo.errors import NotPrimaryError, PyMongoError

from tests.nodes import NAME, Guard, Node, ReplicaSetFailed, wait
from tests.servers import free_port, quick_folder

SHORT_ELECTION_MS = 2_000
USUAL_ELECTION_MS = 10_000
"""After how long without a primary the others elect one, where nobody sets it."""

_LONG_S = 600
_SETTLED = 10
"""How many looks in a row have to find the same primary: one that wakes up may call an election."""
_NO_ELECTION = ObjectId("0" * 24)


def _settings(election_ms: int) -> dict[str, int]:
    # A new primary first waits for a silent node's heartbeat. While that node stays silent, only
    # heartbeats tell the primary what the other one has written.
    return {
        "electionTimeoutMillis": election_ms,
        "heartbeatTimeoutSecs": election_ms // 1_000,
        "heartbeatIntervalMillis": election_ms // 5,  # as with the usual settings
    }


@dataclass
class ReplicaSet:
    """Three nodes, made by `replica_set`."""

    nodes: Sequence[Node]

    def uri(self, database: str) -> str:
        """Return the address of a database in the set."""
        hosts = ",".join(node.host for node in self.nodes)
        return f"mongodb://{hosts}/{database}?replicaSet={NAME}"

    def primary(self) -> Node | None:
        """Return the node that takes writes; of two that say so the one elected last."""
        said = [(node, node.hello()) for node in self.nodes]
        elected = [
            (hello.get("electionId", _NO_ELECTION), node)
            for node, hello in said
            if hello.get("isWritablePrimary")
        ]
        return max(elected, key=lambda one: one[0])[1] if elected else None

    def wait_for_primary(self, *, but: Node | None = None) -> Node:
        """Wait until there is a primary, another than this one where one is named."""

        def another() -> Node | None:
            found = self.primary()
            return None if found is but else found

        return wait("no new primary", another)

    def wait_until_settled(self) -> None:
        """Wait until every node is the primary or keeps up with it, and no election is near."""
        before: list[ObjectId] = []

        def settled() -> bool:
            said = [node.hello() for node in self.nodes]
            elected = [hello["electionId"] for hello in said if hello.get("isWritablePrimary")]
            following = sum(bool(hello.get("secondary")) for hello in said)
            found = [*before, *elected]
            before[:] = found if len(elected) == 1 and len(set(found)) == 1 else []
            return len(before) >= _SETTLED and following == len(self.nodes) - 1

        wait("the nodes did not come back", settled)

    @property
    def others(self) -> list[Node]:
        """The nodes that are not primary."""
        first = self.primary()
        return [node for node in self.nodes if node is not first]

    def step_down(self) -> Node:
        """Have the primary hand over to another; returns the one that was."""
        while True:
            before = self.wait_for_primary()
            with before.client(10_000) as client, suppress(NotPrimaryError):
                client.admin.command("replSetStepDown", 10, secondaryCatchUpPeriodSecs=5)
                return before
            # It has just stepped down by itself, and may well be elected again.

    def postpone_elections(self) -> None:
        """Let nobody become primary by itself from now on, until `elect`."""
        for node in self.others:
            node.run("replSetFreeze", _LONG_S)

    def elect(self) -> Node:
        """Have one of those that answer become primary; returns it."""

        def elected() -> Node | None:
            for node in self.nodes:
                if node.answers:
                    with suppress(PyMongoError):  # the set is about to change its mind
                        node.run("replSetFreeze", 0)
                        node.run("replSetStepUp")
                    if found := self.primary():
                        return found
            return None

        return wait("nobody is elected", elected)

    def set_election(self, milliseconds: int) -> None:
        """Change after how long without a primary the others elect one."""
        first = self.wait_for_primary()
        config = first.run("replSetGetConfig")["config"]
        config["version"] += 1
        config["settings"] |= _settings(milliseconds)
        with first.client(10_000) as client:
            client.admin.command("replSetReconfig", config)

    def mend(self) -> None:
        """Wake who is silent, start who was ended, and wait until all are back."""
        for node in self.nodes:
            if node.is_silent:
                node.wake()
            elif not node.answers:
                node.start()
            with suppress(PyMongoError):  # it has just started: it never was told to wait
                node.run("replSetFreeze", 0)
        self.wait_until_settled()

    def start(self, election_ms: int) -> None:
        """Start all nodes and have them form the set; returns when the primary takes writes."""
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait_until_it_answers()
        config = {
            "_id": NAME,
            "members": [{"_id": n, "host": node.host} for n, node in enumerate(self.nodes)],
            "settings": _settings(election_ms),
        }
        with self.nodes[0].client(30_000) as client:
            client.admin.command("replSetInitiate", config)
        self.wait_for_primary()
        self.wait_until_settled()

    def end(self) -> None:
        """End all nodes; what they kept is not needed any more."""
        for node in self.nodes:
            if node.process is not None:
                node.kill()


@contextmanager
def replica_set(
    *, election_ms: int = SHORT_ELECTION_MS, **parameters: object
) -> Iterator[ReplicaSet]:
    """Run a set of three nodes; ended afterwards.

    Args:
        election_ms: After how long without a primary the others elect one.
        parameters: The servers' own (`--setParameter`), `transactionLifetimeLimitSeconds` say.
    """
    if sys.platform != "linux":
        raise ReplicaSetFailed("needs Linux")
    settings = {"enableTestCommands": 1, "diagnosticDataCollectionEnabled": "false", **parameters}
    options = [
        part for name, value in settings.items() for part in ("--setParameter", f"{name}={value}")
    ]
    with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
        guard = Guard()
        nodes = [Node(free_port(), Path(folder) / str(n), guard, options) for n in range(3)]
        found = ReplicaSet(nodes)
        try:
            found.start(election_ms)
            yield found
        finally:
            found.end()
            guard.end()
