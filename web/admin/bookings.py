"""All bookings: found by words, expert, field, days and state, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar
from urllib.parse import urlencode

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from domain.admin import booking_search
from domain.admin.booking_search import BookingSearch, FoundBookings
from domain.rules.instants import from_milliseconds, to_milliseconds
from domain.store.bookings.searching import BookingState, Place
from domain.store.core.database import read_key
from web.admin.access import Administration
from web.http.forms import number_in
from web.http.visits import Visit
from web.i18n.languages import marked as _
from web.i18n.zones import ZoneGroup, choices, zone_info

_MAX_TEXT = 200
_FIRST_YEAR, _NO_YEAR = 1970, 9000

STATES: Mapping[BookingState, str] = {
    BookingState.UPCOMING: _("Upcoming"),
    BookingState.PAST: _("Past"),
    BookingState.CANCELLED: _("Cancelled"),
    BookingState.ATTENDED: _("Attended"),
    BookingState.MISSED: _("Missed"),
    BookingState.OUTSIDE_HOURS: _("Outside hours"),
}
_EARLIEST = "earliest"


@dataclass(frozen=True)
class BookingsPage:
    """A search, and a page of what it finds."""

    search: BookingSearch
    found: FoundBookings
    zone: str
    zones: Sequence[ZoneGroup]
    categories: Sequence[tuple[str, str]]
    """The fields of expertise, with their names."""
    states: ClassVar = STATES

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for."""
        search = self.search
        return bool(search.q or search.expert or self.is_narrowed_further)

    @property
    def is_narrowed_further(self) -> bool:
        """Whether anything is asked for that isn't seen at once."""
        search = self.search
        asked = (search.category, search.first, search.last, search.state)
        return any(asked) or not search.latest_first

    @property
    def here(self) -> str:
        """Where this page is."""
        return address_of(self.search)

    @property
    def first_page(self) -> str:
        """Where its first page is."""
        return address_of(replace(self.search, behind=None))

    @property
    def next_page(self) -> str | None:
        """Where the search goes on; None on the last page."""
        further = self.found.further
        return address_of(replace(self.search, behind=further)) if further else None

    @property
    def file(self) -> str:
        """Where all of it is a file."""
        return address_of(replace(self.search, behind=None), "/admin/bookings.csv")


def address_of(search: BookingSearch, path: str = "/admin/bookings") -> str:
    """Return where a search is shown; always with the zone, so that all who follow it agree."""
    asked = {
        "q": search.q,
        "expert": search.expert,
        "category": search.category,
        "from": search.first.isoformat() if search.first else "",
        "until": search.last.isoformat() if search.last else "",
        "state": search.state.value if search.state else "",
        "order": "" if search.latest_first else _EARLIEST,
        "behind": _written(search.behind) if search.behind else "",
        "zone": search.zone.key,
    }
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


def _written(place: Place) -> str:
    return f"{to_milliseconds(place.starts_at)}-{place.key}"


def read_booking_search(visit: Visit) -> BookingSearch:
    """Read a search from the address; what makes no sense there counts as not asked for."""
    category, state = visit.query("category"), visit.query("state")
    return BookingSearch(
        q=_text(visit, "q"),
        expert=_text(visit, "expert"),
        category=category if category in visit.site.field_keys else "",
        first=_day(visit.query("from")),
        last=_day(visit.query("until")),
        state=BookingState(state) if state in set(BookingState) else None,
        latest_first=visit.query("order") != _EARLIEST,
        behind=_place(visit.query("behind")),
        zone=zone_info(visit.zone()),
    )


def _text(visit: Visit, name: str) -> str:
    return visit.query(name)[:_MAX_TEXT].replace("\0", "").strip()


def _day(text: str) -> date | None:
    """Read a day; in a year of three digits it is none yet: it is still being typed."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year < _NO_YEAR else None


def _place(text: str) -> Place | None:
    at, _, key_text = text.partition("-")
    key = read_key(key_text)
    try:
        return Place(from_milliseconds(number_in(at)), key) if key else None
    except OverflowError:
        return None


@get("/admin/bookings", name="admin_bookings")
async def bookings_page(admin: NamedDependency[Administration]) -> Template:
    """Show a page of the bookings that match."""
    visit, search = admin.visit, read_booking_search(admin.visit)
    page = BookingsPage(
        search=search,
        found=await booking_search.page_of(visit.database, search, now=visit.now),
        zone=search.zone.key,
        zones=choices(search.zone.key, visit.own_zone or search.zone.key),
        categories=visit.field_names,
    )
    shown = admin.show("bookings", "_bookings", page)
    if visit.fragment:
        shown.headers["HX-Replace-Url"] = page.here
    return shown
