"""What a booking agrees to: parts of an expert's profile, which each booking keeps as they were."""

from datetime import datetime, timedelta

from odmantic import EmbeddedModel

from domain.rules.legal import LegalPage
from domain.rules.meetings import MeetingKind
from domain.rules.quotes import Quote


class Terms(EmbeddedModel):
    """What an expert asks of those who book; see `domain.rules.terms`."""

    notice_minutes: int = 0
    horizon_days: int = 365
    cancel_before_minutes: int = 0
    reschedule_before_minutes: int = 0
    max_reschedules: int | None = None


class Meeting(EmbeddedModel):
    """How expert and attendee meet. Private to the two: never public, nor in logs or the stream."""

    kind: MeetingKind = MeetingKind.NONE
    text: str = ""
    """A link, a number or an address, by its kind."""


class Agreed(EmbeddedModel):
    """What was agreed when a time was booked. Each field is named as the expert's that it copies.

    How long the session is stands in the booking's own times.
    """

    name: str
    headline: str
    """What the session is about; calendars quote it."""
    zone: str
    price_minor: int
    currency: str
    terms: Terms
    meeting: Meeting

    def quote(self, length: timedelta) -> Quote:
        """Return what a form shows of it, for a session of this length, before anybody agrees."""
        return Quote(
            self.price_minor,
            self.currency,
            length // timedelta(minutes=1),
            self.terms.cancel_before_minutes,
            self.terms.reschedule_before_minutes,
            self.terms.max_reschedules,
        )


class Consent(EmbeddedModel):
    """A text of the site that an attendee agreed to on booking."""

    page: LegalPage
    version: int
    language: str
    """The language of the page that the attendee read."""
    at: datetime
