"""Personal data: what is kept and how long, all of it as a file, and erasing it."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain.account import personal_data
from domain.account.personal_data import Kept
from domain.booking.bookings import normal_address
from domain.store.documents import Booking, BookingRequest, SignInLink, Slot
from domain.store.documents.absences import Replacement
from domain.store.documents.mails import LETTER, Mail
from domain.store.documents.sign_outs import SignOut
from domain.store.documents.waitlist import WaitlistEntry
from web.http.visits import Visit

_LEFT_OUT = frozenset({"id", "key", "request_key", "note"})
"""What opens or names a document, and says nothing about anybody; and the expert's own notes."""

Document = (
    Booking | BookingRequest | Mail | SignInLink | SignOut | WaitlistEntry | Slot | Replacement
)
Told = Mapping[str, Any]


@get("/bookings/data", name="personal_data")
async def personal_data_page(visit: NamedDependency[Visit]) -> Template:
    """Say what is kept about the addresses that this browser has proven."""
    viewer = await visit.viewer()
    kept = await personal_data.kept_of(visit.database, viewer.addresses)
    return visit.show("account/personal_data", viewer=viewer, kept=kept, erasure=None)


@get("/bookings/data.json", name="export")
async def export(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Send all of it as one JSON file."""
    addresses = (await visit.viewer()).addresses
    told = _told(await personal_data.kept_of(visit.database, addresses), addresses)
    return Response(
        json.dumps(told, default=_plain, ensure_ascii=False, indent=2).encode(),
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="expertconnect.json"',
            "Cache-Control": "private, no-store",
        },
    )


@post("/bookings/data/erase", name="erase", status_code=200)
async def erase(visit: NamedDependency[Visit]) -> Template:
    """Forget what is over, and say what stays; an address of which nothing stays is signed out."""
    before = (await visit.viewer()).addresses
    erasure = await personal_data.erase(visit.database, before, now=visit.now)
    visit.change_session(visit.session.without(erasure.gone))
    viewer = await visit.viewer()
    left = viewer.addresses
    kept = await personal_data.kept_of(visit.database, left) if left else None
    return visit.show("account/personal_data", viewer=viewer, kept=kept, erasure=erasure)


def _told(kept: Kept, addresses: Collection[str]) -> Told:
    """Send everything: a new field is included as soon as it is kept."""
    return {
        "bookings": [_fields(booking) for booking in kept.bookings],
        "mails": [_mail(mail, addresses) for mail in kept.mails],
        "sign_in_links": [_fields(link) for link in kept.links],
        "places_in_line": [_fields(entry) for entry in kept.entries],
        "holds": [_fields(slot) for slot in kept.holds],
        "booking_requests": [_fields(request) for request in kept.requests],
        "replacements": [_fields(replacement) for replacement in kept.replacements],
        "sign_outs": [_fields(sign_out) for sign_out in kept.sign_outs],
    }


def _fields(document: Document) -> Told:
    return {name: v for name, v in document.model_dump().items() if name not in _LEFT_OUT}


def _mail(mail: Mail, addresses: Collection[str]) -> Told:
    """Tell of a mail; a letter to the expert is the expert's, as is the address it went to."""
    told = _fields(mail)
    if normal_address(mail.to) in addresses:
        return told
    return {**told, **dict.fromkeys(LETTER, "")}


def _plain(value: object) -> str:
    """Write what JSON has no form for: instants, and keys of documents."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
