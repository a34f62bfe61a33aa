"""The connection, whatever options its address ends in."""

from datetime import timedelta

from domain.store.core.database import Database, connect
from tests.domain.support import book
from tests.factories import make_slot


async def test_claims_are_read_where_they_are_made_whatever_else_an_address_prefers(
    database: Database, database_uri: str, now
):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    prefers = f"{database_uri}{'&' if '?' in database_uri else '?'}readPreference=secondary"
    preferring = connect(prefers, timeout_ms=1_000)
    try:
        booking = await book(preferring, slot, now=now)
    finally:
        await preferring.close()

    assert booking.slot_id == slot.id
