"""Rates: how often something may be asked for, and by whom it is counted.

Each rate is a bucket that fills again at a steady pace. It is known by one instant, when it will be
full again: asking moves that instant ahead by a fixed step, and no further than the bucket is deep.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from domain.rules.errors import Code

HOUR = timedelta(hours=1)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Rate:
    """So many at once, and as many again spread evenly over an hour."""

    kind: str
    """What is counted, and by what. Rates of one kind share their counts."""
    most: int
    code: Code
    """What one too many is refused by."""

    @property
    def step(self) -> timedelta:
        """What one request costs: the time until another may take its place."""
        return max(HOUR / self.most // _MILLISECOND * _MILLISECOND, _MILLISECOND)

    def latest(self, now: datetime) -> datetime:
        """Return the latest instant of being full again that leaves room for one more at `now`."""
        return now + (self.most - 1) * self.step

    def wait(self, full_at: datetime, now: datetime) -> timedelta:
        """Return how long it takes from `now` until there is room for one more; zero: there is."""
        return max(full_at - self.latest(now), timedelta())

    def is_strained(self, full_at: datetime, now: datetime) -> bool:
        """Say whether more than half of what may be asked for at once has been at `now`."""
        return full_at - now > self.most * self.step / 2


LINKS_OF_NETWORK = Rate("links of network", 30, Code.TOO_MANY_LINKS)
LINKS_OF_ADDRESS_THERE = Rate("links of address and network", 5, Code.TOO_MANY_LINKS)
LINKS_OF_ADDRESS = Rate("links of address", 20, Code.TOO_MANY_LINKS)
ENTRIES_OF_NETWORK = Rate("places of network", 30, Code.TOO_MANY_WAITS)
LETTERS_OF_ADDRESS = Rate("letters of address", 10, Code.TOO_MANY_WAITS)
"""How many waitlist entries are confirmed by mail; who types another's address can't flood it."""
RESENDS_OF_BOOKING = Rate("resends of booking", 5, Code.TOO_MANY_RESENDS)


class Act(StrEnum):
    """What is counted of bookings, each for itself: a full count of one stops no other."""

    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Allowance:
    """How many bookings an hour are made from one network and with one address.

    As many are moved, and as many cancelled.
    """

    per_network: int = 60
    per_address: int = 20

    def of_network(self, act: Act) -> Rate:
        """Return the rate of an act from one network."""
        return Rate(f"{act} of network", self.per_network, _code(act))

    def of_address(self, act: Act) -> Rate:
        """Return the rate of an act with one address."""
        return Rate(f"{act} of address", self.per_address, _code(act))


def _code(act: Act) -> Code:
    return Code.TOO_MANY_BOOKINGS if act is Act.BOOK else Code.TOO_MANY_CHANGES


@dataclass(frozen=True)
class Asker:
    """Who asks, as counts know them: by digests that nobody reads without the secret."""

    network: str
    """Where the request comes from."""
    secret: str = field(default="", repr=False)
    proven: Collection[str] = ()
    """Addresses that the browser has proven: nobody else's requests count against it there."""
    allowance: Allowance = Allowance()

    @property
    def here(self) -> str:
        """By what a network is counted."""
        return self._digest("network", self.network)

    def with_address(self, address: str) -> str:
        """Return by what an address is counted, apart for browsers that have proven it."""
        return self._digest("proven" if address in self.proven else "address", address)

    def with_address_here(self, address: str) -> str:
        """Return by what an address is counted in one network."""
        return self._digest("address there", address, self.network)

    def _digest(self, *names: str) -> str:
        text = "\0".join(names)
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
