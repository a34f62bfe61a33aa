"""How many live holds may come from one address, counted by each process for itself."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import Code, Refusal
from domain.instants import EPOCH
from domain.store.database import Key

_SWEEP_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class _Hold:
    slot_id: Key
    until: datetime


class HoldLimit:
    """Remembers which visitors of an IP address hold something, until their holds end."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._holds: defaultdict[str, dict[str, _Hold]] = defaultdict(dict)
        self._swept_at = EPOCH

    def check(self, ip: str, visitor_id: str, now: datetime) -> None:
        """Let one more hold pass, or refuse it.

        Raises:
            Refusal: TOO_MANY_HOLDS.
        """
        self._sweep(now)
        live = self._live(ip, now)
        if visitor_id not in live and len(live) >= self._most:
            raise Refusal(Code.TOO_MANY_HOLDS)

    def note(self, ip: str, visitor_id: str, slot_id: Key, until: datetime) -> None:
        """Count a visitor's hold until it ends; a visitor's newer hold takes its place."""
        self._holds[ip][visitor_id] = _Hold(slot_id, until)

    def forget(self, ip: str, visitor_id: str, slot_id: Key) -> None:
        """Stop counting a visitor's hold, where it is one of this slot."""
        hold = self._holds.get(ip, {}).get(visitor_id)
        if hold is not None and hold.slot_id == slot_id:
            del self._holds[ip][visitor_id]

    def _live(self, ip: str, now: datetime) -> dict[str, _Hold]:
        """Return the holds of an address that have not ended, and forget the others."""
        holds = self._holds.pop(ip, {})
        live = {visitor: hold for visitor, hold in holds.items() if now < hold.until}
        if live:
            self._holds[ip] = live
        return live

    def _sweep(self, now: datetime) -> None:
        """Forget addresses that never came back."""
        if self._swept_at + _SWEEP_EVERY <= now:
            self._swept_at = now
            for ip in list(self._holds):
                self._live(ip, now)
