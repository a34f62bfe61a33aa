"""A lease: one process at a time; a killed one keeps others waiting only until it expires."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pymongo
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError

from domain.rules.instants import EPOCH
from domain.store.core.database import Document
from domain.store.core.deadlines import LEASE_S

DURATION = timedelta(seconds=30)
PATIENCE = timedelta(minutes=10)

_PAUSE_S = 0.2


class LeaseBusy(Exception):  # noqa: N818 - a state, not an error
    """Somebody else held the lease for as long as the caller would wait."""


@dataclass(frozen=True)
class Lease:
    """The holder of a name's lease excludes everybody else from it."""

    collection: Collection[Document]
    """Where leases are kept, one document each."""
    name: str
    clock: Callable[[], datetime]
    """Returns the present instant, the same to all that want this lease: the database's."""
    duration: timedelta = DURATION
    """How long a killed holder keeps the others waiting."""
    holder: str = field(default_factory=lambda: secrets.token_hex(8))

    @contextmanager
    def held(self, *, patience: timedelta = PATIENCE) -> Iterator[None]:
        """Hold it, renewed for as long as the work takes.

        Raises:
            LeaseBusy: Somebody that is alive held it for longer than `patience`.
        """
        deadline = self.clock() + patience
        while not self.take():
            if self.clock() > deadline:
                raise LeaseBusy(self.name)
            time.sleep(_PAUSE_S)
        done = threading.Event()
        renewing = threading.Thread(target=self._renew_until, args=(done,), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            done.set()
            renewing.join()
            # The work is done; a lease that can't be given back expires.
            with suppress(PyMongoError), pymongo.timeout(LEASE_S):
                self._set_end(EPOCH)

    def take(self) -> bool:
        """Take it if it is free or has expired: one conditional write, which one process wins."""
        with pymongo.timeout(LEASE_S):
            return self._take(self.clock())

    def _take(self, now: datetime) -> bool:
        free = {"_id": self.name, "until": {"$lte": now}}
        mine = {"$set": {"holder": self.holder, "until": now + self.duration}}
        try:
            result = self.collection.update_one(free, mine, upsert=True)
        except DuplicateKeyError:  # it is there, and not free
            return False
        return result.modified_count == 1 or result.upserted_id is not None

    def _renew_until(self, done: threading.Event) -> None:
        while not done.wait(self.duration.total_seconds() / 3):
            # The next try is soon; the work itself meets the same trouble, and says so.
            with suppress(PyMongoError), pymongo.timeout(LEASE_S):
                self._set_end(self.clock() + self.duration)

    def _set_end(self, until: datetime) -> None:
        mine = {"_id": self.name, "holder": self.holder}
        self.collection.update_one(mine, {"$set": {"until": until}})
