"""What is kept: one model for each collection, with the indexes that its queries use."""

from odmantic import Model

from domain.store.documents.absences import Absence, Replacement
from domain.store.documents.bookings import (
    Attendance,
    Attendee,
    Booking,
    BookingStatus,
    Change,
    Party,
    Step,
)
from domain.store.documents.counts import Count
from domain.store.documents.experts import Expert
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import ExpertStatus, Portrait
from domain.store.documents.sign_in_links import LinkPurpose, SignInLink
from domain.store.documents.slots import Slot
from domain.store.documents.waitlist import WaitlistEntry

DOCUMENTS: tuple[type[Model], ...] = (
    *(Expert, Portrait, Slot, Booking, SignInLink, Mail),
    *(WaitlistEntry, Count, Absence, Replacement),
)

__all__ = [
    "DOCUMENTS",
    "Attendance",
    "Attendee",
    "Booking",
    "BookingStatus",
    "Change",
    "Expert",
    "ExpertStatus",
    "LinkPurpose",
    "Party",
    "SignInLink",
    "Slot",
    "Step",
]
