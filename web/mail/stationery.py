"""What all letters are written on: templates, the addresses in them, and a letter's own form."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from email.headerregistry import Address

from jinja2 import Environment

from domain.rules.texts import isolated
from domain.store.documents import Booking
from domain.store.documents.mails import LETTER
from domain.store.documents.site import Site
from web.http.face import look_of, named_sender
from web.i18n.languages import offered


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
    """Writes letters from templates, with the site's face and addresses of this server."""

    def __init__(
        self,
        environment: Environment,
        public_url: str,
        mail_from: Address,
        site: Callable[[], Site],
    ) -> None:
        self._environment = environment
        self._mail_from = mail_from
        self._site = site
        self.public_url = public_url

    @property
    def site_name(self) -> str:
        """Return what the site is called, to stand among our words."""
        return isolated(self._site().name)

    @property
    def languages(self) -> Sequence[str]:
        """Return the languages that the site offers."""
        return offered(self._site().languages)

    @property
    def sender(self) -> Address:
        """Return whom letters come from."""
        return named_sender(self._mail_from, self._site())

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
        site = self._site()
        text, html = (
            self._environment.get_template(f"mail/{template}.{form}").render(
                subject=subject, site=site, look=look_of(site), **context
            )
            for form in ("txt", "html")
        )
        return Letter(to=to, subject=subject, text=text + _signature(site), html=html)


def _signature(site: Site) -> str:
    """Return what a letter ends with as text, behind the line that programs know it by."""
    if not site.contact.is_there:
        return ""
    return "\n".join(["", "-- ", isolated(site.name), *map(isolated, site.contact.lines), ""])
