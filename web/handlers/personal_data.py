"""One's own data: what is kept and how long, all of it as a file, and erasing it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain import personal_data
from domain.personal_data import Kept
from domain.store.documents import Booking, SignInLink
from domain.store.mail import Mail
from domain.store.waits import Wait
from web.visits import Visit


@get("/bookings/data", name="personal_data")
async def personal_data_page(visit: NamedDependency[Visit]) -> Template:
    """Say what is kept about the addresses that this browser has proven."""
    kept = await personal_data.kept_of(visit.database, visit.viewer.addresses)
    return visit.show("pages/personal_data", kept=kept, erasure=None)


@get("/bookings/data.json", name="export")
async def export(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Send all of it as one JSON file."""
    kept = await personal_data.kept_of(visit.database, visit.viewer.addresses)
    return Response(
        json.dumps(_told(kept), ensure_ascii=False, indent=2).encode(),
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="expertconnect.json"',
            "Cache-Control": "private, no-store",
        },
    )


@post("/bookings/data/erase", name="erase", status_code=200)
async def erase(visit: NamedDependency[Visit]) -> Template:
    """Forget what is over, and say what stays."""
    addresses = visit.viewer.addresses
    erasure = await personal_data.erase(visit.database, addresses, now=visit.now)
    kept = await personal_data.kept_of(visit.database, addresses)
    return visit.show("pages/personal_data", kept=kept, erasure=erasure)


def _told(kept: Kept) -> Mapping[str, Any]:
    return {
        "bookings": [_booking(booking) for booking in kept.bookings],
        "mails": [_mail(mail) for mail in kept.mails],
        "sign_in_links": [_link(link) for link in kept.links],
        "places_in_line": [_place(wait) for wait in kept.waits],
    }


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _booking(booking: Booking) -> Mapping[str, Any]:
    return {
        "reference": booking.reference,
        "status": booking.status.value,
        "starts_at": _instant(booking.starts_at),
        "ends_at": _instant(booking.ends_at),
        "address": booking.address,
        "attendee": booking.attendee.model_dump(),
        "browser": booking.visitor_id,
        "created_at": _instant(booking.created_at),
        "changed_at": _instant(booking.changed_at),
        "history": [
            {
                "step": change.step.value,
                "at": _instant(change.at),
                "starts_at": _instant(change.starts_at),
                "ends_at": _instant(change.ends_at),
            }
            for change in booking.history
        ],
    }


def _mail(mail: Mail) -> Mapping[str, Any]:
    return {
        "kind": mail.kind.value,
        "to": mail.audience.value,
        "state": mail.state.value,
        "due_at": _instant(mail.due_at),
        "settled_at": _instant(mail.settled_at),
        "kept_until": _instant(mail.kept_until),
    }


def _link(link: SignInLink) -> Mapping[str, Any]:
    return {
        "address": link.address,
        "created_at": _instant(link.created_at),
        "expires_at": _instant(link.expires_at),
        "used_at": _instant(link.used_at),
        "browser": link.used_by,
    }


def _place(wait: Wait) -> Mapping[str, Any]:
    return {
        "address": wait.address,
        "browser": wait.visitor_id,
        "zone": wait.zone,
        "language": wait.language,
        "starts_at": _instant(wait.starts_at),
        "ends_at": _instant(wait.ends_at),
        "joined_at": _instant(wait.joined_at),
        "state": wait.state.value,
        "offered_until": _instant(wait.offered_until),
    }
