"""Links that put a booking into somebody's calendar on the web."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from domain.store.documents import Booking
from web.booking.facts import Reader
from web.booking.meetings import venue_of
from web.calendars.files import title_of
from web.i18n.languages import marked as _

_OUTLOOK_PATH = "/calendar/0/action/compose"
_OUTLOOK_HOSTS = {"Outlook.com": "outlook.live.com", "Microsoft 365": "outlook.office.com"}


def calendar_links(booking: Booking, reader: Reader, page: str) -> dict[str, str]:
    """Return the addresses that add a booking, by the names of the calendars."""
    venue = venue_of(booking)
    location = {"location": venue.text} if venue else {}
    details = f"{reader.say(_('Reference'))}: {booking.reference}\n{page}"
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title_of(reader),
        "startdt": _extended(booking.starts_at),
        "enddt": _extended(booking.ends_at),
        "body": details,
        **location,
    }
    google = {
        "action": "TEMPLATE",
        "text": title_of(reader),
        "dates": f"{_basic(booking.starts_at)}/{_basic(booking.ends_at)}",
        "ctz": reader.zone,
        "details": details,
        **location,
    }
    return {
        "Google Calendar": _address("calendar.google.com", "/calendar/render", google),
        **{name: _address(host, _OUTLOOK_PATH, outlook) for name, host in _OUTLOOK_HOSTS.items()},
    }


def _address(host: str, path: str, parameters: dict[str, str]) -> str:
    # A space is %20: not every calendar reads a plus sign as one.
    return f"https://{host}{path}?{urlencode(parameters, quote_via=quote, safe='')}"


def _basic(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _extended(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
