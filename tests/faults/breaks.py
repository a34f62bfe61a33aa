"""What happens to the database: begun, held for as long as the block takes, and ended."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from tests.nodes import Node
from tests.replica_set import ReplicaSet


@contextmanager
def killed_primary(nodes: ReplicaSet) -> Iterator[None]:
    """kill -9 of the primary; it is started again in the end."""
    nodes.wait_for_primary().kill()
    try:
        yield
    finally:
        nodes.mend()


@contextmanager
def silent_primary(nodes: ReplicaSet) -> Iterator[None]:
    """A primary that answers nothing and closes nothing."""
    nodes.wait_for_primary().silence()
    try:
        yield
    finally:
        nodes.mend()


@contextmanager
def step_down(nodes: ReplicaSet) -> Iterator[None]:
    """The primary hands over, as it does for maintenance."""
    nodes.step_down()
    try:
        yield
    finally:
        nodes.mend()


@contextmanager
def lost_majority(nodes: ReplicaSet) -> Iterator[None]:
    """Both secondaries die; the primary steps down once it has noticed."""
    for node in nodes.others:
        node.kill()
    try:
        yield
    finally:
        nodes.mend()


@contextmanager
def lagging_majority(nodes: ReplicaSet) -> Iterator[None]:
    """Both secondaries are there and copy nothing: no write is ever confirmed."""
    others = nodes.others
    for node in others:
        _copies(node, "alwaysOn")
    try:
        yield
    finally:
        for node in others:
            _copies(node, "off")
        nodes.mend()


def _copies(node: Node, stopped: str) -> None:
    node.run("configureFailPoint", "stopReplProducer", mode=stopped)


@dataclass(frozen=True)
class Fault:
    """One way in which the database fails."""

    name: str
    happens: Callable[[ReplicaSet], AbstractContextManager[None]]
    seconds: float
    """How long it lasts where it is measured."""
    heals: bool = True
    """Whether there can be a new primary while it lasts."""
    noticed: bool = True
    """Whether anything is refused for as long as it lasts, or until there is a new primary."""
    silences: bool = True
    """Whether nothing can be read, either, and nobody hears of changes."""


KILLED = Fault("kill -9 of the primary", killed_primary, 15)
SILENT = Fault("primary silent", silent_primary, 25)
STEPS_DOWN = Fault("step-down", step_down, 10, noticed=False)
LOST = Fault("majority lost", lost_majority, 40, heals=False)
LAGGING = Fault("majority lags", lagging_majority, 20, heals=False, silences=False)
