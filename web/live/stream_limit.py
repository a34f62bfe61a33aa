"""How many streams one network may have open at a time, so that none takes all of a process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from litestar.exceptions import TooManyRequestsException

RETRY_AFTER_S = 30
"""When to ask again: streams end when pages are left."""


class StreamLimit:
    """Counts the open streams of this process by network. One a process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def counted(self, network: str) -> Iterator[None]:
        """Count a stream of a network until the block ends.

        Raises:
            TooManyRequestsException: The network has as many as it may have.
        """
        if self._open[network] >= self._most:
            raise TooManyRequestsException(headers={"Retry-After": str(RETRY_AFTER_S)})
        self._open[network] += 1
        try:
            yield
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]
