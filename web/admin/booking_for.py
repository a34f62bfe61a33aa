"""Booking for somebody: the form of a time, and who comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.admin import on_behalf
from domain.booking import holds
from domain.booking.attendees import NOTES_LIMIT, read_somebody
from domain.discovery import catalogue
from domain.rules import slots
from domain.rules.errors import Code, Refusal
from domain.rules.legal import TextVersion, read_versions
from domain.rules.quotes import Quote, read_quote
from domain.site.consents import Agreement
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.agreements import Agreed
from domain.typed import EMAIL_LIMIT, NAME_LIMIT, PHONE_LIMIT
from web.admin.access import Administration
from web.admin.claim_paths import paths_to_book_for
from web.admin.times_to_book import listed_expert, picker_for, slot_of
from web.booking.form import texts_asked
from web.booking.tally import ClaimKind, tallied
from web.booking.views import Agreeable, Refusable
from web.experts.paths import ClaimPaths
from web.http.forms import Form, new_request_key, read_form, slot_key_in
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.http.visits import Visit, key_in_address
from web.i18n.languages import LOCALES, valid_language
from web.i18n.zones import ZoneGroup, choices, valid_zone

_KEPT = ("name", "email", "phone", "notes", "agree")
_LIMITS = {"name": NAME_LIMIT, "email": EMAIL_LIMIT, "phone": PHONE_LIMIT, "notes": NOTES_LIMIT}


@dataclass(frozen=True)
class BookForPage(Refusable, Agreeable):
    """A time, and who it is booked for."""

    expert: Expert
    slot: Slot
    zone: str
    zones: Sequence[ZoneGroup]
    their_zone: str
    """Whose times the attendee's mails have."""
    their_language: str
    """What the attendee's mails are written in."""
    paths: ClaimPaths
    agreed: Agreed
    """What a booking that is made now agrees to."""
    held_until: datetime | None
    """Until when the time is on hold for this browser, if it is."""
    available: bool
    refusal: Refusal | None
    values: Form
    limits: Mapping[str, int]
    request_key: str
    asked: Sequence[TextVersion]

    @property
    def quote(self) -> Quote:
        """The price and terms that the form shows."""
        return self.agreed.quote(slots.length_of(self.slot))

    @property
    def languages(self) -> Sequence[str]:
        """Those that mails can be written in."""
        return sorted(LOCALES)


async def _form_page(
    admin: Administration,
    expert: Expert,
    slot: Slot,
    *,
    values: Form | None = None,
    refusal: Refusal | None = None,
) -> Template:
    """Show the form of a time; where it was refused, with the reason and what was typed."""
    visit, typed = admin.visit, values or {}
    holder = visit.session.visitor_id
    held = holds.is_held(slot, holder, visit.now)
    available = held or slots.is_free(slot, visit.now)
    if not available and not (refusal and refusal.fields):  # errors in the form come first
        refusal = Refusal(Code.SLOT_TAKEN)
    newest = await catalogue.expert_of(visit.database, expert.id)
    zone = visit.zone(expert.zone)
    is_spent = refusal is not None and "request_key" in refusal.fields
    page = BookForPage(
        expert=expert,
        slot=slot,
        zone=zone,
        zones=choices(zone, expert.zone),
        their_zone=_their_zone(typed, expert),
        their_language=_their_language(visit, typed),
        paths=paths_to_book_for(expert),
        agreed=newest.agreed(),
        held_until=slot.held_until if held else None,
        available=available,
        refusal=refusal,
        values={name: typed.get(name, "") for name in _KEPT},
        limits=_LIMITS,
        request_key=(not is_spent and typed.get("request_key")) or new_request_key(),
        asked=await texts_asked(visit),
    )
    return admin.show("book_for", view=page, refusal=refusal)


def _their_zone(form: Form, expert: Expert) -> str:
    return valid_zone(form.get("their_zone")) or expert.zone


def _their_language(visit: Visit, form: Form) -> str:
    return valid_language(form.get("their_language")) or visit.language


@get("/admin/bookings/new/{slug:str}", name="admin_book_page")
async def book_page(admin: NamedDependency[Administration], slug: FromPath[str]) -> Template:
    """Show an expert's times to choose from, or the form of the chosen one."""
    visit, expert = admin.visit, await listed_expert(admin.visit, slug)
    if chosen := visit.query("slot_id"):
        return await _form_page(admin, expert, await slot_of(visit, expert, key_in_address(chosen)))
    return admin.show("choose_time", view=await picker_for(visit, expert))


async def _book(admin: Administration, expert: Expert, slot: Slot, form: Form) -> Booking:
    visit = admin.visit
    asked, language = await texts_asked(visit), _their_language(visit, form)
    details = read_somebody(form, asks=bool(asked))
    return await on_behalf.book(
        visit.database,
        slot.id,
        visit.session.visitor_id,
        details.attendee(zone=_their_zone(form, expert), language=language),
        request_key=details.request_key,
        by=admin.by,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        overlap="overlap" in form,
        quote=read_quote(form.get("quote", "")),
        agreement=Agreement(asked, read_versions(details.agree), language),
    )


@post("/admin/bookings/new/{slug:str}", name="admin_book")
async def book_for_somebody(admin: NamedDependency[Administration], slug: FromPath[str]) -> Reply:
    """Book the time, or show the form again with what was typed."""
    visit, expert = admin.visit, await listed_expert(admin.visit, slug)
    form = await read_form(visit.request)
    slot = await slot_of(visit, expert, slot_key_in(form))
    outcome = await outcome_of(visit, tallied(ClaimKind.BOOK, _book(admin, expert, slot, form)))
    if isinstance(outcome, Refusal):
        current = await holds.slot_to_claim(visit.database, slot.id)
        return await _form_page(admin, expert, current, values=form, refusal=outcome)
    return visit.go_to(f"/admin/bookings/{outcome.reference}?saved=made")
