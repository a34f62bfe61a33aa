"""Bookings as a file: what an organisation counts and bills by, and whom to call."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Stream

from domain.admin import booking_search
from domain.admin.booking_search import BookingSearch, FoundBookings
from domain.rules import sheets
from domain.rules.log import Action
from domain.rules.prices import price_text
from domain.store.documents import Booking, BookingStatus
from web.admin.access import Administration
from web.admin.bookings import read_booking_search
from web.admin.downloads import download
from web.http.visits import Visit

COLUMNS = (
    *("reference", "state", "starts", "ends", "zone", "expert", "expert_page", "field"),
    *("name", "email", "phone", "price", "currency", "booked", "cancelled_by", "erased"),
)
"""Their names, which never change; a new one comes last."""


@get("/admin/bookings.csv", name="admin_bookings_file")
async def bookings_file(admin: NamedDependency[Administration]) -> Stream:
    """Send all bookings that match as a file, part by part as they are read."""
    lines = _lines(admin.visit, read_booking_search(admin.visit))
    name = f"bookings-{admin.visit.now:%Y-%m-%d}.csv"
    return await download(admin, Action.BOOKINGS_DOWNLOADED, name, lines)


async def _lines(visit: Visit, search: BookingSearch) -> AsyncIterator[str]:
    yield sheets.header(COLUMNS)
    async for part in booking_search.all_of(visit.database, search, now=visit.now):
        yield "".join(map(sheets.line_of, _rows_of(part, search.zone, visit.now)))


def _rows_of(part: FoundBookings, zone: ZoneInfo, now: datetime) -> Iterator[Sequence[str]]:
    """Yield a row for each booking; of one from which the person was erased without a person."""
    for booking in part.bookings:
        row = {**_facts_of(booking, zone, now), **_expert_of(part, booking), **_person_of(booking)}
        yield [row[column] for column in COLUMNS]


def _facts_of(booking: Booking, zone: ZoneInfo, now: datetime) -> Mapping[str, str]:
    agreed, by = booking.agreed, booking.cancelled_by
    return {
        "reference": booking.reference,
        "state": _state_of(booking, now),
        "starts": _wall_time(booking.starts_at, zone),
        "ends": _wall_time(booking.ends_at, zone),
        "zone": zone.key,
        "price": price_text(agreed.price_minor, agreed.currency),
        "currency": agreed.currency,
        "booked": _wall_time(booking.created_at, zone),
        "cancelled_by": by.value if by else "",
        "erased": "yes" if booking.erased_at else "",
    }


def _expert_of(part: FoundBookings, booking: Booking) -> Mapping[str, str]:
    expert = part.experts.get(booking.expert_id)
    return {
        "expert": booking.agreed.name,
        "expert_page": expert.slug if expert else "",
        "field": expert.category if expert else "",
    }


def _person_of(booking: Booking) -> Mapping[str, str]:
    if booking.erased_at:
        return dict.fromkeys(("name", "email", "phone"), "")
    attendee = booking.attendee
    return {"name": attendee.name, "email": attendee.email, "phone": attendee.phone}


def _state_of(booking: Booking, now: datetime) -> str:
    """Return the most that is known of what became of it."""
    if booking.status is BookingStatus.CANCELLED:
        return "cancelled"
    if booking.attendance:
        return booking.attendance.value
    return "upcoming" if now < booking.ends_at else "past"


def _wall_time(instant: datetime, zone: ZoneInfo) -> str:
    """Write a wall time with its offset, as programs read it (RFC 3339)."""
    return instant.astimezone(zone).isoformat(timespec="minutes")
