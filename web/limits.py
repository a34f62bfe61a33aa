"""How many live holds may come from one address, counted by each process for itself."""

from collections import defaultdict
from datetime import datetime

from domain.errors import Code, Refusal


class HoldLimit:
    """Remembers which visitors of an IP address hold something, until their holds end."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._until: defaultdict[str, dict[str, datetime]] = defaultdict(dict)

    def check(self, ip: str, visitor_id: str, now: datetime) -> None:
        """Let one more hold pass, or refuse it.

        Raises:
            Refusal: TOO_MANY_HOLDS.
        """
        live = {v: until for v, until in self._until.get(ip, {}).items() if now < until}
        if not live:
            self._until.pop(ip, None)
        else:
            self._until[ip] = live
        if visitor_id not in live and len(live) >= self._most:
            raise Refusal(Code.TOO_MANY_HOLDS)

    def note(self, ip: str, visitor_id: str, until: datetime) -> None:
        """Count a visitor's hold until it ends; a visitor's newer hold takes its place."""
        self._until[ip][visitor_id] = until

    def forget(self, ip: str, visitor_id: str) -> None:
        """Stop counting a visitor's hold."""
        self._until.get(ip, {}).pop(visitor_id, None)
