"""How many streams one network may have open at a time, so that none takes all of a process."""

from collections import Counter

from litestar.exceptions import TooManyRequestsException

RETRY_AFTER_S = 30
"""When to ask again: streams end when pages are left."""


class StreamLimit:
    """Counts the open streams of this process by network. One a process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def seat(self, network: str) -> "Seat":
        """Return a seat for a stream of a network, not yet taken."""
        return Seat(self._most, self._open, network)


class Seat:
    """What a stream takes of its network's streams for as long as it lasts: `with seat`."""

    __slots__ = ("_most", "_network", "_open")

    def __init__(self, most: int, taken: Counter[str], network: str) -> None:
        self._most = most
        self._open = taken
        self._network = network

    def check(self) -> None:
        """Refuse if there is none.

        Raises:
            TooManyRequestsException: The network has as many streams as it may have.
        """
        if self._open[self._network] >= self._most:
            raise TooManyRequestsException(headers={"Retry-After": str(RETRY_AFTER_S)})

    def __enter__(self) -> None:
        self._open[self._network] += 1

    def __exit__(self, *_: object) -> None:
        self._open[self._network] -= 1
        if not self._open[self._network]:
            del self._open[self._network]
