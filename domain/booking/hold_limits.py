"""How many holds may come from one network. Each process counts for itself."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.rules.errors import Code, Refusal
from domain.rules.instants import EPOCH
from domain.store.core.database import Key

_SWEEP_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class _CountedHold:
    slot_id: Key
    until: datetime


class HoldLimit:
    """Remembers which visitors of a network hold something, until their holds end."""

    def __init__(self, most: int | None) -> None:
        """Allow so many live holds for each network; None counts nothing."""
        self._most = most
        self._holds: defaultdict[str, dict[str, _CountedHold]] = defaultdict(dict)
        self._swept_at = EPOCH

    def of(self, network: str) -> "NetworkHolds":
        """Return the holds of one network."""
        return NetworkHolds(self, network)

    def check(self, network: str, visitor_id: str, now: datetime) -> None:
        """Let one more hold pass, or refuse it.

        Raises:
            Refusal: TOO_MANY_HOLDS.
        """
        if self._most is None:
            return
        self._sweep(now)
        live = self._live(network, now)
        if visitor_id not in live and len(live) >= self._most:
            first = min(hold.until for hold in live.values())
            raise Refusal(Code.TOO_MANY_HOLDS, retry_after=first - now)

    def note(self, network: str, visitor_id: str, slot_id: Key, until: datetime) -> None:
        """Count a visitor's hold until it ends, in place of an older one."""
        if self._most is not None:
            self._holds[network][visitor_id] = _CountedHold(slot_id, until)

    def forget(self, network: str, visitor_id: str, slot_id: Key) -> None:
        """Stop counting a visitor's hold of this slot."""
        hold = self._holds.get(network, {}).get(visitor_id)
        if hold is not None and hold.slot_id == slot_id:
            del self._holds[network][visitor_id]

    def _live(self, network: str, now: datetime) -> dict[str, _CountedHold]:
        """Return the holds of a network that have not ended, and forget the others."""
        holds = self._holds.pop(network, {})
        live = {visitor: hold for visitor, hold in holds.items() if now < hold.until}
        if live:
            self._holds[network] = live
        return live

    def _sweep(self, now: datetime) -> None:
        """Forget networks that never came back."""
        if self._swept_at + _SWEEP_EVERY <= now:
            self._swept_at = now
            for network in list(self._holds):
                self._live(network, now)


@dataclass(frozen=True)
class NetworkHolds:
    """The holds of one network, as its limit counts them."""

    limit: HoldLimit
    network: str

    def check(self, visitor_id: str, now: datetime) -> None:
        """Let one more hold pass, or refuse it.

        Raises:
            Refusal: TOO_MANY_HOLDS.
        """
        self.limit.check(self.network, visitor_id, now)

    def note(self, visitor_id: str, slot_id: Key, until: datetime) -> None:
        """Count a visitor's hold until it ends."""
        self.limit.note(self.network, visitor_id, slot_id, until)

    def forget(self, visitor_id: str, slot_id: Key) -> None:
        """Stop counting a visitor's hold of this slot."""
        self.limit.forget(self.network, visitor_id, slot_id)


UNCOUNTED = HoldLimit(None).of("")
"""Holds that no limit counts."""
