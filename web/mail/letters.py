"""Letters: mails as they are read, in their readers' words, zones and languages."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from urllib.parse import urlencode

from jinja2 import Environment

from domain.replacements import Proposal
from domain.rules.notices import Kind, Recipient
from domain.rules.texts import isolated
from domain.store.documents import Booking, BookingStatus, Expert, SignInLink, Slot
from domain.store.documents.mails import LETTER
from domain.store.documents.waitlist import WaitlistEntry
from web.booking.facts import (
    Reader,
    brief_time,
    facts_of,
    language_of,
    offer_of,
    reader_of,
)
from web.booking.meetings import Venue, venue_of
from web.calendars.files import Method, calendar_of
from web.http.paths import is_of_desk
from web.http.tokens import LinkTokens
from web.i18n.clock_changes import clock_notes
from web.i18n.formats import clock_time, day_name, local_day, short_day, zone_name
from web.i18n.languages import LOCALES, translate
from web.mail.wording import (
    ADDRESS_CHANGE,
    AGENDA,
    APPROVAL,
    CANCELLED_BY_OTHER,
    HANDED_OVER,
    OFFER,
    OPENINGS,
    PLACE_IN_LINE,
    PROOFS,
    SUBJECTS,
    TO_BOOKINGS,
    TO_DESK,
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
    by, step = booking.cancelled_by, booking.history[-1]
    opening = OPENINGS[kind, reader.audience]
    if kind is Kind.CANCELLATION and by is not None and by.value != reader.audience.value:
        opening = CANCELLED_BY_OTHER[reader.audience]
    elif kind is Kind.RESCHEDULE and step.former_id is not None:
        opening = HANDED_OVER
    former, stand_in = isolated(step.former_name), isolated(step.stand_in_name)
    return reader.say(opening, other=reader.other, former=former, stand_in=stand_in)


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


@dataclass(frozen=True)
class NextSession:
    """A session as a morning mail names it."""

    when: str
    who: str
    venue: Venue | None
    address: str
    """Where its page at the desk is."""


class Letters:
    """Writes letters from templates, with addresses of this server."""

    def __init__(
        self, environment: Environment, public_url: str, mail_from: Address, tokens: LinkTokens
    ) -> None:
        self._environment = environment
        self._public_url = public_url
        self._mail_from = mail_from
        self._tokens = tokens

    def sign_in(self, link: SignInLink, language: str, leads_to: str = "") -> Letter:
        """Write the letter with a sign-in link, which leads on to a path of this site."""
        address = f"{self._public_url}/bookings/link/{self._tokens.sign_in.write(link.key)}"
        query = f"?{urlencode({'next': leads_to})}" if leads_to else ""
        words = PROOFS.get(link.purpose)
        if words is None:
            words = TO_DESK if is_of_desk(leads_to) else TO_BOOKINGS
        return self._written(
            "sign_in",
            link.address,
            translate(language, words.subject),
            language=language,
            address=address + query,
            opening=translate(language, words.opening),
            way=translate(language, words.way),
            expires_at=link.expires_at,
        )

    def address_change(self, expert: Expert, address: str, language: str) -> Letter:
        """Write the letter that tells an expert's present address of a requested change."""
        return self._written(
            "address_change",
            expert.email,
            translate(language, ADDRESS_CHANGE),
            language=language,
            name=isolated(expert.name),
            new_address=isolated(address),
            desk=f"{self._public_url}/desk",
        )

    def of_booking(
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
        reader = reader_of(audience, booking, expert)
        page = self._page_of(booking, audience)
        cancelled = kind is Kind.CANCELLATION
        is_off = cancelled or kind in {Kind.ABSENCE, Kind.HANDOVER}
        zones = [] if is_off else [reader.zone, reader.other_zone]
        letter = self._written(
            "notice",
            reader.address,
            self._subject(kind, reader, booking.starts_at),
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
        method, sender = _METHODS[kind], self._mail_from
        calendar = calendar_of(booking, reader, method=method, sender=sender, page=page, now=now)
        return replace(letter, calendar=calendar.decode(), method=method.value)

    def of_morning(self, expert: Expert, sessions: Sequence[Booking]) -> Letter:
        """Write the letter with an expert's sessions until the next morning, in their zone."""
        language = language_of(expert)
        first_day = local_day(sessions[0].starts_at, expert.zone)
        on = short_day(LOCALES[language], first_day)
        return self._written(
            "morning",
            expert.email,
            translate(language, AGENDA) % {"day": on},
            language=language,
            name=isolated(expert.name),
            sessions=[self._of_morning(booking, expert, language) for booking in sessions],
            zone=expert.zone,
            desk=f"{self._public_url}/desk",
        )

    def _of_morning(self, booking: Booking, expert: Expert, language: str) -> NextSession:
        locale = LOCALES[language]
        first, last = (
            clock_time(locale, instant, expert.zone)
            for instant in (booking.starts_at, booking.ends_at)
        )
        day = short_day(locale, local_day(booking.starts_at, expert.zone))
        return NextSession(
            when=f"{day}, {first}\N{EN DASH}{last}",
            who=isolated(booking.attendee.name),
            venue=venue_of(booking),
            address=self._desk_page_of(booking),
        )

    def of_approval(self, expert: Expert) -> Letter:
        """Write what tells an expert that their page is live, and where it is."""
        language = language_of(expert)
        return self._written(
            "approval",
            expert.email,
            translate(language, APPROVAL),
            language=language,
            name=isolated(expert.name),
            page=f"{self._public_url}/experts/{expert.slug}",
            desk=f"{self._public_url}/desk",
        )

    def of_handover(self, booking: Booking, rev: int, former: Expert, now: datetime) -> Letter:
        """Write what tells an expert that a stand-in has taken a session over.

        It is of the booking's revision `rev`, whatever has become of the booking since.
        """
        known = _before_handover(booking, rev, former)
        return self.of_booking(Kind.HANDOVER, Recipient.EXPERT, known, former, now)

    def of_entry(self, entry: WaitlistEntry, expert: Expert) -> Letter:
        """Write the letter that confirms a waitlist entry."""
        locale, day = LOCALES[entry.language], local_day(entry.starts_at, entry.zone)
        other, on = isolated(expert.name), day_name(locale, day)
        opening = translate(entry.language, PLACE_IN_LINE) % {"other": other, "on": on}
        return self._of_entry(Kind.PLACE_IN_LINE, entry, other, short_day(locale, day), opening)

    def of_offer(self, entry: WaitlistEntry, slot: Slot, expert: Expert) -> Letter:
        """Write the letter that offers a time to the first in line."""
        locale = LOCALES[entry.language]
        until = clock_time(locale, slot.held_until, entry.zone)
        day = short_day(locale, local_day(slot.starts_at, entry.zone))
        when = f"{day}, {clock_time(locale, slot.starts_at, entry.zone)}"
        other = isolated(expert.name)
        opening = translate(entry.language, OFFER) % {"other": other, "until": until}
        return self._of_entry(Kind.OFFER, entry, other, when, opening)

    def _of_entry(
        self, kind: Kind, entry: WaitlistEntry, other: str, when: str, opening: str
    ) -> Letter:
        subject = translate(entry.language, SUBJECTS[kind])
        return self._written(
            "waitlist",
            entry.address,
            subject % {"other": other, "when": when},
            language=entry.language,
            opening=opening,
            when=f"{when} ({zone_name(LOCALES[entry.language], entry.zone)})",
            offered=kind is Kind.OFFER,
            address=f"{self._public_url}/waitlist/{self._tokens.waitlist.write(entry.key)}",
        )

    @staticmethod
    def _subject(kind: Kind, reader: Reader, starts_at: datetime) -> str:
        when = brief_time(reader, starts_at)
        return reader.say(SUBJECTS[kind], other=reader.other, when=when)

    def _desk_of(self, booking: Booking, kind: Kind) -> str:
        """Return where an expert finds a session; a former expert's desk has it no more."""
        is_former = kind is Kind.HANDOVER
        return f"{self._public_url}/desk" if is_former else self._desk_page_of(booking)

    def _page_of(self, booking: Booking, audience: Recipient) -> str:
        """Return where an attendee changes a booking; nothing for experts, who have a desk."""
        if audience is Recipient.EXPERT:
            return ""
        return f"{self._public_url}/bookings/{booking.reference}"

    def _desk_page_of(self, booking: Booking) -> str:
        return f"{self._public_url}/desk/bookings/{booking.reference}"

    def _written(self, template: str, to: str, subject: str, **context: object) -> Letter:
        text, html = (
            self._environment.get_template(f"mail/{template}.{form}").render(
                subject=subject, **context
            )
            for form in ("txt", "html")
        )
        return Letter(to=to, subject=subject, text=text, html=html)
