"""What was asked while the database was in trouble, and how it was answered."""

import re
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field

import httpx

NO_ANSWER = 0

_TITLE = re.compile(r"<h1[^>]*>([^<]*)<")
_CLAIMS_NOTHING_CHANGED = ("Nothing was changed", "Nothing was booked", "nothing was changed")


@dataclass(frozen=True)
class Asked:
    """One request, and its answer."""

    what: str
    begun: float
    ended: float
    status: int
    """NO_ANSWER where none came."""
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    text: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.begun

    @property
    def is_an_answer(self) -> bool:
        """Say whether it did what was asked, or said in words when to ask again."""
        if self.status == 503:
            return self.is_a_check or ("retry-after" in self.headers and "<h1" in self.text)
        return self.status not in (NO_ANSWER, 500)

    @property
    def is_a_check(self) -> bool:
        """Say whether a machine asked."""
        return self.what == "ready"

    @property
    def says_nothing_changed(self) -> bool:
        """Say whether the answer assures that it left no trace."""
        return any(words in self.text for words in _CLAIMS_NOTHING_CHANGED)

    def __str__(self) -> str:
        title = _TITLE.search(self.text)
        again = self.headers.get("retry-after", "no Retry-After")
        words = title[1] if title else self.text[:80]
        return f"{self.what}: {self.status} after {self.seconds:.1f} s, {again}, {words!r}"


class Journal:
    """All requests of one run, in the order of their answers."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._open: dict[int, tuple[str, float]] = {}
        self._count = 0

    @property
    def open(self) -> list[tuple[str, float]]:
        """What is not answered yet, and since when."""
        return list(self._open.values())

    async def ask(self, what: str, send: Callable[[], Awaitable[httpx.Response]]) -> Asked:
        """Send a request, and write down its answer or that none came."""
        self._count += 1
        number, begun = self._count, time.monotonic()
        self._open[number] = (what, begun)
        try:
            answer = await send()
        except httpx.TransportError:
            asked = Asked(what, begun, time.monotonic(), NO_ANSWER)
        else:
            asked = Asked(
                what, begun, time.monotonic(), answer.status_code, answer.headers, answer.text
            )
        finally:
            del self._open[number]
        self.asked.append(asked)
        return asked

    def since(self, instant: float, *, kinds: Collection[str]) -> Iterator[Asked]:
        """Yield what was asked since an instant, of these kinds."""
        return (a for a in self.asked if a.begun >= instant and a.what in kinds)

    def spanning(self, start: float, end: float, what: str) -> Iterator[Asked]:
        """Yield what waited for its answer at any moment between two instants."""
        return (a for a in self.asked if a.what == what and a.begun < end and a.ended > start)
