"""What a rescheduled booking will have agreed to, and what has to be asked first."""

from domain.booking.replacements import is_kept_for
from domain.discovery import catalogue
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import Quote
from domain.rules.slots import length_of
from domain.store.absences import replacements
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.absences import KeptTime
from domain.store.documents.agreements import Agreed


async def agreed_at(database: Database, booking: Booking, slot: Slot) -> Agreed:
    """Return what a booking will have agreed to once it has moved to a slot.

    At its own expert, everything stays as agreed; only a session of another length costs what the
    expert asks for it now, and no more than agreed while the expert is absent. With a stand-in,
    price and terms are those of the offer, and the rest is the stand-in's.

    Raises:
        Refusal: OFFER_GONE, when a stand-in's slot is no longer kept for the booking, or the
            stand-in is no longer listed; EXPERT_UNKNOWN.
    """
    if slot.expert_id != booking.expert_id:
        return await _agreed_with_stand_in(database, booking, slot)
    if length_of(slot) == length_of(booking):
        return booking.agreed
    return _repriced(booking, await catalogue.expert_of(database, slot.expert_id))


def refuse_unasked(booking: Booking, slot: Slot, agreed: Agreed, quote: Quote | None) -> None:
    """Refuse a move that changes price or length, unless the form has shown just that.

    What is kept for the booking was offered with its price; taking it is agreeing to it.

    Raises:
        Refusal: TERMS_CHANGED.
    """
    before, after = booking.agreed.quote(length_of(booking)), agreed.quote(length_of(slot))
    if after not in {before, quote} and not is_kept_for(slot, booking):
        raise Refusal(Code.TERMS_CHANGED)


async def _agreed_with_stand_in(database: Database, booking: Booking, slot: Slot) -> Agreed:
    offer = await _offer_of(database, booking, slot)
    expert = await catalogue.expert_of(database, slot.expert_id)
    if offer is None or not expert.listed:
        raise Refusal(Code.OFFER_GONE)
    return expert.agreed().model_copy(
        update={
            "price_minor": offer.price_minor,
            "currency": booking.agreed.currency,
            "terms": booking.agreed.terms,
        }
    )


async def _offer_of(database: Database, booking: Booking, slot: Slot) -> KeptTime | None:
    replacement = await replacements.latest(database, booking.id)
    offers = replacement.offers if replacement else []
    return next((time for time in offers if time.slot_id == slot.id), None)


def _repriced(booking: Booking, expert: Expert) -> Agreed:
    agreed = booking.agreed
    is_no_dearer = expert.currency == agreed.currency and expert.price_minor <= agreed.price_minor
    if booking.is_displaced and not is_no_dearer:
        return agreed
    price = {"price_minor": expert.price_minor, "currency": expert.currency}
    return agreed.model_copy(update=price)
