"""Styles and scripts as pages load them: written in many files, sent as one of each.

On a phone every further file costs a round trip before anything can be seen.
"""

import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cache, cached_property

from web.paths import ROOT

STATIC = ROOT / "static"

_STYLES = (
    "css/tokens",
    "css/base",
    "css/layout",
    "css/components/glass",
    "css/components/button",
    "css/components/field",
    "css/components/facts",
    "css/components/card",
    "css/components/slot",
    "css/components/day",
    "css/components/hold",
    "css/components/booking",
    "css/components/history",
    "css/components/mails",
    "css/components/offline",
    "css/components/month",
    "css/components/replacement",
    "css/components/summary",
    "css/components/swap",
    "css/components/terms",
    "css/components/waitlist",
    "css/components/when",
    "css/pages/experts",
    "css/pages/expert",
    "css/pages/bookings",
    "css/pages/desk",
    "css/pages/desk-profile",
    "css/pages/agenda",
    "css/pages/hours",
    "css/pages/hours-week",
    "css/pages/hours-preview",
    "css/pages/absences",
    "css/pages/admin",
    "css/pages/admin-bookings",
    "css/pages/admin-experts",
    "css/pages/admin-overview",
    "css/pages/admin-health",
    "css/pages/settings",
    "css/motion",
    "css/print",
)
"""In the order of their layers, which the first one names."""

_SCRIPTS = (
    "vendor/htmx.min",
    "vendor/hx-sse.min",
    "js/names",
    "js/words",
    "js/offline",
    "js/clock",
    "js/live/stream",
    "js/live/connection",
    "js/live/newest",
    "js/live/own",
    "js/live/line",
    "js/live/panel",
    "js/live/gone",
    "js/live/changes",
    "js/live/list",
    "js/live/fresh",
    "js/times",
    "js/picker",
    "js/live/focus",
    "js/draft",
    "js/hold",
    "js/request",
    "js/search",
    "js/window",
    "js/agenda",
    "js/hours",
    "js/zone",
    "js/language",
    "js/forms",
    "js/failed",
    "js/once",
    "js/travel",
)
"""The SSE extension together with htmx: deferred by itself it would register too late.

Of ours, each comes after those that it uses when it is read. Those that read the same messages of
the stream get them in this order: what one holds is over before the list shows it.
"""


@dataclass(frozen=True)
class Bundle:
    """One file made of several."""

    path: str
    media_type: str
    content: bytes

    @cached_property
    def address(self) -> str:
        """Where pages find it; it changes with the content."""
        return f"{self.path}?v={digest(self.content)}"


def digest(content: bytes) -> str:
    """Return what an address tells one content from another by."""
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def asset(path: str) -> str:
    """Return the address of a static file; it changes with the file's content."""
    return f"/static/{path}?v={digest((STATIC / path).read_bytes())}"


def is_address_of_what_is_sent(address: str) -> bool:
    """Say whether an address of a file that is there names its present content."""
    path = address.partition("?")[0]
    if path != posixpath.normpath(path):  # one file has one address: others would fill the memory
        return False
    bundles = {bundle.path: bundle.address for bundle in (STYLES, SCRIPTS)}
    return address == (bundles.get(path) or asset(path.removeprefix("/static/")))


def _joined(names: tuple[str, ...], suffix: str, between: bytes) -> bytes:
    return between.join((STATIC / f"{name}{suffix}").read_bytes() for name in names)


def _addressed(styles: bytes) -> bytes:
    """Have styles ask for each file by the address under which browsers keep it for good."""
    return re.sub(
        rb'url\("/static/([^"]+)"\)',
        lambda found: f'url("{asset(found[1].decode())}")'.encode(),
        styles,
    )


STYLES = Bundle("/static/styles.css", "text/css", _addressed(_joined(_STYLES, ".css", b"\n")))
SCRIPTS = Bundle("/static/scripts.js", "text/javascript", _joined(_SCRIPTS, ".js", b"\n;\n"))
"""Each script is a statement of its own."""
