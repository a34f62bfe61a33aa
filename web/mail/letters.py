"""Letters: mails as they are read, in their readers' words, zones and languages.

Those about bookings are in `booking_letters`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from urllib.parse import urlencode

from jinja2 import Environment

from domain.rules.notices import Kind
from domain.rules.texts import isolated
from domain.store.documents import Booking, Expert, SignInLink, Slot
from domain.store.documents.site import Site, untouched_site
from domain.store.documents.waitlist import WaitlistEntry
from web.booking.facts import language_of
from web.booking.meetings import Venue, venue_of
from web.http.tokens import LinkTokens
from web.i18n.formats import clock_time, day_name, local_day, short_day
from web.i18n.languages import LOCALES, translate
from web.i18n.names import zone_name
from web.mail.booking_letters import BookingLetters
from web.mail.request_letters import RequestLetters
from web.mail.stationery import Letter, Stationery
from web.mail.wording import (
    ADDRESS_CHANGE,
    ADDRESS_CHANGED,
    AGENDA,
    APPROVAL,
    INVITATION,
    OFFER,
    PROOFS,
    SUBJECTS,
    WAITLIST_ENTRY,
    link_words_to,
)


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
        self,
        environment: Environment,
        public_url: str,
        mail_from: Address,
        tokens: LinkTokens,
        site: Callable[[], Site] = untouched_site,
    ) -> None:
        self._stationery = Stationery(environment, public_url, mail_from, site)
        self._tokens = tokens
        self.bookings = BookingLetters(self._stationery)
        self.requests = RequestLetters(self._stationery, tokens)

    @property
    def sender(self) -> Address:
        """Return whom letters come from."""
        return self._stationery.sender

    def sign_in(self, link: SignInLink, language: str, leads_to: str = "") -> Letter:
        """Write the letter with a sign-in link, which leads on to a path of this site."""
        words = PROOFS.get(link.purpose) or link_words_to(leads_to)
        named = {"site": self._stationery.site_name}
        return self._stationery.written(
            "sign_in",
            link.address,
            translate(language, words.subject),
            language=language,
            address=self._address_of(link, leads_to),
            opening=translate(language, words.opening) % named,
            way=translate(language, words.way) % named,
            expires_at=link.expires_at,
        )

    def _address_of(self, link: SignInLink, leads_to: str) -> str:
        token = self._tokens.sign_in.write(link.key)
        query = f"?{urlencode({'next': leads_to})}" if leads_to else ""
        return f"{self._stationery.public_url}/bookings/link/{token}{query}"

    def address_change(self, expert: Expert, address: str, language: str) -> Letter:
        """Write the letter that tells an expert's present address of a requested change."""
        return self._stationery.written(
            "address_change",
            expert.email,
            translate(language, ADDRESS_CHANGE),
            language=language,
            name=isolated(expert.name),
            new_address=isolated(address),
            desk=self._stationery.desk,
        )

    def of_imported_address(self, expert: Expert, to: str, *, is_theirs: bool) -> Letter:
        """Write what tells an address that it is an expert's from now on, or no longer."""
        language = language_of(expert, self._stationery.languages)
        return self._stationery.written(
            "imported_address",
            to,
            translate(language, ADDRESS_CHANGED),
            language=language,
            name=isolated(expert.name),
            new_address=isolated(expert.email),
            is_theirs=is_theirs,
            desk=self._stationery.desk,
        )

    def of_morning(self, expert: Expert, sessions: Sequence[Booking]) -> Letter:
        """Write the letter with an expert's sessions until the next morning, in their zone."""
        language = language_of(expert, self._stationery.languages)
        first_day = local_day(sessions[0].starts_at, expert.zone)
        on = short_day(LOCALES[language], first_day)
        return self._stationery.written(
            "morning",
            expert.email,
            translate(language, AGENDA) % {"day": on},
            language=language,
            name=isolated(expert.name),
            sessions=[self._of_morning(booking, expert, language) for booking in sessions],
            zone=expert.zone,
            desk=self._stationery.desk,
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
            address=self._stationery.desk_page_of(booking),
        )

    def of_approval(self, expert: Expert) -> Letter:
        """Write what tells an expert that their page is live, and where it is."""
        language = language_of(expert, self._stationery.languages)
        return self._stationery.written(
            "approval",
            expert.email,
            translate(language, APPROVAL),
            language=language,
            name=isolated(expert.name),
            page=f"{self._stationery.public_url}/experts/{expert.slug}",
            desk=self._stationery.desk,
        )

    def of_invitation(self, invited: Expert, link: SignInLink) -> Letter:
        """Write what asks somebody to become an expert, with the link to their desk."""
        language = language_of(invited, self._stationery.languages)
        last_day = local_day(link.expires_at, invited.zone)
        return self._stationery.written(
            "invitation",
            invited.email,
            translate(language, INVITATION) % {"site": self._stationery.site_name},
            language=language,
            name=isolated(invited.name),
            address=self._address_of(link, "/desk"),
            last_day=day_name(LOCALES[language], last_day),
        )

    def of_entry(self, entry: WaitlistEntry, expert: Expert) -> Letter:
        """Write the letter that confirms a waitlist entry."""
        locale, day = LOCALES[entry.language], local_day(entry.starts_at, entry.zone)
        other, on = isolated(expert.name), day_name(locale, day)
        opening = translate(entry.language, WAITLIST_ENTRY) % {"other": other, "on": on}
        return self._of_entry(Kind.WAITLIST_ENTRY, entry, other, short_day(locale, day), opening)

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
        return self._stationery.written(
            "waitlist",
            entry.address,
            subject % {"other": other, "when": when},
            language=entry.language,
            opening=opening,
            when=f"{when} ({zone_name(LOCALES[entry.language], entry.zone)})",
            offered=kind is Kind.OFFER,
            proven=entry.proven,
            address=f"{self._stationery.public_url}/waitlist/{self._tokens.waitlist.write(entry.key)}",
        )
