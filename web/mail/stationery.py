"""What all letters are written on: templates, the addresses in them, and a letter's own form."""

from dataclasses import asdict, dataclass

from jinja2 import Environment

from domain.store.documents import Booking
from domain.store.documents.mails import LETTER


@dataclass(frozen=True)
class Letter:
    """A mail, written."""

    to: str
    subject: str
    text: str
    html: str
    calendar: str = ""
    """The same as an iCalendar object, or nothing."""
    method: str = ""
    """What a calendar is to do with it."""
    reply_to: str = ""
    """Who gets the answer; nothing: the sender."""

    def kept(self) -> dict[str, str]:
        """Return the parts of it that the outbox keeps."""
        return {name: text for name, text in asdict(self).items() if name in LETTER}


class Stationery:
    """Writes letters from templates, with addresses of this server."""

    def __init__(self, environment: Environment, public_url: str) -> None:
        self._environment = environment
        self.public_url = public_url

    @property
    def desk(self) -> str:
        """Where experts see their sessions."""
        return f"{self.public_url}/desk"

    def page_of(self, booking: Booking) -> str:
        """Return where an attendee changes a booking."""
        return f"{self.public_url}/bookings/{booking.reference}"

    def desk_page_of(self, booking: Booking) -> str:
        """Return where an expert finds a session."""
        return f"{self.desk}/bookings/{booking.reference}"

    def written(self, template: str, to: str, subject: str, **context: object) -> Letter:
        """Write a letter from its two templates, which get the same names."""
        text, html = (
            self._environment.get_template(f"mail/{template}.{form}").render(
                subject=subject, **context
            )
            for form in ("txt", "html")
        )
        return Letter(to=to, subject=subject, text=text, html=html)
