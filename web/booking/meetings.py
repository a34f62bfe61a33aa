"""How a booking's people meet, as its page, mails and calendars say it."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.rules.meetings import MeetingKind, leads_to
from domain.rules.texts import without_directing
from domain.store.documents import Booking, BookingStatus
from web.i18n.languages import marked as _

_NAMES: Mapping[MeetingKind, str] = {
    MeetingKind.VIDEO: _("Video call"),
    MeetingKind.PHONE: _("Phone call"),
    MeetingKind.ADDRESS: _("Where"),
}


@dataclass(frozen=True)
class Venue:
    """Where a session takes place. Only its attendee and its expert may see it."""

    name: str
    """What kind of venue it is, as the sources say it."""
    text: str
    href: str
    """What the text links to, or nothing."""


def venue_of(booking: Booking) -> Venue | None:
    """Return where a session takes place; None if it is cancelled or no venue was agreed."""
    meeting = booking.agreed.meeting
    if booking.status is BookingStatus.CANCELLED or meeting.kind is MeetingKind.NONE:
        return None
    text = without_directing(meeting.text)
    return Venue(_NAMES[meeting.kind], text, leads_to(meeting.kind, text))
