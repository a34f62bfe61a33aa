"""How much is measured: all of it, or just enough to see that the bench works."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.live.heart import PING_SECONDS


@dataclass(frozen=True)
class Size:
    """How much a database has."""

    experts: int
    slots: int
    """Those of the bookings among them."""
    bookings: int

    @property
    def told(self) -> str:
        """Return it in words."""
        return f"{self.experts:,} experts, {self.slots:,} times and {self.bookings:,} bookings"


@dataclass(frozen=True)
class Scale:
    """The size of every figure."""

    rounds: int
    long_rounds: int
    """Where one round takes long, and differs little from the next."""
    bookings: int
    crowd: int
    requests: int
    experts: int
    past_bookings: int
    archived: int
    """Bookings in the archive that administrators search."""
    large: Size
    listeners: Sequence[int]
    changes: int
    """Of one time, for each number of listeners and round."""
    ping_period_s: float
    year_pages: Sequence[int]
    """Open pages that a year of times is shown on."""
    clients: Sequence[int]
    """How many ask at once, to find where a process has enough."""
    idle_listeners: int
    reconnects: int


FULL = Scale(
    rounds=5,
    long_rounds=3,
    bookings=640,
    crowd=200,
    requests=1_000,
    experts=2_000,
    past_bookings=100_000,
    archived=1_000_000,
    large=Size(experts=20_000, slots=5_000_000, bookings=1_000_000),
    listeners=(1, 1_000, 5_000),
    changes=10,
    ping_period_s=PING_SECONDS,
    year_pages=(20, 200),
    clients=(1, 4, 16, 64, 256),
    idle_listeners=1_000,
    reconnects=1_000,
)
QUICK = Scale(
    rounds=1,
    long_rounds=1,
    bookings=40,
    crowd=10,
    requests=40,
    experts=30,
    past_bookings=100,
    archived=2_000,
    large=Size(experts=40, slots=4_000, bookings=400),
    listeners=(1, 20),
    changes=2,
    ping_period_s=1,
    year_pages=(2, 5),
    clients=(1, 4),
    idle_listeners=20,
    reconnects=20,
)
