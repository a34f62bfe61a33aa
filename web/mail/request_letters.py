"""The letter that asks to confirm a booking. Nothing that a stranger typed stands in it."""

from domain.rules.notices import Kind
from domain.rules.texts import isolated
from domain.store.documents import BookingRequest, Expert, Slot
from web.http.tokens import LinkTokens
from web.i18n.formats import clock_time, local_day, short_day
from web.i18n.languages import LOCALES, translate
from web.i18n.names import zone_name
from web.mail.stationery import Letter, Stationery
from web.mail.wording import BOOKING_LINK, SUBJECTS


class RequestLetters:
    """Writes letters about booking requests."""

    def __init__(self, stationery: Stationery, tokens: LinkTokens) -> None:
        self._stationery = stationery
        self._tokens = tokens

    def about(self, request: BookingRequest, slot: Slot, expert: Expert) -> Letter:
        """Write the letter with the link that confirms a booking."""
        language, zone = request.attendee.language, request.attendee.zone
        locale, other = LOCALES[language], isolated(expert.name)
        day = short_day(locale, local_day(slot.starts_at, zone))
        when = f"{day}, {clock_time(locale, slot.starts_at, zone)}"
        until = clock_time(locale, request.held_until, zone)
        token = self._tokens.booking.write(request.key)
        return self._stationery.written(
            "booking_link",
            request.address,
            translate(language, SUBJECTS[Kind.BOOKING_LINK]) % {"other": other, "when": when},
            language=language,
            opening=translate(language, BOOKING_LINK) % {"other": other, "until": until},
            when=f"{when} ({zone_name(locale, zone)})",
            address=f"{self._stationery.public_url}/bookings/confirm/{token}",
        )
