"""New bookings: what a form asks for, and the booking that it becomes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.booking.bookings import normal_address
from domain.rules import slots as rules
from domain.rules.confirmations import LinkNeeded
from domain.rules.log import Actor
from domain.rules.quotes import Quote
from domain.rules.request_limits import Asker
from domain.site.consents import Agreement
from domain.store.bookings.searching import words_of
from domain.store.core.database import Key
from domain.store.documents import Attendee, Booking, Change, Expert, Party, Slot, Step
from domain.store.documents.agreements import Consent

_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_LENGTH = 12
"""Of 30 letters: 59 bits, which nobody guesses."""


@dataclass(frozen=True)
class Known:
    """What a request knows before it books: it need not be read again."""

    slot: Slot
    """As read for this request."""
    expert: Expert
    """As memory has them; the database has the last word."""


@dataclass(frozen=True)
class Claim:
    """What one form asks for."""

    visitor_id: str
    attendee: Attendee
    request_key: str
    now: datetime
    hold_for: timedelta
    asker: Asker | None
    quote: Quote | None
    agreement: Agreement
    proven: bool
    link: LinkNeeded
    by: Actor | None
    known: Known | None

    def holds(self, slot: Slot) -> bool:
        """Say whether the visitor may book a slot as it is, without taking it first."""
        return rules.may_book(slot, self.visitor_id, self.now)

    def agrees_to(self, expert: Expert, slot: Slot) -> bool:
        """Say whether the form showed the price and terms that an expert has, or needn't."""
        return self.quote in (None, expert.agreed().quote(rules.length_of(slot)))

    @property
    def booked_by(self) -> str:
        """Whose the booking will be: the visitor's, or no browser's if an administrator books."""
        return f"by-phone:{self.request_key}" if self.by else self.visitor_id

    @property
    def address(self) -> str:
        """The attendee's e-mail in lower case."""
        return normal_address(self.attendee.email)


def new_booking(slot: Slot, claim: Claim, expert: Expert, consents: list[Consent]) -> Booking:
    """Return the booking of a slot that a form becomes, as its expert's profile has it now."""
    now, starts_at, ends_at = claim.now, slot.starts_at, slot.ends_at
    reference, by = _new_reference(), Party.ADMINISTRATOR if claim.by else None
    return Booking(
        id=Key(),
        reference=reference,
        visitor_id=claim.booked_by,
        slot_id=slot.id,
        expert_id=slot.expert_id,
        starts_at=starts_at,
        ends_at=ends_at,
        attendee=claim.attendee,
        address=claim.address,
        agreed=expert.agreed(),
        found_by=words_of(claim.attendee, reference),
        consents=consents,
        request_key=claim.request_key,
        proven=claim.proven,
        history=[Change(step=Step.BOOKED, at=now, starts_at=starts_at, ends_at=ends_at, by=by)],
        created_at=now,
        changed_at=now,
    )


def _new_reference() -> str:
    """Make a booking's reference, which nobody can guess and anybody can read aloud."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(_REFERENCE_LENGTH))
