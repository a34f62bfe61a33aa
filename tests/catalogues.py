"""Catalogues of any size, with a past: for whatever is measured."""

from datetime import datetime, timedelta
from itertools import islice, product

from domain.rules.slots import SlotState
from domain.seeds.factories import BookingFactory, SlotFactory
from domain.seeds.seeding import seed_catalogue
from domain.store.core.database import Database, Document, Key, connect
from domain.store.core.migrate import migrate
from domain.store.documents import Booking, Expert, Slot
from web.http import clock

_AT_ONCE = 5_000
_SESSION = timedelta(minutes=30)


async def make_catalogue(uri: str, *, experts: int, past_bookings: int) -> None:
    """Fill a database: experts with four weeks of times, and what was booked before."""
    migrate(uri)
    database = connect(uri)
    try:
        await seed_catalogue(database, experts=experts, clock=clock.now)
        await _add_past_bookings(database, past_bookings, clock.now())
    finally:
        await database.close()


async def _add_past_bookings(database: Database, count: int, now: datetime) -> None:
    """Add bookings that are over, with their times, evenly over all experts."""
    keys = [document["_id"] async for document in database.collection(Expert).find({}, {"_id": 1})]
    booking = dict(BookingFactory.build().model_dump_doc())
    slot = dict(SlotFactory.build(state=SlotState.BOOKED).model_dump_doc())
    numbered = enumerate(islice(product(range(count), keys), count))
    while some := list(islice(numbered, _AT_ONCE)):
        pairs = [
            _past(slot, booking, expert_id, now - (turn + 2) * _SESSION, n)
            for n, (turn, expert_id) in some
        ]
        slots, bookings = zip(*pairs, strict=True)
        await database.collection(Slot).insert_many(slots, ordered=False)
        await database.collection(Booking).insert_many(bookings, ordered=False)


def _past(
    slot: Document, booking: Document, expert_id: Key, starts_at: datetime, n: int
) -> tuple[Document, Document]:
    slot_id, booking_id = Key(), Key()
    same = {"expert_id": expert_id, "starts_at": starts_at, "ends_at": starts_at + _SESSION}
    names = {"reference": f"PAST{n}", "request_key": f"past-{n}", "visitor_id": f"visitor-{n // 9}"}
    return (
        slot | same | {"_id": slot_id, "booking_id": booking_id, "closes_at": starts_at},
        booking | same | names | {"_id": booking_id, "slot_id": slot_id},
    )
