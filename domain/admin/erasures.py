"""Erasures since a backup: applied to what it brings back."""

from collections.abc import Collection, Sequence
from datetime import datetime

from domain import waitlist
from domain.account.personal_data import end_kept_offers
from domain.account.sign_in import address_is_known
from domain.admin import removal
from domain.rules.log import OPERATOR
from domain.store import erasures as store
from domain.store import personal_data, sign_outs
from domain.store.bookings import claims
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import BookingStatus
from domain.store.documents.erasures import ErasedDocument, ErasedFrom
from domain.store.experts import reading as experts
from domain.store.waitlist import entries


async def erase_again(
    database: Database, erased: Collection[ErasedDocument], *, now: datetime
) -> None:
    """Erase people from a restored backup who were erased after it was made.

    Args:
        database: The restored database, which nothing else uses.
        erased: What people were erased from; that the backup knows of some does no harm.
        now: The present instant.

    Raises:
        Refusal: BUSY.
    """
    keys = {of: [one.id for one in erased if one.of is of] for of in ErasedFrom}
    for of, of_these in keys.items():
        await store.remember(database, of, of_these, now=now)
    await _leave(database, keys[ErasedFrom.WAITLIST_ENTRY], now)
    await _cancel(database, keys[ErasedFrom.BOOKING], now)
    await _remove(database, keys[ErasedFrom.EXPERT], now)
    await personal_data.erase_again(
        database,
        keys[ErasedFrom.BOOKING],
        mail_ids=keys[ErasedFrom.MAIL],
        entry_ids=keys[ErasedFrom.WAITLIST_ENTRY],
        now=now,
    )
    await _forget_sign_outs(database)


async def _leave(database: Database, entry_ids: Sequence[Key], now: datetime) -> None:
    for entry_id in entry_ids:
        entry = await entries.find_by_id(database, entry_id)
        if entry is not None:
            await waitlist.leave(database, entry, now=now)


async def _remove(database: Database, expert_ids: Sequence[Key], now: datetime) -> None:
    for expert_id in expert_ids:
        expert = await experts.find(database, expert_id)
        if expert is not None and not expert.is_gone:
            await removal.remove(database, expert, message="", by=OPERATOR, now=now)


async def _cancel(database: Database, booking_ids: Sequence[Key], now: datetime) -> None:
    """Cancel what is to come again: nobody is erased from a booking before it is over or cancelled.

    Its expert has heard of that before; the mail that says so again goes with the booking's others.
    """
    for booking in (await bookings.find_many(database, booking_ids)).values():
        if booking.status is BookingStatus.CONFIRMED and booking.ends_at > now:
            await claims.cancel(database, booking, now=now)
    found = await bookings.find_many(database, booking_ids)
    await end_kept_offers(database, [*found.values()], now)


async def _forget_sign_outs(database: Database) -> None:
    """Forget who signed out of addresses about which nothing else is kept."""
    unknown = [
        one.address
        for one in await sign_outs.everyones(database)
        if not await address_is_known(database, one.address)
    ]
    await sign_outs.forget(database, unknown)
