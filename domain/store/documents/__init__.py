"""What is kept: one model for each collection, with the indexes that its queries use."""

from odmantic import Model

from domain.store.documents.absences import Absence, Replacement
from domain.store.documents.administrators import Administrator
from domain.store.documents.audit_runs import AuditRun
from domain.store.documents.booking_requests import BookingRequest
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
from domain.store.documents.erasures import ErasedDocument
from domain.store.documents.experts import Expert
from domain.store.documents.log import LogEntry, LogStart
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import ExpertStatus, Portrait
from domain.store.documents.sign_in_links import LinkPurpose, SignInLink
from domain.store.documents.sign_outs import SignOut
from domain.store.documents.site import PublishedText, Site, SiteLogo
from domain.store.documents.slots import Slot
from domain.store.documents.waitlist import WaitlistEntry

DOCUMENTS: tuple[type[Model], ...] = (
    *(Expert, Portrait, Slot, Booking, SignInLink, Mail),
    *(WaitlistEntry, Count, Absence, Replacement, BookingRequest),
    *(Administrator, LogEntry, LogStart, ErasedDocument, AuditRun),
    *(Site, SiteLogo, PublishedText, SignOut),
)

__all__ = [
    "DOCUMENTS",
    "Attendance",
    "Attendee",
    "Booking",
    "BookingRequest",
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
