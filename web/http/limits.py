"""How many live holds may come from one network, counted by each process for itself."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address

from domain.rules.errors import Code, Refusal
from domain.rules.instants import EPOCH
from domain.store.core.database import Key

_SUBSCRIBER_BITS = 64
_SWEEP_EVERY = timedelta(minutes=1)


def network_of(address: str) -> str:
    """Return what a visitor has at will: an IPv4 address, or all that share an IPv6 one's /64.

    A subscriber is given that many at least (RFC 6177, section 2). What is no address is one
    network for all: whoever can forward a made-up name would have as many networks as names.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or IPv6Network((known, _SUBSCRIBER_BITS), strict=False))


@dataclass(frozen=True)
class _Hold:
    slot_id: Key
    until: datetime


class HoldLimit:
    """Remembers which visitors of a network hold something, until their holds end."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._holds: defaultdict[str, dict[str, _Hold]] = defaultdict(dict)
        self._swept_at = EPOCH

    def check(self, network: str, visitor_id: str, now: datetime) -> None:
        """Let one more hold pass, or refuse it.

        Raises:
            Refusal: TOO_MANY_HOLDS.
        """
        self._sweep(now)
        live = self._live(network, now)
        if visitor_id not in live and len(live) >= self._most:
            first = min(hold.until for hold in live.values())
            raise Refusal(Code.TOO_MANY_HOLDS, retry_after=first - now)

    def note(self, network: str, visitor_id: str, slot_id: Key, until: datetime) -> None:
        """Count a visitor's hold until it ends; a visitor's newer hold takes its place."""
        self._holds[network][visitor_id] = _Hold(slot_id, until)

    def forget(self, network: str, visitor_id: str, slot_id: Key) -> None:
        """Stop counting a visitor's hold, where it is one of this slot."""
        hold = self._holds.get(network, {}).get(visitor_id)
        if hold is not None and hold.slot_id == slot_id:
            del self._holds[network][visitor_id]

    def _live(self, network: str, now: datetime) -> dict[str, _Hold]:
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
