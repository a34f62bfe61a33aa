"""What a mail of the outbox says: looked up when it is sent, so that it tells what is true then."""

from datetime import datetime

from domain.account.sign_in import LINK_LIFETIME, address_is_known
from domain.admin.invitations import invitation_of
from domain.booking.booking_requests import booking_of
from domain.booking.bookings import normal_address
from domain.booking.replacements import proposal_of
from domain.desk.mornings import sessions_in
from domain.rules.notices import Kind, Recipient, comes_too_late
from domain.store.bookings import reading as bookings
from domain.store.bookings import requests
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Expert
from domain.store.documents.mails import Mail
from domain.store.experts import reading as experts
from domain.store.slots import claiming as slots
from domain.store.waitlist import entries as waitlist
from domain.waitlist import offered_slot
from web.mail.letters import Letters
from web.mail.stationery import Letter

_WITH_LINKS = (Kind.SIGN_IN, Kind.PROOF)
"""Mails that are of no use once the link in them has expired."""

_WITH_OFFERS = (Kind.ABSENCE, Kind.CANCELLATION)
"""Mails that tell of times that are kept for the booking, if there are any."""


class Writer:
    """Looks up what a mail is about, and has its letter written."""

    def __init__(self, database: Database, letters: Letters) -> None:
        self._database = database
        self._letters = letters

    async def letter_of(self, mail: Mail, *, now: datetime) -> Letter | None:
        """Write a mail's letter; None if it is no longer true."""
        if mail.wait_id is not None:
            return await self._letter_of_entry(mail.kind, mail.wait_id, now)
        if mail.request_id is not None:
            return await self._letter_of_request(mail.request_id, now)
        if mail.expert_id is not None:
            return await self._letter_to_expert(mail, mail.expert_id, now)
        if mail.booking_id is None:
            return await self._written_letter(mail, now)
        booking = await bookings.find(self._database, mail.booking_id)
        is_handover = mail.kind is Kind.HANDOVER
        write = self._letter_of_handover if is_handover else self._letter_of_booking
        return await write(mail, booking, now) if booking else None

    async def _letter_of_booking(
        self, mail: Mail, booking: Booking, now: datetime
    ) -> Letter | None:
        expert = await experts.find(self._database, booking.expert_id)
        if expert is None or booking.rev != mail.booking_rev:
            return None
        if expert.is_gone and mail.audience is Recipient.EXPERT:
            return None
        if comes_too_late(mail.kind, starts_at=booking.starts_at, ends_at=booking.ends_at, now=now):
            return None
        proposal = None
        if mail.kind in _WITH_OFFERS and mail.audience is Recipient.ATTENDEE:
            proposal = await proposal_of(self._database, booking, now=now)
        return self._letters.bookings.about(
            mail.kind, mail.audience, booking, expert, now, proposal=proposal
        )

    async def _letter_of_handover(
        self, mail: Mail, booking: Booking, now: datetime
    ) -> Letter | None:
        former_id = booking.history[mail.booking_rev - 1].former_id
        former = await experts.find(self._database, former_id) if former_id else None
        if former is None or former.is_gone:
            return None
        return self._letters.bookings.about_handover(booking, mail.booking_rev, former, now)

    async def _written_letter(self, mail: Mail, now: datetime) -> Letter | None:
        """Return a letter that was written already.

        A link's counts for as long as the link does; a sign-in link's for a known address alone.
        """
        if mail.kind in _WITH_LINKS and mail.created_at + LINK_LIFETIME <= now:
            return None
        if mail.kind is Kind.SIGN_IN and not await address_is_known(self._database, mail.to):
            return None
        return Letter(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html)

    async def _letter_of_request(self, request_id: Key, now: datetime) -> Letter | None:
        """Write what asks to confirm a booking, unless that is done or comes too late."""
        request = await requests.find_by_id(self._database, request_id)
        if request is None or request.held_until <= now:
            return None
        slot = await slots.find(self._database, request.slot_id)
        expert = await experts.find(self._database, request.expert_id)
        if slot is None or expert is None or await booking_of(self._database, request):
            return None
        return self._letters.requests.about(request, slot, expert)

    async def _letter_to_expert(self, mail: Mail, expert_id: Key, now: datetime) -> Letter | None:
        expert = await experts.find(self._database, expert_id)
        if expert is None or expert.is_gone:
            return None
        if mail.kind is Kind.INVITATION:
            return await self._letter_of_invitation(expert, now)
        if mail.kind is Kind.ADDRESS_CHANGE:
            is_theirs = normal_address(mail.to) == expert.address
            return self._letters.of_imported_address(expert, mail.to, is_theirs=is_theirs)
        if mail.kind is Kind.APPROVAL:
            return self._letters.of_approval(expert) if expert.listed else None
        sessions = await sessions_in(self._database, mail, expert, now=now)
        return self._letters.of_morning(expert, sessions) if sessions else None

    async def _letter_of_invitation(self, expert: Expert, now: datetime) -> Letter | None:
        link = await invitation_of(self._database, expert, now=now)
        return self._letters.of_invitation(expert, link) if link else None

    async def _letter_of_entry(self, kind: Kind, entry_id: Key, now: datetime) -> Letter | None:
        entry = await waitlist.find_by_id(self._database, entry_id)
        expert = await experts.find(self._database, entry.expert_id) if entry else None
        if entry is None or expert is None:
            return None
        if kind is Kind.WAITLIST_ENTRY:
            return self._letters.of_entry(entry, expert)
        slot = await offered_slot(self._database, entry, now=now)
        return self._letters.of_offer(entry, slot, expert) if slot else None
