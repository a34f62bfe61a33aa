"""What the pages about bookings show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.booking import booking_terms
from domain.booking.bookings import Show, Viewer
from domain.booking.replacements import Proposal
from domain.rules import terms
from domain.rules.errors import Code, Sentence
from domain.store.core.database import Key
from domain.store.documents import Booking, Expert
from domain.store.documents.agreements import Agreed
from web.booking.meetings import Venue, venue_of
from web.http.problems import REFUSALS, Problem
from web.i18n.languages import marked as _
from web.mail.status import MailStatuses

_TABS = {
    Show.UPCOMING: _("Upcoming"),
    Show.PAST: _("Past"),
    Show.CANCELLED: _("Cancelled"),
}


@dataclass(frozen=True)
class BookingList:
    """One of the lists of a viewer's bookings, and the form that asks for a link."""

    viewer: Viewer
    show: Show
    bookings: Sequence[Booking]
    experts: Mapping[Key, Expert]
    """Theirs, by key."""
    zone: str
    values: Mapping[str, str] = field(default_factory=dict)
    """What was typed into the form."""
    errors: Mapping[str, Sentence] = field(default_factory=dict)

    @property
    def shows(self) -> Mapping[Show, str]:
        """The names of all lists."""
        return _TABS


@dataclass(frozen=True)
class BookingPage:
    """One booking: its facts, what can be done with it, and its mails."""

    booking: Booking
    expert: Expert
    zone: str
    now: datetime
    clock_notes: Sequence[str]
    calendar_links: Mapping[str, str]
    mails: MailStatuses
    proposal: Proposal | None
    """What an absence of its expert offers instead."""
    is_new: bool
    """Whether it was booked just now."""
    is_moved: bool
    """Whether it was rescheduled just now."""
    is_gone: bool
    """Whether it was not, as the time that was chosen is gone."""

    @property
    def agreed(self) -> Agreed:
        """What was agreed."""
        return self.booking.agreed

    @property
    def venue(self) -> Venue | None:
        """Where the session takes place."""
        return venue_of(self.booking)

    @property
    def no_cancel(self) -> Code | None:
        """Why it can't be cancelled."""
        return booking_terms.why_not_cancel(self.booking, self.now)

    @property
    def is_bound(self) -> bool:
        """Whether it was rescheduled too late to cancel it."""
        return booking_terms.is_bound(self.booking)

    @property
    def no_reschedule(self) -> Code | None:
        """Why it can't be rescheduled."""
        return booking_terms.why_not_reschedule(self.booking, self.now)

    @property
    def cancel_until(self) -> datetime:
        """Until when it can be cancelled."""
        return terms.cancel_until(self.agreed.terms, self.booking.starts_at)

    @property
    def reschedule_until(self) -> datetime:
        """Until when it can be rescheduled."""
        return terms.reschedule_until(self.agreed.terms, self.booking.starts_at)

    @property
    def answers(self) -> Mapping[Code, Problem]:
        """What each refusal says."""
        return REFUSALS
