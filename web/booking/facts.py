"""The facts of a booking for mails and calendars, dates and money as the reader writes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel import Locale

from domain.booking.replacements import ProposedTime
from domain.rules.notices import Kind, Recipient
from domain.rules.texts import isolated
from domain.store.documents import Booking, Expert, Party
from web.booking.meetings import venue_of
from web.i18n.formats import clock_time, local_day, long_date, money, short_day
from web.i18n.languages import DEFAULT, LOCALES, translate, valid_language
from web.i18n.languages import marked as _
from web.i18n.names import zone_name


@dataclass(frozen=True)
class Reader:
    """Whoever reads a mail of a booking. The names are isolated: they stand among our words."""

    audience: Recipient
    name: str
    address: str
    language: str
    zone: str
    other: str
    """The name of whom they meet."""
    other_zone: str

    @property
    def locale(self) -> Locale:
        """How they write dates, times and money."""
        return LOCALES[self.language]

    def say(self, text: str, **values: object) -> str:
        """Return a text of the sources in their language."""
        return translate(self.language, text) % values if values else translate(self.language, text)


def reader_of(
    audience: Recipient,
    booking: Booking,
    expert: Expert,
    offered: Sequence[str] = tuple(LOCALES),
) -> Reader:
    """Return who reads. Of an expert's present profile only address and languages count.

    `offered`: the languages that the site offers, its default first.
    """
    if audience is Recipient.ATTENDEE:
        return attendee_of(booking)
    agreed, attendee = booking.agreed, booking.attendee
    return Reader(
        audience=audience,
        name=isolated(agreed.name),
        address=expert.email,
        language=language_of(expert, offered),
        zone=agreed.zone,
        other=isolated(attendee.name),
        other_zone=attendee.zone,
    )


def language_of(expert: Expert, offered: Sequence[str] = tuple(LOCALES)) -> str:
    """Return the language in which an expert is written to: the first of theirs that we offer."""
    return next((code for code in expert.languages if code in offered), offered[0])


def attendee_of(booking: Booking) -> Reader:
    """Return a booking's attendee as a reader."""
    agreed, attendee = booking.agreed, booking.attendee
    return Reader(
        audience=Recipient.ATTENDEE,
        name=isolated(attendee.name),
        address=attendee.email,
        language=valid_language(attendee.language) or DEFAULT,
        zone=attendee.zone,
        other=isolated(agreed.name),
        other_zone=agreed.zone,
    )


def brief_time(reader: Reader, starts_at: datetime) -> str:
    """Write when a booking starts, as briefly as a subject needs it."""
    day = short_day(reader.locale, local_day(starts_at, reader.zone))
    return f"{day}, {clock_time(reader.locale, starts_at, reader.zone)}"


def _span(reader: Reader, starts_at: datetime, ends_at: datetime, zone: str) -> str:
    locale = reader.locale
    first, last = (clock_time(locale, instant, zone) for instant in (starts_at, ends_at))
    day = long_date(locale, starts_at, zone)
    return f"{day}, {first}\N{EN DASH}{last}, {zone_name(locale, zone)}"


def facts_of(reader: Reader, booking: Booking, kind: Kind) -> Iterator[tuple[str, str]]:
    """Yield each fact with its name, as far as a mail of this kind tells it."""
    times = (booking.starts_at, booking.ends_at)
    yield reader.say(_("When")), _span(reader, *times, reader.zone)
    if reader.other_zone != reader.zone:
        yield (
            reader.say(_("For %(name)s"), name=reader.other),
            _span(reader, *times, reader.other_zone),
        )
    if kind is Kind.RESCHEDULE and len(booking.history) > 1:
        before = booking.history[-2]
        yield reader.say(_("Before")), _span(reader, before.starts_at, before.ends_at, reader.zone)
    if venue := venue_of(booking):
        yield reader.say(venue.name), venue.text
    if kind is not Kind.HANDOVER:
        agreed = booking.agreed
        yield reader.say(_("Price")), money(reader.locale, agreed.price_minor, agreed.currency)
    yield reader.say(_("Reference")), booking.reference
    if booking.cancel_message:
        is_ours = booking.cancelled_by is Party.ADMINISTRATOR
        name = _("Message") if is_ours else _("Message from the expert")
        yield reader.say(name), isolated(booking.cancel_message)
    if kind is Kind.RESCHEDULE and booking.move_message and booking.is_moved_for_both:
        yield reader.say(_("Message")), isolated(booking.move_message)
    if reader.audience is Recipient.EXPERT:
        yield from _facts_of_attendee(reader, booking)


def offer_of(reader: Reader, booking: Booking, time: ProposedTime) -> str:
    """Write a time that is kept for a booking, until when, and with whom if with a stand-in."""
    slot = time.slot
    until = brief_time(reader, slot.held_until)
    when = _span(reader, slot.starts_at, slot.ends_at, reader.zone)
    if time.stand_in is None or time.price_minor is None:
        return reader.say(_("%(when)s (on hold for you until %(until)s)"), when=when, until=until)
    return reader.say(
        _("%(when)s, with %(stand_in)s, %(price)s (on hold for you until %(until)s)"),
        when=when,
        until=until,
        stand_in=isolated(time.stand_in.name),
        price=money(reader.locale, time.price_minor, booking.agreed.currency),
    )


def _facts_of_attendee(reader: Reader, booking: Booking) -> Iterator[tuple[str, str]]:
    attendee = booking.attendee
    yield reader.say(_("E-mail")), isolated(attendee.email)
    if attendee.phone:
        yield reader.say(_("Phone")), attendee.phone
    if attendee.notes:
        yield reader.say(_("Notes")), isolated(attendee.notes)
