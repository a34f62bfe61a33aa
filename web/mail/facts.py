"""What a mail says of a booking, line by line, as its reader reads dates, times and money."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from babel import Locale

from domain.notices import Audience
from domain.store.documents import Booking, Expert
from domain.texts import isolated
from web.formats import clock_time, local_day, long_date, money, short_day, zone_name
from web.languages import DEFAULT, LOCALES, translate, valid_language
from web.languages import marked as _


@dataclass(frozen=True)
class Reader:
    """Whoever reads a mail of a booking. The names are isolated: they stand among our words."""

    audience: Audience
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


def reader_of(audience: Audience, booking: Booking, expert: Expert) -> Reader:
    """Return who reads: experts in the first of their languages that there is a catalogue of."""
    attendee = booking.attendee
    if audience is Audience.ATTENDEE:
        return Reader(
            audience=audience,
            name=isolated(attendee.name),
            address=attendee.email,
            language=valid_language(attendee.language) or DEFAULT,
            zone=attendee.zone,
            other=isolated(expert.name),
            other_zone=expert.zone,
        )
    return Reader(
        audience=audience,
        name=isolated(expert.name),
        address=expert.email,
        language=next(filter(valid_language, expert.languages), DEFAULT),
        zone=expert.zone,
        other=isolated(attendee.name),
        other_zone=attendee.zone,
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


def facts_of(
    reader: Reader, booking: Booking, expert: Expert, *, moved: bool
) -> Iterator[tuple[str, str]]:
    """Yield each fact with its name. `moved`: say also when the booking was to be before."""
    times = (booking.starts_at, booking.ends_at)
    yield reader.say(_("When")), _span(reader, *times, reader.zone)
    if reader.other_zone != reader.zone:
        yield (
            reader.say(_("For %(name)s"), name=reader.other),
            _span(reader, *times, reader.other_zone),
        )
    if moved and len(booking.history) > 1:
        before = booking.history[-2]
        yield reader.say(_("Before")), _span(reader, before.starts_at, before.ends_at, reader.zone)
    yield reader.say(_("Price")), money(reader.locale, expert.price_minor, expert.currency)
    yield reader.say(_("Reference")), booking.reference
    if reader.audience is Audience.EXPERT:
        yield from _facts_of_attendee(reader, booking)


def _facts_of_attendee(reader: Reader, booking: Booking) -> Iterator[tuple[str, str]]:
    attendee = booking.attendee
    yield reader.say(_("E-mail")), isolated(attendee.email)
    if attendee.phone:
        yield reader.say(_("Phone")), attendee.phone
    if attendee.notes:
        yield reader.say(_("Notes")), isolated(attendee.notes)
