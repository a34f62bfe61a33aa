"""Letters about bookings: of what was agreed, as the booking stands."""

from dataclasses import replace
from datetime import datetime

from domain.booking.replacements import Proposal
from domain.rules.notices import Kind, Recipient
from domain.rules.texts import isolated
from domain.store.documents import Booking, BookingStatus, Expert, Party
from web.booking.facts import Reader, brief_time, facts_of, offer_of, reader_of
from web.calendars.files import Method, calendar_of
from web.i18n.clock_changes import clock_notes
from web.mail.stationery import Letter, Stationery
from web.mail.wording import (
    BY_ADMINISTRATOR,
    CANCELLED_BY_OTHER,
    HANDED_OVER,
    OPENINGS,
    SUBJECTS,
)

_METHODS = {
    Kind.CONFIRMATION: Method.REQUEST,
    Kind.RESCHEDULE: Method.REQUEST,
    Kind.CANCELLATION: Method.CANCEL,
    Kind.ABSENCE: Method.CANCEL,
    Kind.RESTORATION: Method.REQUEST,
    Kind.HANDOVER: Method.CANCEL,
    Kind.TAKEOVER: Method.REQUEST,
}
"""What calendars are to do on a mail; reminders change nothing in them."""


def _opening(kind: Kind, reader: Reader, booking: Booking) -> str:
    """Return the first sentence of a letter, in its reader's language."""
    step, told = booking.history[-1], (kind, reader.audience)
    by = booking.cancelled_by if kind is Kind.CANCELLATION else step.by
    opening = OPENINGS[told]
    if by is Party.ADMINISTRATOR:
        opening = BY_ADMINISTRATOR.get(told, opening)
    elif kind is Kind.CANCELLATION and by is not None and by.value != reader.audience.value:
        opening = CANCELLED_BY_OTHER[reader.audience]
    elif kind is Kind.RESCHEDULE and step.former_id is not None:
        opening = HANDED_OVER
    former, stand_in = isolated(step.former_name), isolated(step.stand_in_name)
    return reader.say(opening, other=reader.other, former=former, stand_in=stand_in)


def _subject(kind: Kind, reader: Reader, starts_at: datetime) -> str:
    when = brief_time(reader, starts_at)
    return reader.say(SUBJECTS[kind], other=reader.other, when=when)


def _before_handover(booking: Booking, rev: int, former: Expert) -> Booking:
    """Return a booking as its former expert knew it, cancelled by the step that handed it over."""
    before, history = booking.history[rev - 2], booking.history[:rev]
    agreed = booking.agreed.model_copy(update={"name": former.name, "zone": former.zone})
    return booking.model_copy(
        update={
            "expert_id": former.id,
            "agreed": agreed,
            "starts_at": before.starts_at,
            "ends_at": before.ends_at,
            "status": BookingStatus.CANCELLED,
            "cancel_message": "",
            "history": history,
            "rev": rev,
        }
    )


class BookingLetters:
    """Writes letters about bookings."""

    def __init__(self, stationery: Stationery) -> None:
        self._stationery = stationery

    def about(
        self,
        kind: Kind,
        audience: Recipient,
        booking: Booking,
        expert: Expert,
        now: datetime,
        *,
        proposal: Proposal | None = None,
    ) -> Letter:
        """Write a letter of a booking as it is at present.

        It tells what was agreed. The expert's profile says only where an expert's mail goes, and
        in which language. `proposal`: what the attendee is offered instead, if anything is.
        """
        reader = reader_of(audience, booking, expert, self._stationery.languages)
        page = "" if audience is Recipient.EXPERT else self._stationery.page_of(booking)
        cancelled = kind is Kind.CANCELLATION
        is_off = cancelled or kind in {Kind.ABSENCE, Kind.HANDOVER}
        zones = [] if is_off else [reader.zone, reader.other_zone]
        letter = self._stationery.written(
            "notice",
            reader.address,
            _subject(kind, reader, booking.starts_at),
            language=reader.language,
            name=reader.name,
            other=reader.other,
            opening=_opening(kind, reader, booking),
            facts=list(facts_of(reader, booking, kind)),
            notes=clock_notes(reader.language, zones, now, booking.starts_at),
            address=page,
            desk=self._desk_of(booking, kind),
            cancelled=cancelled,
            handed_over=kind is Kind.HANDOVER,
            proposal=proposal,
            offers=[offer_of(reader, booking, t) for t in proposal.times] if proposal else [],
        )
        if audience is Recipient.EXPERT:
            letter = replace(letter, reply_to=booking.attendee.email)
        if kind not in _METHODS:
            return letter
        method, sender = _METHODS[kind], self._stationery.sender
        calendar = calendar_of(booking, reader, method=method, sender=sender, page=page, now=now)
        return replace(letter, calendar=calendar.decode(), method=method.value)

    def about_handover(self, booking: Booking, rev: int, former: Expert, now: datetime) -> Letter:
        """Write what tells an expert that a stand-in has taken a session over.

        It is of the booking's revision `rev`, whatever has become of the booking since.
        """
        known = _before_handover(booking, rev, former)
        return self.about(Kind.HANDOVER, Recipient.EXPERT, known, former, now)

    def _desk_of(self, booking: Booking, kind: Kind) -> str:
        """Return where an expert finds a session; a former expert's desk has it no more."""
        is_former = kind is Kind.HANDOVER
        return self._stationery.desk if is_former else self._stationery.desk_page_of(booking)
