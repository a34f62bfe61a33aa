"""Every mail as HTML, checked by an engine that knows nothing of ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from odmantic import ObjectId

from domain.booking.replacements import Proposal, ProposedTime
from domain.rules.meetings import MeetingKind
from domain.seeds.factories import AttendeeFactory, BookingFactory, ExpertFactory
from domain.store.documents import Booking, Change, Expert, SignInLink, Step
from domain.store.documents.agreements import Meeting
from domain.store.documents.sign_in_links import LinkPurpose
from domain.store.documents.site import Contact, untouched_site
from domain.store.documents.waitlist import WaitlistEntry
from tests.checkers.nu import Nu
from tests.factories import request_of, slot_of
from tests.mail.support import MAIL_FROM
from tests.profiles import LINK
from web.http.templating import environment
from web.http.tokens import LinkTokens
from web.i18n.languages import LOCALES
from web.mail.letters import Letters
from web.mail.stationery import Letter
from web.mail.wording import OPENINGS
from web.paths import ROOT

pytestmark = pytest.mark.soak

STARTS_AT = datetime(2031, 7, 8, 9, 30, tzinfo=UTC)
NOW = STARTS_AT - timedelta(days=3)
NAME = 'Ann "A" <b> & Ben'
WORDS = 'A <b> & "c"\n\nnext'
MEETINGS = (
    Meeting(),
    Meeting(kind=MeetingKind.VIDEO, text=f"{LINK}?a=1&b=2"),
    Meeting(kind=MeetingKind.PHONE, text="+44 20 7946 0001"),
    Meeting(kind=MeetingKind.ADDRESS, text="12 Station Road\nLima"),
)
FACES: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "its own": {
        "name": "Rat & Tat",
        "accent": "#d6c200",
        "contact": Contact(address="1 <Mill> Street\nLeeds", email="rat@example.org"),
    },
}
TEMPLATES = {f"mail/{text.stem}.html" for text in (ROOT / "templates/mail").glob("*.txt")}
"""Those of letters: what else is there has no text."""


@dataclass
class Writer:
    """Writes each letter in a language, with and without what may be left out of it."""

    letters: Letters
    language: str

    def all(self) -> Iterator[Letter]:
        """Yield every letter there is."""
        yield from self.about_bookings()
        yield from self.to_experts()
        yield from self.with_links()
        yield from self.about_places()

    def expert(self, **fields: Any) -> Expert:
        return ExpertFactory.build(**{"name": NAME, "languages": [self.language], **fields})

    def booking(self, expert: Expert) -> Booking:
        times: dict[str, Any] = {"starts_at": STARTS_AT, "ends_at": STARTS_AT + timedelta(hours=1)}
        attendee = AttendeeFactory.build(
            name=NAME, notes=WORDS, language=self.language, zone="Europe/Berlin"
        )
        history = [
            Change(step=Step.BOOKED, at=NOW, **times),
            Change(step=Step.RESCHEDULED, at=NOW, **times),
        ]
        said: dict[str, Any] = {"cancel_message": WORDS, "move_message": WORDS}
        return BookingFactory.build(
            attendee=attendee, agreed=expert.agreed(), history=history, **said, **times
        )

    def about_bookings(self) -> Iterator[Letter]:
        about = self.letters.bookings
        for meeting in MEETINGS:
            expert = self.expert(meeting=meeting, zone="Asia/Tokyo")
            booking = self.booking(expert)
            for kind, audience in OPENINGS:
                for proposal in self.proposals(expert):
                    yield about.about(kind, audience, booking, expert, NOW, proposal=proposal)
            yield about.about_handover(booking, 2, expert, NOW)

    def proposals(self, expert: Expert) -> list[Proposal | None]:
        slot = slot_of(expert.id, STARTS_AT)
        times = [ProposedTime(slot), ProposedTime(slot, self.expert(), 100)]
        return [None, Proposal([], ""), Proposal([], WORDS), Proposal(times, WORDS)]

    def to_experts(self) -> Iterator[Letter]:
        expert = self.expert()
        sessions = [self.booking(self.expert(meeting=meeting)) for meeting in MEETINGS]
        yield self.letters.of_morning(expert, sessions)
        yield self.letters.of_morning(expert, sessions[:1])
        yield self.letters.of_approval(expert)
        yield self.letters.of_invitation(expert, link_for(LinkPurpose.INVITATION))
        for is_theirs in (False, True):
            yield self.letters.of_imported_address(expert, "old@example.org", is_theirs=is_theirs)
        yield self.letters.address_change(expert, "zoë@example.org", self.language)

    def with_links(self) -> Iterator[Letter]:
        for purpose in LinkPurpose:
            for path in ("", "/desk?a=1&b=2", "/admin"):
                yield self.letters.sign_in(link_for(purpose), self.language, path)
        expert = self.expert()
        slot = slot_of(expert.id, STARTS_AT)
        request = request_of(slot, "ann@example.org", NOW)
        attendee = request.attendee.model_copy(update={"language": self.language})
        asked = request.model_copy(update={"attendee": attendee})
        yield self.letters.requests.about(asked, slot, expert)

    def about_places(self) -> Iterator[Letter]:
        expert = self.expert()
        for is_proven in (False, True):
            entry = WaitlistEntry(
                id=ObjectId(),
                key="a key",
                expert_id=expert.id,
                starts_at=STARTS_AT,
                ends_at=STARTS_AT + timedelta(days=1),
                address="ann@example.org",
                visitor_id="ann",
                zone="UTC",
                language=self.language,
                joined_at=NOW,
                proven=is_proven,
            )
            yield self.letters.of_entry(entry, expert)
            yield self.letters.of_offer(entry, slot_of(expert.id, STARTS_AT), expert)


def link_for(purpose: LinkPurpose) -> SignInLink:
    return SignInLink(
        id=ObjectId(),
        key="a key",
        address="ann@example.org",
        purpose=purpose,
        created_at=NOW,
        expires_at=STARTS_AT,
    )


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("face", FACES)
def test_every_letter_is_html(nu: Nu, face: str, language: str):
    site = untouched_site().model_copy(update=FACES[face])
    made, tokens = environment(), LinkTokens(["k" * 32])
    letters = Letters(made, "https://book.example.org", MAIL_FROM, tokens, lambda: site)

    written = list(Writer(letters, language).all())

    faults = {
        f"{letter.subject}: {fault}" for letter in written for fault in nu.faults(letter.html)
    }
    assert not faults, "\n".join(sorted(faults))
    assert {name for _, name in made.cache or {}} >= TEMPLATES
