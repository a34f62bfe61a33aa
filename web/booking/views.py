"""What the pages show where a visitor claims a slot: to book it, or to reschedule to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.booking.alternatives import Alternatives
from domain.booking.overlaps import Overlapping
from domain.rules import terms
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.legal import TextVersion, written
from domain.rules.quotes import Quote
from domain.rules.slots import extended_deadline, length_of
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.agreements import Agreed
from web.experts.paths import ClaimPaths
from web.http.problems import REFUSALS, Problem
from web.settings import Settings


class Refusable:
    """A form of a time, which is shown again with the reason where it was refused."""

    refusal: Refusal | None

    @property
    def errors(self) -> Mapping[str, Sentence]:
        """What is wrong with each field."""
        return self.refusal.fields if self.refusal else {}

    @property
    def overlapping(self) -> Sequence[Booking]:
        """Other bookings of the same people at that time, if they are the reason."""
        return self.refusal.others if isinstance(self.refusal, Overlapping) else ()


class Agreeable:
    """A form with a box by which texts of the site are agreed to."""

    asked: Sequence[TextVersion]
    """What attendees agree to before they book."""
    values: Mapping[str, str]

    @property
    def agreement(self) -> str:
        """What the box stands for."""
        return written(self.asked)

    @property
    def is_agreed(self) -> bool:
        """Whether it has been ticked, for the texts as they are now."""
        return self.values["agree"] == self.agreement


@dataclass(frozen=True)
class ClaimPage(Refusable):
    """A slot, how it stands for this visitor, and what they can do about it."""

    expert: Expert
    slot: Slot
    zone: str
    paths: ClaimPaths
    held: bool
    available: bool
    alternatives: Alternatives | None
    """What to take instead of a slot that is not available."""
    refusal: Refusal | None
    """Why the form that was sent is shown again."""
    settings: Settings

    @property
    def status(self) -> int:
        """The page's status."""
        return self.answer.status if self.answer else 200

    @property
    def may_extend(self) -> bool:
        """Whether the hold can be extended once more."""
        return extended_deadline(self.slot, self.settings.hold_for) is not None

    @property
    def hold_for(self) -> timedelta:
        """How long a hold lasts."""
        return self.settings.hold_for

    @property
    def leaving(self) -> timedelta:
        """How long a hold outlives the page that was left."""
        return self.settings.leaving

    @property
    def answer(self) -> Problem | None:
        """The refusal in words."""
        return REFUSALS[self.refusal.code] if self.refusal else None


@dataclass(frozen=True)
class BookingFormPage(ClaimPage, Agreeable):
    """The form that books a slot."""

    agreed: Agreed
    """What a booking that is made now agrees to."""
    quoted: Quote | None
    """What the form showed before the terms changed."""
    values: Mapping[str, str]
    limits: Mapping[str, int]
    request_key: str
    asked: Sequence[TextVersion]
    booking: None = None

    @property
    def quote(self) -> Quote:
        """The price and terms that the form shows."""
        return self.agreed.quote(length_of(self.slot))

    @property
    def cancel_until(self) -> datetime:
        """Until when the booking could be cancelled."""
        return terms.cancel_until(self.agreed.terms, self.slot.starts_at)


@dataclass(frozen=True)
class ReschedulePage(ClaimPage):
    """Both times of a booking, to be confirmed."""

    booking: Booking
    agreed: Agreed
    """What will be agreed at the new time."""
    quoted: Quote | None
    """What the page showed before that changed."""
    kept: bool
    """Whether an absence keeps the slot for this booking."""
    left: int | None
    """How often the terms still allow it; None if they don't say."""
    stays_bound: bool
    """Whether it is too late to cancel, and stays so."""

    @property
    def before(self) -> Quote:
        """Price, length and terms as they are."""
        return self.booking.agreed.quote(length_of(self.booking))

    @property
    def quote(self) -> Quote:
        """Price, length and terms as they will be."""
        return self.agreed.quote(length_of(self.slot))


@dataclass(frozen=True)
class ConfirmPage(ClaimPage):
    """What a mailed link leads to: the button that confirms a booking."""

    token: str
    address: str
    agreed: Agreed
    """What the booking agrees to if it is confirmed now."""
    quoted: Quote | None
    """What the form showed before the terms changed."""

    @property
    def quote(self) -> Quote:
        """The price and terms that the page shows."""
        return self.agreed.quote(length_of(self.slot))


def is_of_terms(refusal: Refusal | None) -> bool:
    """Say whether a form was refused because the expert has changed price or terms."""
    return refusal is not None and refusal.code is Code.TERMS_CHANGED
