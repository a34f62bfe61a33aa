"""Availability as other programs read it, kept until the live feed or the clock says no.

As iCalendar (RFC 5545, section 3.6.4) and as JSON, with a weak ETag (RFC 9110, section 8.8.3): the
answer may be compressed on its way.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from icalendar import FreeBusy, vUri

from domain.discovery.free_busy import FreeBusy as Found
from domain.discovery.free_busy import Span, free_busy
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.site import Site, untouched_site
from web.calendars.files import Method, empty_calendar

KEPT = 512
"""How many experts' availability a process remembers."""


@dataclass(frozen=True)
class Availability:
    """One representation: its bytes, their tag, and how long it is true if nothing changes."""

    body: bytes
    etag: str
    true_until: datetime
    of: tuple[str, str, str]
    """The address and the zone that its expert had, and what the site was called."""


def as_calendar(expert: Expert, found: Found, page: str, site_name: str) -> bytes:
    """Write a published free/busy calendar (RFC 5546, section 3.3.1), naming the expert's page."""
    times = FreeBusy()
    times.add("uid", f"availability-{expert.slugs[0]}@expertconnect")
    times.add("dtstamp", found.changed_at)
    times.add("dtstart", found.start)
    times.add("dtend", found.end)
    times.add("organizer", vUri(page))
    times.add("url", page)
    for kind, spans in (("FREE", found.free), ("BUSY", found.busy)):
        if spans:
            times.add("freebusy", list(spans), parameters={"FBTYPE": kind})
    calendar = empty_calendar(site_name, Method.PUBLISH)
    calendar.add_component(times)
    return bytes(calendar.to_ical())


def as_json(expert: Expert, found: Found, page: str, _site_name: str) -> bytes:
    """Write the same as JSON: instants in UTC by RFC 3339."""
    told = {
        "expert": expert.slug,
        "page": page,
        "zone": expert.zone,
        "from": _instant(found.start),
        "until": _instant(found.end),
        "free": [_span(span) for span in found.free],
        "busy": [_span(span) for span in found.busy],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _instant(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _span(span: Span) -> dict[str, str]:
    return {"starts_at": _instant(span[0]), "ends_at": _instant(span[1])}


WRITERS: Mapping[str, Callable[[Expert, Found, str, str], bytes]] = {
    "ics": as_calendar,
    "json": as_json,
}


class Availabilities:
    """What one process has written lately. A change of a time forgets it at once."""

    def __init__(
        self, database: Database, public_url: str, site: Callable[[], Site] = untouched_site
    ) -> None:
        self._database = database
        self._site = site
        self._public_url = public_url
        self._kept: OrderedDict[Key, dict[str, Availability]] = OrderedDict()
        self._spell: int | None = None

    def forget(self, expert_id: Key) -> None:
        """Forget an expert's, whose times have changed."""
        self._kept.pop(expert_id, None)

    async def of(
        self, expert: Expert, kind: str, *, now: datetime, spell: int | None
    ) -> Availability:
        """Return an expert's availability, read anew unless nothing can have changed.

        Args:
            expert: Whose.
            kind: One of `WRITERS`.
            now: The present instant.
            spell: Which uninterrupted spell of the live feed this is, or None while it is down:
                what was kept in one spell is not trusted in another.
        """
        if spell is None or spell != self._spell:
            self._kept.clear()
            self._spell = spell
        kept = self._kept.get(expert.id, {}).get(kind)
        if kept is not None and now < kept.true_until and kept.of == self._source(expert):
            self._kept.move_to_end(expert.id)
            return kept
        return await self._read(expert, kind, now)

    def _source(self, expert: Expert) -> tuple[str, str, str]:
        return expert.slug, expert.zone, self._site().name

    async def _read(self, expert: Expert, kind: str, now: datetime) -> Availability:
        # Room is made before reading: a change that comes meanwhile takes it away again.
        room = self._kept[expert.id] = dict(self._kept.get(expert.id, {}))
        source = self._source(expert)
        found = await free_busy(self._database, expert.id, now=now)
        page = f"{self._public_url}/experts/{expert.slug}"
        body = WRITERS[kind](expert, found, page, self._site().name)
        etag = f'W/"{sha256(body).hexdigest()[:20]}"'
        read = Availability(body, etag, found.true_until, source)
        room[kind] = read
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return read
